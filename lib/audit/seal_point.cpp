#include "audit/seal_point.h"

#include <charconv>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kPoint = "pcx1";
constexpr std::string_view kKeys = "pcx1-key";

// A decimal number as std::to_string() writes it.
template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || std::to_string(number) != text) {
    return std::nullopt;
  }
  return number;
}

std::optional<Position> position_in(const std::vector<std::string>& words, std::size_t first) {
  const auto segment = number_in<std::int32_t>(words[first]);
  const auto xid = number_in<std::uint64_t>(words[first + 1]);
  const auto seq = number_in<std::int64_t>(words[first + 2]);
  if (!segment || !xid || !seq) return std::nullopt;
  return Position{*segment, *xid, *seq};
}

std::optional<SealPoint> point_in(const std::string& line) {
  const auto words = split(line, ' ');
  if (words.size() != 7 || words[0] != kPoint) return std::nullopt;
  const auto sealed_at = parse_rfc3339(words[1]);
  const auto first_size = number_in<std::uint64_t>(words[2]);
  const auto last = position_in(words, 3);
  const auto xmax = number_in<std::uint64_t>(words[6]);
  if (!sealed_at || !first_size || !last || !xmax) return std::nullopt;
  if (to_rfc3339_us(*sealed_at) != words[1]) return std::nullopt;
  return SealPoint{*sealed_at, *first_size, *last, *xmax, std::nullopt};
}

std::optional<KeyChange> key_change_in(const std::string& line) {
  const auto words = split(line, ' ');
  if (words.size() != 3 || words[0] != kKeys) return std::nullopt;
  try {
    return KeyChange{VerifierKey::parse(words[1]), VerifierKey::parse(words[2])};
  } catch (const Error&) {
    return std::nullopt;  // no keys: no checkpoint of pcx
  }
}

}  // namespace

std::string to_string(const Position& position) {
  return fmt::format("{}.{}.{}", position.segment, position.xid, position.seq);
}

std::optional<Position> parse_position(std::string_view text) {
  const auto words = split(text, '.');
  if (words.size() != 3) return std::nullopt;
  return position_in(words, 0);
}

std::string sealed_text(const std::string& origin, const TreeHead& tree, const SealPoint& point) {
  Checkpoint checkpoint{origin, tree, {}};
  checkpoint.extensions.push_back(
      fmt::format("{} {} {} {} {} {} {}", kPoint, to_rfc3339_us(point.sealed_at), point.first_size,
                  point.last.segment, point.last.xid, point.last.seq, point.xmax));
  if (point.key_change) {
    checkpoint.extensions.push_back(fmt::format("{} {} {}", kKeys, point.key_change->before.text(),
                                                point.key_change->after.text()));
  }
  return checkpoint_text(checkpoint);
}

std::optional<SealedTree> parse_sealed(std::string_view text) {
  auto parsed = parse_checkpoint(text);
  auto* const checkpoint = std::get_if<Checkpoint>(&parsed);
  if (checkpoint == nullptr) return std::nullopt;
  const auto& lines = checkpoint->extensions;
  if (lines.empty() || lines.size() > 2) return std::nullopt;
  auto point = point_in(lines[0]);
  if (!point) return std::nullopt;
  if (lines.size() == 2) {
    point->key_change = key_change_in(lines[1]);
    if (!point->key_change) return std::nullopt;
  }
  return SealedTree{std::move(*checkpoint), std::move(*point)};
}

}  // namespace pcx::audit
