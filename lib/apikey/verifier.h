// One call answers one request: is this key good, from there, for that?
//
// A key is looked up by the digest of its text, never by its id: a key that nobody has and one of
// which only the secret is wrong are the same work in the same order. Keys that were found are
// judged from the cache for its `ttl`; a ChangeListener lets it forget what was changed. In the
// cache or not, expiry and grace end at their instant of the clock.
//
// A key of pcx is hashed here and goes no further. A text that may be in plain is a parameter of
// the question: the copy that is made here is wiped, those in the statement's parameters and in the
// buffers of libpq and of the server are not. Nor is that of whoever hands it in.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "apikey/key_cache.h"
#include "apikey/pepper.h"
#include "apikey/usage.h"
#include "apikey/verdict.h"
#include "core/clock.h"
#include "core/error.h"
#include "db/database.h"

namespace pcx::apikey {

struct VerifierOptions {
  // Whether keys count that api_keys still holds in plain: whoever may write the table makes a key
  // by writing one. No longer once all are adopted, where no fence (apikey/plain_fence.h) is around
  // it.
  bool takes_plain = true;
  // Told why a key could not be given a digest under the active pepper (it is good all the same);
  // must not throw. Empty: a warning in the log.
  std::function<void(const Error&)> on_rehash_failure = {};
};

// All of it outlives the Verifier. `cache` and `usage` are for all verifiers of a process.
struct VerifierTools {
  db::Database& database;  // of this verifier alone; a transaction pooler may be between
  KeyCache& cache;
  Usage* usage;  // nullptr: uses are not counted
  const Clock& clock;
};

// For one thread at a time.
class Verifier {
 public:
  // REQUIRES: `peppers` as peppers_of() has them. A pepper that comes later is not known here: it
  // has to be made, and known to every verifier, before it is activated.
  Verifier(const VerifierTools& tools, const std::vector<Pepper>& peppers,
           VerifierOptions options = {});
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;
  // Tells the uses that were not told yet.
  ~Verifier();

  // Throws what the database answers when the key has to be looked up (db::Database::query()):
  // Error{unreachable} once connecting anew did not help, Error{permission}. There is no verdict
  // then, and the request must be refused.
  Verdict verify(const Request& request);

 private:
  std::shared_ptr<const PreparedKey> look_up(std::string_view key, const KeyHash& digest);
  std::optional<Key> ask(std::span<const PepperedHash> hashes,
                         const std::optional<std::string>& plain);
  void rehash(const Key& key, std::string_view text);

  VerifierTools tools_;
  VerifierOptions options_;
  Hashers hashers_;
};

}  // namespace pcx::apikey
