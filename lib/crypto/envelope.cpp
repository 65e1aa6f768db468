#include "crypto/envelope.h"

#include <array>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::crypto {

namespace {

Opened refused(Refusal refusal) { return {.verdict = Verdict::malformed, .refusal = refusal}; }

// Reads one part of a fixed size. Parts of another size are read, too, as far as they fit: what
// is wrong with their characters is the better reason than their length.
template <std::size_t Capacity>
Refusal read_part(const Encoding& encoding, std::string_view text, std::size_t wanted,
                  std::array<std::byte, Capacity>& bytes, Refusal shorter, Refusal longer) {
  const std::size_t size = encoding.bytes(text);
  if (size > bytes.size()) return longer;
  const EncodingFault fault = encoding.read(text, std::span{bytes}.first(size));
  if (fault != EncodingFault::none) return refusal_for(fault);
  if (size == wanted) return Refusal::none;
  return size < wanted ? shorter : longer;
}

}  // namespace

Refusal refusal_for(EncodingFault fault) {
  switch (fault) {
    case EncodingFault::none: return Refusal::none;
    case EncodingFault::white_space: return Refusal::white_space;
    case EncodingFault::other_alphabet: return Refusal::other_alphabet;
    case EncodingFault::foreign_character: return Refusal::foreign_character;
    case EncodingFault::padding: return Refusal::padding;
    case EncodingFault::stray_bits: return Refusal::stray_bits;
    case EncodingFault::odd_length: return Refusal::odd_length;
  }
  return Refusal::foreign_character;
}

Opened open_parts(Aes256Gcm& cipher, const Encoding& encoding, const EncodedParts& parts) {
  std::array<std::byte, 2 * kNonceBytesMax> nonce;
  std::array<std::byte, 2 * kAeadTagBytes> tag;
  const Refusal bad_nonce = read_part(encoding, parts.nonce, encoding.nonce_bytes, nonce,
                                      Refusal::nonce_size, Refusal::nonce_size);
  if (bad_nonce != Refusal::none) return refused(bad_nonce);
  const Refusal bad_tag =
      read_part(encoding, parts.tag, kAeadTagBytes, tag, Refusal::tag_truncated, Refusal::tag_size);
  if (bad_tag != Refusal::none) return refused(bad_tag);

  const std::size_t size = encoding.bytes(parts.data);
  if (size > kFieldBytesMax) return refused(Refusal::too_long);
  Opened opened{.plaintext = Secret::with_size(size)};
  const auto text = opened.plaintext.writable_bytes();
  const EncodingFault bad_data = encoding.read(parts.data, text);
  if (bad_data != EncodingFault::none) return refused(refusal_for(bad_data));

  const bool opens = cipher.open(Bytes{nonce}.first(encoding.nonce_bytes), {}, text,
                                 std::span{tag}.first<kAeadTagBytes>(), text);
  if (!opens) return {.verdict = Verdict::not_authentic};
  opened.verdict = Verdict::authentic;
  return opened;
}

void require_field_size(std::size_t bytes) {
  if (bytes <= kFieldBytesMax) return;
  throw Error{ErrorCode::crypto,
              fmt::format("a field of {} bytes is above the limit of {}", bytes, kFieldBytesMax)};
}

}  // namespace pcx::crypto
