#include "apikey/leaks.h"

#include <fmt/format.h>

namespace pcx::apikey {

std::string to_string(const LeakPlace& place) {
  return fmt::format("{}:{}:{}", place.path.native(), place.line, place.column);
}

void Leaks::add(const std::filesystem::path& path, const FoundKey& found) {
  const auto leak = index_of(found.key.reveal_text());
  if (!leak) return void(++keys_left_out_);
  std::uint64_t& of_key = keys_[*leak].places;
  if (places_.size() < limits_.places || of_key < limits_.places_of_a_key) {
    places_.push_back({*leak, path, found.line, found.column});
  } else {
    ++places_left_out_;
  }
  ++of_key;
}

// A key has 256 random bits: its plain digest tells nobody what it is.
std::optional<std::size_t> Leaks::index_of(std::string_view key) {
  const crypto::Sha256Digest digest = crypto::sha256(key);
  if (const auto known = known_.find(digest); known != known_.end()) return known->second;
  if (keys_.size() >= limits_.keys) return std::nullopt;
  const auto token = std::get<ParsedToken>(parse_token(key));
  known_.emplace(digest, keys_.size());
  keys_.push_back({.kind = token.kind, .id = std::string{token.id}});
  if (keeps_keys_) texts_.emplace_back(key);
  return keys_.size() - 1;
}

void Leaks::ask(const Ask& ask) {
  for (std::size_t i = 0; i < texts_.size(); ++i) keys_[i].ours = ask(texts_[i].reveal_text());
  texts_.clear();
}

std::vector<std::vector<std::size_t>> Leaks::places_by_key(std::size_t max) const {
  std::vector<std::vector<std::size_t>> found(keys_.size());
  for (std::size_t i = 0; i < places_.size(); ++i) {
    auto& of_key = found[places_[i].leak];
    if (of_key.size() < max) of_key.push_back(i);
  }
  return found;
}

std::vector<std::string> revocable(const Leaks& leaks) {
  std::vector<std::string> ids;
  for (const Leak& leak : leaks.keys()) {
    if (leak.ours && !leak.ours->revoked) ids.push_back(leak.ours->id);
  }
  return ids;
}

}  // namespace pcx::apikey
