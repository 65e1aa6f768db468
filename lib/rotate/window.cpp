#include "rotate/window.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace pcx::rotate {

using fields::Kind;

namespace {

// Some 250 rows: half a millisecond.
constexpr std::int64_t kPieceBlocks = 25;
constexpr int kTriesMax = 3;
constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kDeadlock = "40P01";

std::vector<OldRow> rows_of(const Work& work) {
  std::vector<OldRow> rows;
  for (const NewRow& row : work.rows) rows.push_back(row.row);
  return rows;
}

}  // namespace

Written& Written::operator+=(Written&& other) {
  rows += other.rows;
  seals += other.seals;
  misses += other.misses;
  left += other.left;
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

std::optional<std::string> RowResealer::reseal_cell(const OldRow& row, std::size_t cell,
                                                    Work& work) {
  const auto& old = row.old[cell];
  if (!old || old->empty()) return std::nullopt;
  Resealed resealed;
  if (row.bound_to[cell]) {
    resealed = resealers_[cell].reseal(*row.bound_to[cell], *old);
  } else {
    resealed.kind = Kind::unbound;
  }
  if (resealed.sealed) {
    ++work.seals;
    return std::move(resealed.sealed);
  }
  if (resealed.kind != Kind::authentic) {
    work.findings.push_back({cell, row.key, resealed.kind, resealed.refusal, resealed.key});
  }
  return std::nullopt;
}

void RowResealer::reseal(OldRow&& row, Work& work) {
  std::vector<std::optional<std::string>> fresh;
  for (std::size_t cell = 0; cell < resealers_.size(); ++cell) {
    fresh.push_back(reseal_cell(row, cell, work));
  }
  const bool is_due =
      std::any_of(fresh.begin(), fresh.end(), [](const auto& text) { return text.has_value(); });
  if (is_due) work.rows.push_back({std::move(row), std::move(fresh)});
}

Work read_window(db::Database& database, const Target& target, const BlockRange& blocks,
                 RowResealer& resealer) {
  Work work{.blocks = blocks};
  for (std::int64_t from = blocks.from; from < blocks.to; from += kPieceBlocks) {
    const BlockRange piece{from, std::min(from + kPieceBlocks, blocks.to)};
    auto rows = read_rows(target, database.query(pages_query(target, piece, resealer.prefix())));
    work.rows_read += static_cast<std::int64_t>(rows.size());
    for (OldRow& row : rows) resealer.reseal(std::move(row), work);
  }
  return work;
}

WindowWriter::WindowWriter(db::Database& database, const Target& target, RowResealer& resealer,
                           std::size_t rows_per_page)
    : database_(database),
      target_(target),
      resealer_(resealer),
      rows_per_page_(rows_per_page),
      arrays_(target),
      statement_(database, write_query(target)) {}

Written WindowWriter::write(Work work, const BeforeStripe& before_stripe) {
  Written written;
  for (const Stripe& stripe : cut_into_stripes(rows_of(work), rows_per_page_)) {
    Rows rows;
    for (const std::size_t number : stripe) rows.push_back(&work.rows[number]);
    before_stripe(static_cast<std::int64_t>(rows.size()));
    written += write_rows(rows);
  }
  std::move(work.findings.begin(), work.findings.end(), std::back_inserter(written.findings));
  return written;
}

std::optional<std::int64_t> WindowWriter::send(const Rows& rows) {
  arrays_.clear();
  for (const NewRow* row : rows) arrays_.add(row->row, row->fresh);
  try {
    return statement_.run(arrays_.arrays());
  } catch (const Error& error) {
    if (error.sqlstate() != kLockNotAvailable && error.sqlstate() != kDeadlock) throw;
    return std::nullopt;
  }
}

Written WindowWriter::write_rows(const Rows& rows) {
  const auto sent = send(rows);
  if (!sent) return write_one_by_one(rows);
  Written written{.rows = *sent};
  if (*sent < static_cast<std::int64_t>(rows.size())) written += write_again(rows);
  return written;
}

// One of them is locked, and the others shall not wait for it.
Written WindowWriter::write_one_by_one(const Rows& rows) {
  if (rows.size() == 1) return {.left = 1};
  Written written;
  for (const NewRow* row : rows) written += write_rows({row});
  return written;
}

Work WindowWriter::read_again(const Rows& rows) {
  std::vector<std::vector<std::string>> keys;
  for (const NewRow* row : rows) keys.push_back(row->row.key);
  Work work;
  for (OldRow& row :
       read_rows(target_, database_.query(rows_query(target_, keys, resealer_.prefix())))) {
    resealer_.reseal(std::move(row), work);
  }
  return work;
}

// Some were changed meanwhile: which ones is seen by what is still to be done.
Written WindowWriter::write_again(const Rows& rows) {
  Written written;
  for (int tries = 1;; ++tries) {
    Work work = read_again(rows);
    written.seals += work.seals;
    written.findings = std::move(work.findings);  // of the newest reading
    written.left = static_cast<std::int64_t>(work.rows.size());
    if (work.rows.empty() || tries > kTriesMax) return written;
    written.misses += written.left;
    Rows again;
    for (const NewRow& row : work.rows) again.push_back(&row);
    written.rows += send(again).value_or(0);
  }
}

}  // namespace pcx::rotate
