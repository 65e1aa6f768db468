// Signed notes (c2sp.org/signed-note), as golang.org/x/mod/sumdb/note writes and reads them:
//
//   <text: lines, the last one ends, too>
//
//   — <name of a key> <base64(id of the key, 4 bytes || signature, 64 bytes)>
//
// What is signed is the text. UTF-8 without control characters. Base64 is read strictly, bits that
// no byte needs are refused; Go does not look at them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "audit/note_key.h"

namespace pcx::audit {

inline constexpr std::size_t kNoteBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kNoteSignaturesMax = 100;

// UTF-8 without control characters other than line breaks.
bool is_note_text(std::string_view text) noexcept;

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string bytes;  // behind the id
  bool operator==(const NoteSignature&) const = default;
  std::string label() const;  // "<name>+<id>", as VerifierKey::label()
};

// A note that a known key has signed.
struct Note {
  std::string text;
  std::vector<NoteSignature> verified;  // in the order of the note, each key once
  std::vector<NoteSignature> unknown;   // by other keys: nothing is known about them
};

enum class NoteFault {
  too_long,             // above kNoteBytesMax; nothing of it was looked at
  not_text,             // no UTF-8, or a control character
  no_signatures,        // no blank line with signatures behind it, or the last line has no end
  bad_signature_line,   // not as above
  too_many_signatures,  // above kNoteSignaturesMax
  ambiguous_key,        // two of the known keys have this name and id
  wrong_signature,      // by the id of a known key, and not by that key
  unknown_signers,      // in good order, and by nobody who is known
};

// A note whose text may be believed. One wrong signature of a known key is enough to refuse it.
std::variant<Note, NoteFault> open_note(std::string_view note, std::span<const VerifierKey> keys);

// Whatever signatures it bears, each once: nothing is known about them. None of a note that is not
// as above.
std::vector<NoteSignature> read_signatures(std::string_view note);

// The note with a signature by each key, in their order: two while a key is replaced by the next.
// Throws Error{data} when `text` is none (of a note), there is no key, or it would be too large.
std::string sign_note(std::string_view text, std::span<const SigningKey> keys);

const char* to_string(NoteFault fault) noexcept;  // "a wrong signature": a phrase for messages

}  // namespace pcx::audit
