// Filling empty tables fast: without indexes and keys, which are made again at the end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "db/database.h"
#include "sandbox/row_text.h"

namespace pcx::sandbox {

// Sends rows with COPY, in the transaction. The Transaction outlives it.
class CopySink final : public RowSink {
 public:
  CopySink(db::Transaction& tx, std::string schema) : tx_(tx), schema_(std::move(schema)) {}
  void write(const SampleTable& table, std::string_view rows) override;

 private:
  db::Transaction& tx_;
  std::string schema_;
};

// Hands rows to another sink in a thread of its own: rows are made while the server stores the ones
// before. `next` belongs to that thread until finish() or the destructor has returned.
class BackgroundSink final : public RowSink {
 public:
  explicit BackgroundSink(RowSink& next);
  BackgroundSink(const BackgroundSink&) = delete;
  BackgroundSink& operator=(const BackgroundSink&) = delete;
  ~BackgroundSink() override;  // gives up what waits

  // Waits while eight batches wait. Throws what `next` threw for an earlier one.
  void write(const SampleTable& table, std::string_view rows) override;
  // Returns when everything is handed over. Throws as write() does. Nothing is written afterwards.
  void finish();

 private:
  struct Batch {
    const SampleTable* table;
    std::string rows;
  };
  void work();
  void stop(bool give_up);

  RowSink& next_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> waiting_;   // guarded by mutex_, as all below
  bool is_over_ = false;        // no batch will come
  std::exception_ptr failure_;  // of next_
  std::thread thread_;
};

// Foreign keys of tables, and keys and indexes of those to be made bare, dropped when it is made: a
// key checked row by row forbids any order of writing, an index written row by row is slow once it
// is large. Nothing comes back by itself: without restore() and commit(), roll the transaction
// back. A comment on an index or a constraint is lost.
class DroppedDefinitions {
 public:
  DroppedDefinitions(db::Transaction& tx, std::string_view schema,
                     const std::vector<std::string>& tables,
                     const std::vector<std::string>& bare_tables);
  // Makes them again with the server's own definitions, foreign keys last; these check every row.
  // Throws Error{conflict} as the server does when rows do not fit.
  void restore(db::Transaction& tx,
               const std::function<void(std::int64_t done, std::int64_t total)>& on_progress) const;

 private:
  std::vector<std::string> creates_;  // in the order of dropping
};

}  // namespace pcx::sandbox
