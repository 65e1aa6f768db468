#include "apikey/verdict.h"

#include <string>

#include <gmock/gmock.h>

#include "apikey/token.h"

namespace pcx::apikey {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr Time kNow{std::chrono::hours{24 * 365 * 57}};

Key good_key() { return {.id = "0000000000", .scopes = {"patients:read"}, .status = "active"}; }

Scope wanted(const char* text) { return std::get<Scope>(Scope::parse_wanted(text)); }

Verdict judged(Key key, std::vector<Scope> scopes = {}, const char* address = nullptr,
               Time now = kNow) {
  Request request{.key = {}, .address = {}, .wanted = scopes};
  if (address != nullptr) request.address = Address::parse(address).value();
  return judge(std::make_shared<const PreparedKey>(prepare(std::move(key))), request, now);
}

TEST(Verdict, TakesAGoodKey) {
  const Verdict verdict = judged(good_key());
  EXPECT_TRUE(verdict.is_valid());
  EXPECT_EQ(verdict.key->key.id, "0000000000");
}

TEST(Verdict, EndsExpiryAndGraceAtTheirInstant) {
  Key key = good_key();
  key.expires_at = kNow;
  EXPECT_EQ(judged(key, {}, nullptr, kNow - nanoseconds{1}).code, Code::valid);
  EXPECT_EQ(judged(key).code, Code::expired);
  key = good_key();
  key.replaced = Replacement{"1111111111", kNow};
  EXPECT_EQ(judged(key, {}, nullptr, kNow - nanoseconds{1}).code, Code::valid);
  EXPECT_EQ(judged(key).code, Code::revoked);
}

// What holds of several is the first in the order of the codes.
TEST(Verdict, HasAnOrder) {
  Key key = good_key();
  key.cidrs = {"10.0.0.0/8"};
  EXPECT_EQ(judged(key, {wanted("x")}).code, Code::ip_denied);
  key.expires_at = kNow;
  EXPECT_EQ(judged(key, {wanted("x")}).code, Code::expired);
  key.status = "suspended";
  EXPECT_EQ(judged(key, {wanted("x")}).code, Code::revoked);
  key = good_key();
  key.revoked = Revocation{};
  EXPECT_EQ(judged(key).code, Code::revoked);
}

TEST(Verdict, WantsAnAddressOfAKeyThatHasSome) {
  Key key = good_key();
  EXPECT_EQ(judged(key, {}, "192.0.2.1").code, Code::valid);
  key.cidrs = {"10.0.0.0/8", "2001:db8::/32"};
  EXPECT_EQ(judged(key).code, Code::ip_denied);
  EXPECT_EQ(judged(key, {}, "11.0.0.0").code, Code::ip_denied);
  EXPECT_EQ(judged(key, {}, "::ffff:10.1.2.3").range->text(), "10.0.0.0/8");
  EXPECT_EQ(judged(key, {}, "2001:db8::1").range->text(), "2001:db8::/32");
}

TEST(Verdict, AllowsWhatEveryWantedScopeIsGrantedFor) {
  Key key = good_key();
  key.scopes = {"patients:*", "invoices:read"};
  EXPECT_TRUE(judged(key).is_valid());
  const Verdict verdict = judged(key, {wanted("patients:write"), wanted("invoices:read")});
  ASSERT_TRUE(verdict.is_valid());
  EXPECT_EQ(verdict.rules[0]->text(), "patients:*");
  EXPECT_EQ(verdict.rules[1]->text(), "invoices:read");
  const Verdict denied = judged(key, {wanted("patients:write"), wanted("invoices:write")});
  EXPECT_EQ(denied.code, Code::insufficient_scope);
  EXPECT_EQ(denied.rules.size(), 1u);
  key.scopes = {};
  EXPECT_EQ(judged(key, {wanted("patients:read")}).code, Code::insufficient_scope);
}

TEST(Verdict, GrantsNothingForWhatCannotBeRead) {
  Key key = good_key();
  key.scopes = {"patients:re*", "", "a b"};
  EXPECT_EQ(judged(key, {wanted("patients:read")}).code, Code::insufficient_scope);
  key.cidrs = {"10.0.0.0/33", "nonsense"};
  EXPECT_EQ(judged(key, {}, "10.0.0.1").code, Code::ip_denied);
  key.cidrs = std::vector<std::string>(kCidrsMax, "10.0.0.1/32");
  key.cidrs.push_back("10.0.0.2/32");
  EXPECT_EQ(judged(key, {}, "10.0.0.1").code, Code::valid);
  EXPECT_EQ(judged(key, {}, "10.0.0.2").code, Code::ip_denied);
}

TEST(Presented, IsRefusedByItsTextWhereThatIsEnough) {
  SeededRandom random{1};
  const std::string key{generate_token(Kind::live, random).text.reveal_text()};
  EXPECT_EQ(refused_unseen(key), std::nullopt);
  EXPECT_EQ(refused_unseen(""), Code::not_found);
  EXPECT_EQ(refused_unseen(std::string(kPresentedBytesMax + 1, 'x')), Code::not_found);
  EXPECT_EQ(refused_unseen(std::string{kLivePrefix} + std::string(400, 'x')), Code::not_found);
  EXPECT_EQ(refused_unseen(std::string(kPresentedBytesMax, 'x')), std::nullopt);
  EXPECT_EQ(refused_unseen("a-legacy-key"), std::nullopt);
  EXPECT_EQ(refused_unseen(key + "\n"), Code::bad_checksum);
  EXPECT_EQ(refused_unseen("pcx_test_"), Code::bad_checksum);
  EXPECT_EQ(refused_unseen(key.substr(0, key.size() - 1) + '!'), Code::bad_checksum);
}

TEST(Presented, IsNeverComparedInPlainWithWhatATableShows) {
  SeededRandom random{1};
  const std::string digits(64, 'a');
  EXPECT_TRUE(may_be_in_plain("a-legacy-key"));
  EXPECT_TRUE(may_be_in_plain(digits));  // `openssl rand -hex 32`
  EXPECT_TRUE(may_be_in_plain("kl\xc3\xad\xc4\x8d"));
  for (const std::string& text :
       {std::string{"pcx:0000000000"}, "sha256:" + digits, "\\x" + digits, std::string{"\\x"},
        std::string{"sha256:x"}, std::string{"a\0b", 3}, std::string{"\xff"}, std::string{},
        std::string(kPresentedBytesMax + 1, 'x'),
        std::string{generate_token(Kind::test, random).text.reveal_text()}}) {
    EXPECT_FALSE(may_be_in_plain(text)) << text;
  }
}

TEST(Code, HasAWordForPrograms) {
  const std::vector<std::string> words = {"VALID",       "NOT_FOUND", "EXPIRED",
                                          "REVOKED",     "IP_DENIED", "INSUFFICIENT_SCOPE",
                                          "BAD_CHECKSUM"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(to_string(static_cast<Code>(i)), words[i]);
  }
}

}  // namespace
}  // namespace pcx::apikey
