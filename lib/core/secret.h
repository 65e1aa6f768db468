// A secret is a type: it cannot be printed, copied by accident or left behind in memory.
//
// Its bytes lie in pages of their own: mmap, locked against swapping (mlock; where the limit
// RLIMIT_MEMLOCK is too small they are not, see secrets_locked()), kept out of core dumps
// (MADV_DONTDUMP) and out of forked children (MADV_WIPEONFORK), and wiped when freed.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string_view>

namespace pcx {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes);
  explicit Secret(std::span<const std::byte> bytes);
  // `size` zero bytes, to be filled through writable_bytes().
  static Secret with_size(std::size_t size);

  Secret(Secret&& other) noexcept;  // takes the pointer: no bytes are copied
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  // A second owner of the same bytes, on purpose.
  Secret clone() const;

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::span<std::byte> writable_bytes() noexcept { return {data_, size_}; }

  // The names are long on purpose: `grep reveal_` lists every place where a secret leaves its type.
  std::string_view reveal_text() const noexcept;
  std::span<const std::byte> reveal_bytes() const noexcept { return {data_, size_}; }

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// True when every page of secrets so far could be locked into memory.
bool secrets_locked() noexcept;

}  // namespace pcx
