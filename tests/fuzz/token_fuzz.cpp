// What clients present as API keys: nothing leaves parse_token(), and a key is what its parts make.
#include <string>

#include "apikey/token.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pcx::apikey;
  using pcx::fuzz::promise;
  const std::string_view text = pcx::fuzz::text_of(data, size);
  const auto parsed = parse_token(text);
  const auto* const token = std::get_if<ParsedToken>(&parsed);
  if (token == nullptr) {
    const bool is_long = std::get<TokenFault>(parsed) == TokenFault::too_long;
    promise(is_long == (size > kPresentedBytesMax), "too long is above the limit");
  } else {
    const auto digits = token_checksum(text.substr(0, size - kChecksumDigits));
    promise(size == kTokenBytes, "a key has one length");
    promise(text.ends_with(std::string_view{digits.data(), digits.size()}), "and its checksum");
    promise(token->id == text.substr(9, kIdDigits), "the id is a part of the key");
    promise(token->id.data() == text.data() + 9, "and lies within it");
    promise(text.substr(4, 4) == to_string(token->kind), "the prefix says what it is for");
    promise(!looks_like_stored(text), "a key does not look like what is stored");
  }
  return 0;
}
