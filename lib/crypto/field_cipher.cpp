#include "crypto/field_cipher.h"

#include <utility>

namespace pcx::crypto {

const char* to_string(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::none: return "none";
    case Refusal::missing_part: return "missing_part";
    case Refusal::extra_part: return "extra_part";
    case Refusal::repeated_part: return "repeated_part";
    case Refusal::not_json: return "not_json";
    case Refusal::white_space: return "white_space";
    case Refusal::other_alphabet: return "other_alphabet";
    case Refusal::foreign_character: return "foreign_character";
    case Refusal::padding: return "padding";
    case Refusal::stray_bits: return "stray_bits";
    case Refusal::odd_length: return "odd_length";
    case Refusal::nonce_size: return "nonce_size";
    case Refusal::tag_truncated: return "tag_truncated";
    case Refusal::tag_size: return "tag_size";
    case Refusal::too_long: return "too_long";
    case Refusal::key_id: return "key_id";
    case Refusal::unknown_format: return "unknown_format";
  }
  return "unknown";
}

const char* explain(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::none: return "nothing is wrong";
    case Refusal::missing_part: return "a part (nonce, tag or data) is missing";
    case Refusal::extra_part: return "there are more parts than nonce, tag and data";
    case Refusal::repeated_part: return "a part occurs twice";
    case Refusal::not_json: return "the text is no JSON object of strings";
    case Refusal::white_space: return "there is white space inside a part";
    case Refusal::other_alphabet: return "a part is written in another alphabet";
    case Refusal::foreign_character: return "a part has characters that do not belong there";
    case Refusal::padding: return "the base64 padding is missing or wrong";
    case Refusal::stray_bits: return "the base64 ends with bits that belong to no byte";
    case Refusal::odd_length: return "a part has half a byte";
    case Refusal::nonce_size: return "the nonce has another length than the format's";
    case Refusal::tag_truncated: return "the tag is shorter than 16 bytes";
    case Refusal::tag_size: return "the tag is longer than 16 bytes";
    case Refusal::too_long: return "the value is longer than 64 MiB";
    case Refusal::key_id: return "the key id is missing or no number";
    case Refusal::unknown_format: return "its format is none that pcx knows";
  }
  return "unknown";
}

const char* to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::not_encrypted: return "not_encrypted";
    case Verdict::authentic: return "authentic";
    case Verdict::malformed: return "malformed";
    case Verdict::not_authentic: return "not_authentic";
    case Verdict::ambiguous: return "ambiguous";
  }
  return "unknown";
}

Trial open_with_each(std::span<FieldCipher* const> ciphers, std::string_view value) {
  Trial trial;
  for (std::size_t index = 0; index < ciphers.size(); ++index) {
    Opened opened = ciphers[index]->open(value);
    const bool opens = opened.verdict == Verdict::authentic;
    if (opens && trial.opened.verdict == Verdict::authentic) {
      return {.opened{.verdict = Verdict::ambiguous}};
    }
    if (opens || index == 0) trial = {std::move(opened), index};
  }
  return trial;
}

}  // namespace pcx::crypto
