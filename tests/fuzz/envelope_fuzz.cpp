// The formats of encrypted fields: nothing leaves open(), and no invented value is authentic.
#include <string>

#include "crypto/enc_v1.h"
#include "crypto/enc_v2.h"
#include "crypto/guide_envelope.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::crypto::Opened;
using pcx::crypto::Refusal;
using pcx::crypto::Verdict;
using pcx::fuzz::promise;

void check(const Opened& opened, bool is_claimed) {
  promise(opened.verdict != Verdict::authentic, "2^128 tries forge a tag");
  promise(opened.verdict != Verdict::ambiguous, "one key cannot be ambiguous");
  promise((opened.verdict == Verdict::malformed) == (opened.refusal != Refusal::none),
          "malformed says how");
  promise(is_claimed || opened.verdict == Verdict::not_encrypted,
          "only what claims the format is judged");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static pcx::crypto::EncV1 application{pcx::Secret{"fuzz"}};
  static pcx::crypto::GuideEnvelope guide{pcx::Secret{std::string(64, 'a')}};
  static pcx::crypto::EncV2 named{pcx::Secret{std::string(32, 'a')}, 7, {"pets", "notes"}};
  const std::string_view value = pcx::fuzz::text_of(data, size);
  check(application.open(value), application.claims(value));
  check(guide.open(value), guide.claims(value));
  const Opened opened = named.open("row", value);
  check(opened, pcx::crypto::EncV2::claims(value));
  promise(pcx::crypto::EncV2::key_id_of(value) || opened.verdict == Verdict::not_encrypted ||
              opened.refusal == Refusal::key_id,
          "a value without a key id is malformed for that");
  return 0;
}
