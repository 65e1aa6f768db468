#include "rotate/lane.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace pcx::rotate {
namespace {

// Hands windows from the reader to the writer, at most one ahead.
class Handover {
 public:
  // False when the writer wants no more.
  bool put(Work&& work) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return !work_ || is_closed_; });
    if (is_closed_) return false;
    work_ = std::move(work);
    changed_.notify_all();
    return true;
  }

  // The reader is done, or failed.
  void finish(std::exception_ptr failure) {
    const std::lock_guard lock{mutex_};
    is_finished_ = true;
    failure_ = std::move(failure);
    changed_.notify_all();
  }

  // std::nullopt: that was all. Throws what the reader threw.
  std::optional<Work> take() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return work_ || is_finished_; });
    if (!work_ && failure_) std::rethrow_exception(failure_);
    auto work = std::exchange(work_, std::nullopt);
    changed_.notify_all();
    return work;
  }

  // The writer wants no more.
  void close() {
    const std::lock_guard lock{mutex_};
    is_closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Work> work_;
  std::exception_ptr failure_;
  bool is_finished_ = false;
  bool is_closed_ = false;
};

// Windows that are read, in order: which of them are written is known by how many were handed over.
class Trail {
 public:
  void add(const Work& work) {
    windows_.push_back(work.rows.empty() ? BlockRange{} : work.blocks);  // nothing to prune
  }
  // All but the newest `spared`.
  void prune(db::Database& database, const Target& target, std::size_t spared) {
    for (; windows_.size() > spared; windows_.pop_front()) {
      prune_window(database, target, windows_.front());
    }
  }

 private:
  std::deque<BlockRange> windows_;
};

// The writer has taken all but the newest window, and is at work on the one before.
constexpr std::size_t kUnwritten = 2;

void read_all(db::Database& database, const LaneOptions& options, const BlockRange& blocks,
              Handover& handover, Trail& trail) {
  try {
    RowResealer resealer{options.target, options.keys, options.plaintext, options.random};
    WindowReader reader{database, options.target, resealer};
    for (std::int64_t from = blocks.from; from < blocks.to;) {
      Work work = reader.read({from, std::min(from + options.window_blocks, blocks.to)});
      from = work.blocks.to;
      trail.add(work);
      if (!handover.put(std::move(work))) break;
      trail.prune(database, options.target, kUnwritten);
    }
    handover.finish(nullptr);
  } catch (...) {
    handover.finish(std::current_exception());
  }
}

// The reading thread, ended whatever happens to the writing one.
class ReadingThread {
 public:
  ReadingThread(db::Database& database, const LaneOptions& options, const BlockRange& blocks,
                Handover& handover, Trail& trail)
      : handover_(handover), thread_([&database, &options, &blocks, &handover, &trail] {
          read_all(database, options, blocks, handover, trail);
        }) {}
  ReadingThread(const ReadingThread&) = delete;
  ReadingThread& operator=(const ReadingThread&) = delete;
  ~ReadingThread() {
    handover_.close();
    thread_.join();
  }

 private:
  Handover& handover_;
  std::thread thread_;
};

}  // namespace

std::int64_t window_blocks_for(const Limits& limits) {
  constexpr double kDueIn = 0.001;
  constexpr double kRowsPerMs = 100;
  constexpr std::int64_t kFewest = 25;  // with fewer it would be the statements that cost
  double blocks = kWindowBlocks;
  if (limits.rows_per_second > 0) blocks = std::min(blocks, limits.rows_per_second * kDueIn);
  if (limits.latency > milliseconds{0}) {
    blocks = std::min(blocks, static_cast<double>(limits.latency.count()) * kRowsPerMs / 4);
  }
  for (const std::int64_t bytes : {limits.lag_bytes, limits.wal_per_second}) {
    if (bytes > 0) blocks = std::min(blocks, static_cast<double>(bytes) / 16 / kPageBytes);
  }
  return std::max(kFewest, static_cast<std::int64_t>(blocks));
}

namespace {

void write_window(WindowWriter& writer, Work&& work, const LaneEvents& events) {
  WindowReport report{.blocks = work.blocks, .rows_read = work.rows_read, .seals = work.seals};
  events.before_window();
  report.written = writer.write(std::move(work), events.before_stripe);
  report.seals += report.written.seals;
  events.after_window(report);
}

void run_in_turn(const Sessions& sessions, const LaneOptions& options, const BlockRange& blocks,
                 const LaneEvents& events, WindowWriter& writer) {
  RowResealer resealer{options.target, options.keys, options.plaintext, options.random};
  WindowReader reader{sessions.reading, options.target, resealer, kSmallPieceBlocks};
  for (std::int64_t from = blocks.from; from < blocks.to;) {
    Work work = reader.read({from, std::min(from + options.window_blocks, blocks.to)});
    const BlockRange window = work.blocks;
    const bool is_due = !work.rows.empty();
    write_window(writer, std::move(work), events);
    if (is_due) prune_window(sessions.writing, options.target, window, kSmallPieceBlocks);
    from = window.to;
  }
}

}  // namespace

void run_lane(const Sessions& sessions, const LaneOptions& options, const BlockRange& blocks,
              const LaneEvents& events) {
  RowResealer resealer{options.target, options.keys, options.plaintext, options.random};
  WindowWriter writer{sessions.writing, options.target, resealer, options.rows_per_page,
                      options.note};
  if (options.in_turn) return run_in_turn(sessions, options, blocks, events, writer);
  Handover handover;
  Trail trail;
  {
    const ReadingThread reading{sessions.reading, options, blocks, handover, trail};
    while (auto work = handover.take()) {
      write_window(writer, std::move(*work), events);
    }
  }
  trail.prune(sessions.writing, options.target, 0);
}

}  // namespace pcx::rotate
