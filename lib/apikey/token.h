// API keys as text: pcx_live_<id>_<secret><checksum> or pcx_test_..., 69 characters.
//
//   id        10 base62 digits, public: what a key is looked up and spoken of by
//   secret    43 base62 digits, each drawn by itself: 43 * log2(62) = 256.03 bits
//   checksum  6 base62 digits: the CRC-32 of everything before it, filled up with '0' in front
//
// base62 is 0-9A-Za-z, the highest digit first: GitHub's tokens have the same checksum
// (github.blog, "Behind GitHub's new authentication token formats", 2021-04-05). There are
// underscores and no hyphens, so that a double click selects the whole. The checksum tells slips of
// the pen and texts that only look like keys without asking the database; it keeps nobody out.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/random.h"
#include "core/secret.h"

namespace pcx::apikey {

inline constexpr std::string_view kLivePrefix = "pcx_live_";
inline constexpr std::string_view kTestPrefix = "pcx_test_";
inline constexpr std::size_t kIdDigits = 10;
inline constexpr std::size_t kSecretDigits = 43;
inline constexpr std::size_t kChecksumDigits = 6;  // 62^6 > 2^32
inline constexpr std::size_t kTokenBytes =
    kLivePrefix.size() + kIdDigits + 1 + kSecretDigits + kChecksumDigits;

// What a client presents is refused above this, before anything else is done with it: parse_token()
// does so, and who takes keys of other formats (adopted ones) has to.
inline constexpr std::size_t kPresentedBytesMax = 256;

// What a key is for, as its prefix says: of two databases, and never of the same rights by
// accident.
enum class Kind {
  live,
  test,
  adopted,  // it was in api_keys.key in plain, whatever it looks like: no text says so
};

struct Token {
  Kind kind = Kind::live;
  std::string id;
  Secret text;  // all of it, to be shown once
};

// A new key. `random` must be fit for keys (SystemRandom). An id is one of 8 * 10^17: that it is
// not taken is for the table's primary key to say.
// REQUIRES: live or test
Token generate_token(Kind kind, Random& random);
// A lookup id alone, for a key that has another format.
std::string generate_key_id(Random& random);

// Why a text is no key of this format. The names hold nothing of it.
enum class TokenFault {
  too_long,        // above kPresentedBytesMax; nothing of it was looked at
  wrong_prefix,    // neither pcx_live_ nor pcx_test_: perhaps a key of another format
  wrong_length,    // not kTokenBytes
  wrong_alphabet,  // not base62 where it has to be, or no underscore behind the id
  bad_checksum,    // mistyped, cut and pasted together, or made up
};

struct ParsedToken {
  Kind kind = Kind::live;
  std::string_view id;  // within the text that was parsed
};

// Whether `text` has the format, and a right checksum; nothing says yet that there is such a key.
// Takes no memory and, above kPresentedBytesMax, no time; how long it takes depends on the text
// alone. `text` is a secret: neither result holds any other part of it than the id.
std::variant<ParsedToken, TokenFault> parse_token(std::string_view text) noexcept;

// Ten base62 digits.
bool is_key_id(std::string_view text) noexcept;

// The digits that belong behind `text`, of any length.
std::array<char, kChecksumDigits> token_checksum(std::string_view text) noexcept;

// What stands in a column for keys once it holds no keys. Whoever has read the database can present
// it: it has to be asked before a presented text is compared with a column.
enum class StoredShape {
  none,
  placeholder,  // pcx:<anything>, as `adopt` and `create` leave it in api_keys.key
  // Begins as the digests of other programs do, in letters of either case: sha256: and the like,
  // md5:, hmac-, $2b$ and the other schemes of crypt(3), $argon2, pbkdf2_, {SSHA}; or is \x and
  // hexadecimal digits. Whoever has read one knows what to present.
  digest,
  // 64 hexadecimal digits and nothing else: a key, as `openssl rand -hex 32` makes them, or the
  // SHA-256 of one. Nobody can tell which.
  digits,
};
StoredShape stored_shape_of(std::string_view text) noexcept;
inline bool looks_like_stored(std::string_view text) noexcept {
  return stored_shape_of(text) != StoredShape::none;
}

const char* to_string(Kind kind) noexcept;  // "live", "test", "adopted"
std::optional<Kind> kind_of(std::string_view name) noexcept;
const char* to_string(TokenFault fault) noexcept;  // "wrong alphabet": a phrase for messages

}  // namespace pcx::apikey
