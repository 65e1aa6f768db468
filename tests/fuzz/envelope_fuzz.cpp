// Foreign bytes into the two readers of encrypted fields. Besides not crashing: what is not
// malformed is canonical (it writes the same text again), and what was sealed opens.
#include <cstdlib>
#include <string>

#include "core/text.h"
#include "crypto/enc_v1.h"
#include "crypto/encoding.h"
#include "crypto/guide_envelope.h"

namespace {

using pcx::crypto::Verdict;

void require(bool holds) {
  if (!holds) std::abort();
}

void read_enc_v1(std::string_view value) {
  static pcx::crypto::EncV1 cipher{pcx::Secret{std::string_view{"key"}}};
  const auto opened = cipher.open(value);
  require(cipher.claims(value) == (opened.verdict != Verdict::not_encrypted));
  if (opened.verdict != Verdict::authentic && opened.verdict != Verdict::not_authentic) return;
  const auto parts = pcx::split(value, ':');
  require(parts.size() == 5);
  for (std::size_t i = 2; i < 5; ++i) {
    const auto bytes = pcx::crypto::from_base64(parts[i]);
    require(bytes && pcx::crypto::to_base64(pcx::crypto::bytes_of(*bytes)) == parts[i]);
  }
}

void read_guide(std::string_view value) {
  static pcx::crypto::GuideEnvelope cipher{pcx::Secret{std::string(64, 'a')}};
  const auto opened = cipher.open(value);
  require(cipher.claims(value) == (opened.verdict != Verdict::not_encrypted));
}

template <typename Cipher>
void seal_and_open(Cipher& cipher, std::string_view plaintext) {
  pcx::SeededRandom random{plaintext.size()};
  const auto opened = cipher.open(cipher.seal(plaintext, random));
  require(opened.verdict == Verdict::authentic);
  require(opened.plaintext.reveal_text() == plaintext);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view value{reinterpret_cast<const char*>(data), size};
  static pcx::crypto::EncV1 enc_v1{pcx::Secret{std::string_view{"key"}}};
  static pcx::crypto::GuideEnvelope guide{pcx::Secret{std::string(64, 'a')}};
  read_enc_v1(value);
  read_guide(value);
  // Most inputs never find the prefix by themselves.
  read_enc_v1("enc:v1:" + std::string{value});
  read_guide("{\"encrypted\":" + std::string{value});
  seal_and_open(enc_v1, value);
  seal_and_open(guide, value);
  return 0;
}
