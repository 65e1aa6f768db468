#include "inspect/verification.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>

#include <fmt/format.h>

#include "inspect/cell_reading.h"
#include "inspect/pages.h"
#include "inspect/sql.h"

namespace pcx::inspect {

using fields::Kind;

namespace {

// What one worker found out, of every heap.
struct Findings {
  std::vector<std::vector<FieldTally>> tallies;  // by heap, then by cell
  std::vector<BadValue> bad;                     // the first ones
  std::int64_t bad_left_out = 0;
  std::int64_t rows = 0;
};

Findings nothing_found(const std::vector<rotate::Heap>& heaps) {
  Findings found;
  for (const rotate::Heap& heap : heaps) {
    auto& cells = found.tallies.emplace_back();
    for (const rotate::Cell& cell : heap.target.cells) {
      cells.push_back(
          {.heap = heap.name(), .field = fields::to_string(cell.field), .kinds = {}, .keys = {}});
    }
  }
  return found;
}

// Keeps the first kFindingsMax in order.
void shorten(Findings& found) {
  std::sort(found.bad.begin(), found.bad.end());
  if (found.bad.size() <= kFindingsMax) return;
  found.bad_left_out += static_cast<std::int64_t>(found.bad.size() - kFindingsMax);
  found.bad.resize(kFindingsMax);
}

void add(Findings& sum, Findings&& more) {
  for (std::size_t heap = 0; heap < sum.tallies.size(); ++heap) {
    for (std::size_t cell = 0; cell < sum.tallies[heap].size(); ++cell) {
      FieldTally& to = sum.tallies[heap][cell];
      const FieldTally& from = more.tallies[heap][cell];
      for (std::size_t kind = 0; kind < to.kinds.size(); ++kind) to.kinds[kind] += from.kinds[kind];
      for (const auto& [under, count] : from.keys) to.keys[under] += count;
    }
  }
  sum.rows += more.rows;
  sum.bad_left_out += more.bad_left_out;
  std::move(more.bad.begin(), more.bad.end(), std::back_inserter(sum.bad));
  shorten(sum);
}

// Reads one heap; remade when the next piece is of another one.
class HeapReader {
 public:
  HeapReader(const rotate::Heap& heap, std::span<const fields::FieldKey> keys)
      : reading_(heap.target) {
    for (const rotate::Cell& cell : heap.target.cells) readers_.emplace_back(cell.field.name, keys);
  }

  void read(const db::Result& rows, std::vector<FieldTally>& tallies, Findings& found) {
    for (const db::Row row : rows) {
      reading_.visit(row, [&](const CellValue& cell) {
        const fields::Reading reading = open(cell);
        FieldTally& tally = tallies[cell.cell];
        ++tally.kinds[static_cast<std::size_t>(reading.kind)];
        const bool opened = reading.kind == Kind::authentic ||
                            (reading.kind == Kind::double_encrypted && reading.format.has_value());
        if (opened) ++tally.keys[{reading.key, *reading.format}];
        if (reading.is_good()) return;
        found.bad.push_back({tally.heap, tally.field, reading_.key_of(row), reading.kind,
                             reading.refusal, reading.key});
      });
    }
    found.rows += static_cast<std::int64_t>(rows.size());
    if (found.bad.size() >= 2 * kFindingsMax) shorten(found);
  }

  const CellReading& reading() const { return reading_; }

 private:
  fields::Reading open(const CellValue& cell) {
    if (!cell.value || cell.value->empty()) return {};
    if (!cell.bound_to || cell.bound_to->empty()) return {.kind = Kind::unbound};
    return readers_[cell.cell].read(*cell.bound_to, *cell.value);
  }

  CellReading reading_;
  std::vector<fields::Reader> readers_;
};

// What all workers share.
struct Shared {
  const VerifyJob& job;
  const std::vector<rotate::Heap>& heaps;
  Pages& pages;
  std::string snapshot;
  std::mutex mutex;  // of on_progress
  std::atomic<bool> is_stopping = false;
};

Findings read_pieces(Shared& shared, db::Transaction& tx) {
  Findings found = nothing_found(shared.heaps);
  std::optional<HeapReader> reader;
  std::size_t heap = 0;
  while (const auto piece = shared.pages.next()) {
    shared.job.interrupt.throw_if_requested();
    if (shared.is_stopping) break;
    if (!reader || heap != piece->heap) {
      heap = piece->heap;
      reader.emplace(shared.heaps[heap], shared.job.keys);
    }
    const db::Result rows = tx.query(reader->reading().query(piece->blocks));
    reader->read(rows, found.tallies[heap], found);
    shared.pages.count(*piece, static_cast<std::int64_t>(rows.size()));
    const std::lock_guard lock{shared.mutex};
    shared.job.on_progress(shared.pages.done(), shared.pages.total());
  }
  return found;
}

Findings read_with_own_session(Shared& shared) {
  db::Database database = shared.job.connect();
  db::Transaction tx = database.begin(db::Access::read_only, db::Isolation::repeatable_read);
  db::Query query{"inspect.set_snapshot"};
  tx.query(query.sql("SET TRANSACTION SNAPSHOT ").literal(shared.snapshot));
  return read_pieces(shared, tx);
}

// The workers beside the calling thread, ended whatever happens to it.
class Helpers {
 public:
  Helpers(Shared& shared, int count) : shared_(shared) {
    results_.resize(static_cast<std::size_t>(count));
    failures_.resize(results_.size());
    for (std::size_t i = 0; i < results_.size(); ++i) {
      threads_.emplace_back([this, i] { work(i); });
    }
  }
  Helpers(const Helpers&) = delete;
  Helpers& operator=(const Helpers&) = delete;
  ~Helpers() {
    shared_.is_stopping = true;
    join();
  }

  // Throws what the first that failed threw.
  void add_to(Findings& sum) {
    join();
    for (const std::exception_ptr& failure : failures_) {
      if (failure) std::rethrow_exception(failure);
    }
    for (auto& result : results_) add(sum, std::move(*result));
  }

 private:
  void work(std::size_t number) {
    try {
      results_[number] = read_with_own_session(shared_);
    } catch (...) {
      failures_[number] = std::current_exception();
      shared_.is_stopping = true;
    }
  }

  void join() {
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  Shared& shared_;
  std::vector<std::optional<Findings>> results_;
  std::vector<std::exception_ptr> failures_;
  std::vector<std::thread> threads_;
};

// The heaps that have rows that can be read; why not, of the others.
std::vector<rotate::Heap> readable(const rotate::Heaps& heaps, std::vector<NotVerified>& not_read) {
  std::vector<rotate::Heap> ready;
  for (const fields::Field& field : heaps.missing) {
    not_read.push_back({fields::to_string(field), "its table is not there"});
  }
  for (const fields::Field& field : heaps.absent) {
    not_read.push_back({fields::to_string(field), "this database has no such table", true});
  }
  for (const rotate::Heap& heap : heaps.heaps) {
    if (heap.kind == rotate::HeapKind::partitioned) continue;  // its partitions have the rows
    std::string why = why_unreadable(heap.target);
    if (heap.kind != rotate::HeapKind::table) why = "it is a view or a foreign table";
    if (!heap.may_read) why = "this role may not read it";
    if (heap.row_security) why = "row level security hides rows from this role";
    for (std::size_t i = 0; i < heap.columns.size() && why.empty(); ++i) {
      const rotate::Cell& cell = heap.target.cells[i];
      const bool fits =
          heap.columns[i].is_json() || (heap.columns[i].is_text() && cell.field.member.empty());
      if (!fits) why = fmt::format("{} is not there, or no text", fields::to_string(cell.field));
    }
    if (why.empty()) {
      ready.push_back(heap);
    } else {
      not_read.push_back({heap.name(), why});
    }
  }
  return ready;
}

std::vector<std::int64_t> read_blocks(db::Transaction& tx, const std::vector<rotate::Heap>& heaps) {
  std::vector<std::string> oids;
  for (const rotate::Heap& heap : heaps) oids.push_back(std::to_string(heap.target.relation));
  std::vector<std::int64_t> blocks;
  for (const db::Row row : tx.query(sql::relation_blocks, {oids})) {
    blocks.push_back(row["blocks"].as<std::int64_t>());
  }
  return blocks;
}

}  // namespace

std::int64_t FieldTally::values() const {
  return std::accumulate(kinds.begin(), kinds.end(), std::int64_t{0});
}

std::int64_t FieldTally::bad() const {
  return values() - count(Kind::empty) - count(Kind::authentic);
}

const char* to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::passed: return "passed";
    case Verdict::plaintext: return "plaintext";
    case Verdict::failed: return "failed";
    case Verdict::incomplete: return "incomplete";
  }
  return "unknown";
}

Verdict Verification::verdict() const {
  std::int64_t bad = 0;
  std::int64_t plain = 0;
  for (const FieldTally& field : fields) {
    bad += field.bad();
    plain += field.count(Kind::plaintext);
  }
  if (bad > plain) return Verdict::failed;
  const bool has_gap = std::any_of(not_verified.begin(), not_verified.end(),
                                   [](const NotVerified& skipped) { return !skipped.is_absent; });
  if (has_gap || fields.empty()) return Verdict::incomplete;
  return plain > 0 ? Verdict::plaintext : Verdict::passed;
}

std::map<SealedUnder, std::int64_t> Verification::keys() const {
  std::map<SealedUnder, std::int64_t> sum;
  for (const FieldTally& field : fields) {
    for (const auto& [under, count] : field.keys) sum[under] += count;
  }
  return sum;
}

Verification verify(db::Database& database, const VerifyJob& job) {
  Verification result{.started_at = job.clock.wall_now(), .sample_rows = job.sample_rows};
  const auto heaps = readable(job.heaps, result.not_verified);
  db::Transaction tx = database.begin(db::Access::read_only, db::Isolation::repeatable_read);
  const auto snapshot = tx.query(sql::export_snapshot).one()["snapshot"].as<std::string>();
  const auto blocks = read_blocks(tx, heaps);  // whatever the snapshot sees was there by then
  Pages pages{heaps, blocks, job.sample_rows, job.random};
  Shared shared{.job = job, .heaps = heaps, .pages = pages, .snapshot = snapshot, .mutex = {}};
  Findings found;
  {
    Helpers helpers{shared, job.workers - 1};
    found = read_pieces(shared, tx);
    helpers.add_to(found);
  }
  tx.commit();
  shorten(found);
  for (auto& cells : found.tallies) {
    std::move(cells.begin(), cells.end(), std::back_inserter(result.fields));
  }
  result.rows = found.rows;
  result.findings = std::move(found.bad);
  result.findings_left_out = found.bad_left_out;
  result.ended_at = job.clock.wall_now();
  return result;
}

}  // namespace pcx::inspect
