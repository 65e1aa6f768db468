// A window: the rows of some pages, read and resealed in memory, then written stripe by stripe.
// Reading and writing have a session and a thread each; Work goes from one to the other.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/random.h"
#include "db/bulk_statement.h"
#include "db/database.h"
#include "rotate/resealer.h"
#include "rotate/statements.h"
#include "rotate/stripes.h"
#include "rotate/target.h"
#include "rotate/write_statement.h"

namespace pcx::rotate {

// A value that could not be resealed, and where it is. Without the value.
struct Finding {
  std::size_t cell = 0;  // of the target
  std::vector<std::string> key;
  fields::Kind kind = fields::Kind::malformed;
  crypto::Refusal refusal = crypto::Refusal::none;
  KeyId named = 0;  // the key that it names; 0: none
  // SQLSTATE of the server that did not take what was to be written, by a constraint, a trigger or
  // the length of the column; empty: the value itself is at fault.
  std::string refused_with = {};
};

// Of a row, a text for each cell; std::nullopt: it stays.
using Fresh = std::vector<std::optional<std::string>>;

struct Work {
  BlockRange blocks;
  std::int64_t rows_read = 0;
  std::int64_t seals = 0;             // made, written or not: they count against the key's limit
  std::vector<OldRow> rows;           // that are to be written
  std::vector<Fresh> fresh;           // what is written, for each of them
  std::vector<std::set<KeyId>> from;  // keys of what is replaced, for each of them
  std::vector<Finding> findings;
};

// Every cell of one target. For one thread at a time.
class RowResealer {
 public:
  // `random` must outlive it.
  RowResealer(const Target& target, const ResealKeys& keys, Plaintext plaintext, Random& random);

  // What every value under the target key begins with; "" when that cannot be told.
  const std::string& prefix() const { return resealers_.front().target_prefix(); }
  // Adds the row to `work` when something of it is to be written, and what is wrong with it.
  void reseal(OldRow&& row, Work& work);

 private:
  std::optional<std::string> reseal_cell(const OldRow& row, std::size_t cell, Work& work,
                                         std::set<KeyId>& from);

  std::vector<Resealer> resealers_;
};

// Bytes of values after which a window ends, whatever its pages: values outside of their page
// (TOAST) may be of any size, and a page has hundreds of rows then.
inline constexpr std::size_t kWindowBytes = std::size_t{16} * 1024 * 1024;

// Pages that one statement reads or prunes: some 250 rows, half a millisecond.
inline constexpr std::int64_t kPieceBlocks = 25;
// Where others shall not notice it.
inline constexpr std::int64_t kSmallPieceBlocks = 8;

// For one thread at a time.
class WindowReader {
 public:
  // All must outlive it.
  WindowReader(db::Database& database, const Target& target, RowResealer& resealer,
               std::int64_t piece_blocks_max = kPieceBlocks)
      : database_(database),
        target_(target),
        resealer_(resealer),
        piece_blocks_max_(piece_blocks_max) {}

  // The rows of `blocks`, or of its first ones: Work::blocks says which. REQUIRES: it is not empty.
  // Reads in small pieces: no snapshot lives long enough to keep the versions that a stripe leaves
  // behind from being pruned before the next stripe.
  Work read(const BlockRange& blocks);

 private:
  // Of the next piece: few where values are large.
  void choose_piece(std::size_t bytes_of_last);

  db::Database& database_;
  const Target& target_;
  RowResealer& resealer_;
  std::int64_t piece_blocks_max_;
  std::int64_t piece_blocks_ = 1;
};

// After all stripes of the window, and while its pages have their full-page image in the WAL still:
// the versions that the last stripe left are pruned now. Left to whoever looks next, which is the
// count at the rotation's end, each page could cost another image (400 bytes a row, measured with a
// checkpoint half way). In small pieces, as reading.
void prune_window(db::Database& database, const Target& target, const BlockRange& blocks,
                  std::int64_t piece_blocks = kPieceBlocks);

struct Written {
  std::int64_t rows = 0;
  std::int64_t seals = 0;         // for rows that were read anew
  std::int64_t misses = 0;        // rows that the application changed meanwhile, each time
  std::int64_t left = 0;          // rows for a later pass: locked, or changed again and again
  std::int64_t locked = 0;        // of them, rows that somebody else has locked
  std::vector<Finding> findings;  // of the window, and of rows that were read anew

  Written& operator+=(Written&& other);
};

// Called before each stripe with the number of its rows; may wait. With 0 when somebody else has
// locked the table or a row: whatever holds them up is to be let go. What it throws stops the
// writer between two stripes.
using BeforeStripe = std::function<void(std::int64_t rows)>;

// For one thread at a time; belongs to the session of `database`.
class WindowWriter {
 public:
  // All must outlive it.
  WindowWriter(db::Database& database, const Target& target, RowResealer& resealer,
               std::size_t rows_per_page, TrailNote note = {});

  // Each stripe is a transaction. After a row was changed meanwhile it is read anew and written
  // again, three times at most; a row that stays locked is left. What the server refuses becomes a
  // finding: of a row with several cells, those that it refuses.
  Written write(Work work, const BeforeStripe& before_stripe);

 private:
  Written write_rows(const Work& work, const Stripe& rows);
  // Whether nobody keeps rows of the table from being written at all: ALTER TABLE, say.
  bool is_table_free();
  struct Sent {
    std::int64_t rows = 0;     // that were written; of a statement that failed none
    bool is_locked = false;    // one of them is
    std::string refused_with;  // as of a Finding
    bool failed() const { return is_locked || !refused_with.empty(); }
  };
  Sent send(const Work& work, const Stripe& rows);
  Written write_one_by_one(const Work& work, const Stripe& rows);
  Written write_cell_by_cell(const Work& work, std::size_t row, const std::string& refused_with);
  Written write_again(const Work& work, const Stripe& rows);
  Work read_again(const Work& work, const Stripe& rows);

  db::Database& database_;
  const Target& target_;
  RowResealer& resealer_;
  std::size_t rows_per_page_;
  WriteArrays arrays_;
  db::BulkStatement statement_;
  const BeforeStripe* before_stripe_ = nullptr;  // during write()
};

}  // namespace pcx::rotate
