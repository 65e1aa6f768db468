#include "migrate/known_keys.h"

#include <gtest/gtest.h>

namespace pcx::migrate {
namespace {

struct Known {
  std::int64_t key;
  std::string_view tool;
};

class KnownKeys : public ::testing::TestWithParam<Known> {};

TEST_P(KnownKeys, NameTheTool) {
  EXPECT_EQ(tool_of(GetParam().key, {"purple_cross", "app"}), GetParam().tool);
}

// Those that hold a name were computed with another implementation of CRC-32 and of Java's hash.
INSTANTIATE_TEST_SUITE_P(
    Tools, KnownKeys,
    ::testing::Values(Known{8098448966257439281, "pcx migrate"}, Known{72707369, "Prisma Migrate"},
                      Known{75474063, "sqitch"}, Known{4097083626, "goose"},
                      Known{4727445306447283, "graphile-migrate"},
                      Known{4036779288569897133, "reshape"}, Known{2686470616, "Atlas"},
                      Known{77433833903597, "Flyway"},  // "public"."flyway_schema_history"
                      Known{0x466C79776179 - 0x80000000LL, "Flyway"},
                      Known{0x466C79776179 + 0x7FFFFFFFLL, "Flyway"},
                      Known{7745995091397412290, "Rails"}, Known{3468698218, "golang-migrate"},
                      Known{3458469700, "golang-migrate"}, Known{42, ""}, Known{0, ""},
                      Known{-1, ""}, Known{0x466C79776179 + 0x80000000LL, ""}));

// From golang-migrate's own database/util_test.go.
TEST(GolangMigrateKey, IsMadeOfAllNames) {
  EXPECT_EQ(golang_migrate_key({"database_name", "schema_name_1"}, "schema_name_2"), 3743845847);
}

// 32-bit FNV-1 of the authors' test vectors (www.isthe.com/chongo/tech/comp/fnv).
TEST(AtlasKey, IsFnv1) {
  EXPECT_EQ(atlas_key(""), 0x811c9dc5);
  EXPECT_EQ(atlas_key("a"), 0x050c5d7e);
  EXPECT_EQ(atlas_key("foobar"), 0x31f0b262);
}

}  // namespace
}  // namespace pcx::migrate
