#include "apikey/verifier.h"

#include <cstring>
#include <utility>

#include "apikey/store.h"
#include "core/log.h"
#include "crypto/constant_time.h"

namespace pcx::apikey {

namespace {

// Whether the row is that of the presented text: the digest that it names as its pepper's own.
// Every digest is compared, whether there is a row or not.
bool is_made_of(const std::optional<Key>& found, std::span<const PepperedHash> hashes) {
  static constexpr KeyHash kNobodys{};
  const KeyHash& stored = found ? found->hash : kNobodys;
  const keyring::KeyId pepper = found ? found->pepper : 0;
  bool fits = false;
  for (const PepperedHash& each : hashes) {
    fits |= crypto::equal_in_constant_time(each.hash, stored) & (each.pepper == pepper);
  }
  return fits && found;
}

// The copy of a presented key that becomes a parameter, wiped at the end.
class PlainText {
 public:
  PlainText(std::string_view key, bool is_wanted) {
    if (is_wanted) text_.emplace(key);
  }
  PlainText(const PlainText&) = delete;
  PlainText& operator=(const PlainText&) = delete;
  ~PlainText() {
    if (text_) ::explicit_bzero(text_->data(), text_->size());
  }

  const std::optional<std::string>& text() const { return text_; }

 private:
  std::optional<std::string> text_;
};

bool is_in_plain(const std::optional<Key>& found) { return found && found->id.empty(); }

}  // namespace

Verifier::Verifier(const VerifierTools& tools, const std::vector<Pepper>& peppers,
                   VerifierOptions options)
    : tools_(tools), options_(std::move(options)), hashers_(peppers) {}

Verifier::~Verifier() {
  if (tools_.usage != nullptr) tools_.usage->tell(tools_.database);
}

Verdict Verifier::verify(const Request& request) {
  if (const auto refused = refused_unseen(request.key)) return {.code = *refused};
  const KeyHash digest = hashers_.hash(request.key).hash;
  auto key = tools_.cache.find(digest, tools_.clock.steady_now());
  const bool from_cache = key != nullptr;
  if (!from_cache) key = look_up(request.key, digest);
  if (!key) return {};
  const Time now = tools_.clock.wall_now();
  Verdict verdict = judge(std::move(key), request, now);
  verdict.from_cache = from_cache;
  if (!from_cache && verdict.is_valid()) rehash(verdict.key->key, request.key);
  if (tools_.usage != nullptr) {
    tools_.usage->count(verdict.key->key, verdict.is_valid(), now);
    tools_.usage->tell_when_due(tools_.database);
  }
  return verdict;
}

std::shared_ptr<const PreparedKey> Verifier::look_up(std::string_view key, const KeyHash& digest) {
  // Both before the question: what is told while it is answered is newer than the answer.
  const auto changes = tools_.cache.changes();
  const auto read_at = tools_.clock.steady_now();
  const auto hashes = hashers_.every_hash(key);
  const PlainText plain{key, options_.takes_plain && may_be_in_plain(key)};
  std::optional<Key> found = ask(hashes, plain.text());
  if (!is_made_of(found, hashes) && !is_in_plain(found)) return nullptr;
  auto prepared = std::make_shared<const PreparedKey>(prepare(std::move(*found)));
  tools_.cache.put(digest, prepared, changes, read_at);
  return prepared;
}

std::optional<Key> Verifier::ask(std::span<const PepperedHash> hashes,
                                 const std::optional<std::string>& plain) {
  try {
    return find_presented(tools_.database, hashes, plain);
  } catch (const Error& error) {
    // Nothing of the session is missed: it has no locks, and looking twice changes nothing.
    if (error.code() != ErrorCode::unreachable) throw;
    tools_.database.reconnect();
  }
  return find_presented(tools_.database, hashes, plain);
}

void Verifier::rehash(const Key& key, std::string_view text) {
  const PepperedHash made = hashers_.hash(text);
  if (key.id.empty() || key.pepper == made.pepper) return;
  try {
    rehash_key(tools_.database, key, made);
  } catch (const Error& error) {
    if (options_.on_rehash_failure) return options_.on_rehash_failure(error);
    log::warning("the digest of an API key could not be made anew under the active pepper",
                 {{"key", key.id}, {"error", error.what()}});
  }
}

}  // namespace pcx::apikey
