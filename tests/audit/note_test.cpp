#include "audit/note.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/audit/known_keys.h"
#include "tests/support/errors.h"
#include "tests/support/fixed_random.h"

namespace pcx::audit {
namespace {

std::string note_of(std::string_view text, std::initializer_list<std::string_view> lines) {
  std::string note{text};
  note += '\n';
  for (const std::string_view line : lines) note += line;
  return note;
}

class Notes : public ::testing::Test {
 protected:
  Notes() : peter_{VerifierKey::parse(kPeterVerifier)}, both_{peter_.front()} {
    both_.push_back(VerifierKey::parse(kEnochVerifier));
  }
  static SigningKey peter() { return SigningKey::parse(Secret{kPeterSigner}); }
  static SigningKey enoch() {
    testing::FixedRandom zeros{std::string(32, '\0')};
    return SigningKey::generate("EnochRoot", zeros);
  }
  // The fault, or who has signed; '?' behind who is unknown.
  static std::string read(std::string_view note, std::span<const VerifierKey> keys) {
    const auto opened = open_note(note, keys);
    if (const auto* const fault = std::get_if<NoteFault>(&opened)) return to_string(*fault);
    std::string names;
    for (const auto& it : std::get<Note>(opened).verified) names += it.name + " ";
    for (const auto& it : std::get<Note>(opened).unknown) names += it.name + "? ";
    return names;
  }

  std::vector<VerifierKey> peter_;
  std::vector<VerifierKey> both_;
};

TEST_F(Notes, AreSignedAsInGosDocumentation) {
  std::vector<SigningKey> keys;
  keys.push_back(peter());
  EXPECT_EQ(sign_note(kText, keys), note_of(kText, {kPeterLine}));
  keys.push_back(enoch());
  EXPECT_EQ(sign_note(kText, keys), note_of(kText, {kPeterLine, kEnochLine}));
}

TEST_F(Notes, AreOpenedWithTheKeysThatAreKnown) {
  const std::string note = note_of(kText, {kPeterLine, kEnochLine});
  const auto one = std::get<Note>(open_note(note, peter_));
  EXPECT_EQ(one.text, kText);
  ASSERT_EQ(one.verified.size(), 1u);
  EXPECT_EQ(one.verified[0].name, "PeterNeumann");
  EXPECT_EQ(one.verified[0].key_id, 0xc74f20a3u);
  EXPECT_EQ(one.verified[0].bytes.size(), crypto::kEd25519SignatureBytes);
  ASSERT_EQ(one.unknown.size(), 1u);
  EXPECT_EQ(one.unknown[0].name, "EnochRoot");
  EXPECT_EQ(read(note, both_), "PeterNeumann EnochRoot ");
  EXPECT_EQ(read(note, {}), "no signature by a known key");
}

TEST_F(Notes, CountEachSignerOnce) {
  const std::string note = note_of(kText, {kPeterLine, kEnochLine, kPeterLine, kEnochLine});
  EXPECT_EQ(read(note, both_), "PeterNeumann EnochRoot ");
  EXPECT_EQ(read(note, peter_), "PeterNeumann EnochRoot? ");
}

TEST_F(Notes, AreSplitAtTheLastBlankLine) {
  for (const std::string_view text :
       {"one\n", "one\n\ntwo\n", "\n", "\n\n", "one\n\n\n", "\u2014 PeterNeumann AAAAAAA=\n"}) {
    std::vector<SigningKey> keys;
    keys.push_back(peter());
    const auto opened = open_note(sign_note(text, keys), peter_);
    ASSERT_TRUE(std::holds_alternative<Note>(opened)) << text;
    EXPECT_EQ(std::get<Note>(opened).text, text);
  }
}

TEST_F(Notes, AreRefusedWithEveryFlippedBit) {
  const std::string note = note_of(kText, {kPeterLine});
  for (std::size_t bit = 0; bit < note.size() * 8; ++bit) {
    std::string other = note;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ 1 << bit % 8);
    ASSERT_TRUE(std::holds_alternative<NoteFault>(open_note(other, peter_))) << bit;
  }
}

TEST_F(Notes, AreReadStrictly) {
  const std::string peter_line{kPeterLine};
  const std::string text{kText};
  const std::string nobody = "\u2014 nobody AAAAAAA=\n";  // an id and one byte
  const std::string note = note_of(text, {peter_line});
  std::string wrong = peter_line;
  wrong[wrong.size() - 10] = 'A';
  std::string stray = peter_line;
  stray[stray.size() - 3] = 'N';  // "nAM=" ends in two bits that no byte needs
  struct Case {
    std::string note;
    const char* shown;
  };
  const Case cases[] = {
      {note, "PeterNeumann "},
      {note_of(text, {nobody, peter_line}), "PeterNeumann nobody? "},
      {"", "no signatures"},
      {text, "no signatures"},
      {text + "\n", "no signatures"},
      {text + peter_line, "no signatures"},
      {note.substr(0, note.size() - 1), "no signatures"},
      {note + "\n", "no signatures"},
      {note + "x\n", "a malformed signature"},
      {note_of(text, {"x"}), "no signatures"},
      {note_of(text, {peter_line, "x\n"}), "a malformed signature"},
      {note_of(text, {"- PeterNeumann AAAAAAA=\n"}), "a malformed signature"},
      {note_of(text, {"\u2014PeterNeumann AAAAAAA=\n"}), "a malformed signature"},
      {note_of(text, {"\u2014 PeterNeumann\n"}), "a malformed signature"},
      {note_of(text, {"\u2014 PeterNeumann \n"}), "a malformed signature"},
      {note_of(text, {"\u2014  AAAAAAA=\n"}), "a malformed signature"},
      {note_of(text, {"\u2014 Peter+Neumann AAAAAAA=\n"}), "a malformed signature"},
      {note_of(text, {"\u2014 Peter Neumann AAAAAAA=\n"}), "a malformed signature"},
      {note_of(text, {"\u2014 nobody AAAAAA==\n"}), "a malformed signature"},  // an id alone
      {note_of(text, {"\u2014 nobody AAAAAAA\n"}), "a malformed signature"},
      {note_of(text, {"\u2014 nobody AAAAAAA= \n"}), "a malformed signature"},
      {note_of(text, {"\u2014 nobody AAAAAA-=\n"}), "a malformed signature"},
      {note_of(text, {stray}), "a malformed signature"},
      {note_of(text, {wrong}), "a wrong signature"},
      {note_of(text, {wrong, peter_line}), "a wrong signature"},
      {note_of("x\n", {peter_line}), "a wrong signature"},
      {note_of(text, {nobody}), "no signature by a known key"},
      {note_of(text, {kEnochLine}), "no signature by a known key"},
      {note_of("a\x01"
               "b\n",
               {peter_line}),
       "no text"},
      {note_of("a\tb\n", {peter_line}), "no text"},
      {note_of("a\r\n", {peter_line}), "no text"},
      {note_of(std::string("a\0\n", 3), {peter_line}), "no text"},
      {note_of("a\xff\n", {peter_line}), "no text"},
      {note_of("a\xed\xa0\x80\n", {peter_line}), "no text"},
      {note_of("a\x7f\n", {peter_line}), "a wrong signature"},  // DEL is text, as in Go
  };
  for (const Case& one : cases) EXPECT_EQ(read(one.note, peter_), one.shown) << one.note;
}

TEST_F(Notes, HaveLimits) {
  std::string note = note_of(kText, {});
  const std::string head = note;
  for (std::size_t i = 0; i < kNoteSignaturesMax; ++i) note += kPeterLine;
  EXPECT_EQ(read(note, peter_), "PeterNeumann ");
  note += kPeterLine;
  EXPECT_EQ(read(note, peter_), "too many signatures");
  EXPECT_EQ(read(note, {}), "too many signatures");

  std::vector<SigningKey> keys;
  keys.push_back(peter());
  const std::size_t room = kNoteBytesMax - 1 - kPeterLine.size();
  const std::string longest = std::string(room - 1, 't') + "\n";
  EXPECT_EQ(read(sign_note(longest, keys), peter_), "PeterNeumann ");
  EXPECT_EQ(read(std::string(kNoteBytesMax + 1, '\n'), peter_), "too long");
  EXPECT_STREQ(testing::error_of([&] { sign_note("t" + longest, keys); }).what(),
               "the note is too long");
}

// Two keys of one name whose ids are the same, found among some 19,000: the number is the seed.
SigningKey twin(unsigned number) {
  std::string seed(32, '\0');
  seed[30] = static_cast<char>(number >> 8);
  seed[31] = static_cast<char>(number);
  testing::FixedRandom random{seed};
  return SigningKey::generate("twins", random);
}

TEST_F(Notes, AreRefusedWhenTwoKnownKeysCannotBeToldApart) {
  std::vector<SigningKey> keys;
  keys.push_back(twin(5521));
  const VerifierKey one = keys.front().verifier();
  const VerifierKey other = twin(19460).verifier();
  ASSERT_EQ(one.label(), "twins+27f0373b");
  ASSERT_EQ(other.label(), "twins+27f0373b");
  const std::string note = sign_note(kText, keys);
  EXPECT_EQ(read(note, std::vector{one}), "twins ");
  EXPECT_EQ(read(note, std::vector{one, one}), "twins ") << "the same key twice is no other";
  EXPECT_EQ(read(note, std::vector{other}), "a wrong signature");
  EXPECT_EQ(read(note, std::vector{one, other}), "a known key with the name and id of another");
  EXPECT_EQ(read(note_of(kText, {kPeterLine}), std::vector{one, other, peter_.front()}),
            "PeterNeumann ");
}

TEST(NoteFault, HasAName) {
  EXPECT_STREQ(to_string(NoteFault::wrong_signature), "a wrong signature");
  EXPECT_STREQ(to_string(static_cast<NoteFault>(99)), "unknown");
}

TEST_F(Notes, AreNotMadeOfWhatCannotBeRead) {
  std::vector<SigningKey> keys;
  const auto message = [&](std::string_view text) {
    const Error error = testing::error_of([&] { sign_note(text, keys); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    return std::string{error.what()};
  };
  EXPECT_EQ(message(kText), "a note has a signature by one key at least, and by 100 at most");
  keys.push_back(peter());
  for (const std::string& text : {std::string{}, std::string{"no end"}, std::string{"a\tb\n"},
                                  std::string{"\xff\n"}, std::string("\0\n", 2)}) {
    EXPECT_EQ(message(text), "the text of a note is lines without control characters");
  }
  while (keys.size() <= kNoteSignaturesMax) keys.push_back(peter());
  EXPECT_EQ(message(kText), "a note has a signature by one key at least, and by 100 at most");
}

}  // namespace
}  // namespace pcx::audit
