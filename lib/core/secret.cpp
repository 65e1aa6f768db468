#include "core/secret.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace pcx {

namespace {

std::atomic<bool> all_locked{true};

// Hands out slots of 64 bytes from locked pages. Freed slots are wiped and used again; pages stay
// mapped until the process ends, so their number is bounded by the largest live set of secrets.
class Vault {
 public:
  std::byte* allocate(std::size_t size) {
    const std::size_t rounded = round_up(size, kSlotBytes);
    const std::lock_guard guard{mutex_};
    if (std::byte** const kept = place_for(rounded); kept != nullptr && *kept != nullptr) {
      return std::exchange(*kept, nullptr);
    }
    const auto fitting = std::find_if(free_.begin(), free_.end(),
                                      [&](const auto& block) { return block.second >= rounded; });
    const bool found = fitting != free_.end();
    const std::pair<std::byte*, std::size_t> block =
        found ? std::pair{fitting->first, fitting->second} : map_pages(rounded);
    if (found) free_.erase(fitting);
    const auto [start, available] = block;
    if (available > rounded) free_.emplace(start + rounded, available - rounded);
    return start;
  }

  void release(std::byte* start, std::size_t size) noexcept {
    const std::size_t rounded = round_up(size, kSlotBytes);
    ::explicit_bzero(start, rounded);
    const std::lock_guard guard{mutex_};
    if (std::byte** const kept = place_for(rounded); kept != nullptr && *kept == nullptr) {
      *kept = start;
      return;
    }
    free_.emplace(start, rounded);
    merge_around(free_.find(start));
  }

 private:
  using Blocks = std::map<std::byte*, std::size_t>;
  static constexpr std::size_t kSlotBytes = 64;
  static constexpr std::size_t kKeptSlotsMax = 8;

  // Where one free block of that size waits for the next secret; nullptr for long ones.
  std::byte** place_for(std::size_t rounded) {
    return rounded > kKeptSlotsMax * kSlotBytes ? nullptr : &kept_[rounded / kSlotBytes - 1];
  }

  static std::size_t round_up(std::size_t size, std::size_t unit) {
    return (std::max<std::size_t>(size, 1) + unit - 1) / unit * unit;
  }

  static std::pair<std::byte*, std::size_t> map_pages(std::size_t size) {
    const std::size_t bytes = round_up(size, static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
    void* pages =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc{};
    if (::mlock(pages, bytes) != 0) all_locked = false;
    ::madvise(pages, bytes, MADV_DONTDUMP);
    ::madvise(pages, bytes, MADV_WIPEONFORK);
    return {static_cast<std::byte*>(pages), bytes};
  }

  void merge_around(Blocks::iterator block) noexcept {
    const auto next = std::next(block);
    if (next != free_.end() && block->first + block->second == next->first) {
      block->second += next->second;
      free_.erase(next);
    }
    if (block == free_.begin()) return;
    const auto previous = std::prev(block);
    if (previous->first + previous->second != block->first) return;
    previous->second += block->second;
    free_.erase(block);
  }

  std::mutex mutex_;
  Blocks free_;
  // Of each small size one block, not in free_: a value that is opened after another takes its
  // place.
  std::array<std::byte*, kKeptSlotsMax> kept_{};
};

// Never destroyed: secrets in static storage may outlive everything else.
Vault& vault() {
  static Vault& instance = *new Vault;
  return instance;
}

}  // namespace

Secret::Secret(std::string_view bytes) : Secret(std::as_bytes(std::span{bytes})) {}

Secret::Secret(std::span<const std::byte> bytes) : Secret(with_size(bytes.size())) {
  if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
}

Secret Secret::with_size(std::size_t size) {
  Secret secret;
  if (size == 0) return secret;
  secret.data_ = vault().allocate(size);
  secret.size_ = size;
  return secret;
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Secret::~Secret() {
  if (data_ != nullptr) vault().release(data_, size_);
}

Secret Secret::clone() const { return Secret{reveal_bytes()}; }

std::string_view Secret::reveal_text() const noexcept {
  return {reinterpret_cast<const char*>(data_), size_};
}

bool secrets_locked() noexcept { return all_locked; }

}  // namespace pcx
