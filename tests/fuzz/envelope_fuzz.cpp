// The two formats of encrypted fields: nothing leaves open(), and no invented value is authentic.
#include <string>

#include "crypto/enc_v1.h"
#include "crypto/guide_envelope.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::crypto::Opened;
using pcx::crypto::Refusal;
using pcx::crypto::Verdict;
using pcx::fuzz::promise;

void check(pcx::crypto::FieldCipher& cipher, std::string_view value) {
  const Opened opened = cipher.open(value);
  promise(opened.verdict != Verdict::authentic, "2^128 tries forge a tag");
  promise(opened.verdict != Verdict::ambiguous, "one key cannot be ambiguous");
  promise((opened.verdict == Verdict::malformed) == (opened.refusal != Refusal::none),
          "malformed says how");
  promise(cipher.claims(value) || opened.verdict == Verdict::not_encrypted,
          "only what claims the format is judged");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static pcx::crypto::EncV1 application{pcx::Secret{"fuzz"}};
  static pcx::crypto::GuideEnvelope guide{pcx::Secret{std::string(64, 'a')}};
  const std::string_view value = pcx::fuzz::text_of(data, size);
  check(application, value);
  check(guide, value);
  return 0;
}
