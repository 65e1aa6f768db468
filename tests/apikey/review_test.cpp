#include "apikey/review.h"

#include <variant>

#include <gtest/gtest.h>

namespace pcx::apikey {
namespace {

using std::chrono::hours;

constexpr Time kNow{hours{24 * 365 * 57}};

Key plain_key() {
  return {.id = "0000000000",
          .scopes = {"patients:read"},
          .status = "active",
          .owner = "42",
          .made_at = kNow - hours{240}};
}

Scope scope(const char* text) { return std::get<Scope>(Scope::parse(text)); }

TEST(Review, AsksEachQuestion) {
  Key used = plain_key();
  used.last_used_at = kNow - hours{24};
  Key wide = plain_key();
  wide.scopes = {"patients:read", "*:*"};
  Key expiring = plain_key();
  expiring.expires_at = kNow + hours{24};
  Key replaced = expiring;
  replaced.replaced = Replacement{"0000000001", kNow + hours{12}};
  Key expired = plain_key();
  expired.expires_at = kNow;
  struct Case {
    const char* what;
    Key key;
    Filter filter;
    bool fits;
  };
  const Case cases[] = {
      {"nothing asked", plain_key(), {}, true},
      {"owner", plain_key(), {.owner = "42"}, true},
      {"another owner", plain_key(), {.owner = "43"}, false},
      {"may do it", plain_key(), {.scope = scope("patients:read")}, true},
      {"may not do it", plain_key(), {.scope = scope("patients:write")}, false},
      {"may do all", wide, {.scope = scope("invoices:pay")}, true},
      {"may not do as much", plain_key(), {.scope = scope("patients:*")}, false},
      {"made before", plain_key(), {.created_before = kNow - hours{239}}, true},
      {"made at it", plain_key(), {.created_before = kNow - hours{240}}, false},
      {"expires before", expiring, {.expires_before = kNow + hours{25}}, true},
      {"expires at it", expiring, {.expires_before = kNow + hours{24}}, false},
      {"never expires", plain_key(), {.expires_before = kNow + hours{25}}, false},
      {"expires, and is replaced", replaced, {.expires_before = kNow + hours{25}}, false},
      {"has expired", expired, {.expires_before = kNow + hours{25}}, false},
      {"never used", plain_key(), {.unused_since = kNow - hours{48}}, true},
      {"used before", used, {.unused_since = kNow - hours{12}}, true},
      {"used since", used, {.unused_since = kNow - hours{48}}, false},
      {"too young to be unused", plain_key(), {.unused_since = kNow - hours{240}}, false},
      {"not used up to now", plain_key(), {.never_used = true}, true},
      {"used once", used, {.never_used = true}, false},
      {"too wide", wide, {.over_scoped = true}, true},
      {"not too wide", plain_key(), {.over_scoped = true}, false},
      {"not taken", expired, {.revoked = true}, true},
      {"taken", plain_key(), {.revoked = true}, false},
      {"one of two fits", used, {.owner = "42", .never_used = true}, false},
      {"both fit", plain_key(), {.owner = "42", .never_used = true}, true},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(fits(each.key, each.filter, kNow), each.fits) << each.what;
    EXPECT_EQ(filtered({each.key}, each.filter, kNow).size(), each.fits ? 1u : 0u) << each.what;
  }
}

TEST(Review, KnowsWhenNothingIsAsked) {
  EXPECT_TRUE(Filter{}.is_empty());
  EXPECT_FALSE(Filter{.owner = ""}.is_empty());
  EXPECT_FALSE(Filter{.revoked = true}.is_empty());
}

}  // namespace
}  // namespace pcx::apikey
