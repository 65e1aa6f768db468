// What a search for leaked keys (apikey/walk.h) has found, put together: each key once, with its
// places, and whose it is. Pure, but for what `Ask` does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apikey/key.h"
#include "apikey/scan.h"
#include "core/secret.h"
#include "crypto/digest.h"

namespace pcx::apikey {

struct Leak {
  Kind kind = Kind::live;    // as its prefix says
  std::string id;            // as the text says: a made-up key can have anybody's
  std::uint64_t places = 0;  // with those that are not kept
  // As the database has it, by the digest of the whole key; std::nullopt: it is not of this
  // database, or nobody asked.
  std::optional<Key> ours;
};

struct LeakPlace {
  std::size_t leak = 0;  // index into Leaks::keys()
  std::filesystem::path path;
  std::uint64_t line = 1;
  std::uint64_t column = 1;
};

// "config/.env:3:12", the bytes of the path as they are.
std::string to_string(const LeakPlace& place);

// A key takes some 300 bytes, a place some 100. Every different key is taken, up to `keys`; of its
// places the first few whatever there is, and more of them while all are fewer than `places`.
struct LeakLimits {
  std::size_t keys = 100'000;
  std::size_t places = 100'000;
  std::size_t places_of_a_key = 5;
};

class Leaks {
 public:
  // Whose a key is.
  using Ask = std::function<std::optional<Key>(std::string_view key)>;

  // `keeps_keys`: the keys themselves, until ask() was called.
  explicit Leaks(bool keeps_keys, LeakLimits limits = {})
      : keeps_keys_(keeps_keys), limits_(limits) {}

  void add(const std::filesystem::path& path, const FoundKey& found);

  // Whose each key is, once for each; then they are wiped. What `ask` throws comes through.
  // REQUIRES: keys are kept
  void ask(const Ask& ask);

  const std::vector<Leak>& keys() const { return keys_; }             // in the order of finding
  const std::vector<LeakPlace>& places() const { return places_; }    // as well
  std::uint64_t places_left_out() const { return places_left_out_; }  // of keys()
  // Of keys beyond the limit: how often one of them was found.
  std::uint64_t keys_left_out() const { return keys_left_out_; }
  // For each of keys(): its places, `max` of them at most, as indexes into places().
  std::vector<std::vector<std::size_t>> places_by_key(std::size_t max) const;

 private:
  std::optional<std::size_t> index_of(std::string_view key);

  bool keeps_keys_;
  LeakLimits limits_;
  std::uint64_t places_left_out_ = 0;
  std::uint64_t keys_left_out_ = 0;
  std::vector<Leak> keys_;
  std::vector<Secret> texts_;  // of keys_, while they are kept
  std::vector<LeakPlace> places_;
  std::map<crypto::Sha256Digest, std::size_t> known_;
};

// Of the keys that are ours by their digest and not revoked yet: their ids, each once. One that is
// only switched off, expired or rotated may be good again tomorrow, and is among them. A key that
// only says that it has such an id is not.
std::vector<std::string> revocable(const Leaks& leaks);

}  // namespace pcx::apikey
