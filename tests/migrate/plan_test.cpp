#include "migrate/plan.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "migrate/resolve.h"
#include "tests/migrate/support.h"

namespace pcx::migrate {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> names(const UpPlan& plan) {
  std::vector<std::string> found;
  for (const auto* step : plan.steps) found.push_back(step->name);
  return found;
}

std::vector<std::string> names(const DownPlan& plan) {
  std::vector<std::string> found;
  for (const auto& step : plan.steps) found.push_back(step.migration->name);
  return found;
}

TEST(PlanUp, TakesOnlyWhatTheLedgerDoesNotHave) {
  const Folder folder = folder_of({file("001"), file("002"), file("003")});
  const auto entries = compare(folder, ledger_of({applied("001")}));
  EXPECT_THAT(names(plan_up(entries, {}, {})), ElementsAre("002", "003"));
}

TEST(PlanUp, StopsWhereItIsTold) {
  const Folder folder = folder_of({file("001_a"), file("002_b"), file("003_c")});
  const auto entries = compare(folder, {});
  EXPECT_THAT(names(plan_up(entries, {.to = "002_b"}, {})), ElementsAre("001_a", "002_b"));
  EXPECT_THAT(names(plan_up(entries, {.to = "002"}, {})), ElementsAre("001_a", "002_b"));
  EXPECT_THAT(names(plan_up(entries, {.steps = 1}, {})), ElementsAre("001_a"));
}

TEST(PlanUp, HasNothingToDoUpToAnAppliedOne) {
  const Folder folder = folder_of({file("001"), file("002")});
  const auto entries = compare(folder, ledger_of({applied("001")}));
  EXPECT_THAT(names(plan_up(entries, {.to = "001"}, {})), IsEmpty());
}

struct Conflict {
  std::string reason;
  std::vector<Migration> files;
  std::vector<LedgerRow> rows;
  ErrorCode code = ErrorCode::conflict;
};

class PlanUpRefuses : public ::testing::TestWithParam<Conflict> {};

TEST_P(PlanUpRefuses, ByReason) {
  const Folder folder = folder_of(GetParam().files);
  const auto entries = compare(folder, ledger_of(GetParam().rows));
  try {
    plan_up(entries, {}, {});
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), GetParam().code);
    EXPECT_EQ(error.reason(), GetParam().reason);
    EXPECT_THAT(error.hint(), Not(IsEmpty()));
  }
}

INSTANTIATE_TEST_SUITE_P(
    History, PlanUpRefuses,
    ::testing::Values(
        Conflict{"edited", {file("001", "edited")}, {applied("001")}},
        Conflict{"missing", {file("002")}, {applied("001")}},
        Conflict{"out_of_order", {file("001"), file("002")}, {applied("002")}},
        Conflict{"failed", {file("001"), file("002")}, {failed("001")}, ErrorCode::critical}));

TEST(PlanUp, GoesOnWhereItIsAllowed) {
  const Folder edited = folder_of({file("001", "edited"), file("002")});
  EXPECT_THAT(names(plan_up(compare(edited, ledger_of({applied("001")})), {}, {.edited = true})),
              ElementsAre("002"));
  const Folder missing = folder_of({file("002")});
  EXPECT_THAT(names(plan_up(compare(missing, ledger_of({applied("001")})), {}, {.missing = true})),
              ElementsAre("002"));
  const Folder late = folder_of({file("001"), file("002"), file("003")});
  EXPECT_THAT(
      names(plan_up(compare(late, ledger_of({applied("002")})), {}, {.out_of_order = true})),
      ElementsAre("001", "003"));
}

TEST(PlanUp, NeverAllowsAFailedOne) {
  const Folder folder = folder_of({file("001")});
  const auto entries = compare(folder, ledger_of({failed("001")}));
  EXPECT_THROW(plan_up(entries, {}, {true, true, true}), Error);
}

TEST(FindEntry, SuggestsTheNearestName) {
  const Folder folder = folder_of({file("20260101_init"), file("20260102_users")});
  const auto entries = compare(folder, {});
  try {
    find_entry(entries, "20260101_inti", "P3017");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_THAT(error.what(), HasSubstr("no migration is called 20260101_inti (Prisma's P3017)"));
    EXPECT_THAT(error.hint(), HasSubstr("20260101_init"));
  }
}

TEST(FindEntry, RefusesAVersionThatTwoShare) {
  const Folder folder = folder_of({file("1_a"), file("1_b")});
  const auto entries = compare(folder, {});
  EXPECT_THROW(find_entry(entries, "1"), Error);
  EXPECT_EQ(find_entry(entries, "1_b").name, "1_b");
}

TEST(PlanDown, TakesOneStepNewestFirst) {
  const Folder folder = folder_of({reversible("001"), reversible("002"), reversible("003")});
  const auto entries = compare(folder, ledger_of({applied("001"), applied("002")}));
  const DownPlan plan = plan_down(entries, {}, {});
  EXPECT_THAT(names(plan), ElementsAre("002"));
  EXPECT_THAT(plan.steps[0].row_ids, ElementsAre("row-002"));
}

TEST(PlanDown, GoesBackToAName) {
  const Folder folder = folder_of({reversible("001"), reversible("002"), reversible("003")});
  const auto entries = compare(folder, ledger_of({applied("001"), applied("002"), applied("003")}));
  EXPECT_THAT(names(plan_down(entries, {.to = "001"}, {})), ElementsAre("003", "002"));
  EXPECT_THAT(names(plan_down(entries, {.steps = 9}, {})), ElementsAre("003", "002", "001"));
}

TEST(PlanDown, RefusesAWayWithoutADownScript) {
  const Folder folder = folder_of({reversible("001"), file("002"), reversible("003")});
  const auto entries = compare(folder, ledger_of({applied("001"), applied("002"), applied("003")}));
  EXPECT_THAT(names(plan_down(entries, {}, {})), ElementsAre("003"));
  try {
    plan_down(entries, {.to = "001"}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), "no_down");
  }
}

TEST(PlanDown, RefusesAMigrationWhoseFileIsGone) {
  const Folder folder = folder_of({reversible("001")});
  const auto entries = compare(folder, ledger_of({applied("001"), applied("002")}));
  try {
    plan_down(entries, {}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), "missing");
  }
}

TEST(PlanDown, RefusesAnEditedMigrationUnlessAllowed) {
  const Folder folder = folder_of({reversible("001"), reversible("002")});
  const auto entries =
      compare(folder, ledger_of({applied("001", "SELECT 2;"), applied("002", "SELECT 2;")}));
  try {
    plan_down(entries, {}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::conflict);
    EXPECT_EQ(error.reason(), "edited");
    EXPECT_THAT(error.hint(), HasSubstr("--allow-edited"));
  }
  const DownPlan plan = plan_down(entries, {}, {.edited = true});
  EXPECT_THAT(names(plan), ElementsAre("002"));
  EXPECT_TRUE(plan.steps[0].is_edited);
}

// What stays applied may be edited.
TEST(PlanDown, LooksOnlyAtWhatItReverts) {
  const Folder folder = folder_of({reversible("001"), reversible("002")});
  const auto entries = compare(folder, ledger_of({applied("001", "SELECT 2;"), applied("002")}));
  const DownPlan plan = plan_down(entries, {}, {});
  EXPECT_THAT(names(plan), ElementsAre("002"));
  EXPECT_FALSE(plan.steps[0].is_edited);
}

// Prisma's P3008 looks at every row of the name.
TEST(PlanResolve, RefusesAnAppliedMigrationWithAFailedRowBesideIt) {
  const Folder folder = folder_of({file("001")});
  const std::vector<LedgerRow> rows = {applied("001"), failed("001")};
  for (const auto& ledger : {ledger_of({rows[0], rows[1]}), ledger_of({rows[1], rows[0]})}) {
    const auto entries = compare(folder, ledger);
    EXPECT_EQ(entries[0].state, State::failed);
    try {
      plan_resolve(entries, "001");
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.reason(), "already_applied");
      EXPECT_THAT(error.hint(), HasSubstr("--rolled-back 001"));
    }
  }
}

TEST(PlanBaseline, TakesEverythingUpToTheName) {
  const Folder folder = folder_of({file("001"), file("002"), file("003")});
  const auto entries = compare(folder, {});
  EXPECT_THAT(names(plan_baseline(entries, "002")), ElementsAre("001", "002"));
}

TEST(PlanBaseline, RefusesWhatIsRecordedAlready) {
  const Folder folder = folder_of({file("001")});
  const auto entries = compare(folder, ledger_of({applied("001")}));
  try {
    plan_baseline(entries, "001");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), "already_applied");
  }
}

}  // namespace
}  // namespace pcx::migrate
