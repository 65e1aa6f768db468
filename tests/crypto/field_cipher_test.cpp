#include "crypto/field_cipher.h"

#include <set>

#include <gtest/gtest.h>

#include "crypto/enc_v1.h"

namespace pcx::crypto {
namespace {

EncV1 cipher(std::string_view passphrase) { return EncV1{Secret{passphrase}}; }

TEST(OpenWithEach, SaysWhichKeyOpens) {
  SeededRandom random{1};
  EncV1 old_key = cipher("old");
  EncV1 new_key = cipher("new");
  FieldCipher* const both[] = {&old_key, &new_key};

  const Trial first = open_with_each(both, old_key.seal("by old", random));
  EXPECT_EQ(first.opened.verdict, Verdict::authentic);
  EXPECT_EQ(first.key_index, 0u);
  EXPECT_EQ(first.opened.plaintext.reveal_text(), "by old");

  const Trial second = open_with_each(both, new_key.seal("by new", random));
  EXPECT_EQ(second.key_index, 1u);
  EXPECT_EQ(second.opened.plaintext.reveal_text(), "by new");
}

TEST(OpenWithEach, SaysWhenNoneOpens) {
  SeededRandom random{1};
  EncV1 one = cipher("one");
  EncV1 two = cipher("two");
  FieldCipher* const both[] = {&one, &two};
  EXPECT_EQ(open_with_each(both, cipher("third").seal("x", random)).opened.verdict,
            Verdict::not_authentic);
  EXPECT_EQ(open_with_each(both, "plain").opened.verdict, Verdict::not_encrypted);
  const Trial malformed = open_with_each(both, "enc:v1:");
  EXPECT_EQ(malformed.opened.verdict, Verdict::malformed);
  EXPECT_EQ(malformed.opened.refusal, Refusal::missing_part);
}

// GCM does not commit to its key: a value can be forged that opens under two (Dodis et al., "Fast
// Message Franking", 2018). Two ciphers of one key stand for them.
TEST(OpenWithEach, TrustsNoKeyWhenSeveralOpen) {
  SeededRandom random{1};
  EncV1 one = cipher("key");
  EncV1 two = cipher("key");
  FieldCipher* const both[] = {&one, &two};
  const Trial trial = open_with_each(both, one.seal("x", random));
  EXPECT_EQ(trial.opened.verdict, Verdict::ambiguous);
  EXPECT_TRUE(trial.opened.plaintext.empty());
}

TEST(FieldCipher, NoticesAValueEncryptedTwice) {
  SeededRandom random{1};
  EncV1 key = cipher("key");
  const std::string once = key.seal("text", random);
  const Opened outer = key.open(key.seal(once, random));
  EXPECT_TRUE(key.claims(outer.plaintext.reveal_text()));
  EXPECT_EQ(key.open(outer.plaintext.reveal_text()).plaintext.reveal_text(), "text");
}

TEST(FieldCipher, SealsBytesThatAreNoText) {
  SeededRandom random{1};
  EncV1 key = cipher("key");
  const std::string bytes{"\0\xff\xc0\n", 4};
  EXPECT_EQ(key.open(key.seal(bytes, random)).plaintext.reveal_text(), bytes);
}

TEST(Refusal, HasAStableNameAndAPhraseEach) {
  std::set<std::string> names;
  std::set<std::string> phrases;
  for (int i = 0; i <= static_cast<int>(Refusal::key_id); ++i) {
    names.insert(to_string(static_cast<Refusal>(i)));
    phrases.insert(explain(static_cast<Refusal>(i)));
  }
  EXPECT_EQ(names.size(), 16u);
  EXPECT_EQ(phrases.size(), 16u);
  EXPECT_EQ(names.count("unknown") + phrases.count("unknown"), 0u);
  EXPECT_STREQ(to_string(static_cast<Refusal>(99)), "unknown");
  EXPECT_STREQ(explain(static_cast<Refusal>(99)), "unknown");
  EXPECT_STREQ(to_string(Refusal::tag_truncated), "tag_truncated");
  EXPECT_STREQ(explain(Refusal::tag_truncated), "the tag is shorter than 16 bytes");
}

TEST(Verdict, HasAStableNameEach) {
  EXPECT_STREQ(to_string(Verdict::not_encrypted), "not_encrypted");
  EXPECT_STREQ(to_string(Verdict::authentic), "authentic");
  EXPECT_STREQ(to_string(Verdict::malformed), "malformed");
  EXPECT_STREQ(to_string(Verdict::not_authentic), "not_authentic");
  EXPECT_STREQ(to_string(Verdict::ambiguous), "ambiguous");
  EXPECT_STREQ(to_string(static_cast<Verdict>(99)), "unknown");
}

}  // namespace
}  // namespace pcx::crypto
