// Notes and keys from elsewhere: nothing leaves them that is not there, and what can be signed can
// be opened.
#include <string>
#include <vector>

#include "audit/note.h"
#include "core/error.h"
#include "tests/audit/known_keys.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace pcx::audit;
using pcx::fuzz::promise;

void open(std::string_view text, const std::vector<VerifierKey>& keys) {
  const auto opened = open_note(text, keys);
  const auto* const note = std::get_if<Note>(&opened);
  if (note == nullptr) {
    const bool is_long = std::get<NoteFault>(opened) == NoteFault::too_long;
    promise(is_long == (text.size() > kNoteBytesMax), "too long is above the limit");
    return;
  }
  promise(text.starts_with(note->text) && note->text.ends_with('\n'), "the text is in the note");
  promise(is_note_text(text), "a note is text");
  promise(!note->verified.empty() && note->verified.size() <= keys.size(),
          "known keys have signed");
  const std::size_t count = note->verified.size() + note->unknown.size();
  promise(count <= kNoteSignaturesMax, "signatures have a limit");
}

void sign(std::string_view text, const SigningKey& key) {
  try {
    const auto opened = open_note(sign_note(text, {&key, 1}), std::vector{key.verifier()});
    promise(std::get<Note>(opened).text == text, "what was signed is opened");
  } catch (const pcx::Error&) {
    promise(!text.ends_with('\n') || !is_note_text(text), "text can be signed");
  }
}

void parse_key(std::string_view text) {
  try {
    promise(VerifierKey::parse(text).text() == text, "a key has one text");
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad key is bad data");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SigningKey peter = SigningKey::parse(pcx::Secret{kPeterSigner});
  static const std::vector<VerifierKey> keys{peter.verifier(), VerifierKey::parse(kEnochVerifier)};
  const std::string_view text = pcx::fuzz::text_of(data, size);
  open(text, keys);
  sign(text, peter);
  parse_key(text);
  return 0;
}
