#include "apikey/prefix_search.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pcx::apikey {

namespace {

// The places within a key that are compared.
constexpr std::size_t kLetter = 2;
constexpr std::size_t kFirst = 3;
constexpr std::size_t kSecond = 8;
constexpr std::size_t kThird = 19;
static_assert(kThird < kLookahead);

std::size_t next_portable(const char* text, std::size_t from, std::size_t end) noexcept {
  while (from < end) {
    const void* const found = std::memchr(text + from + kFirst, '_', end - from);
    if (found == nullptr) return end;
    const char* const start = static_cast<const char*>(found) - kFirst;
    if (start[kLetter] == 'x' && start[kSecond] == '_' && start[kThird] == '_') {
      return static_cast<std::size_t>(start - text);
    }
    from = static_cast<std::size_t>(start - text) + 1;
  }
  return end;
}

#if defined(__x86_64__)

std::size_t first_bit(unsigned mask) { return static_cast<std::size_t>(std::countr_zero(mask)); }

// SSE2 belongs to x86-64.
__m128i equal_16(const char* text, __m128i byte) noexcept {
  return _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text)), byte);
}

std::size_t next_sse2(const char* text, std::size_t from, std::size_t end) noexcept {
  constexpr std::size_t kStep = 16;
  const __m128i letter = _mm_set1_epi8('x'), line = _mm_set1_epi8('_');
  for (; from + kStep <= end; from += kStep) {
    const char* const at = text + from;
    const __m128i pair = _mm_and_si128(equal_16(at + kLetter, letter), equal_16(at + kFirst, line));
    const __m128i rest = _mm_and_si128(equal_16(at + kSecond, line), equal_16(at + kThird, line));
    const int mask = _mm_movemask_epi8(_mm_and_si128(pair, rest));
    if (mask != 0) return from + first_bit(static_cast<unsigned>(mask));
  }
  return next_portable(text, from, end);
}

__attribute__((target("avx2"))) inline __m256i equal_32(const char* text, __m256i byte) noexcept {
  return _mm256_cmpeq_epi8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text)), byte);
}

__attribute__((target("avx2"))) std::size_t next_avx2(const char* text, std::size_t from,
                                                      std::size_t end) noexcept {
  constexpr std::size_t kStep = 32;
  const __m256i letter = _mm256_set1_epi8('x'), line = _mm256_set1_epi8('_');
  for (; from + kStep <= end; from += kStep) {
    const char* const at = text + from;
    const __m256i pair =
        _mm256_and_si256(equal_32(at + kLetter, letter), equal_32(at + kFirst, line));
    const __m256i rest =
        _mm256_and_si256(equal_32(at + kSecond, line), equal_32(at + kThird, line));
    const int mask = _mm256_movemask_epi8(_mm256_and_si256(pair, rest));
    if (mask != 0) return from + first_bit(static_cast<unsigned>(mask));
  }
  return next_sse2(text, from, end);
}

constexpr std::array kSearches = {
    PrefixSearch{"avx2", next_avx2},
    PrefixSearch{"sse2", next_sse2},
    PrefixSearch{"portable", next_portable},
};

std::size_t searches_to_skip() noexcept { return __builtin_cpu_supports("avx2") ? 0 : 1; }

#else

constexpr std::array kSearches = {PrefixSearch{"portable", next_portable}};

std::size_t searches_to_skip() noexcept { return 0; }

#endif

}  // namespace

std::span<const PrefixSearch> prefix_searches() noexcept {
  return std::span{kSearches}.subspan(searches_to_skip());
}

}  // namespace pcx::apikey
