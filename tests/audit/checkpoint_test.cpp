#include "audit/checkpoint.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "crypto/encoding.h"
#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

// The example of c2sp.org/tlog-checkpoint.
constexpr const char* kExample =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

Checkpoint checkpoint(std::string_view text) {
  return std::get<Checkpoint>(parse_checkpoint(text));
}

TEST(Checkpoint, IsReadAndWritten) {
  const Checkpoint read = checkpoint(kExample);
  EXPECT_EQ(read.origin, "example.com/behind-the-sofa");
  EXPECT_EQ(read.tree.size, 20852163u);
  EXPECT_EQ(crypto::to_hex(read.tree.root),
            "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
  EXPECT_TRUE(read.extensions.empty());
  EXPECT_EQ(checkpoint_text(read), kExample);
  const std::string extended = std::string{kExample} + "one\ntwo \u00e9\n";
  EXPECT_EQ(checkpoint(extended).extensions, (std::vector<std::string>{"one", "two \u00e9"}));
  EXPECT_EQ(checkpoint_text(checkpoint(extended)), extended);
}

TEST(Checkpoint, IsReadStrictly) {
  const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
  const auto with_size = [&](const char* size) {
    return "o\n" + std::string{size} + "\n" + root + "\n";
  };
  const auto with_root = [&](const std::string& it) { return "o\n1\n" + it + "\n"; };
  struct Case {
    std::string text;
    const char* fault;  // "" for none
  };
  const Case cases[] = {
      {with_size("0"), ""},
      {with_size("1"), ""},
      {with_size("9223372036854775807"), ""},
      {with_size("9223372036854775808"), "no tree size"},
      {with_size("18446744073709551615"), "no tree size"},
      {with_size("18446744073709551616"), "no tree size"},
      {with_size("99999999999999999999999"), "no tree size"},
      {with_size(""), "no tree size"},
      {with_size("00"), "no tree size"},
      {with_size("01"), "no tree size"},
      {with_size("-1"), "no tree size"},
      {with_size("+1"), "no tree size"},
      {with_size(" 1"), "no tree size"},
      {with_size("1 "), "no tree size"},
      {with_size("0x1"), "no tree size"},
      {with_size("1e3"), "no tree size"},
      {with_size("\u0661"), "no tree size"},
      {with_root(root), ""},
      {with_root(""), "no root"},
      {with_root(root.substr(0, 43)), "no root"},
      {with_root(root + "="), "no root"},
      {with_root("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2IA"), "no root"},  // 33 bytes
      {with_root("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J="), "no root"},  // stray bits
      {with_root("CsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I="), "no root"},
      {with_root("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw=="), "no root"},  // 31 bytes
      {with_root(root + " "), "no root"},
      {with_root(root) + "x\n", ""},
      {with_root(root) + "x", "fewer than three lines"},
      {with_root(root) + "\n", "an empty line"},
      {with_root(root) + "x\n\n", "an empty line"},
      {with_root(root) + "\nx\n", "an empty line"},
      {"\n1\n" + root + "\n", "no origin"},
      {"", "fewer than three lines"},
      {"o\n", "fewer than three lines"},
      {"o\n1\n", "fewer than three lines"},
      {"o\n1\n" + root, "fewer than three lines"},
      {"o\r\n1\n" + root + "\n", "no text"},
      {"o\t\n1\n" + root + "\n", "no text"},
      {"\xff\n1\n" + root + "\n", "no text"},
      {with_root(root) + std::string("x\0\n", 3), "no text"},
  };
  for (const Case& one : cases) {
    const auto parsed = parse_checkpoint(one.text);
    const auto* const fault = std::get_if<CheckpointFault>(&parsed);
    EXPECT_STREQ(fault == nullptr ? "" : to_string(*fault), one.fault) << one.text;
    if (fault != nullptr) continue;
    EXPECT_EQ(checkpoint_text(std::get<Checkpoint>(parsed)), one.text);
  }
}

TEST(CheckpointFault, HasAName) {
  EXPECT_STREQ(to_string(CheckpointFault::root), "no root");
  EXPECT_STREQ(to_string(static_cast<CheckpointFault>(99)), "unknown");
}

TEST(Checkpoint, IsNotWrittenWhenItCouldNotBeRead) {
  const Checkpoint good = checkpoint(kExample);
  std::vector<Checkpoint> bad(7, good);
  bad[0].origin = "";
  bad[1].origin = "two\nlines";
  bad[2].origin = "a\tb";
  bad[3].tree.size = kTreeSizeMax + 1;
  bad[4].extensions = {""};
  bad[5].extensions = {"two\nlines"};
  bad[6].extensions = {"\xff"};
  for (const Checkpoint& one : bad) {
    const Error error = testing::error_of([&] { checkpoint_text(one); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_STREQ(error.what(), "a checkpoint has an origin and lines without control characters");
  }
}

}  // namespace
}  // namespace pcx::audit
