#include "rotate/rotator.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "core/error.h"
#include "core/sleep.h"
#include "core/text.h"
#include "core/time.h"
#include "crypto/enc_v2.h"
#include "db/advisory_lock.h"
#include "rotate/fence.h"
#include "rotate/sql.h"

namespace pcx::rotate {

namespace {

// The bytes of "pcxrotfi". Persistent.
constexpr db::AdvisoryKey kFinishKey{0x706378726f746669, "the end of a rotation"};
constexpr std::chrono::hours kFinishWait{24};
constexpr int kSweepsMax = 20;
constexpr int kFenceRoundsMax = 5;
constexpr std::chrono::milliseconds kTick{500};
constexpr std::chrono::seconds kLockedPause{1};

// Workers in threads of their own. The first that fails stops the others between two stripes.
class Crew {
 public:
  Crew(const Job& job, RowRate& rate, int size) : job_(job), rate_(rate) {
    const auto on_window = job.on_window;
    job_.on_window = [this, on_window](const WindowReport& report) {
      const std::lock_guard lock{mutex_};
      on_window(report);
    };
    job_.throw_if_stopped = [this, also = job.throw_if_stopped] {
      also();
      if (is_stopping_) throw Error{ErrorCode::internal, "another worker failed"};
    };
    const auto on_wait = job.on_wait;
    job_.on_wait = [this, on_wait](const std::string& reason) {
      const std::lock_guard lock{mutex_};
      on_wait(reason);
    };
    for (int i = 0; i < size; ++i) threads_.emplace_back([this] { work(); });
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() {
    is_stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  // Calls `on_tick` until all have finished. Throws what the first one threw.
  void wait(const std::function<void()>& on_tick) {
    std::unique_lock lock{mutex_};
    while (!changed_.wait_for(lock, kTick, [&] { return finished_ == threads_.size(); })) {
      lock.unlock();
      on_tick();
      lock.lock();
    }
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void work() {
    std::exception_ptr failure;
    try {
      Worker{job_, rate_}.run();
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock{mutex_};
    if (failure && !failure_) {
      failure_ = failure;
      is_stopping_ = true;
    }
    ++finished_;
    changed_.notify_all();
  }

  Job job_;
  RowRate& rate_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::thread> threads_;
  std::size_t finished_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::exception_ptr failure_;
};

class Finisher {
 public:
  Finisher(db::Database& database, const Job& job, RowRate& rate, const RotatorOptions& options)
      : database_(database), job_(job), options_(options), heaps_(job.heaps), worker_(job, rate) {
    if (job.limits.rows_per_second > 0) database_.query(sql::count_alone);
  }

  // Until the fences stand: who writes under another key between the last look and a fence is
  // swept once more.
  void finish(RotationReport& report) {
    for (int round = 1;; ++round) {
      sweep_until_clean(report);
      if (fence_all(report)) break;
      if (round == kFenceRoundsMax) throw_still_written(report);
    }
    count_unopened(report);
  }

  // Offline no prefix says what is left: it is what a sweep could not open and put into quarantine,
  // whichever process it was.
  void count_unopened(RotationReport& report) {
    if (job_.rotation.mode == Mode::online) return;
    report.unopened = 0;
    auto field = report.fields.begin();  // in the order of the heaps and their cells
    for (const Heap& heap : heaps_) {
      for (const std::int64_t left : count_quarantine(database_, heap.target)) {
        report.unopened += left;
        (field++)->left = left;
      }
    }
  }

  // Counts first: where the shards have missed nothing there is nothing to sweep. What was counted
  // before the key had settled proves nothing.
  void sweep_until_clean(RotationReport& report) {
    for (;;) {
      require_current(database_, job_.rotation);
      const bool was_settled = is_settled();
      count(report);
      const Swept swept = is_nothing_left(report) ? Swept{} : sweep_all(report);
      const bool is_clean = swept.rows == 0 && swept.left == 0;
      if (is_clean && was_settled) return;
      if (is_clean) wait_until_settled();
      if (swept.rows == 0 && swept.locked > 0) wait_for_holders(swept.locked);
      if (report.sweeps >= kSweepsMax && swept.rows == 0) throw_kept_back(swept.left);
      if (report.sweeps >= kSweepsMax) throw_still_written(report);
    }
  }

  void count(RotationReport& report) {
    find_heaps_again();
    report.fields.clear();
    for (const Heap& heap : heaps_) {
      options_.on_phase(fmt::format("counting what is left in {}", heap.name()));
      const std::string began = server_time(database_);
      const auto remaining = count_remaining(database_, heap.target, prefix());
      if (is_all_done(remaining)) clear_quarantine(database_, heap.target, began);
      for (std::size_t i = 0; i < remaining.size(); ++i) {
        report.fields.push_back(outcome_of(heap, heap.target.cells[i], remaining[i]));
      }
    }
  }

  // False when values appeared that break a fence.
  bool fence_all(RotationReport& report) {
    if (job_.rotation.mode == Mode::offline) return true;
    bool stand = true;
    std::set<std::string> done;
    for (const Heap& heap : heaps_) {
      if (done.insert(heap.root).second) stand = fence_table(heap, report) && stand;
    }
    return stand;
  }

 private:
  [[noreturn]] static void throw_still_written(const RotationReport& report) {
    throw Error{ErrorCode::conflict,
                fmt::format("values under another key appear again and again: {} found some",
                            counted(report.sweeps, "sweep")),
                "The application still seals with another key. Write its keyfile anew (pcx key "
                "keyfile) on every host, then run pcx key rotate again."}
        .because("still_written");
  }

  [[noreturn]] static void throw_kept_back(std::int64_t rows) {
    throw Error{
        ErrorCode::conflict,
        fmt::format("{} stay as before however often they are written", counted(rows, "row")),
        "A trigger or a rule of the table keeps them so: see pcx help key rotate for "
        "--triggers."}
        .because("kept_back");
  }

  // Partitions may have been attached meanwhile, tables renamed.
  void find_heaps_again() {
    std::vector<fields::Field> fields;
    for (const Heap& heap : heaps_) {
      for (const Cell& cell : heap.target.cells) {
        if (std::find(fields.begin(), fields.end(), cell.field) == fields.end()) {
          fields.push_back(cell.field);
        }
      }
    }
    const Heaps found = read_heaps(database_, fields);
    for (const Obstacle& obstacle : find_obstacles(found, job_.triggers)) {
      if (!obstacle.is_fatal) continue;
      throw Error{ErrorCode::conflict, obstacle.message, obstacle.hint}.because("obstacle");
    }
    heaps_ = rotatable(found);
  }

  // What values under the target key begin with; offline they tell no key.
  std::string prefix() const {
    if (job_.rotation.mode == Mode::offline) return "";
    return fmt::format("{}{}:", crypto::kEncV2Prefix, job_.rotation.target_key);
  }

  bool is_all_done(const std::vector<Remaining>& remaining) const {
    return job_.rotation.mode == Mode::online &&
           std::all_of(remaining.begin(), remaining.end(),
                       [](const Remaining& cell) { return cell.others == 0; });
  }

  // Never true offline: there only opening a value tells its key.
  bool is_nothing_left(const RotationReport& report) const {
    return job_.rotation.mode == Mode::online && report.is_complete();
  }

  struct Swept {  // as Written has them
    std::int64_t rows = 0;
    std::int64_t left = 0;
    std::int64_t locked = 0;
  };

  Swept sweep_all(RotationReport& report) {
    Swept all;
    report.unopened = 0;
    for (const Heap& heap : heaps_) {
      options_.on_phase(fmt::format("sweeping {}", heap.name()));
      const std::string began = server_time(database_);
      const Written swept = worker_.sweep(heap);
      clear_quarantine(database_, heap.target, began);
      report.swept_rows += swept.rows;
      report.swept_seals += swept.seals;
      report.unopened += static_cast<std::int64_t>(swept.findings.size());
      all.rows += swept.rows;
      all.left += swept.left;
      all.locked += swept.locked;
    }
    // Waiting for others is no sweep: it may be as often as it likes.
    if (all.rows == 0 && all.locked > 0) return all;
    ++report.sweeps;
    waits_for_.clear();
    return all;
  }

  // Whoever has locked them goes first, for as long as it takes.
  void wait_for_holders(std::int64_t rows) {
    const std::string reason = fmt::format("{} locked by other sessions", counted(rows, "row"));
    if (reason != waits_for_) job_.on_wait(waits_for_ = reason);
    sleep_unless_stopped(job_.clock, job_.interrupt, kLockedPause);
    job_.throw_if_stopped();
  }

  bool is_settled() {
    if (job_.rotation.mode == Mode::offline) return true;
    const auto over_since = job_.clock.wall_now() - (options_.key_activated_at + options_.settle);
    return over_since.count() >= 0 && !has_old_transaction(over_since);
  }

  // Until the key has settled somebody may seal with the old one, in a transaction that writes much
  // later. Which ones there are is asked once: later ones are none of them.
  bool has_old_transaction(std::chrono::nanoseconds older_than) {
    if (!old_transactions_) {
      const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(older_than);
      old_transactions_.emplace();
      for (const db::Row row : database_.query(sql::old_transactions, {age.count()})) {
        old_transactions_->push_back(row["number"].as<std::string>());
      }
    }
    if (old_transactions_->empty()) return false;
    return database_.query(sql::has_transaction, {*old_transactions_}).one()["found"].as<bool>();
  }

  void wait_until_settled() {
    options_.on_phase("waiting for writers that may still have the old key");
    while (!is_settled()) {
      require_current(database_, job_.rotation);
      sleep_unless_stopped(job_.clock, job_.interrupt, kTick);
    }
  }

  FieldOutcome outcome_of(const Heap& heap, const Cell& cell, const Remaining& remaining) {
    const bool is_online = job_.rotation.mode == Mode::online;
    return {
        .heap = heap.name(),
        .field = fields::to_string(cell.field),
        .values = remaining.values,
        .left = is_online ? remaining.others : 0,
        .is_fenced = is_fenced(read_fences(database_, cell), cell, {job_.rotation.target_key}),
        .why_no_fence = is_online ? "" : "enc:v1 does not name its key: run pcx key verify --full"};
  }

  // A fence stands on the table that was registered, around all of its heaps. False when values
  // appeared that break it.
  bool fence_table(const Heap& heap, RotationReport& report) {
    std::vector<Cell> clean;
    std::vector<Cell> others;
    for (const Cell& cell : heap.target.cells) {
      (left_of(cell, report) == 0 ? clean : others).push_back(cell);
    }
    for (const Cell& cell : others) {
      set_fence(cell, report, "values that are not under the key are left");
    }
    options_.on_phase(fmt::format("fencing {}", heap.root));
    try {
      const FenceTools tools{database_, job_.clock, job_.interrupt,
                             [&](db::Transaction& tx) { hold_rotation(tx, job_.rotation); }};
      if (!others.empty()) drop_unproven_fences(tools, others);
      if (clean.empty()) return true;
      const auto fenced = replace_fences(tools, clean, {job_.rotation.target_key});
      for (std::size_t i = 0; i < clean.size(); ++i) {
        set_fence(clean[i], report,
                  fenced[i] ? "" : "values under another key were written meanwhile");
      }
      return std::find(fenced.begin(), fenced.end(), false) == fenced.end();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::permission) throw;
      for (const Cell& cell : clean) set_fence(cell, report, "this role does not own the table");
      return true;
    }
  }

  static std::int64_t left_of(const Cell& cell, const RotationReport& report) {
    std::int64_t left = 0;
    for (const FieldOutcome& outcome : report.fields) {
      if (outcome.field == fields::to_string(cell.field)) left += outcome.left;
    }
    return left;
  }

  static void set_fence(const Cell& cell, RotationReport& report, const std::string& why_not) {
    for (FieldOutcome& outcome : report.fields) {
      if (outcome.field != fields::to_string(cell.field)) continue;
      outcome.is_fenced = why_not.empty();
      outcome.why_no_fence = why_not;
    }
  }

  db::Database& database_;
  const Job& job_;
  const RotatorOptions& options_;
  std::vector<Heap> heaps_;  // as of the last count
  std::string waits_for_;    // that was told
  Worker worker_;
  std::optional<std::vector<std::string>> old_transactions_;  // from before the key had settled
};

}  // namespace

bool RotationReport::is_complete() const {
  return unopened == 0 && !ended_with_findings &&
         std::all_of(fields.begin(), fields.end(),
                     [](const FieldOutcome& field) { return field.left == 0; });
}

RotationReport run_rotation(db::Database& database, const Job& job, const RotatorOptions& options) {
  RowRate rate{job.limits.rows_per_second};
  {
    Crew crew{job, rate, options.workers};
    crew.wait([&] { options.on_progress(read_progress(database, job.rotation)); });
  }
  RotationReport report;
  const db::AdvisoryLock lock{database, kFinishKey, {kFinishWait}, job.clock, job.interrupt};
  require_current(database, job.rotation);
  const auto unfinished = find_rotation(database);
  report.is_finished_elsewhere = !unfinished || unfinished->id != job.rotation.id;
  Finisher finisher{database, job, rate, options};
  if (report.is_finished_elsewhere) {
    report.ended_with_findings = ended_with_findings(database, job.rotation);
    finisher.count(report);
    finisher.count_unopened(report);
  } else {
    finisher.finish(report);
  }
  report.progress = read_progress(database, job.rotation);
  if (!report.is_finished_elsewhere) options.finish(report);
  return report;
}

}  // namespace pcx::rotate
