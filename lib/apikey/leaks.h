// What a search for leaked keys (apikey/walk.h) has found, put together: each key once, with all
// its places, and whose it is. The keys themselves are not kept. Pure, but for what `Ask` does.
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
#include "crypto/digest.h"

namespace pcx::apikey {

// A place takes some 100 bytes. What is beyond is counted, and nothing else.
inline constexpr std::size_t kLeakPlacesMax = 100'000;

struct Leak {
  Kind kind = Kind::live;  // as its prefix says
  std::string id;          // as the text says: a made-up key can have anybody's
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

class Leaks {
 public:
  // Whose a key is. Called once for each key, while there is one.
  using Ask = std::function<std::optional<Key>(std::string_view key)>;

  explicit Leaks(Ask ask = {}, std::size_t places_max = kLeakPlacesMax)
      : ask_(std::move(ask)), places_max_(places_max) {}

  void add(const std::filesystem::path& path, const FoundKey& found);

  const std::vector<Leak>& keys() const { return keys_; }           // in the order of finding
  const std::vector<LeakPlace>& places() const { return places_; }  // as well
  std::uint64_t left_out() const { return left_out_; }              // places beyond the limit
  // For each of keys(): its places, `max` of them at most, as indexes into places().
  std::vector<std::vector<std::size_t>> places_by_key(std::size_t max) const;

 private:
  std::size_t index_of(std::string_view key);

  Ask ask_;
  std::size_t places_max_;
  std::uint64_t left_out_ = 0;
  std::vector<Leak> keys_;
  std::vector<LeakPlace> places_;
  std::map<crypto::Sha256Digest, std::size_t> known_;
};

// Of the keys that are ours by their digest and taken at `now`: their ids, each once. A key that
// only says that it has such an id is not among them.
std::vector<std::string> revocable(const Leaks& leaks, Time now);

}  // namespace pcx::apikey
