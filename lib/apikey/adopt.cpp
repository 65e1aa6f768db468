#include "apikey/adopt.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "apikey/sql.h"
#include "apikey/store.h"
#include "core/sleep.h"
#include "crypto/encoding.h"
#include "db/retry.h"

namespace pcx::apikey {

namespace {

constexpr int kPassesMax = 40;
constexpr std::chrono::milliseconds kPause{250};  // before a pass, when the last one got nothing
constexpr std::int64_t kPlanRows = 1'000;
// A migration has the table: its lock is waited for in short tries, for half a minute.
constexpr BackoffPolicy kPolite{.retries_max = 30,
                                .first_delay = std::chrono::milliseconds{250},
                                .delay_max = std::chrono::milliseconds{1'000}};

struct PlainRow {
  NamedRow row;
  Secret key;
};

std::vector<PlainRow> to_plain_rows(const db::Result& rows) {
  std::vector<PlainRow> plain;
  for (const db::Row row : rows) {
    plain.push_back({{row["id"].as<std::string>(), row["name"].as<std::string>()},
                     Secret{row["key"].as<std::string_view>()}});
  }
  return plain;
}

// Takes a row that is no key into the report.
bool is_left(const PlainRow& plain, AdoptReport& report) {
  const PlainShape shape = plain_shape_of(plain.key.reveal_text());
  if (shape == PlainShape::key) return false;
  report.left.push_back({plain.row, LeftReason::shape, shape, {}});
  return true;
}

void count_key(const PlainRow& plain, const std::string& id, AdoptReport& report) {
  ++report.adopted;
  const std::string_view key = plain.key.reveal_text();
  if (may_be_digest(key)) ++report.hexadecimal;
  if (is_weak(key)) report.weak.push_back({plain.row, id});
}

// What pcx has of some rows and keys.
class Known {
 public:
  struct Entry {
    std::string id;
    std::string row_id;
    bool is_over = false;
    bool is_gone = false;
  };

  Known(db::Transaction& tx, const std::vector<std::string>& row_ids,
        const std::vector<std::string>& digests) {
    const db::Result rows = tx.query(sql::find_known, {row_ids, digests});
    for (const db::Row row : rows) {
      const Entry entry{row["id"].as<std::string>(), row["row_id"].as<std::string>(),
                        row["is_over"].as<bool>(), row["is_gone"].as<bool>()};
      if (!entry.is_gone) by_row_[entry.row_id] = entry;
      by_digest_[row["hash"].as<std::string>()] = entry;
    }
  }

  const Entry* of_row(const std::string& row_id) const { return find(by_row_, row_id); }
  const Entry* of_digest(const std::string& digest) const { return find(by_digest_, digest); }

 private:
  using Map = std::map<std::string, Entry>;
  static const Entry* find(const Map& map, const std::string& name) {
    const auto found = map.find(name);
    return found == map.end() ? nullptr : &found->second;
  }

  Map by_row_;
  Map by_digest_;
};

// One key on its way.
struct Candidate {
  const PlainRow* plain = nullptr;
  std::string digest;                // under the active pepper
  std::vector<std::string> digests;  // under every one
  std::string id;
};

// The transaction of one batch. Runs again from its beginning when it was rolled back.
class Batch {
 public:
  explicit Batch(const AdoptTools& tools) : tools_(tools) {}

  // Behind `after`; false when there was no row any more.
  bool run(db::Transaction& tx, const std::optional<std::string>& after, std::int64_t rows_max) {
    report_ = {};
    tx.query(sql::limit_batch);
    const auto rows = to_plain_rows(tx.query(sql::lock_plain_rows, {after, rows_max}));
    if (rows.empty()) return false;
    last_ = rows.back().row.row_id;
    auto candidates = hash(rows);
    choose(tx, candidates);
    if (!candidates.empty()) write(tx, candidates);
    return true;
  }

  const AdoptReport& report() const { return report_; }
  const std::string& last() const { return last_; }

 private:
  std::vector<Candidate> hash(const std::vector<PlainRow>& rows) {
    std::vector<Candidate> candidates;
    for (const PlainRow& plain : rows) {
      if (is_left(plain, report_)) continue;
      Candidate candidate{.plain = &plain};
      for (const PepperedHash& each : tools_.hashers.every_hash(plain.key.reveal_text())) {
        candidate.digests.push_back(crypto::to_hex(each.hash));
      }
      candidate.digest = candidate.digests.front();
      candidates.push_back(std::move(candidate));
    }
    return candidates;
  }

  // Gives each its lookup id, and leaves those out that must not be adopted: two rows with one key
  // would be two answers to one question.
  void choose(db::Transaction& tx, std::vector<Candidate>& candidates) {
    std::vector<std::string> row_ids;
    std::vector<std::string> digests;
    for (const Candidate& each : candidates) {
      row_ids.push_back(each.plain->row.row_id);
      digests.insert(digests.end(), each.digests.begin(), each.digests.end());
    }
    const Known known{tx, row_ids, digests};
    std::erase_if(candidates, [&](Candidate& each) { return !take(each, known); });
  }

  bool take(Candidate& candidate, const Known& known) {
    const NamedRow& row = candidate.plain->row;
    const Known::Entry* own = known.of_row(row.row_id);
    if (own != nullptr && own->is_over) return leave(row, LeftReason::over, own->id);
    for (const std::string& digest : candidate.digests) {
      const Known::Entry* same = known.of_digest(digest);
      if (same != nullptr && same->is_gone) return leave(row, LeftReason::gone, same->id);
      if (same != nullptr && same->row_id != row.row_id) {
        return leave(row, LeftReason::taken, same->id);
      }
    }
    candidate.id = own != nullptr ? own->id : generate_key_id(tools_.random);
    return true;
  }

  bool leave(const NamedRow& row, LeftReason reason, const std::string& key_id) {
    report_.left.push_back({row, reason, PlainShape::key, key_id});
    return false;
  }

  void write(db::Transaction& tx, const std::vector<Candidate>& candidates) {
    std::vector<std::string> row_ids;
    std::vector<std::string> ids;
    std::vector<std::string> digests;
    for (const Candidate& each : candidates) {
      row_ids.push_back(each.plain->row.row_id);
      ids.push_back(each.id);
      digests.push_back(each.digest);
    }
    const keyring::KeyId pepper = tools_.hashers.active();
    const db::Result changed =
        tx.query(sql::adopt_rows, {row_ids, ids, digests, pepper, tools_.created_by});
    require_all(tx, changed.size(), candidates.size());
    tx.query(sql::tell_change, {kToldAll});
    record(tx, candidates);
    for (const Candidate& each : candidates) count_key(*each.plain, each.id, report_);
  }

  void require_all(db::Transaction& tx, std::size_t changed, std::size_t wanted) const {
    if (changed == wanted) return;
    require_active_pepper(tx, tools_.hashers.active());
    // Somebody revoked, rotated or adopted the key of such a row since choose() looked: from the
    // beginning.
    throw Error{ErrorCode::busy, "a key was changed while it was adopted", "Run it again."}
        .with_sqlstate("40001");
  }

  void record(db::Transaction& tx, const std::vector<Candidate>& candidates) const {
    Document keys = Document::object();
    for (const Candidate& each : candidates) keys.set(each.id, each.plain->row.row_id);
    Document details = Document::object();
    details.set("count", static_cast<std::int64_t>(candidates.size()));
    details.set("pepper", std::int64_t{tools_.hashers.active()});
    details.set("keys", std::move(keys));
    tools_.record(tx, {"apikey.adopt", "api_keys", std::move(details)});
  }

  const AdoptTools& tools_;
  AdoptReport report_;
  std::string last_;
};

void add(AdoptReport& all, const AdoptReport& batch) {
  all.adopted += batch.adopted;
  all.hexadecimal += batch.hexadecimal;
  all.weak.insert(all.weak.end(), batch.weak.begin(), batch.weak.end());
  all.left.insert(all.left.end(), batch.left.begin(), batch.left.end());
}

Error ended_by(const Error& error) {
  const bool was_stopped =
      error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated;
  if (!was_stopped) return error;
  return {error.code(), "stopped before all keys were adopted",
          "What is done stays done: run the same command again to go on."};
}

class Adoption {
 public:
  Adoption(const AdoptTools& tools, std::int64_t batch_rows)
      : tools_(tools), batch_rows_(batch_rows) {}

  AdoptReport run() {
    try {
      total_ = unplaced();
      for (int passes = 0; passes < kPassesMax && pass();) ++passes;
    } catch (const Error& error) {
      if (report_.adopted == 0) throw ended_by(error);
      report_.ended_by = ended_by(error);
    }
    return std::move(report_);
  }

 private:
  // Over the whole table; false when there is nothing left to adopt.
  bool pass() {
    const std::int64_t before = report_.adopted;
    report_.left.clear();
    std::optional<std::string> after;
    Batch batch{tools_};
    for (bool is_end = false; !is_end;) {
      tools_.interrupt.throw_if_requested();
      run([&](db::Transaction& tx) { is_end = !batch.run(tx, after, batch_rows_); });
      if (is_end) break;
      add(report_, batch.report());
      after = batch.last();
      total_ = std::max(total_, report_.adopted);
      tools_.on_batch(report_.adopted, total_);
    }
    report_.busy = std::max<std::int64_t>(0, unplaced() - std::ssize(report_.left));
    if (report_.busy == 0) return false;
    if (report_.adopted == before) sleep_unless_stopped(tools_.clock, tools_.interrupt, kPause);
    return true;
  }

  std::int64_t unplaced() {
    std::int64_t rows = 0;
    run([&](db::Transaction& tx) {
      tx.query(sql::limit_batch);
      rows = count_unplaced_rows(tx);
    });
    return rows;
  }

  void run(const std::function<void(db::Transaction&)>& work) {
    db::with_transaction(tools_.database, {tools_.clock, tools_.random, tools_.interrupt, kPolite},
                         work);
  }

  const AdoptTools& tools_;
  std::int64_t batch_rows_;
  std::int64_t total_ = 0;
  AdoptReport report_;
};

}  // namespace

std::string LeftRow::described() const {
  switch (reason) {
    case LeftReason::shape: return explain(shape);
    case LeftReason::taken: return fmt::format("is key {} of another row", key_id);
    case LeftReason::over:
      return fmt::format("stands where key {} was, which pcx has revoked or rotated", key_id);
    case LeftReason::gone:
      return fmt::format("is key {}, which is over and was deleted: it is refused", key_id);
  }
  return {};
}

void add_report(AdoptReport& all, AdoptReport later) {
  all.left.clear();
  add(all, later);
  all.busy = later.busy;
  all.ended_by = std::move(later.ended_by);
}

AdoptReport adopt_keys(const AdoptTools& tools, std::int64_t batch_rows) {
  return Adoption{tools, batch_rows}.run();
}

AdoptReport plan_adoption(db::Database& database, const Interrupt& interrupt) {
  AdoptReport report;
  std::optional<std::string> after;
  while (true) {
    interrupt.throw_if_requested();
    const auto rows = to_plain_rows(database.query(sql::list_plain_rows, {after, kPlanRows}));
    if (rows.empty()) return report;
    for (const PlainRow& plain : rows) {
      if (!is_left(plain, report)) count_key(plain, {}, report);
    }
    after = rows.back().row.row_id;
  }
}

std::int64_t count_unplaced_rows(db::Transaction& tx) {
  return tx.query(sql::count_unplaced_rows).one()["n"].as<std::int64_t>();
}

}  // namespace pcx::apikey
