// pcx_field_bench [rounds]: seals and opens texts of 64 bytes in each format on one thread, and
// prints for every round "format seal|open nanoseconds-a-value". Every value is another one, with a
// nonce of its own; what was opened is compared. Not run by ctest; scripts/bench/crypto runs it.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "core/random.h"
#include "crypto/enc_v1.h"
#include "crypto/enc_v2.h"
#include "crypto/guide_envelope.h"
#include "crypto/random_bytes.h"

namespace pcx::crypto {
namespace {

constexpr std::size_t kValues = 20'000;  // with their rows a few megabytes: beyond the first caches
constexpr int kPasses = 5;
constexpr std::size_t kTextBytes = 64;

struct Field {
  std::string row;
  std::string text;
  std::string value;
};

std::vector<Field> some_fields(Random& random) {
  std::vector<Field> fields(kValues);
  for (Field& field : fields) {
    field.row = uuid_v4(random);
    while (field.text.size() < kTextBytes) field.text += static_cast<char>('a' + random.below(26));
  }
  return fields;
}

template <typename Work>
void measure(const char* format, const char* operation, std::vector<Field>& fields, Work work) {
  const auto began = std::chrono::steady_clock::now();
  for (int pass = 0; pass < kPasses; ++pass) {
    for (Field& field : fields) work(field);
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
  fmt::print("{} {} {:.1f}\n", format, operation, took.count() / (kPasses * kValues));
}

void require_same(const Opened& opened, const Field& field) {
  if (opened.plaintext.reveal_text() == field.text) return;
  throw Error{ErrorCode::internal, "a value did not open"};
}

void run_round(std::vector<Field>& fields, FieldCipher& cipher, const char* name, Random& random) {
  measure(name, "seal", fields, [&](Field& it) { it.value = cipher.seal(it.text, random); });
  measure(name, "open", fields, [&](Field& it) { require_same(cipher.open(it.value), it); });
}

void run(int rounds) {
  SystemRandom system;
  PooledRandom random{system};
  EncV1 v1{Secret{std::string_view{"a passphrase of the application"}}};
  GuideEnvelope guide{Secret{std::string(2 * kAeadKeyBytes, 'a')}};
  EncV2 v2{random_secret(system, kAeadKeyBytes), 7, {"medical_records", "diagnosis"}};
  std::vector<Field> fields = some_fields(random);
  for (int round = 0; round < rounds; ++round) {
    run_round(fields, v1, "enc:v1", random);
    run_round(fields, guide, "guide", random);
    measure("enc:v2", "seal", fields,
            [&](Field& it) { it.value = v2.seal(it.row, it.text, random); });
    measure("enc:v2", "open", fields,
            [&](Field& it) { require_same(v2.open(it.row, it.value), it); });
  }
}

}  // namespace
}  // namespace pcx::crypto

int main(int argc, char** argv) {
  try {
    pcx::crypto::run(argc > 1 ? std::atoi(argv[1]) : 1);
    return EXIT_SUCCESS;
  } catch (const pcx::Error& error) {
    fmt::print(stderr, "pcx_field_bench: {}\n", error.what());
    return 70;
  }
}
