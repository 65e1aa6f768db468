#include "rotate/worker.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/log.h"
#include "core/sleep.h"
#include "rotate/sql.h"

namespace pcx::rotate {

namespace {

constexpr std::chrono::milliseconds kOthersPoll{200};
constexpr std::string_view kLockNotAvailable = "55P03";

}  // namespace

class Worker::TableHold {
 public:
  // One that is not wanted holds nothing.
  TableHold(db::Database& database, const Target& target, bool is_wanted)
      : database_(database), target_(target), is_wanted_(is_wanted) {}
  TableHold(const TableHold&) = delete;
  TableHold& operator=(const TableHold&) = delete;

  // Somebody else who has it, or waits for it, goes first.
  void take() {
    if (!is_wanted_) return;
    tx_.emplace(database_.begin());
    try {
      db::Query query{"rotate.hold_table"};
      query.sql("LOCK TABLE ONLY ").identifier(target_.schema, target_.table);
      tx_->query(query.sql(" IN SHARE UPDATE EXCLUSIVE MODE NOWAIT"));
    } catch (const Error& error) {
      tx_.reset();
      if (error.sqlstate() != kLockNotAvailable) throw;
    }
  }

  // Holds nothing when it is not held.
  void release() {
    if (tx_) tx_->commit();
    tx_.reset();
  }

 private:
  db::Database& database_;
  const Target& target_;
  bool is_wanted_;
  std::optional<db::Transaction> tx_;
};

Worker::Worker(const Job& job, RowRate& rate)
    : job_(job),
      reading_(job.connect()),
      writing_(job.connect()),
      holding_(job.connect()),
      throttle_(writing_, job.rotation, throttle_options(rate)) {
  for (db::Database* session : {&reading_, &writing_, &holding_}) {
    session->query(sql::wait_without_limit);
  }
  // A commit that is lost in a crash of the server is done again: the old value is still there, and
  // its key is kept. The plan is made once, for arrays of any length. Whoever has locked a row goes
  // first, and so does who waits for this worker: below deadlock_timeout.
  writing_.query(sql::prepare_writing);
  if (job.triggers == Triggers::skip) writing_.query(sql::skip_triggers);
}

ThrottleOptions Worker::throttle_options(RowRate& rate) {
  return {.limits = job_.limits,
          .rate = rate,
          .own_pids = {reading_.backend_pid(), writing_.backend_pid(), holding_.backend_pid()},
          .clock = job_.clock,
          .interrupt = job_.interrupt,
          .throw_if_stopped = job_.throw_if_stopped,
          .on_wait = [this](const std::string& reason) { on_wait(reason); }};
}

// A wait may last for hours: nobody else shall wait for the table meanwhile.
void Worker::on_wait(const std::string& reason) {
  if (hold_ != nullptr) reason.empty() ? hold_->take() : hold_->release();
  job_.on_wait(reason);
}

const Heap* Worker::heap_of(std::uint32_t relation) const {
  const auto found = std::find_if(job_.heaps.begin(), job_.heaps.end(), [&](const Heap& heap) {
    return heap.target.relation == relation;
  });
  return found != job_.heaps.end() ? &*found : nullptr;
}

void Worker::run() {
  for (;;) {
    auto claimed = ClaimedShard::take(holding_, job_.rotation, job_.name);
    if (!claimed) {
      if (read_progress(writing_, job_.rotation).open_shards == 0) return;
      sleep_unless_stopped(job_.clock, job_.interrupt, kOthersPoll);
      job_.throw_if_stopped();
      continue;
    }
    const Shard shard = claimed->shard();
    const Heap* const heap = heap_of(shard.relation);
    if (heap == nullptr) {
      log::warning(fmt::format(
          "a table that rotation {} was begun with is gone, or not registered any more: left out",
          job_.rotation.id));
      writing_.query(sql::close_shard, {shard.id});
      continue;
    }
    rotate(*heap, shard.blocks,
           [&](const WindowReport& report) { writing_.query(progress_query(shard, report)); });
  }
}

Written Worker::sweep(const Heap& heap) {
  const std::int64_t blocks = heap_blocks(writing_, heap.target);
  Written swept;
  if (blocks == 0) return swept;
  rotate(heap, {0, blocks}, [&](const WindowReport& report) {
    Written written = report.written;
    written.seals = report.seals;
    swept += std::move(written);
  });
  return swept;
}

void Worker::rotate(const Heap& heap, const BlockRange& blocks,
                    const std::function<void(const WindowReport&)>& after_window) {
  // With these there may be seconds between two stripes in which nobody notices who waits.
  const bool may_rest =
      job_.limits.rows_per_second > 0 || job_.limits.latency > std::chrono::milliseconds{0};
  TableHold hold{holding_, heap.target, !may_rest};
  hold_ = &hold;
  if (job_.triggers == Triggers::fire) {
    writing_.query(sql::let_triggers_find, {heap.target.schema});
  }
  const auto before_stripe = [&](std::int64_t rows) {
    if (rows == 0) hold.release();
    throttle_.wait(rows);
  };
  const auto after = [&](const WindowReport& report) {
    throttle_.written();
    hold.release();
    quarantine(writing_, heap.target, report.written.findings);
    after_window(report);
    job_.on_window(report);
  };
  run_lane({reading_, writing_},
           {.target = heap.target,
            .keys = job_.keys,
            .plaintext = job_.rotation.plaintext,
            .rows_per_page = job_.rows_per_page,
            .random = job_.random,
            .window_blocks = window_blocks_for(job_.limits),
            .in_turn = job_.limits.rows_per_second > 0,
            .note = {.to = job_.rotation.target_key,
                     .actor = job_.actor,
                     .reason = fmt::format("rotation {}", job_.rotation.id)}},
           blocks, {[&] { hold.take(); }, before_stripe, after});
  hold_ = nullptr;
}

}  // namespace pcx::rotate
