#include "apikey/key.h"

#include <gtest/gtest.h>

namespace pcx::apikey {
namespace {

using std::chrono::seconds;

constexpr Time kNow{std::chrono::hours{24 * 365 * 57}};

Key key_with(std::optional<Time> expires_at, std::optional<Time> grace_until) {
  Key key{.id = "0000000000", .status = "active", .expires_at = expires_at};
  if (grace_until) key.replaced = Replacement{"1111111111", *grace_until};
  return key;
}

TEST(Standing, FollowsFromTheRowAndTheClock) {
  struct Case {
    const char* what;
    Key key;
    Standing standing;
    std::optional<Time> until;
  };
  const Case cases[] = {
      {"no end", key_with({}, {}), Standing::good, {}},
      {"expires later", key_with(kNow + seconds{5}, {}), Standing::good, kNow + seconds{5}},
      {"expires now", key_with(kNow, {}), Standing::expired, {}},
      {"in grace", key_with({}, kNow + seconds{1}), Standing::in_grace, kNow + seconds{1}},
      {"grace ends now", key_with({}, kNow), Standing::revoked, {}},
      {"expires before the grace ends", key_with(kNow + seconds{1}, kNow + seconds{2}),
       Standing::in_grace, kNow + seconds{1}},
      {"grace ends before it expires", key_with(kNow + seconds{2}, kNow + seconds{1}),
       Standing::in_grace, kNow + seconds{1}},
      {"expired within the grace", key_with(kNow, kNow + seconds{2}), Standing::expired, {}},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(standing_of(each.key, kNow), each.standing) << each.what;
    EXPECT_EQ(standing_until(each.key, kNow), each.until) << each.what;
    EXPECT_EQ(is_taken(each.standing), each.until.has_value() || each.standing == Standing::good);
  }
}

TEST(Standing, IsRevokedByEitherTable) {
  Key ours = key_with({}, {});
  ours.revoked = Revocation{kNow, "ann", ""};
  EXPECT_EQ(standing_of(ours, kNow), Standing::revoked);
  for (const char* status : {"revoked", "inactive", "", "Active"}) {
    Key theirs = key_with({}, {});
    theirs.status = status;
    EXPECT_EQ(standing_of(theirs, kNow), Standing::revoked) << status;
  }
}

TEST(Standing, HasWords) {
  EXPECT_STREQ(to_string(Standing::good), "good");
  EXPECT_STREQ(to_string(Standing::in_grace), "in grace");
  EXPECT_STREQ(to_string(Standing::expired), "expired");
  EXPECT_STREQ(to_string(Standing::revoked), "revoked");
  EXPECT_STREQ(to_string(static_cast<Standing>(9)), "unknown");
}

}  // namespace
}  // namespace pcx::apikey
