#include "apikey/leaks.h"

#include <fmt/format.h>

namespace pcx::apikey {

std::string to_string(const LeakPlace& place) {
  return fmt::format("{}:{}:{}", place.path.native(), place.line, place.column);
}

void Leaks::add(const std::filesystem::path& path, const FoundKey& found) {
  if (places_.size() >= places_max_) {
    ++left_out_;
    return;
  }
  const std::size_t leak = index_of(found.key.reveal_text());
  places_.push_back({leak, path, found.line, found.column});
}

// A key has 256 random bits: its plain digest tells nobody what it is.
std::size_t Leaks::index_of(std::string_view key) {
  const auto [known, is_new] = known_.emplace(crypto::sha256(key), keys_.size());
  if (!is_new) return known->second;
  const auto token = std::get<ParsedToken>(parse_token(key));
  keys_.push_back({token.kind, std::string{token.id}, std::nullopt});
  if (ask_) keys_.back().ours = ask_(key);
  return known->second;
}

std::vector<std::vector<std::size_t>> Leaks::places_by_key(std::size_t max) const {
  std::vector<std::vector<std::size_t>> found(keys_.size());
  for (std::size_t i = 0; i < places_.size(); ++i) {
    auto& of_key = found[places_[i].leak];
    if (of_key.size() < max) of_key.push_back(i);
  }
  return found;
}

std::vector<std::string> revocable(const Leaks& leaks, Time now) {
  std::vector<std::string> ids;
  for (const Leak& leak : leaks.keys()) {
    if (leak.ours && is_taken(standing_of(*leak.ours, now))) ids.push_back(leak.ours->id);
  }
  return ids;
}

}  // namespace pcx::apikey
