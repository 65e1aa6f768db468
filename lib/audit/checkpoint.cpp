#include "audit/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "audit/note.h"
#include "core/error.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

// REQUIRES: a line that ends.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> read_size(std::string_view digits) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  const bool is_number = error == std::errc{} && end == digits.data() + digits.size();
  const bool is_short = digits.size() == 1 || !digits.starts_with('0');
  return is_number && is_short && size <= kTreeSizeMax ? std::optional{size} : std::nullopt;
}

bool read_root(std::string_view digits, Hash& root) {
  return crypto::base64_bytes(digits) == root.size() &&
         crypto::read_base64(digits, root) == crypto::EncodingFault::none;
}

}  // namespace

std::variant<Checkpoint, CheckpointFault> parse_checkpoint(std::string_view text) {
  if (!text.ends_with('\n') || std::ranges::count(text, '\n') < 3) return CheckpointFault::no_lines;
  if (!is_note_text(text)) return CheckpointFault::not_text;
  Checkpoint checkpoint{.origin = std::string{take_line(text)}};
  if (checkpoint.origin.empty()) return CheckpointFault::no_origin;
  const auto size = read_size(take_line(text));
  if (!size) return CheckpointFault::size;
  checkpoint.tree.size = *size;
  if (!read_root(take_line(text), checkpoint.tree.root)) return CheckpointFault::root;
  while (!text.empty()) {
    checkpoint.extensions.emplace_back(take_line(text));
    if (checkpoint.extensions.back().empty()) return CheckpointFault::extension;
  }
  return checkpoint;
}

std::string checkpoint_text(const Checkpoint& checkpoint) {
  std::string text = fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.tree.size,
                                 crypto::to_base64(checkpoint.tree.root));
  for (const std::string& line : checkpoint.extensions) text.append(line).append("\n");
  const auto parsed = parse_checkpoint(text);
  const auto* const read = std::get_if<Checkpoint>(&parsed);
  if (read != nullptr && *read == checkpoint) return text;
  throw Error{ErrorCode::data, "a checkpoint has an origin and lines without control characters"};
}

const char* to_string(CheckpointFault fault) noexcept {
  switch (fault) {
    case CheckpointFault::no_lines: return "fewer than three lines";
    case CheckpointFault::not_text: return "no text";
    case CheckpointFault::no_origin: return "no origin";
    case CheckpointFault::size: return "no tree size";
    case CheckpointFault::root: return "no root";
    case CheckpointFault::extension: return "an empty line";
  }
  return "unknown";
}

}  // namespace pcx::audit
