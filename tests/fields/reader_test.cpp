#include "fields/reader.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "crypto/enc_v1.h"
#include "crypto/encoding.h"
#include "crypto/guide_envelope.h"

namespace pcx::fields {
namespace {

using crypto::Refusal;
using keyring::Format;

const crypto::Column kNotes{"medical_records", "notes"};
constexpr const char* kRow = "8f14e45f-ceea-467f-a8f0-7c6b2b1c9a01";

Secret key(char byte) { return Secret{std::string(32, byte)}; }

// The keyring of these tests: 3 is enc:v1, 4 the guide's, 7 and 8 enc:v2.
class FieldReader : public ::testing::Test {
 protected:
  Reading read(std::string_view value, std::string_view row = kRow) {
    return Reader{kNotes, keys_}.read(row, value);
  }
  std::string v2(std::string_view text, crypto::KeyId id = 7, std::string_view row = kRow,
                 const crypto::Column& column = kNotes, char byte = 'a') {
    return crypto::EncV2{key(byte), id, column}.seal(row, text, random_);
  }
  std::string v1(std::string_view text, char byte = 'c') {
    return crypto::EncV1{crypto::EncV1::FromKey{key(byte)}}.seal(text, random_);
  }
  std::string json(std::string_view text, char byte = 'd') {
    return crypto::GuideEnvelope{crypto::GuideEnvelope::FromKey{key(byte)}}.seal(text, random_);
  }

  void expect(std::string_view value, Kind kind, Refusal refusal = Refusal::none,
              crypto::KeyId id = 0) {
    const Reading reading = read(value);
    EXPECT_STREQ(to_string(reading.kind), to_string(kind)) << value;
    EXPECT_STREQ(to_string(reading.refusal), to_string(refusal)) << value;
    EXPECT_EQ(reading.key, id) << value;
    EXPECT_EQ(reading.is_good(), kind == Kind::empty || kind == Kind::authentic);
    EXPECT_TRUE(kind == Kind::authentic || reading.plaintext.empty()) << value;
  }

  SystemRandom random_;

 private:
  const Secret secrets_[4] = {key('a'), key('b'), key('c'), key('d')};
  const std::vector<FieldKey> keys_ = {{7, Format::v2, &secrets_[0]},
                                       {8, Format::v2, &secrets_[1]},
                                       {3, Format::v1, &secrets_[2]},
                                       {4, Format::json, &secrets_[3]}};
};

TEST_F(FieldReader, OpensEveryFormat) {
  struct Case {
    std::string value;
    Format format;
    crypto::KeyId key;
  };
  const Case cases[] = {{v2("Rex"), Format::v2, 7},
                        {v2("Rex", 8, kRow, kNotes, 'b'), Format::v2, 8},
                        {v1("Rex"), Format::v1, 3},
                        {json("Rex"), Format::json, 4},
                        {" " + json("Rex"), Format::json, 4}};
  for (const Case& one : cases) {
    const Reading reading = read(one.value);
    EXPECT_EQ(reading.kind, Kind::authentic) << one.value;
    EXPECT_EQ(reading.plaintext.reveal_text(), "Rex");
    EXPECT_EQ(reading.format, one.format);
    EXPECT_EQ(reading.key, one.key);
  }
}

TEST_F(FieldReader, OpensTheEmptyText) {
  expect(v2(""), Kind::authentic, Refusal::none, 7);
  expect(v1(""), Kind::authentic, Refusal::none, 3);
  expect(json(""), Kind::authentic, Refusal::none, 4);
  expect("", Kind::empty);
}

TEST_F(FieldReader, TakesForPlaintextWhatClaimsNothing) {
  for (const char* text : {"Rex", "enc", "enc:", "ENC:v1:a:b:c", " enc:v1:a", "{}", "{\"a\": 1}",
                           "{", "[1]", "\n", "encrypted", "vault:v1:abc", "v1.aesgcm256.abc"}) {
    expect(text, Kind::plaintext);
  }
}

TEST_F(FieldReader, RefusesUnknownVersions) {
  for (const char* text :
       {"enc:v3:7:AAAA", "enc:v", "enc:v1", "enc:v2", "enc:v2c:7:AAAA", "enc:v10:7:AAAA"}) {
    expect(text, Kind::malformed, Refusal::unknown_format);
  }
}

TEST_F(FieldReader, KnowsKeysThatItDoesNotHave) {
  expect(v2("Rex", 9, kRow, kNotes, 'z'), Kind::unknown_key, Refusal::none, 9);
  // Its shape is looked at all the same.
  expect("enc:v2:9:AAAA", Kind::malformed, Refusal::nonce_size, 9);
  Reader without = Reader{kNotes, {}};
  EXPECT_EQ(without.read(kRow, v1("Rex")).kind, Kind::unknown_key);
  EXPECT_EQ(without.read(kRow, json("Rex")).kind, Kind::unknown_key);
  EXPECT_EQ(without.read(kRow, "enc:v1:AAAA").kind, Kind::malformed);
}

TEST_F(FieldReader, RefusesKeyIdsThatAreNone) {
  for (const char* text : {"enc:v2::AAAA", "enc:v2:07:AAAA", "enc:v2:-7:AAAA", "enc:v2:7",
                           "enc:v2:99999999999:AAAA", "enc:v2:7x:AAAA", "enc:v2: 7:AAAA"}) {
    expect(text, Kind::malformed, Refusal::key_id);
  }
}

// Every bit of every byte: of what carries the value none may go unnoticed.
TEST_F(FieldReader, NoticesEveryFlippedBitOfV2) {
  const std::string value = v2("born 2019-04-01");
  const std::string data = crypto::from_base64url(value.substr(9)).value();
  for (std::size_t bit = 0; bit < data.size() * 8; ++bit) {
    std::string flipped = data;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    expect("enc:v2:7:" + crypto::to_base64url(crypto::bytes_of(flipped)), Kind::not_authentic,
           Refusal::none, 7);
  }
}

TEST_F(FieldReader, NoticesEveryFlippedBitOfV1) {
  const std::string value = v1("born 2019-04-01");
  const auto nonce = crypto::from_base64(value.substr(7, 16)).value();
  const auto tag = crypto::from_base64(value.substr(24, 24)).value();
  const auto text = crypto::from_base64(value.substr(49)).value();
  const std::string all = nonce + tag + text;
  const auto encoded = [](std::string_view bytes) {
    return crypto::to_base64(crypto::bytes_of(bytes));
  };
  for (std::size_t bit = 0; bit < all.size() * 8; ++bit) {
    std::string flipped = all;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const std::string_view view = flipped;
    expect("enc:v1:" + encoded(view.substr(0, 12)) + ":" + encoded(view.substr(12, 16)) + ":" +
               encoded(view.substr(28)),
           Kind::not_authentic);
  }
}

TEST_F(FieldReader, RefusesShortTags) {
  const std::string value = v1("Rex");
  for (const std::size_t bytes : {0u, 4u, 8u, 12u, 15u}) {
    const auto tag = crypto::from_base64(value.substr(24, 24)).value().substr(0, bytes);
    expect(value.substr(0, 24) + crypto::to_base64(crypto::bytes_of(tag)) + value.substr(48),
           Kind::malformed, Refusal::tag_truncated);
  }
  // In enc:v2 there is nothing that says where the tag begins: what is left is too short, or wrong.
  const auto data = crypto::from_base64url(v2("").substr(9)).value();
  expect("enc:v2:7:" + crypto::to_base64url(crypto::bytes_of(data.substr(0, 27))), Kind::malformed,
         Refusal::tag_truncated, 7);
  const auto guide = json("Rex");
  expect(guide.substr(0, guide.size() - 4) + "\"}", Kind::malformed, Refusal::tag_truncated);
}

TEST_F(FieldReader, RefusesLooseEncodings) {
  const std::string value = v1("Rex, a dog");
  expect(value.substr(0, value.find('=')), Kind::malformed, Refusal::missing_part);
  expect(value + "\n", Kind::malformed, Refusal::white_space);
  expect(value + ":", Kind::malformed, Refusal::extra_part);
  expect("enc:v1:----------------" + value.substr(23), Kind::malformed, Refusal::other_alphabet);
  expect("enc:v1:!!!!!!!!!!!!!!!!" + value.substr(23), Kind::malformed, Refusal::foreign_character);
  expect(v2("Rex") + "=", Kind::malformed, Refusal::padding, 7);
  expect(v2("Rex") + " ", Kind::malformed, Refusal::white_space, 7);
}

TEST_F(FieldReader, NoticesValuesOfOtherCells) {
  expect(v2("Rex", 7, "another row"), Kind::not_authentic, Refusal::none, 7);
  expect(v2("Rex", 7, kRow, {"medical_records", "diagnosis"}), Kind::not_authentic, Refusal::none,
         7);
  expect(v2("Rex", 7, kRow, {"clients", "notes"}), Kind::not_authentic, Refusal::none, 7);
  expect(v2("Rex", 7, kRow, kNotes, 'b'), Kind::not_authentic, Refusal::none, 7);
  expect(v1("Rex", 'x'), Kind::not_authentic);
  expect(json("Rex", 'x'), Kind::not_authentic);
}

TEST_F(FieldReader, NoticesWhatWasSealedTwice) {
  expect(v2(v1("Rex")), Kind::double_encrypted, Refusal::none, 7);
  expect(v1(v2("Rex")), Kind::double_encrypted, Refusal::none, 3);
  expect(v1(v1("Rex", 'x')), Kind::double_encrypted, Refusal::none, 3);
  expect(json(json("Rex")), Kind::double_encrypted, Refusal::none, 4);
  expect(v2(json("Rex")), Kind::double_encrypted, Refusal::none, 7);
  // A text about encryption is a text.
  expect(v2("enc:v1: is what it begins with"), Kind::authentic, Refusal::none, 7);
  expect(v1("enc:v9:7:AAAA"), Kind::authentic, Refusal::none, 3);
}

// As the application escapes whatever its clients send.
std::string escaped(std::string text) {
  const std::pair<std::string_view, std::string_view> entities[] = {
      {"&", "&amp;"}, {"\"", "&quot;"}, {"/", "&#x2F;"}};
  for (const auto& [plain, entity] : entities) {
    for (auto at = text.find(plain); at != text.npos; at = text.find(plain, at + entity.size())) {
      text.replace(at, plain.size(), entity);
    }
  }
  return text;
}

TEST_F(FieldReader, NoticesWhatAClientWroteBack) {
  // One with all that is escaped in it.
  std::string old = v1("a long text of a record, with room for every letter");
  while (old.find('/') == old.npos) old = v1("a long text of a record, with room for every letter");
  const std::string guide = json("Rex");
  for (const std::string& inner : {old, guide, v2("Rex")}) {
    for (const std::string& text : {escaped(inner), escaped(escaped(inner)), inner + " -- recheck",
                                    "see " + inner, R"({"set":")" + inner + "\"}", inner + "\n"}) {
      expect(v1(text), Kind::double_encrypted, Refusal::none, 3);
      expect(v2(text), Kind::double_encrypted, Refusal::none, 7);
      expect(json(text), Kind::double_encrypted, Refusal::none, 4);
    }
  }
}

TEST_F(FieldReader, NoticesASealedValueInsideOfPlaintext) {
  for (const std::string& inner : {v1("Rex"), v2("Rex")}) {
    for (const std::string& text : {" " + inner, "see " + inner, R"({"set":")" + inner + "\"}"}) {
      expect(text, Kind::double_encrypted);
    }
  }
  expect("was " + json("Rex"), Kind::double_encrypted);
  expect("see enc:v1:looks-like-ciphertext", Kind::plaintext);
}

TEST_F(FieldReader, NoticesTruncatedValues) {
  for (const std::string& value : {v2("born 2019-04-01"), v1("born 2019-04-01")}) {
    for (std::size_t size = 7; size < value.size(); ++size) {
      const Reading reading = read(value.substr(0, size));
      EXPECT_FALSE(reading.is_good()) << value.substr(0, size);
    }
  }
}

TEST(FieldKinds, HaveNames) {
  for (const Kind kind : kKinds) {
    EXPECT_STRNE(to_string(kind), "unknown");
    EXPECT_STRNE(explain(kind), "unknown");
  }
}

}  // namespace
}  // namespace pcx::fields
