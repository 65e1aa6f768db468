// Base64, base64url (RFC 4648, sections 4 and 5) and hexadecimal, read strictly: for every string
// of bytes exactly one text is accepted, the one that the writing half here makes.
//
// Node's Buffer.from() skips what it does not know, accepts both alphabets and missing padding;
// each such leniency has a name here instead.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace pcx::crypto {

enum class EncodingFault {
  none,
  white_space,        // blanks, tabs, line breaks
  other_alphabet,     // base64url's - and _ in base64 (or + and / in base64url); A-F in hex
  foreign_character,  // of no alphabet
  padding,            // '=' missing, too many, or in the middle
  stray_bits,         // the last character says more than whole bytes need
  odd_length,         // hex with half a byte
};

// Writing. base64 is padded, base64url is not, hex is lower case.
std::string to_base64(Bytes bytes);
std::string to_base64url(Bytes bytes);
std::string to_hex(Bytes bytes);
void append_base64(std::string& text, Bytes bytes);
void append_base64url(std::string& text, Bytes bytes);
void append_hex(std::string& text, Bytes bytes);

// How many bytes a well-formed text holds. For other texts the number means nothing, but reading
// never writes more than that.
std::size_t base64_bytes(std::string_view text) noexcept;
std::size_t base64url_bytes(std::string_view text) noexcept;
constexpr std::size_t hex_bytes(std::string_view text) noexcept { return text.size() / 2; }

// Reading into memory of the caller (a Secret, an array). After a fault the bytes mean nothing.
// REQUIRES: bytes.size() == base64_bytes(text), base64url_bytes(text) or hex_bytes(text)
EncodingFault read_base64(std::string_view text, std::span<std::byte> bytes) noexcept;
EncodingFault read_base64url(std::string_view text, std::span<std::byte> bytes) noexcept;
EncodingFault read_hex(std::string_view text, std::span<std::byte> bytes) noexcept;

// The same for bytes that are no secret; std::nullopt for any fault.
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64url(std::string_view text);
std::optional<std::string> from_hex(std::string_view text);

// "white space", "characters of the other alphabet"...: a phrase for messages.
const char* to_string(EncodingFault fault) noexcept;

}  // namespace pcx::crypto
