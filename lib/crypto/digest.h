// SHA-256 (FIPS 180-4).
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

struct evp_md_ctx_st;

namespace pcx::crypto {

inline constexpr std::size_t kSha256Bytes = 32;
using Sha256Digest = std::array<std::byte, kSha256Bytes>;

// At once. The three-argument form writes into memory of the caller, for keys: the digest never
// lies anywhere else.
Sha256Digest sha256(Bytes bytes);
Sha256Digest sha256(std::string_view text);
void sha256(Bytes bytes, std::span<std::byte, kSha256Bytes> digest);

// 64 lower-case hexadecimal digits, as sha256sum and Prisma's checksums have them.
std::string sha256_hex(std::string_view text);

// Piece by piece.
class Sha256 {
 public:
  Sha256();
  void update(Bytes bytes);
  void update(std::string_view text) { update(bytes_of(text)); }
  // The digest of everything since the last finish(); the object is as new afterwards.
  Sha256Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace pcx::crypto
