// pcx_merkle_bench [rounds]: hashes leaves, appends them to a tree and writes its tiles on one
// thread, and prints for every round "what leaves-a-second" for each, by the processor time of the
// thread: other programs do not count. Not run by ctest.
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "audit/leaf.h"
#include "audit/tile.h"
#include "core/error.h"
#include "core/random.h"

namespace pcx::audit {
namespace {

constexpr std::size_t kLeaves = 4'000'000;  // 128 MB of hashes: beyond the caches
constexpr std::size_t kRecordBytes = 450;   // of a row of the application's audit_logs, on average
constexpr std::size_t kRecordsBytes = std::size_t{64} << 20;

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <typename Work>
void measure(const char* what, std::size_t count, Work work) {
  const double began = processor_seconds();
  work();
  fmt::print("{} {:.0f}\n", what, static_cast<double>(count) / (processor_seconds() - began));
}

// Records at steps of their size through random bytes.
class Records {
 public:
  explicit Records(Random& random) : bytes_(kRecordsBytes) { random.fill(bytes_); }

  crypto::Bytes at(std::size_t index) const {
    const std::size_t count = bytes_.size() / kRecordBytes;
    return crypto::Bytes{bytes_}.subspan(index % count * kRecordBytes, kRecordBytes);
  }

 private:
  std::vector<std::byte> bytes_;
};

void require_same(const Hash& one, const Hash& other) {
  if (one != other) throw Error{ErrorCode::internal, "two roots of one tree"};
}

void run_round(const Records& records, std::vector<Hash>& leaves) {
  LeafHasher leaf_hasher;
  TreeHasher hasher;
  measure("leaf", kLeaves, [&] {
    for (std::size_t i = 0; i < kLeaves; ++i) {
      leaves[i] = leaf_hasher.hash(LeafSource::application, records.at(i));
    }
  });
  Frontier frontier;
  measure("tree", kLeaves, [&] {
    for (const Hash& leaf : leaves) frontier.append(leaf, hasher);
  });
  std::size_t bytes = 0;
  TileWriter writer{[&](const TileId&, std::string_view hashes) { bytes += hashes.size(); },
                    hasher};
  measure("tiles", kLeaves, [&] {
    for (const Hash& leaf : leaves) writer.append(leaf);
    writer.write_edge();
  });
  require_same(frontier.root(hasher), writer.head().root);
  Frontier both;
  measure("leaf+tree", kLeaves, [&] {
    for (std::size_t i = 0; i < kLeaves; ++i) {
      both.append(leaf_hasher.hash(LeafSource::application, records.at(i)), hasher);
    }
  });
  require_same(both.root(hasher), frontier.root(hasher));
}

void run(int rounds) {
  SeededRandom random{1};
  const Records records{random};
  std::vector<Hash> leaves(kLeaves);
  for (int round = 0; round < rounds; ++round) run_round(records, leaves);
}

}  // namespace
}  // namespace pcx::audit

int main(int argc, char** argv) {
  try {
    pcx::audit::run(argc > 1 ? std::atoi(argv[1]) : 1);
    return EXIT_SUCCESS;
  } catch (const pcx::Error& error) {
    fmt::print(stderr, "pcx_merkle_bench: {}\n", error.what());
    return 70;
  }
}
