#include "audit/note.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kLineStart = "\u2014 ";  // em dash
constexpr std::size_t kIdBytes = 4;

std::optional<NoteSignature> parse_line(std::string_view line) {
  if (!line.starts_with(kLineStart)) return std::nullopt;
  line.remove_prefix(kLineStart.size());
  const auto blank = line.find(' ');
  if (blank == std::string_view::npos || !is_key_name(line.substr(0, blank))) return std::nullopt;
  auto bytes = crypto::from_base64(line.substr(blank + 1));
  if (!bytes || bytes->size() <= kIdBytes) return std::nullopt;
  NoteSignature signature{.name = std::string{line.substr(0, blank)}};
  for (const char byte : bytes->substr(0, kIdBytes)) {
    signature.key_id = signature.key_id << 8 | static_cast<unsigned char>(byte);
  }
  signature.bytes = bytes->substr(kIdBytes);
  return signature;
}

std::string line_of(const SigningKey& key, std::string_view text) {
  const std::uint32_t id = key.verifier().id();
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(id >> shift);
  bytes += crypto::text_of(key.sign(text));
  std::string line{kLineStart};
  line.append(key.verifier().name()).append(" ");
  crypto::append_base64(line, crypto::bytes_of(bytes));
  return line.append("\n");
}

bool is_by(const NoteSignature& signature, const VerifierKey& key) {
  return signature.key_id == key.id() && signature.name == key.name();
}

// Whose signature it says it is: nullptr for nobody who is known. The same key may be known twice,
// another one that has its name and id may not: whoever made it has touched the list of known keys.
std::variant<const VerifierKey*, NoteFault> signer_of(const NoteSignature& signature,
                                                      std::span<const VerifierKey> keys) {
  const VerifierKey* found = nullptr;
  for (const VerifierKey& key : keys) {
    if (!is_by(signature, key)) continue;
    if (found != nullptr && *found != key) return NoteFault::ambiguous_key;
    found = &key;
  }
  return found;
}

bool is_signer(const std::vector<NoteSignature>& signatures, const VerifierKey& key) {
  return std::ranges::any_of(signatures, [&](const auto& it) { return is_by(it, key); });
}

// Judges one signature and keeps it. A key that has signed twice has done so once.
std::optional<NoteFault> take(NoteSignature signature, std::span<const VerifierKey> keys,
                              Note& note) {
  const auto signer = signer_of(signature, keys);
  if (const auto* const fault = std::get_if<NoteFault>(&signer)) return *fault;
  const VerifierKey* const key = std::get<const VerifierKey*>(signer);
  if (key == nullptr) {
    if (std::ranges::find(note.unknown, signature) == note.unknown.end()) {
      note.unknown.push_back(std::move(signature));
    }
    return std::nullopt;
  }
  if (is_signer(note.verified, *key)) return std::nullopt;
  if (!key->verify(note.text, crypto::bytes_of(signature.bytes))) {
    return NoteFault::wrong_signature;
  }
  note.verified.push_back(std::move(signature));
  return std::nullopt;
}

std::optional<NoteFault> read_note(std::string_view note, std::span<const VerifierKey> keys,
                                   Note& opened) {
  if (note.size() > kNoteBytesMax) return NoteFault::too_long;
  if (!is_note_text(note)) return NoteFault::not_text;
  const auto blank_line = note.rfind("\n\n");
  if (blank_line == std::string_view::npos) return NoteFault::no_signatures;
  std::string_view lines = note.substr(blank_line + 2);
  if (!lines.ends_with('\n')) return NoteFault::no_signatures;
  opened.text = note.substr(0, blank_line + 1);
  for (std::size_t count = 1; !lines.empty(); ++count) {
    const auto line_end = lines.find('\n');
    auto signature = parse_line(lines.substr(0, line_end));
    lines.remove_prefix(line_end + 1);
    if (!signature) return NoteFault::bad_signature_line;
    if (count > kNoteSignaturesMax) return NoteFault::too_many_signatures;
    if (const auto fault = take(std::move(*signature), keys, opened)) return *fault;
  }
  return std::nullopt;
}

}  // namespace

std::string NoteSignature::label() const { return fmt::format("{}+{:08x}", name, key_id); }

bool is_note_text(std::string_view text) noexcept {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
  return std::ranges::none_of(text, is_control) && !find_invalid_utf8(text);
}

std::variant<Note, NoteFault> open_note(std::string_view note, std::span<const VerifierKey> keys) {
  Note opened;
  if (const auto fault = read_note(note, keys, opened)) return *fault;
  if (opened.verified.empty()) return NoteFault::unknown_signers;
  return opened;
}

std::vector<NoteSignature> read_signatures(std::string_view note) {
  Note opened;
  if (read_note(note, {}, opened)) return {};
  return std::move(opened.unknown);
}

std::string sign_note(std::string_view text, std::span<const SigningKey> keys) {
  if (!text.ends_with('\n') || !is_note_text(text)) {
    throw Error{ErrorCode::data, "the text of a note is lines without control characters"};
  }
  if (keys.empty() || keys.size() > kNoteSignaturesMax) {
    throw Error{ErrorCode::data, "a note has a signature by one key at least, and by " +
                                     std::to_string(kNoteSignaturesMax) + " at most"};
  }
  std::string note{text};
  note += '\n';
  for (const SigningKey& key : keys) note += line_of(key, text);
  if (note.size() > kNoteBytesMax) throw Error{ErrorCode::data, "the note is too long"};
  return note;
}

const char* to_string(NoteFault fault) noexcept {
  switch (fault) {
    case NoteFault::too_long: return "too long";
    case NoteFault::not_text: return "no text";
    case NoteFault::no_signatures: return "no signatures";
    case NoteFault::bad_signature_line: return "a malformed signature";
    case NoteFault::too_many_signatures: return "too many signatures";
    case NoteFault::ambiguous_key: return "a known key with the name and id of another";
    case NoteFault::wrong_signature: return "a wrong signature";
    case NoteFault::unknown_signers: return "no signature by a known key";
  }
  return "unknown";
}

}  // namespace pcx::audit
