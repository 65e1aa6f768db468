// Rows of a COPY that another thread reads, handed over in their order: so that two sessions' rows
// can be merged. What is under way is bounded; who is ahead waits.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "db/binary_copy.h"

namespace pcx::audit {

class RowPipe {
 public:
  // --- The side that reads the COPY.
  // False: nobody wants more.
  bool put(db::BinaryRow row);
  // No more comes; with a failure, that is thrown on the other side. Once.
  void end(std::exception_ptr failure = nullptr);

  // --- The other side. The next row, valid until next(); nullptr at the end. Throws the failure.
  const std::vector<db::BinaryField>* peek();
  void next() { has_row_ = false; }
  void close();  // nothing more is wanted

 private:
  bool hand_over();
  bool decode();

  std::string gathering_;  // of the reading side alone

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> pieces_;
  std::size_t waiting_bytes_ = 0;
  bool has_ended_ = false;
  bool is_closed_ = false;
  std::exception_ptr failure_;

  std::string piece_;  // from here on of the other side alone
  std::size_t at_ = 0;
  std::vector<db::BinaryField> row_;
  bool has_row_ = false;
};

// A COPY that runs on a thread of its own, a bounded way ahead. `tx` is nobody else's meanwhile;
// when this goes before its end, the COPY is cancelled.
class PipedCopy {
 public:
  PipedCopy(db::Transaction& tx, db::Query query);
  PipedCopy(const PipedCopy&) = delete;
  PipedCopy& operator=(const PipedCopy&) = delete;
  ~PipedCopy();

  // As of RowPipe.
  const std::vector<db::BinaryField>* peek() { return pipe_.peek(); }
  void next() { pipe_.next(); }

 private:
  void read(db::Transaction& tx, const db::Query& query) noexcept;

  RowPipe pipe_;
  std::thread reader_;
};

}  // namespace pcx::audit
