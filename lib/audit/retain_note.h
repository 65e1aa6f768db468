// What is signed when a month leaves the trail (audit/retain.h): the text of a note (audit/note.h),
// one for each tree that the month is in.
//
//   pcx1-retain
//   <origin of the tree>
//   <month, "2019-01">
//   <from_index>
//   <to_index>
//   <dropped>
//   <digest, 64 hexadecimal digits>
//   <indexes below from_index that went, too: "96", or "96-98" for all from 96 to 98; a line each>
//
// Numbers are decimal without leading zeros. Indexes are of leaves that are not in the ledger any
// more: all such from `from_index` to `to_index`, both included, and those of the last lines. There
// are `dropped` of them, and `digest` is the SHA-256 of their leaves in the tree's order. Nobody
// who has the database only can make one, so what else is missing was deleted. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::audit {

struct RetainNote {
  std::string origin;
  std::string month;
  std::int64_t from_index = 0;
  std::int64_t to_index = 0;  // from_index - 1: none but those of `before`
  std::int64_t dropped = 0;
  std::string digest;
  std::vector<std::int64_t> before;  // ascending
  bool operator==(const RetainNote&) const = default;
};

std::string retain_text(const RetainNote& note);

inline constexpr std::size_t kRetainBeforeMax = 10'000'000;

// std::nullopt for everything but what retain_text() writes, and for more indexes than
// kRetainBeforeMax.
std::optional<RetainNote> parse_retain(std::string_view text);

}  // namespace pcx::audit
