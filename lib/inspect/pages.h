// Which pages are read next: all of them in order, or random ones until there are enough rows.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/random.h"
#include "inspect/page_lottery.h"
#include "rotate/catalog.h"
#include "rotate/statements.h"

namespace pcx::inspect {

struct Piece {
  std::size_t heap = 0;  // of those given to Pages
  rotate::BlockRange blocks;
};

// For any number of threads.
class Pages {
 public:
  // `blocks` of each heap. Of a table that was registered, its partitions and heirs count together.
  // `sample_rows` for each such table; std::nullopt: all. The first two and `random` outlive it.
  Pages(const std::vector<rotate::Heap>& heaps, const std::vector<std::int64_t>& blocks,
        std::optional<std::int64_t> sample_rows, Random& random);

  // std::nullopt: nothing is left to read.
  std::optional<Piece> next();
  // A piece was read, with so many rows.
  void count(const Piece& piece, std::int64_t rows);

  // How far it is: pages, or of a sample rows. The second may be out of reach in small tables.
  std::int64_t done();
  std::int64_t total() const { return total_; }

 private:
  struct Group {  // heaps of one registered table
    std::vector<std::size_t> heaps;
    std::int64_t rows = 0;
    std::optional<PageLottery> lottery;
    std::int64_t next_block = 0;  // of heaps[next_heap], when all are read
    std::size_t next_heap = 0;
  };

  std::optional<Piece> next_of(Group& group);
  std::optional<Piece> drawn_from(Group& group);

  const std::vector<rotate::Heap>& heaps_;
  const std::vector<std::int64_t>& blocks_;
  std::optional<std::int64_t> sample_rows_;
  std::mutex mutex_;
  std::vector<Group> groups_;
  std::size_t group_ = 0;
  std::int64_t done_ = 0;
  std::int64_t total_ = 0;
};

}  // namespace pcx::inspect
