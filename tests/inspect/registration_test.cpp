#include "inspect/registration.h"

#include <gmock/gmock.h>

#include "db/script.h"
#include "fields/profile.h"
#include "tests/db/fixture.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::inspect {
namespace {

using fields::Field;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Field field(const char* table, const char* column, const char* member = "") {
  return {.schema = "public",
          .table = table,
          .column = column,
          .member = member,
          .name = {table, column},
          .copy = {}};
}

Config config(const std::string& yaml) {
  const testing::TemporaryFolder folder;
  return read_config(folder.write("c.yaml", yaml), fields::config_keys());
}

class Registration : public testing::DatabaseFixture {
 protected:
  void SetUp() override {
    database_.emplace(connect());
    db::run_script(*database_, R"(
      CREATE TABLE public.t (id text PRIMARY KEY, v text, vc varchar(9), ch char(9), n int,
                             doc jsonb, old json, row text);
      CREATE TABLE public.loose (v text);
      CREATE TABLE public.wide (a int, b int, v text, PRIMARY KEY (a, b));
      CREATE TABLE public.parts (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
      CREATE VIEW public.seen AS SELECT v FROM public.t)",
                   "test");
  }
  FieldFacts facts(const Field& one) { return read_facts(*database_, {one}).at(0); }

  std::optional<db::Database> database_;
};

TEST_F(Registration, KnowsWhetherFieldsAreThere) {
  const auto facts = read_facts(*database_, {field("t", "v"), field("nowhere", "v"),
                                             field("t", "none"), field("parts", "v")});
  EXPECT_EQ(facts[0].presence, Presence::present);
  EXPECT_EQ(facts[1].presence, Presence::no_table);
  EXPECT_EQ(facts[2].presence, Presence::no_column);
  EXPECT_EQ(facts[3].presence, Presence::present);
  for (const FieldFacts& one : facts) EXPECT_EQ(one.problem, "");
  EXPECT_THAT(read_facts(*database_, {}), IsEmpty());
}

TEST_F(Registration, KnowsWhatCannotBeAField) {
  EXPECT_EQ(facts(field("t", "vc")).problem, "");
  EXPECT_EQ(facts(field("t", "ch")).problem, "");
  EXPECT_EQ(facts(field("t", "doc")).problem, "");
  EXPECT_EQ(facts(field("t", "doc", "m")).problem, "");
  EXPECT_EQ(facts(field("t", "n")).problem, "its type is int4");
  EXPECT_EQ(facts(field("t", "old")).problem, "its type is json");
  EXPECT_EQ(facts(field("t", "v", "m")).problem, "its type is text, which has no members");
  EXPECT_EQ(facts(field("seen", "v")).problem, "it is a view");
  EXPECT_EQ(facts(field("loose", "v")).problem, "its table has no primary key to bind it to");
  EXPECT_EQ(facts(field("wide", "v")).problem, "the primary key of its table has several columns");
  Field free = field("loose", "v");
  free.bind = fields::Bind::column;
  EXPECT_EQ(facts(free).problem, "");
}

TEST_F(Registration, KnowsTheColumnsThatCopiesName) {
  Field copy = field("loose", "v");
  copy.copy = fields::Copy{"row", "", ""};
  EXPECT_EQ(facts(copy).problem, "there is no column row");
  copy = field("t", "v");
  copy.copy = fields::Copy{"row", "kind", "x"};
  EXPECT_EQ(facts(copy).problem, "there is no column kind");
  copy.copy = fields::Copy{"row", "vc", "x"};
  EXPECT_EQ(facts(copy).problem, "");
}

TEST_F(Registration, RefusesAllThatIsWrongAtOnce) {
  const std::vector<Field> fields = {field("t", "v"), field("t", "n"), field("nowhere", "v"),
                                     field("t", "v")};
  const auto found = read_facts(*database_, fields);
  const Error error = testing::error_of([&] { require_sound(fields, found); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_EQ(error.reason(), "fields");
  EXPECT_STREQ(error.what(), "the fields cannot be registered: t.v is there twice");
  EXPECT_EQ(error.detail(),
            "t.v is there twice\nt.v and t.v have the name t.v: make one a copy_of the other\n"
            "t.n: its type is int4\nnowhere.v: there is no table");
  require_sound({field("t", "v")}, read_facts(*database_, {field("t", "v")}));
}

TEST_F(Registration, WantsTheConfigurationElseWhatIsThere) {
  const Config configured = config("fields:\n  - column: t.v\n");
  EXPECT_THAT(wanted_fields(*database_, configured, {field("t", "vc")}),
              ElementsAre(field("t", "v")));
  EXPECT_THAT(wanted_fields(*database_, Config{}, {field("t", "vc")}),
              ElementsAre(field("t", "vc")));
  EXPECT_THAT(wanted_fields(*database_, Config{}, {}), IsEmpty());
  db::run_script(*database_, R"(CREATE TABLE public.medical_records (id text PRIMARY KEY))",
                 "test");
  EXPECT_EQ(wanted_fields(*database_, Config{}, {}).size(), 4u);
}

TEST_F(Registration, NamesTheFencesOfFieldsThatGo) {
  db::run_script(*database_, R"(
      ALTER TABLE public.t ADD CONSTRAINT pcx_sealed_v_k4
        CHECK (v IS NULL OR v = '' OR v ^@ 'enc:v2:4:');
      ALTER TABLE public.t ADD CONSTRAINT "pcx_sealed_O""k_k4" CHECK ((doc ->> 'm') IS NULL
        OR (doc ->> 'm') = '' OR (doc ->> 'm') ^@ 'enc:v2:4:'))",
                 "test");
  const std::vector<Field> before = {field("t", "v"), field("t", "vc"), field("t", "doc", "m")};
  EXPECT_THAT(read_left_fences(*database_, before, before), IsEmpty());
  const auto left = read_left_fences(*database_, before, {field("t", "v"), field("t", "doc", "n")});
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].field, before[2]);
  EXPECT_EQ(left[0].statement, R"(ALTER TABLE "public"."t" DROP CONSTRAINT "pcx_sealed_O""k_k4")");
}

TEST_F(Registration, WantsOfWhatIsRegisteredWhatIsThere) {
  EXPECT_THAT(wanted_fields(*database_, Config{},
                            {field("t", "v"), field("t", "none"), field("nowhere", "v")}),
              ElementsAre(field("t", "v")));
  const std::vector<Field> elsewhere{field("t", "none"), field("nowhere", "v")};
  EXPECT_EQ(wanted_fields(*database_, Config{}, elsewhere), elsewhere);
}

TEST_F(Registration, TellsWhetherOnlyAbsentFieldsWouldGo) {
  const std::vector<Field> in_force{field("t", "v"), field("t", "vc"), field("t", "none"),
                                    field("nowhere", "v")};
  const auto found = read_facts(*database_, in_force);
  const auto drops = [&](const std::vector<Field>& wanted) {
    return drops_only_absent(in_force, found, wanted);
  };
  EXPECT_TRUE(drops(in_force));
  EXPECT_TRUE(drops({field("t", "v"), field("t", "vc"), field("nowhere", "v")}));
  EXPECT_TRUE(drops({field("t", "v"), field("t", "vc")}));
  EXPECT_FALSE(drops({field("t", "v")}));
  EXPECT_FALSE(drops({field("t", "v"), field("t", "vc"), field("t", "ch")}));
  Field changed = field("t", "vc");
  changed.bind = fields::Bind::column;
  EXPECT_FALSE(drops({field("t", "v"), changed}));
}

TEST(PlanChanges, SaysWhatSavingWouldDo) {
  Field changed = field("t", "b");
  changed.bind = fields::Bind::column;
  const auto plan = plan_changes({field("t", "a"), field("t", "b"), field("t", "c")},
                                 {field("t", "a"), changed, field("t", "d")});
  std::vector<std::string> lines;
  for (const PlannedField& planned : plan) {
    lines.push_back(to_string(planned.field) + " " + to_string(planned.change));
  }
  EXPECT_THAT(lines, ElementsAre("t.a ", "t.b change", "t.d add", "t.c remove"));
}

}  // namespace
}  // namespace pcx::inspect
