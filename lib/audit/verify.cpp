#include "audit/verify.h"

#include <algorithm>
#include <exception>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "audit/catalog.h"
#include "audit/checkpoint_chain.h"
#include "audit/content_diff.h"
#include "audit/dropped_trail.h"
#include "audit/epoch_check.h"
#include "audit/explain.h"
#include "audit/hold_check.h"
#include "audit/kept_checkpoint.h"
#include "audit/ledger_walk.h"
#include "audit/seal.h"
#include "audit/sql.h"
#include "audit/trail_reading.h"
#include "audit/trigger_check.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

constexpr std::chrono::minutes kHeartbeatMax{kHeartbeat + std::chrono::minutes{10}};

// A second look at the same snapshot.
class Side {
 public:
  Side(db::Database database, const std::string& snapshot)
      : database_(std::move(database)), tx_(begin_in_snapshot(database_, snapshot)) {}
  db::Transaction& tx() { return tx_; }
  // The ledger's indexes have its order: no sorting on the server's disk.
  void read_in_order() {
    tx_.query(db::Query{"audit.avoid_sort"}.sql("SET LOCAL enable_sort = off"));
  }

 private:
  db::Database database_;
  db::Transaction tx_;
};

// Content on a thread of its own; what it throws comes out of join().
class ContentThread {
 public:
  ContentThread(db::Transaction& tx, bool notes_only, KeyedSums& sums)
      : thread_([this, &tx, notes_only, &sums] {
          try {
            rows_ = add_content(tx, notes_only, sums);
          } catch (...) {
            failure_ = std::current_exception();
          }
        }) {}
  ContentThread(const ContentThread&) = delete;
  ContentThread& operator=(const ContentThread&) = delete;
  ~ContentThread() {
    if (thread_.joinable()) thread_.join();
  }

  std::int64_t join() {
    thread_.join();
    if (failure_) std::rethrow_exception(failure_);
    return rows_;
  }

 private:
  std::int64_t rows_ = 0;
  std::exception_ptr failure_;
  std::thread thread_;  // last: it uses the others
};

std::vector<Epoch> list_epochs(db::Transaction& tx) {
  std::vector<Epoch> epochs;
  const db::Result rows = tx.query(sql::list_epochs);
  for (const db::Row& row : rows) {
    epochs.push_back({row["number"].as<int>(),
                      row["origin"].as<std::string>(),
                      {row["system_identifier"].as<std::string>(), row["timeline"].as<int>(),
                       row["database_oid"].as<std::int64_t>()}});
  }
  if (!epochs.empty()) return epochs;
  throw no_trail();
}

// Who has handed over a key may be told by either.
std::vector<std::string> key_changes(db::Transaction& tx, const std::vector<std::string>& kept) {
  auto changes = list_key_changes(tx);
  changes.insert(changes.end(), kept.begin(), kept.end());
  return changes;
}

std::map<std::int32_t, std::string> origins_of(const std::vector<Epoch>& epochs) {
  std::map<std::int32_t, std::string> origins;
  for (const Epoch& epoch : epochs) origins.emplace(epoch.number, epoch.origin);
  return origins;
}

class Verification {
 public:
  Verification(const VerifyTools& tools, const VerifyOptions& options)
      : tools_(tools),
        options_(options),
        tx_(begin_reading_trail(tools.database)),
        snapshot_(export_snapshot(tx_)),
        keys_(options.keys, key_changes(tx_, options.against)) {
    trees_.epochs = list_epochs(tx_);
  }
  Verification(const Verification&) = delete;
  Verification& operator=(const Verification&) = delete;

  VerifyReport run() {
    try {
      look();
    } catch (const Error& error) {
      // What pcx never writes: somebody else did, and nothing behind it was looked at.
      if (error.code() != ErrorCode::data) throw;
      add({.attack = Attack::ledger_altered,
           .severity = Finding::critical,
           .epoch = 0,
           .index = std::nullopt,
           .is_exact = false,
           .what = fmt::format("the trail could not be read to its end: {}", error.what())});
    }
    sort_and_shorten(report_.findings);
    return std::move(report_);
  }

 private:
  // Tampering is what known keys tell apart from the rest; who gave another trail's key knows none.
  // But where content is not what the ledger has, it is tampering whoever has signed.
  void require_known_signer() {
    for (const std::string& note : options_.against) {
      if (std::holds_alternative<SealedTree>(keys_.open(note))) return;
    }
    std::set<std::string> strangers;
    std::vector<CheckpointRow> page;
    do {
      const auto last = page.empty() ? std::nullopt : std::optional{page.back()};
      page = list_checkpoints(tx_, last);
      for (const CheckpointRow& row : page) {
        const auto opened = keys_.open(row.note);
        const auto* const doubt = std::get_if<NoteDoubt>(&opened);
        if (doubt == nullptr || doubt->strangers.empty()) return;
        strangers.insert(doubt->strangers.begin(), doubt->strangers.end());
      }
    } while (!page.empty());
    if (strangers.empty() || (is_of_here() && differs_from_ledger())) return;
    throw unknown_signers({strangers.begin(), strangers.end()});
  }

  bool is_of_here() const {
    const Epoch& newest = trees_.epochs.back();
    return trees_.cluster && is_origin_of(newest.origin, *trees_.cluster, newest.number);
  }

  bool differs_from_ledger() {
    if (options_.level != VerifyLevel::full) return false;
    const auto key = KeyedSums::random_key(tools_.random);
    KeyedSums of_content{key, kAllBuckets};
    KeyedSums of_ledger{key, kAllBuckets};
    Side ledger{tools_.connect(), snapshot_};
    Side content{tools_.connect(), snapshot_};
    ContentThread thread{content.tx(), false, of_content};
    scan_ledger(ledger.tx(), [&](const LedgerRow& row) {
      if (row.is_sound) subtract(row, of_ledger);
    });
    thread.join();
    of_content.add(of_ledger);
    return !of_content.differing().empty();
  }

  void look() {
    check_server();
    require_known_signer();
    CheckpointChain chain{tx_, origins_of(trees_.epochs), keys_, report_.findings};
    if (options_.level == VerifyLevel::quick) {
      check_consistency(chain);
    } else {
      check_leaves(chain);
    }
    report_.checkpoints = chain.seen();
    trees_.newest = chain.newest();
    for (const TrailFinding& finding : report_.findings) {
      const bool is_doubt = finding.attack == Attack::checkpoint_forged ||
                            finding.attack == Attack::checkpoint_replaced;
      if (is_doubt) trees_.doubted.insert(finding.epoch);
    }
    report_.epochs = static_cast<std::int32_t>(trees_.epochs.size());
    for (const auto& [epoch, tree] : trees_.newest) report_.leaves += tree.checkpoint.tree.size;
    report_server();
    check_triggers_now();
    explain_differences();
    for (TrailFinding& finding : check_epochs(tx_, keys_, trees_)) add(std::move(finding));
    for (TrailFinding& finding : check_holds(tx_)) add(std::move(finding));
    compare_with_kept();
    report_gaps();
    check_lag();
  }

  void add(TrailFinding finding) { report_.findings.push_back(std::move(finding)); }

  void check_consistency(CheckpointChain& chain) {
    std::optional<SealedBatch> before;
    while (auto batch = chain.next()) {
      if (before && before->epoch == batch->epoch) {
        if (const auto why = breaks_consistency(tx_, batch->epoch, before->tree, batch->tree)) {
          add({.attack = Attack::tiles_altered,
               .severity = Finding::critical,
               .epoch = batch->epoch,
               .index = 0,
               .is_exact = false,
               .what = *why});
        }
      }
      before = batch;
    }
  }

  void check_leaves(CheckpointChain& chain) {
    const bool is_full = options_.level == VerifyLevel::full;
    const auto key = KeyedSums::random_key(tools_.random);
    KeyedSums of_content{key, kAllBuckets};
    KeyedSums of_ledger{key, kAllBuckets};
    Side ledger{tools_.connect(), snapshot_};
    Side content{tools_.connect(), snapshot_};
    ledger.read_in_order();
    auto retained = read_retained(tx_, keys_, trees_.epochs);
    report_.retained = std::move(retained.months);
    LedgerWalk walk{tx_, chain, newest_epoch(), std::move(retained.parts), report_.findings};
    if (trees_.is_restored) {
      const auto newest = newest_checkpoint(tx_, newest_epoch());
      walk.expect_foreign_rows_above(newest ? newest->max_seq : 0);
    }
    ContentThread thread{content.tx(), !is_full, of_content};
    scan_ledger(ledger.tx(), [&](const LedgerRow& row) {
      walk.take(row);
      if (row.is_sound && (is_full || row.source == LeafSource::meta)) subtract(row, of_ledger);
    });
    walk.finish();
    report_.rows = thread.join();
    report_.ledger_rows = walk.rows();
    report_.unsealed = walk.unsealed();
    of_content.add(of_ledger);
    evidence_.ledger = walk.difference();
    evidence_.dropped_tail = walk.dropped_tail();
    const auto buckets = of_content.differing();
    if (is_full) evidence_.content.emplace();
    if (!buckets.empty()) {
      evidence_.content = find_difference(ledger.tx(), content.tx(), buckets);
      const std::int64_t more = evidence_.content->left_out;
      if (more > 0)
        add_unnamed(fmt::format("{} more {}, and {} not named here", more,
                                more == 1 ? "row differs" : "rows differ",
                                more == 1 ? "is" : "are"));
    }
  }

  void add_unnamed(std::string what) {
    add({.attack = Attack::row_altered,
         .severity = Finding::critical,
         .epoch = newest_epoch(),
         .index = std::nullopt,
         .is_exact = false,
         .what = std::move(what)});
  }

  std::int32_t newest_epoch() const { return trees_.epochs.back().number; }

  std::uint64_t newest_size() const {
    const auto newest = trees_.newest.find(newest_epoch());
    return newest == trees_.newest.end() ? 0 : newest->second.checkpoint.tree.size;
  }

  void check_server() {
    if (tx_.query(sql::is_in_recovery).one()["is_standby"].as<bool>()) return;
    trees_.cluster = read_cluster(tx_);
    trees_.is_restored = trees_.cluster != trees_.epochs.back().cluster;
  }

  void report_server() {
    if (!trees_.is_restored) return;
    add({.attack = Attack::restored,
         .severity = Finding::warning,
         .epoch = newest_epoch(),
         .index = newest_size(),
         .is_exact = false,
         .what = "this is another server, timeline or database than the newest tree is of: it was "
                 "restored, and not sealed since"});
  }

  void check_triggers_now() {
    auto check = check_triggers(tx_, {newest_epoch(), newest_size(), trees_.is_restored});
    for (TrailFinding& finding : check.findings) add(std::move(finding));
    if (!trees_.is_restored) evidence_.replaced_partitions = std::move(check.replaced_partitions);
    gaps_ = std::move(check.gaps);
    doubts_ = std::move(check.doubts);
  }

  void explain_differences() {
    evidence_.newest_epoch = newest_epoch();
    for (TrailFinding& finding : explain(tx_, std::move(evidence_))) add(std::move(finding));
  }

  void compare_with_kept() {
    auto kept = compare_all_kept(tx_, keys_, trees_, options_.against, options_.known_until);
    report_.compared = kept.compared;
    report_.known += kept.known;
    for (TrailFinding& finding : kept.findings) add(std::move(finding));
  }

  bool is_known(const std::optional<Time>& end) {
    if (!end || !options_.known_until || *end >= *options_.known_until) return false;
    ++report_.known;
    return true;
  }

  void report_gaps() {
    for (const CaptureGap& gap : gaps_) {
      if (!is_known(gap.to)) add_gap(gap.text(), gap.epoch);
    }
    for (const Doubt& doubt : doubts_) {
      if (!is_known(doubt.until)) add_gap(doubt.what, doubt.epoch);
    }
  }

  void add_gap(std::string what) { add_gap(std::move(what), newest_epoch()); }
  void add_gap(std::string what, std::int32_t epoch) {
    add({.attack = Attack::gap,
         .severity = Finding::warning,
         .epoch = epoch,
         .index = std::nullopt,
         .what = std::move(what)});
  }

  void check_lag() {
    const auto newest = trees_.newest.find(newest_epoch());
    const Position last = newest == trees_.newest.end() ? Position{2 * newest_epoch(), 0, 0}
                                                        : newest->second.point.last;
    const db::Result unsealed =
        tx_.query(sql::read_unsealed, {last.segment, std::to_string(last.xid), last.seq});
    const auto rows = unsealed.one()["rows"].as<std::int64_t>();
    const auto age = db::nullable<std::int64_t>(unsealed.one()["age_ms"]);
    if (options_.level == VerifyLevel::quick) report_.unsealed = rows;
    if (rows > 0 && std::chrono::milliseconds{age.value_or(0)} > options_.lag_max) {
      add_gap(fmt::format("{} {} not sealed yet, the oldest is {} old", counted(rows, "row"),
                          rows == 1 ? "is" : "are",
                          to_short_text(std::chrono::milliseconds{age.value_or(0)})));
    }
    const auto lost = tx_.query(sql::count_lost_changes).one()["changes"].as<std::int64_t>();
    if (lost > 0)
      add_gap(fmt::format("{} could not be captured (pcx.audit_lost)", counted(lost, "change")));
    if (newest == trees_.newest.end()) return;
    const auto now =
        parse_rfc3339(tx_.query(sql::clock_text).one()["now"].as<std::string_view>()).value();
    const auto since = now - newest->second.point.sealed_at;
    if (since > kHeartbeatMax) {
      add_gap(fmt::format("nothing was sealed for {}", to_short_text(since)));
    }
  }

  const VerifyTools& tools_;
  const VerifyOptions& options_;
  db::Transaction tx_;
  std::string snapshot_;
  TrustedKeys keys_;
  Trees trees_;
  Evidence evidence_;
  std::vector<CaptureGap> gaps_;
  std::vector<Doubt> doubts_;
  VerifyReport report_;
};

}  // namespace

Finding VerifyReport::verdict() const {
  const auto has = [this](Finding severity) {
    return std::ranges::any_of(
        findings, [severity](const TrailFinding& finding) { return finding.severity == severity; });
  };
  for (const Finding severity : {Finding::critical, Finding::unknown, Finding::warning}) {
    if (has(severity)) return severity;
  }
  return Finding::ok;
}

VerifyReport verify_trail(const VerifyTools& tools, const VerifyOptions& options) {
  if (options.against.empty()) {
    require_trail(tools.database);
  } else if (!find_dropped(tools.database).empty()) {
    VerifyReport report;
    report.findings = judge_dropped(tools.database, options.keys, options.against);
    return report;
  }
  return Verification{tools, options}.run();
}

}  // namespace pcx::audit
