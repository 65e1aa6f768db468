#include "rotate/rotator.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "core/error.h"
#include "core/sleep.h"
#include "core/time.h"
#include "db/advisory_lock.h"
#include "rotate/fence.h"
#include "rotate/sql.h"

namespace pcx::rotate {

namespace {

// The bytes of "pcxrotfi". Persistent.
constexpr db::AdvisoryKey kFinishKey{0x706378726f746669, "the end of a rotation"};
constexpr std::chrono::hours kFinishWait{24};
constexpr int kSweepsMax = 20;
constexpr std::chrono::milliseconds kTick{500};

// Workers in threads of their own. The first that fails stops the others between two stripes.
class Crew {
 public:
  Crew(const Job& job, int size) : job_(job) {
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
      Worker{job_}.run();
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
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::thread> threads_;
  std::size_t finished_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::exception_ptr failure_;
};

class Finisher {
 public:
  Finisher(db::Database& database, const Job& job, const RotatorOptions& options)
      : database_(database), job_(job), options_(options), worker_(job) {}

  void sweep_until_clean(RotationReport& report) {
    for (;;) {
      const bool is_clean = sweep_all(report);
      if (is_clean && is_settled()) return;
      if (is_clean) wait_until_settled();
      if (report.sweeps < kSweepsMax) continue;
      throw Error{
          ErrorCode::conflict,
          fmt::format("values under another key appear again and again: {} sweeps found some",
                      report.sweeps),
          "The application still seals with another key. Write its keyfile anew (pcx key "
          "keyfile) on every host, then run pcx key rotate again."}
          .because("still_written");
    }
  }

  void count(RotationReport& report) {
    for (const Heap& heap : job_.heaps) {
      for (const CellCensus& census : take_census(database_, heap.target)) {
        report.fields.push_back(outcome_of(heap, census));
      }
    }
  }

  void fence_all(RotationReport& report) {
    if (job_.rotation.mode == Mode::offline) {
      for (FieldOutcome& field : report.fields) {
        field.why_no_fence = "enc:v1 does not name its key: run pcx key verify --full";
      }
      return;
    }
    for (const Heap& heap : job_.heaps) {
      for (const Cell& cell : heap.target.cells) fence(cell, report);
    }
  }

 private:
  // Whether there was nothing left to write.
  bool sweep_all(RotationReport& report) {
    ++report.sweeps;
    bool is_clean = true;
    for (const Heap& heap : job_.heaps) {
      options_.on_phase(fmt::format("sweeping {}", heap.name()));
      const std::string began = server_time(database_);
      const Written swept = worker_.sweep(heap);
      clear_quarantine(database_, heap.target, began);
      report.swept_rows += swept.rows;
      report.swept_seals += swept.seals;
      is_clean = is_clean && swept.rows == 0 && swept.left == 0;
    }
    return is_clean;
  }

  bool is_settled() {
    if (job_.rotation.mode == Mode::offline) return true;
    const bool is_long_active =
        job_.clock.wall_now() - options_.key_activated_at >= options_.settle;
    return is_long_active && !has_old_transaction();
  }

  bool has_old_transaction() {
    return database_.query(sql::has_old_transaction, {to_rfc3339_us(options_.key_activated_at)})
        .one()["found"]
        .as<bool>();
  }

  void wait_until_settled() {
    options_.on_phase("waiting for writers that may still have the old key");
    while (!is_settled()) sleep_unless_stopped(job_.clock, job_.interrupt, kTick);
  }

  FieldOutcome outcome_of(const Heap& heap, const CellCensus& census) const {
    const Cell& cell = heap.target.cells[census.cell];
    FieldOutcome outcome{.heap = heap.name(), .field = fields::to_string(cell.field)};
    outcome.is_fenced = is_fenced(read_fences(database_, cell), cell, {job_.rotation.target_key});
    const bool by_key = job_.rotation.mode == Mode::online;
    for (const Count& count : census.counts) {
      const bool is_nothing = count.look == Look::null || count.look == Look::empty;
      const bool is_done = by_key ? count.look == Look::v2 && count.key == job_.rotation.target_key
                                  : count.look == Look::v1;
      (is_nothing ? outcome.nothing : is_done ? outcome.values : outcome.left) += count.values;
    }
    return outcome;
  }

  // A fence stands on the table that was registered, around all of its heaps.
  void fence(const Cell& cell, RotationReport& report) {
    const std::string name = fields::to_string(cell.field);
    std::vector<FieldOutcome*> outcomes;
    std::int64_t left = 0;
    for (FieldOutcome& outcome : report.fields) {
      if (outcome.field != name) continue;
      outcomes.push_back(&outcome);
      left += outcome.left;
    }
    if (outcomes.front()->is_fenced || !outcomes.front()->why_no_fence.empty()) return;
    const std::string why =
        left > 0 ? "values that are not under the key are left" : try_fence(cell);
    for (FieldOutcome* outcome : outcomes) {
      outcome->is_fenced = why.empty();
      outcome->why_no_fence = why;
    }
  }

  // "" when it stands, else why not.
  std::string try_fence(const Cell& cell) {
    options_.on_phase(fmt::format("fencing {}", fields::to_string(cell.field)));
    try {
      const FenceTools tools{database_, job_.clock, job_.interrupt};
      if (replace_fences(tools, cell, {job_.rotation.target_key})) return "";
      return "values under another key were written meanwhile";
    } catch (const Error& error) {
      if (error.code() != ErrorCode::permission) throw;
      return "this role does not own the table";
    }
  }

  db::Database& database_;
  const Job& job_;
  const RotatorOptions& options_;
  Worker worker_;
};

}  // namespace

bool RotationReport::is_complete() const {
  return std::all_of(fields.begin(), fields.end(),
                     [](const FieldOutcome& field) { return field.left == 0; });
}

RotationReport run_rotation(db::Database& database, const Job& job, const RotatorOptions& options) {
  {
    Crew crew{job, options.workers};
    crew.wait([&] { options.on_progress(read_progress(database, job.rotation)); });
  }
  RotationReport report;
  const db::AdvisoryLock lock{database, kFinishKey, {kFinishWait}, job.clock, job.interrupt};
  const auto unfinished = find_rotation(database);
  report.is_finished_elsewhere = !unfinished || unfinished->id != job.rotation.id;
  Finisher finisher{database, job, options};
  if (!report.is_finished_elsewhere) finisher.sweep_until_clean(report);
  finisher.count(report);
  if (!report.is_finished_elsewhere) finisher.fence_all(report);
  report.progress = read_progress(database, job.rotation);
  if (!report.is_finished_elsewhere) options.finish(report);
  return report;
}

}  // namespace pcx::rotate
