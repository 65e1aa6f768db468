#include "audit/sealed_texts.h"

#include <string.h>  // memmem, of POSIX.1-2024: documents are full of quotes, which find() stops at

namespace pcx::audit {

namespace {

constexpr std::string_view kBeginning = "\"enc:v";
constexpr std::string_view kMask = "sealed";

std::size_t find_beginning(std::string_view document, std::size_t from) {
  const std::string_view rest = document.substr(from);
  const void* const found =
      ::memmem(rest.data(), rest.size(), kBeginning.data(), kBeginning.size());
  if (found == nullptr) return document.npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - document.data());
}

// Where the string ends that begins at `start` with kBeginning, when it is an encrypted text.
std::optional<std::size_t> end_of_sealed(std::string_view document, std::size_t start) {
  if (start > 0 && document[start - 1] == '\\') return std::nullopt;  // a quote within a string
  const std::size_t digits = start + kBeginning.size();
  const std::size_t colon = document.find_first_not_of("0123456789", digits);
  if (colon == digits || colon == document.npos || document[colon] != ':') return std::nullopt;
  const std::size_t quote = document.find_first_of("\"\\", colon + 1);
  if (quote == document.npos || document[quote] != '"') return std::nullopt;
  const std::size_t end = quote + 1;
  if (end < document.size() && document[end] == ':') return std::nullopt;  // a name
  return end;
}

}  // namespace

std::optional<crypto::Sha256Digest> SealedTexts::mask(std::string_view document,
                                                      std::string& masked) {
  bool is_sealed = false;
  std::size_t copied = 0;
  std::size_t at = 0;
  while ((at = find_beginning(document, at)) != document.npos) {
    const auto end = end_of_sealed(document, at);
    if (!end) {
      ++at;
      continue;
    }
    if (!is_sealed) masked.clear();
    is_sealed = true;
    masked.append(document, copied, at - copied).append(kMask);
    sha256_.update(document.substr(at, *end - at));
    at = copied = *end;
  }
  if (!is_sealed) return std::nullopt;
  masked.append(document, copied);
  return sha256_.finish();
}

}  // namespace pcx::audit
