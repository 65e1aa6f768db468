#include "audit/rule_follow.h"

#include <gmock/gmock.h>

namespace pcx::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TableFacts facts_of(std::vector<std::string> columns) {
  return {.schema = "public",
          .table = "pets",
          .kind = TableKind::table,
          .columns = std::move(columns),
          .key_columns = {"id"}};
}

InstalledRule rule_of(std::vector<std::string> dropped, std::vector<std::string> hashed) {
  return {{.table = "pets", .dropped = std::move(dropped), .hashed = std::move(hashed)}, {"id"}};
}

RulePlace place_of(std::map<std::string, std::string> columns) {
  return {.relation = "public.pets",
          .is_there = true,
          .now = RelationName{"public", "pets"},
          .columns = std::move(columns)};
}

TEST(FitRule, ARuleThatFitsStays) {
  const auto rule = rule_of({"chip"}, {"name"});
  const auto place = place_of({{"id", "id"}, {"chip", "chip"}, {"name", "name"}});
  for (const RulePlace* known : {&place, static_cast<const RulePlace*>(nullptr)}) {
    const RuleFit fit = fit_rule(rule, known, facts_of({"id", "name", "chip"}));
    EXPECT_TRUE(fit.is_fit());
    EXPECT_EQ(fit.rule.rule, rule.rule);
  }
}

TEST(FitRule, FollowsARenamedColumnAndForgetsADroppedOne) {
  const auto place = place_of({{"id", "uid"}, {"chip", "tag"}, {"name", ""}});
  const RuleFit fit = fit_rule(rule_of({"chip"}, {"name"}), &place, facts_of({"uid", "tag"}));
  EXPECT_THAT(fit.rule.rule.dropped, ElementsAre("tag"));
  EXPECT_THAT(fit.rule.rule.hashed, IsEmpty());
  EXPECT_THAT(fit.unknown, IsEmpty());
  EXPECT_THAT(fit.differs, ElementsAre("chip is tag now", "name is not there any more",
                                       "id of its primary key is uid now"));
}

// As is done to change a column while the application runs: the old values are under a new name.
TEST(FitRule, KeepsBothOutWhenANewColumnTookTheName) {
  const auto place = place_of({{"chip", "chip_old"}});
  const RuleFit fit = fit_rule(rule_of({"chip"}, {}), &place, facts_of({"id", "chip_old", "chip"}));
  EXPECT_THAT(fit.rule.rule.dropped, ElementsAre("chip", "chip_old"));
  EXPECT_THAT(fit.differs, ElementsAre("chip is chip_old now"));
  const auto noted = place_of({{"chip", "chip"}, {"chip_old", "chip_old"}});
  EXPECT_TRUE(fit_rule(fit.rule, &noted, facts_of({"id", "chip_old", "chip"})).is_fit());
}

// The dropped column's name is another column's by now: it stays kept out, and its number is to be
// noted, or it would be let in with its next name.
TEST(FitRule, KeepsANameOutThatIsAnotherColumnsNow) {
  const auto place = place_of({{"chip", ""}});
  const RuleFit fit = fit_rule(rule_of({"chip"}, {}), &place, facts_of({"id", "chip"}));
  EXPECT_THAT(fit.differs, ElementsAre("chip is another column now"));
  EXPECT_THAT(fit.rule.rule.dropped, ElementsAre("chip"));
}

TEST(FitRule, TwoThatExchangeTheirNamesStayKeptOut) {
  const auto place = place_of({{"chip", "name"}, {"name", "chip"}});
  const RuleFit fit =
      fit_rule(rule_of({"chip", "name"}, {}), &place, facts_of({"id", "chip", "name"}));
  EXPECT_THAT(fit.rule.rule.dropped, ::testing::UnorderedElementsAre("chip", "name"));
  EXPECT_THAT(fit.differs, ElementsAre("chip is name now", "name is chip now"));
  EXPECT_THAT(fit.unknown, IsEmpty());
}

TEST(FitRule, WithoutNumbersNobodyKnows) {
  RulePlace elsewhere = place_of({{"chip", "tag"}});
  elsewhere.now = RelationName{"public", "other"};
  for (const RulePlace* place :
       {static_cast<const RulePlace*>(nullptr), &std::as_const(elsewhere)}) {
    const RuleFit fit = fit_rule(rule_of({"chip"}, {}), place, facts_of({"id", "tag"}));
    EXPECT_THAT(fit.unknown, ElementsAre("chip"));
    EXPECT_FALSE(fit.is_fit());
    EXPECT_THAT(fit.rule.rule.dropped, ElementsAre("chip"));
  }
}

}  // namespace
}  // namespace pcx::audit
