#include "audit/retain_note.h"

#include <charconv>

#include <fmt/format.h>

#include "core/text.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kFirstLine = "pcx1-retain";
constexpr std::size_t kLinesBefore = 7;  // indexes come behind them

// Strict only together with retain_text(): the caller compares.
std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end ? std::optional{number} : std::nullopt;
}

bool add_indexes(std::string_view line, std::vector<std::int64_t>& indexes) {
  const auto dash = line.find('-');
  const auto first = number_in(line.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : number_in(line.substr(dash + 1));
  if (!first || !last || *first < 0 || *last < *first) return false;
  const auto count = static_cast<std::uint64_t>(*last - *first);
  if (count >= kRetainBeforeMax - indexes.size()) return false;
  for (std::int64_t index = *first; index <= *last; ++index) indexes.push_back(index);
  return true;
}

}  // namespace

std::string retain_text(const RetainNote& note) {
  std::string text =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n", kFirstLine, note.origin, note.month,
                  note.from_index, note.to_index, note.dropped, note.digest);
  for (std::size_t i = 0; i < note.before.size();) {
    std::size_t end = i + 1;
    while (end < note.before.size() && note.before[end] == note.before[end - 1] + 1) ++end;
    text += end - i == 1 ? fmt::format("{}\n", note.before[i])
                         : fmt::format("{}-{}\n", note.before[i], note.before[end - 1]);
    i = end;
  }
  return text;
}

std::optional<RetainNote> parse_retain(std::string_view text) {
  const auto lines = split(text, '\n');  // the last one is what is behind the last line's end
  if (lines.size() <= kLinesBefore || lines[0] != kFirstLine) return std::nullopt;
  const auto from = number_in(lines[3]);
  const auto to = number_in(lines[4]);
  const auto dropped = number_in(lines[5]);
  if (!from || !to || !dropped) return std::nullopt;
  RetainNote note{.origin = std::string{lines[1]},
                  .month = std::string{lines[2]},
                  .from_index = *from,
                  .to_index = *to,
                  .dropped = *dropped,
                  .digest = std::string{lines[6]},
                  .before = {}};
  for (std::size_t i = kLinesBefore; i + 1 < lines.size(); ++i) {
    if (!add_indexes(lines[i], note.before)) return std::nullopt;
  }
  return retain_text(note) == text ? std::optional{std::move(note)} : std::nullopt;
}

}  // namespace pcx::audit
