#include "rotate/window.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/error.h"

namespace pcx::rotate {

using fields::Kind;

namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} * 1024 * 1024;
constexpr int kTriesMax = 3;
constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kDeadlock = "40P01";

bool was_locked(const Error& error) {
  return error.sqlstate() == kLockNotAvailable || error.sqlstate() == kDeadlock;
}

// Whether it is about the rows that were to be written: their types and lengths, constraints, and
// what triggers raise.
bool was_refused(const Error& error) {
  const std::string_view state = error.sqlstate();
  return state.starts_with("22") || state.starts_with("23") || state.starts_with("P0");
}

}  // namespace

Written& Written::operator+=(Written&& other) {
  rows += other.rows;
  seals += other.seals;
  misses += other.misses;
  left += other.left;
  locked += other.locked;
  std::move(other.findings.begin(), other.findings.end(), std::back_inserter(findings));
  return *this;
}

RowResealer::RowResealer(const Target& target, const ResealKeys& keys, Plaintext plaintext,
                         Random& random) {
  resealers_.reserve(target.cells.size());
  for (const Cell& cell : target.cells) {
    resealers_.emplace_back(cell.field.name, keys, plaintext, random);
  }
}

std::optional<std::string> RowResealer::reseal_cell(const OldRow& row, std::size_t cell, Work& work,
                                                    std::set<KeyId>& from) {
  const auto& old = row.old[cell];
  if (!old || old->empty() || !row.matches[cell]) return std::nullopt;
  Resealed resealed;
  if (row.bound_to[cell] && !row.bound_to[cell]->empty()) {
    resealed = resealers_[cell].reseal(*row.bound_to[cell], *old);
  } else {
    resealed.kind = Kind::unbound;
  }
  if (resealed.sealed) {
    ++work.seals;
    if (resealed.kind == Kind::authentic) from.insert(resealed.key);
    return std::move(resealed.sealed);
  }
  if (resealed.kind != Kind::authentic) {
    work.findings.push_back({cell, row.key, resealed.kind, resealed.refusal, resealed.key});
  }
  return std::nullopt;
}

void RowResealer::reseal(OldRow&& row, Work& work) {
  Fresh fresh;
  std::set<KeyId> from;
  for (std::size_t cell = 0; cell < resealers_.size(); ++cell) {
    fresh.push_back(reseal_cell(row, cell, work, from));
  }
  const bool is_due =
      std::any_of(fresh.begin(), fresh.end(), [](const auto& text) { return text.has_value(); });
  if (!is_due) return;
  work.rows.push_back(std::move(row));
  work.fresh.push_back(std::move(fresh));
  work.from.push_back(std::move(from));
}

Work WindowReader::read(const BlockRange& blocks) {
  Work work{.blocks = {blocks.from, blocks.from}};
  for (std::size_t bytes = 0; work.blocks.to < blocks.to && bytes < kWindowBytes;) {
    const std::int64_t from = work.blocks.to;
    const BlockRange piece{from, std::min(from + piece_blocks_, blocks.to)};
    auto rows =
        read_rows(target_, database_.query(pages_query(target_, piece, resealer_.prefix())));
    std::size_t bytes_of_piece = 0;
    for (OldRow& row : rows) {
      bytes_of_piece += row.bytes();
      resealer_.reseal(std::move(row), work);
    }
    work.rows_read += static_cast<std::int64_t>(rows.size());
    work.blocks.to = piece.to;
    bytes += bytes_of_piece;
    choose_piece(bytes_of_piece);
  }
  return work;
}

void WindowReader::choose_piece(std::size_t bytes_of_last) {
  if (bytes_of_last > kPieceBytes) {
    piece_blocks_ = std::max<std::int64_t>(piece_blocks_ / 2, 1);
  } else if (bytes_of_last < kPieceBytes / 2) {
    piece_blocks_ = std::min(piece_blocks_ * 2, piece_blocks_max_);
  }
}

void prune_window(db::Database& database, const Target& target, const BlockRange& blocks,
                  std::int64_t piece_blocks) {
  for (std::int64_t from = blocks.from; from < blocks.to; from += piece_blocks) {
    const BlockRange piece{from, std::min(from + piece_blocks, blocks.to)};
    database.query(prune_query(target, piece));
  }
}

WindowWriter::WindowWriter(db::Database& database, const Target& target, RowResealer& resealer,
                           std::size_t rows_per_page, TrailNote note)
    : database_(database),
      target_(target),
      resealer_(resealer),
      rows_per_page_(rows_per_page),
      arrays_(target, std::move(note)),
      statement_(database, write_query(target)) {}

Written WindowWriter::write(Work work, const BeforeStripe& before_stripe) {
  Written written;
  written.findings = std::move(work.findings);  // before those of rows that are read anew
  before_stripe_ = &before_stripe;
  for (const Stripe& stripe : cut_into_stripes(work.rows, rows_per_page_)) {
    before_stripe(static_cast<std::int64_t>(stripe.size()));
    written += write_rows(work, stripe);
  }
  return written;
}

WindowWriter::Sent WindowWriter::send(const Work& work, const Stripe& rows) {
  arrays_.clear();
  for (const std::size_t row : rows) arrays_.add(work.rows[row], work.fresh[row], work.from[row]);
  try {
    return {.rows = statement_.run(arrays_.arrays())};
  } catch (const Error& error) {
    if (was_refused(error)) return {.refused_with = error.sqlstate()};
    if (!was_locked(error)) throw;
    return {.is_locked = true};
  }
}

// Waits for lock_timeout, no longer, so that others who wait for the table get it in between.
bool WindowWriter::is_table_free() {
  db::Transaction tx = database_.begin();
  try {
    db::Query lock{"rotate.try_table"};
    lock.sql("LOCK TABLE ONLY ").identifier(target_.schema, target_.table);
    tx.query(lock.sql(" IN ROW EXCLUSIVE MODE"));
    tx.commit();
    return true;
  } catch (const Error& error) {
    if (!was_locked(error)) throw;
    return false;
  }
}

Written WindowWriter::write_rows(const Work& work, const Stripe& rows) {
  Sent sent = send(work, rows);
  if (sent.is_locked) (*before_stripe_)(0);
  while (sent.is_locked && !is_table_free()) {
    (*before_stripe_)(0);  // may stop, or hold the worker to its limits
    sent = send(work, rows);
  }
  if (sent.failed() && rows.size() > 1) return write_one_by_one(work, rows);
  if (sent.is_locked) return {.left = 1, .locked = 1};
  if (sent.failed()) return write_cell_by_cell(work, rows.front(), sent.refused_with);
  Written written{.rows = sent.rows};
  if (sent.rows < static_cast<std::int64_t>(rows.size())) written += write_again(work, rows);
  return written;
}

// One of them is locked or refused, and the others shall be none the worse for it.
Written WindowWriter::write_one_by_one(const Work& work, const Stripe& rows) {
  Written written;
  for (const std::size_t row : rows) written += write_rows(work, {row});
  return written;
}

Written WindowWriter::write_cell_by_cell(const Work& work, std::size_t row,
                                         const std::string& refused_with) {
  const Fresh& fresh = work.fresh[row];
  const auto is_due = [](const auto& text) { return text.has_value(); };
  if (std::count_if(fresh.begin(), fresh.end(), is_due) == 1) {
    const auto cell = std::find_if(fresh.begin(), fresh.end(), is_due) - fresh.begin();
    return {.findings = {{.cell = static_cast<std::size_t>(cell),
                          .key = work.rows[row].key,
                          .kind = Kind::authentic,
                          .refused_with = refused_with}}};
  }
  Written written;
  OldRow now = work.rows[row];
  for (std::size_t cell = 0; cell < fresh.size(); ++cell) {
    if (!fresh[cell]) continue;
    Work one{.rows = {now}, .fresh = {Fresh(fresh.size())}, .from = {work.from[row]}};
    one.fresh.front()[cell] = fresh[cell];
    Written of_cell = write_rows(one, {0});
    if (of_cell.rows == 1) now.old[cell] = fresh[cell];
    written += std::move(of_cell);
  }
  written.rows = std::min<std::int64_t>(written.rows, 1);
  written.left = std::min<std::int64_t>(written.left, 1);
  written.locked = std::min<std::int64_t>(written.locked, 1);
  return written;
}

Work WindowWriter::read_again(const Work& work, const Stripe& rows) {
  std::vector<std::vector<std::string>> keys;
  for (const std::size_t row : rows) keys.push_back(work.rows[row].key);
  Work again;
  for (OldRow& row :
       read_rows(target_, database_.query(rows_query(target_, keys, resealer_.prefix())))) {
    resealer_.reseal(std::move(row), again);
  }
  return again;
}

// Some were changed meanwhile: which ones is seen by what is still to be done.
Written WindowWriter::write_again(const Work& work, const Stripe& rows) {
  Written written;
  for (int tries = 1;; ++tries) {
    const Work again = read_again(work, rows);
    written.seals += again.seals;
    written.findings = again.findings;  // of the newest reading
    written.left = static_cast<std::int64_t>(again.rows.size());
    if (again.rows.empty() || tries > kTriesMax) return written;
    written.misses += written.left;
    Stripe all(again.rows.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    written.rows += send(again, all).rows;
  }
}

}  // namespace pcx::rotate
