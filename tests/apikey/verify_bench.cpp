// pcx_verify_bench URL memory CALLS: answers from the cache, on one thread. Prints "what
// ns_per_call" for each step alone and for the whole. pcx_verify_bench URL database CALLS: answers
// with a question to the server each, the same way. pcx_verify_bench URL timing SAMPLES: SAMPLES
// requests with each of three kinds of key, in random order, through the whole verifier: known
// (good), wrong (the id of a good one and a right checksum, another secret), unknown (never made).
// Prints "kind ns" for each request. pcx_verify_bench keys COUNT: the pepper in hexadecimal digits,
// and the keys, a line each. pcx_verify_bench comparison SAMPLES: the comparison in memory alone;
// "stored" (the right digest), "other" (another one), "none".
//
// URL names an empty database, or one that this program has filled before: the keys are the same
// each time. Not run by ctest; scripts/bench/apikey runs it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apikey/store.h"
#include "apikey/verifier.h"
#include "core/error.h"
#include "crypto/encoding.h"
#include "db/schema.h"
#include "db/script.h"
#include "tests/apikey/application_tables.h"
#include "tests/apikey/keys.h"

namespace pcx::apikey {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kKeys = 1'000;
constexpr keyring::KeyId kPepper = 1;

// What the same seed always makes.
struct Made {
  std::vector<Pepper> peppers;
  std::vector<std::string> keys;
};

Made make_keys() {
  SeededRandom random{1};
  Made made;
  std::string pepper;
  for (int i = 0; i < 32; ++i) pepper += static_cast<char>(random.below(256));
  made.peppers.push_back({kPepper, Secret{pepper}});
  for (std::size_t i = 0; i < kKeys; ++i) made.keys.push_back(testing::random_key(random));
  return made;
}

void fill(db::Database& database, const Made& made) {
  if (!db::upgrade_schema(database).empty()) {
    db::run_script(database, kApplicationTables, "bench");
    // Of the keyring, only that this pepper is the active one.
    db::run_script(database,
                   "INSERT INTO pcx.data_key (id, purpose, format, state, created_at, tag) VALUES "
                   "(1, 'pepper', 'v2', 'active', now(), decode(repeat('00', 32), 'hex'))",
                   "bench");
    Hashers hashers{made.peppers};
    db::Transaction tx = database.begin();
    for (const std::string& text : made.keys) {
      const std::string id{std::get<ParsedToken>(parse_token(text)).id};
      insert_key(tx, {.id = id,
                      .row_id = "row-" + id,
                      .hash = hashers.hash(text),
                      .name = "a key",
                      .scopes = {"invoices:read", "patients:*"},
                      .cidrs = {"192.0.2.0/24", "10.0.0.0/8"},
                      .created_by = "bench"});
    }
    tx.commit();
    db::run_script(database, "ANALYZE pcx.apikey; ANALYZE public.api_keys", "bench");
  }
}

double ns_per_call(std::size_t calls, const std::function<void(std::size_t)>& call) {
  const auto began = Steady::now();
  for (std::size_t i = 0; i < calls; ++i) call(i);
  const std::chrono::duration<double, std::nano> took = Steady::now() - began;
  return took.count() / static_cast<double>(calls);
}

void require(bool is_right) {
  if (!is_right) throw Error{ErrorCode::internal, "a wrong verdict"};
}

void print(const char* what, double ns) { fmt::print("{} {:.1f}\n", what, ns); }

class Bench {
 public:
  Bench(const std::string& url, std::chrono::milliseconds ttl)
      : database_(db::parse_target(url), {}), cache_({.ttl = ttl}) {
    fill(database_, made_);
  }

  Verifier verifier(Usage* usage) {
    return Verifier{{.database = database_, .cache = cache_, .usage = usage, .clock = clock_},
                    made_.peppers};
  }
  const std::string& key(std::size_t i) const { return made_.keys[i % kKeys]; }
  Request request(std::size_t i) const {
    return {.key = key(i), .address = address_, .wanted = wanted_};
  }
  const Made& made() const { return made_; }
  const Clock& clock() const { return clock_; }

 private:
  const Made made_ = make_keys();
  db::Database database_;
  SystemClock clock_;
  KeyCache cache_;
  const std::optional<Address> address_ = Address::parse("10.1.2.3");
  const std::vector<Scope> wanted_ = {std::get<Scope>(Scope::parse_wanted("patients:read"))};
};

void measure_memory(const std::string& url, std::size_t calls) {
  Bench bench{url, kCacheTtlMax};
  Verifier verifier = bench.verifier(nullptr);
  for (std::size_t i = 0; i < kKeys; ++i) require(verifier.verify(bench.request(i)).is_valid());
  KeyHasher hasher{bench.made().peppers.front().key};
  const KeyHash stored = hasher.hash(bench.key(0));
  std::size_t right = 0;
  print("checksum", ns_per_call(calls, [&](std::size_t i) {
          right += std::holds_alternative<ParsedToken>(parse_token(bench.key(i))) ? 1U : 0U;
        }));
  print("digest", ns_per_call(calls, [&](std::size_t i) {
          right += hasher.matches(bench.key(i), &stored) ? 1U : 0U;
        }));
  print("verify", ns_per_call(calls, [&](std::size_t i) {
          const Verdict verdict = verifier.verify(bench.request(i));
          require(verdict.is_valid() && verdict.from_cache);
        }));
  // Long enough between that nothing is told: that is the database's time.
  Usage usage{bench.clock(), {.interval = std::chrono::hours{1}}};
  {
    Verifier counting = bench.verifier(&usage);
    print("verify+usage", ns_per_call(calls, [&](std::size_t i) {
            const Verdict verdict = counting.verify(bench.request(i));
            require(verdict.is_valid() && verdict.from_cache);
          }));
  }
  if (right == 0) throw Error{ErrorCode::internal, "nothing was right"};
}

void measure_database(const std::string& url, std::size_t calls) {
  Bench bench{url, std::chrono::milliseconds{0}};
  Verifier verifier = bench.verifier(nullptr);
  print("database", ns_per_call(calls, [&](std::size_t i) {
          const Verdict verdict = verifier.verify(bench.request(i));
          require(verdict.is_valid() && !verdict.from_cache);
        }));
}

// The id of a key that there is, with another secret.
std::string wrong_key(const std::string& key, Random& random) {
  constexpr std::size_t kHead = kLivePrefix.size() + kIdDigits + 1;
  return testing::with_checksum(key.substr(0, kHead) + testing::base62_text(random, kSecretDigits));
}

struct Sample {
  const char* kind;
  std::string key;
  double ns = 0;
  std::optional<KeyHash> stored = {};
};

void shuffle(std::vector<Sample>& samples, Random& random) {
  for (std::size_t i = samples.size(); i > 1; --i) {
    std::swap(samples[i - 1], samples[random.below(i)]);
  }
}

void print(const std::vector<Sample>& samples) {
  for (const Sample& sample : samples) print(sample.kind, sample.ns);
}

void measure_timing(const std::string& url, std::size_t count) {
  Bench bench{url, std::chrono::milliseconds{0}};
  SystemRandom random;
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    samples.push_back({.kind = "known", .key = bench.key(i)});
    samples.push_back({.kind = "wrong", .key = wrong_key(bench.key(i), random)});
    samples.push_back({.kind = "unknown", .key = testing::random_key(random)});
  }
  shuffle(samples, random);
  Verifier verifier = bench.verifier(nullptr);
  for (std::size_t i = 0; i < kKeys; ++i) require(verifier.verify(bench.request(i)).is_valid());
  for (Sample& sample : samples) {
    Request request = bench.request(0);
    request.key = sample.key;
    const auto began = Steady::now();
    const Verdict verdict = verifier.verify(request);
    sample.ns = std::chrono::duration<double, std::nano>(Steady::now() - began).count();
    require(verdict.is_valid() == (sample.kind == std::string_view{"known"}));
  }
  print(samples);
}

// All that is different between the kinds is done before the first one is measured.
std::vector<Sample> comparisons(const Made& made, KeyHasher& hasher, std::size_t count) {
  SystemRandom random;
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& key = made.keys[i % kKeys];
    KeyHash other = hasher.hash(key);
    other[random.below(other.size())] ^= std::byte{1};
    samples.push_back({.kind = "stored", .key = key, .stored = hasher.hash(key)});
    samples.push_back({.kind = "other", .key = key, .stored = other});
    samples.push_back({.kind = "none", .key = key});
  }
  shuffle(samples, random);
  return samples;
}

void measure_comparison(std::size_t count) {
  const Made made = make_keys();
  KeyHasher hasher{made.peppers.front().key};
  std::vector<Sample> samples = comparisons(made, hasher, count);
  for (Sample& sample : samples) {
    const KeyHash* const given = sample.stored ? &*sample.stored : nullptr;
    const auto began = Steady::now();
    const bool is_right = hasher.matches(sample.key, given);
    sample.ns = std::chrono::duration<double, std::nano>(Steady::now() - began).count();
    require(is_right == (sample.kind == std::string_view{"stored"}));
  }
  print(samples);
}

void print_keys(std::size_t count) {
  const Made made = make_keys();
  fmt::print("{}\n", crypto::to_hex(made.peppers.front().key.reveal_bytes()));
  for (std::size_t i = 0; i < count; ++i) fmt::print("{}\n", made.keys[i % kKeys]);
}

int run(const std::vector<std::string>& words) {
  const auto number = [&](std::size_t i) { return std::strtoul(words.at(i).c_str(), nullptr, 10); };
  if (words.at(0) == "keys") return print_keys(number(1)), EXIT_SUCCESS;
  if (words.at(0) == "comparison") return measure_comparison(number(1)), EXIT_SUCCESS;
  const std::string& what = words.at(1);
  if (what == "memory") measure_memory(words[0], number(2));
  if (what == "database") measure_database(words[0], number(2));
  if (what == "timing") measure_timing(words[0], number(2));
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace pcx::apikey

int main(int argc, char** argv) {
  try {
    return pcx::apikey::run({argv + 1, argv + argc});
  } catch (const pcx::Error& error) {
    fmt::print(stderr, "pcx_verify_bench: {}\n", error.what());
    return 70;
  }
}
