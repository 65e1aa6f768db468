#include "sandbox/bulk_load.h"

#include "core/text.h"
#include "db/copy.h"
#include "db/script.h"
#include "sandbox/sql.h"

namespace pcx::sandbox {

namespace {

constexpr std::size_t kBatchesWaitingMax = 8;

std::vector<std::string> column_names(const SampleTable& table) {
  std::vector<std::string> names;
  for (const std::string& name : split(table.columns, ',')) names.emplace_back(trim(name));
  return names;
}

}  // namespace

void CopySink::write(const SampleTable& table, std::string_view rows) {
  db::CopyIn copy{tx_, schema_, table.name, column_names(table)};
  copy.raw(rows);
  copy.finish();
}

BackgroundSink::BackgroundSink(RowSink& next) : next_(next), thread_([this] { work(); }) {}

BackgroundSink::~BackgroundSink() { stop(/*give_up=*/true); }

void BackgroundSink::write(const SampleTable& table, std::string_view rows) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return failure_ || waiting_.size() < kBatchesWaitingMax; });
  if (failure_) std::rethrow_exception(failure_);
  waiting_.push_back({&table, std::string{rows}});
  changed_.notify_all();
}

void BackgroundSink::finish() {
  stop(/*give_up=*/false);
  if (failure_) std::rethrow_exception(failure_);
}

void BackgroundSink::stop(bool give_up) {
  {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
    if (give_up) waiting_.clear();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BackgroundSink::work() {
  try {
    while (true) {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [&] { return is_over_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const Batch batch = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      changed_.notify_all();
      next_.write(*batch.table, batch.rows);
    }
  } catch (...) {  // rethrown by the thread that writes
    const std::lock_guard lock{mutex_};
    failure_ = std::current_exception();
    waiting_.clear();
    changed_.notify_all();
  }
}

DroppedDefinitions::DroppedDefinitions(db::Transaction& tx, std::string_view schema,
                                       const std::vector<std::string>& tables,
                                       const std::vector<std::string>& bare_tables) {
  for (const db::Row row : tx.query(sql::seed_definitions, {schema, tables, bare_tables})) {
    db::run_script(tx, row["drop_sql"].as<std::string_view>(), "definition to drop");
    creates_.push_back(row["create_sql"].as<std::string>());
  }
}

void DroppedDefinitions::restore(
    db::Transaction& tx,
    const std::function<void(std::int64_t done, std::int64_t total)>& on_progress) const {
  const auto total = static_cast<std::int64_t>(creates_.size());
  std::int64_t done = 0;
  for (auto create = creates_.rbegin(); create != creates_.rend(); ++create) {
    db::run_script(tx, *create, "definition to make again");
    if (on_progress) on_progress(++done, total);
  }
}

}  // namespace pcx::sandbox
