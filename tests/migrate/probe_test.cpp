#include "migrate/probe.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "migrate/leftovers.h"
#include "tests/migrate/on_a_server.h"
#include "tests/support/errors.h"

namespace pcx::migrate::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A statement that was begun, and what the catalog held before it. Nothing runs it: what it may
// have left, and what others did meanwhile, is made by hand.
class Begun : public OnAServer {
 protected:
  Begun() {
    run("CREATE SCHEMA other; CREATE TABLE public.pet (id int, name text, owner int);"
        "INSERT INTO public.pet VALUES (1, 'Rex', 7), (2, 'Rex', 8);"
        "CREATE INDEX pet_old ON public.pet (id)");
  }

  void begin(const std::string& sql) {
    operation = operation_of(sql);
    set_up();
    facts = facts_of(database, operation);
  }
  Effect effect() {
    set_up();
    return effect_of(database, operation, facts);
  }
  void clear() {
    set_up();
    clear_up(database, operation, facts, {on_repair, ticker});
  }
  void clear_before() {
    set_up();
    clear_the_way(database, operation, facts, {on_repair, ticker});
  }

  // A unique index on names that are not: it stays INVALID.
  void leave_invalid(const std::string& name, const std::string& where = "public.pet (name)") {
    const std::string sql = "CREATE UNIQUE INDEX CONCURRENTLY " + name + " ON " + where;
    EXPECT_EQ(pcx::testing::error_of([&] { run(sql); }).sqlstate(), "23505");
  }

  std::vector<std::string> indexes() {
    std::vector<std::string> names;
    for (const auto& row :
         database.query({"test.indexes",
                         "SELECT c.relname || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' "
                         "END FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid "
                         "JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname IN "
                         "('public', 'other') ORDER BY 1"})) {
      names.push_back(row[0].as<std::string>());
    }
    return names;
  }

  Operation operation;
  Facts facts;
  std::vector<std::string> repairs;
  OnRepair on_repair = [this](const std::string& sentence) { repairs.push_back(sentence); };
  db::Ticker ticker;

 private:
  void set_up() { database.set_up_for_script("public", std::chrono::milliseconds{500}); }
};

// --- whether an index was built

struct Build {
  const char* name;
  const char* statement;
  const char* meanwhile;
  Effect effect;
};
const Build kBuilds[] = {
    {"nothing_new", "CREATE INDEX CONCURRENTLY pet_name ON pet (name)", "", Effect::none},
    {"the_index", "CREATE INDEX CONCURRENTLY pet_name ON pet (name)",
     "CREATE INDEX pet_name ON public.pet USING btree (name)", Effect::took},
    {"the_index_without_a_name", "CREATE INDEX CONCURRENTLY ON public.pet (lower(name))",
     "CREATE INDEX ON public.pet (lower(name))", Effect::took},
    {"one_for_another_column", "CREATE INDEX CONCURRENTLY pet_name ON pet (name)",
     "CREATE INDEX pet_name ON public.pet (owner)", Effect::none},
    {"one_that_is_not_unique", "CREATE UNIQUE INDEX CONCURRENTLY pet_owner ON pet (owner)",
     "CREATE INDEX pet_owner ON public.pet (owner)", Effect::none},
    {"one_for_fewer_rows", "CREATE INDEX CONCURRENTLY pet_owner ON pet (owner)",
     "CREATE INDEX pet_owner ON public.pet (owner) WHERE owner > 7", Effect::none},
    {"the_same_rows_in_other_words",
     "CREATE INDEX CONCURRENTLY pet_owner ON pet (owner) WHERE name = 'Rex' AND owner > 7",
     "CREATE INDEX pet_owner ON public.pet (owner) WHERE ((name = 'Rex'::text) AND (owner > 7))",
     Effect::took},
    {"one_in_another_order", "CREATE INDEX CONCURRENTLY pet_owner ON pet (owner DESC)",
     "CREATE INDEX pet_owner ON public.pet (owner)", Effect::none},
    {"one_with_more_columns", "CREATE INDEX CONCURRENTLY pet_owner ON pet (owner)",
     "CREATE INDEX pet_owner ON public.pet (owner) INCLUDE (name)", Effect::none},
    {"one_by_another_method", "CREATE INDEX CONCURRENTLY pet_owner ON pet (owner)",
     "CREATE INDEX pet_owner ON public.pet USING hash (owner)", Effect::none},
    {"one_with_other_options_of_its_columns",
     "CREATE INDEX CONCURRENTLY pet_name ON pet USING gist (to_tsvector('simple', name) "
     "tsvector_ops(siglen=32))",
     "CREATE INDEX pet_name ON public.pet USING gist (to_tsvector('simple', name) "
     "tsvector_ops(siglen=256))",
     Effect::none},
    {"one_in_the_tablespace_that_is_named",
     "CREATE INDEX CONCURRENTLY pet_name ON pet (name) TABLESPACE pg_default",
     "CREATE INDEX pet_name ON public.pet (name) TABLESPACE pg_default", Effect::took},
    {"an_expression_that_names_its_table", "CREATE INDEX CONCURRENTLY ON pet ((pet.id + 1))",
     "CREATE INDEX ON public.pet ((id + 1))", Effect::took},
    {"the_same_under_a_name_of_somebody_elses", "CREATE INDEX CONCURRENTLY ON pet (name)",
     "CREATE INDEX by_hand ON public.pet (name)", Effect::none},
    {"the_same_under_a_name_with_a_number", "CREATE INDEX CONCURRENTLY ON pet (name)",
     "CREATE TABLE public.pet_name_idx (); CREATE INDEX ON public.pet (name)", Effect::took},
    {"nothing_new_beside_another_that_is_gone", "CREATE INDEX CONCURRENTLY ON pet (owner)",
     "DROP INDEX public.pet_old", Effect::none},
    {"somebody_elses_beside_one_without_a_name", "CREATE INDEX CONCURRENTLY ON pet (name)",
     "CREATE INDEX by_hand ON public.pet (owner)", Effect::none},
    {"an_old_one_that_was_rebuilt", "CREATE INDEX CONCURRENTLY ON pet (name)",
     "REINDEX INDEX CONCURRENTLY public.pet_old", Effect::none},
    {"one_like_an_old_one_that_was_rebuilt", "CREATE INDEX CONCURRENTLY ON pet (id)",
     "REINDEX INDEX CONCURRENTLY public.pet_old", Effect::none},
    {"the_name_on_another_table", "CREATE INDEX CONCURRENTLY pet_name ON pet (name)",
     "CREATE TABLE other.pet (name text); CREATE INDEX pet_name ON other.pet (name)", Effect::none},
    {"a_name_in_quotes", "CREATE INDEX CONCURRENTLY \"Pet \"\"s\" ON public . \"pet\"(name)",
     "CREATE INDEX \"Pet \"\"s\" ON public.pet (name)", Effect::took},
};

class BegunBuild : public Begun, public ::testing::WithParamInterface<Build> {};

TEST_P(BegunBuild, IsKnownByTheShapeOfWhatIsThere) {
  begin(GetParam().statement);
  if (*GetParam().meanwhile != '\0') run(GetParam().meanwhile);
  EXPECT_EQ(effect(), GetParam().effect);
}

INSTANTIATE_TEST_SUITE_P(Finds, BegunBuild, ::testing::ValuesIn(kBuilds),
                         [](const auto& build) { return build.param.name; });

TEST_F(Begun, CannotTellABuildFromAnOldOneOfItsNameThatWasRebuilt) {
  run("CREATE INDEX ON public.pet (owner)");
  begin("CREATE INDEX CONCURRENTLY ON pet (owner)");
  run("REINDEX INDEX CONCURRENTLY public.pet_owner_idx");
  EXPECT_EQ(effect(), Effect::unknown);
}

TEST_F(Begun, CannotTellABuildWhereItMayNotMakeATable) {
  begin("CREATE INDEX CONCURRENTLY pet_name ON pet (name)");
  run("CREATE INDEX pet_name ON public.pet (name); CREATE ROLE no_tables;"
      "DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', "
      "current_database()); END $$; SET ROLE no_tables");
  EXPECT_EQ(effect(), Effect::unknown);
  run("RESET ROLE; DROP ROLE no_tables");
}

TEST_F(Begun, LeavesNoTableBehindWhenItLooksAtShapes) {
  begin("CREATE INDEX CONCURRENTLY pet_name ON pet (name)");
  run("CREATE INDEX pet_name ON public.pet (name)");
  EXPECT_EQ(effect(), Effect::took);
  EXPECT_EQ(database
                .query({"test.tables",
                        "SELECT count(*)::int AS n FROM pg_class WHERE relname "
                        "= 'pet' AND relpersistence = 't'"})
                .one()["n"]
                .as<int>(),
            0);
}

// --- whether one was dropped

TEST_F(Begun, KnowsADropByTheIndexThatIsGone) {
  begin("DROP INDEX CONCURRENTLY pet_old");
  EXPECT_EQ(effect(), Effect::none);
  run("DROP INDEX public.pet_old");
  EXPECT_EQ(effect(), Effect::took);
}

TEST_F(Begun, CannotTellADropOfWhatWasRebuilt) {
  begin("DROP INDEX CONCURRENTLY pet_old");
  run("REINDEX INDEX CONCURRENTLY public.pet_old");
  EXPECT_EQ(effect(), Effect::unknown);
}

TEST_F(Begun, KnowsADropOfAnIndexWhoseTableIsGone) {
  begin("DROP INDEX CONCURRENTLY pet_old");
  run("DROP TABLE public.pet");
  EXPECT_EQ(effect(), Effect::took);
}

// --- what is cleared up

TEST_F(Begun, DropsTheInvalidIndexOfABuild) {
  begin("CREATE UNIQUE INDEX CONCURRENTLY pet_name ON pet (name)");
  leave_invalid("pet_name");
  EXPECT_EQ(effect(), Effect::half);
  clear();
  EXPECT_THAT(indexes(), ElementsAre("pet_old"));
  EXPECT_THAT(repairs, ElementsAre(HasSubstr("the INVALID index public.pet_name,")));
}

TEST_F(Begun, DropsTheInvalidIndexOfABuildWithoutAName) {
  begin("CREATE UNIQUE INDEX CONCURRENTLY ON pet (name)");
  leave_invalid("");
  clear();
  EXPECT_THAT(indexes(), ElementsAre("pet_old"));
}

TEST_F(Begun, LeavesSomebodyElsesInvalidIndexBesideABuildWithoutAName) {
  begin("CREATE UNIQUE INDEX CONCURRENTLY ON pet (owner)");
  leave_invalid("by_hand");
  clear();
  clear_before();
  EXPECT_THAT(indexes(), ElementsAre("by_hand INVALID", "pet_old"));
}

TEST_F(Begun, DropsAnInvalidIndexInItsWayAndNoValidOne) {
  leave_invalid("pet_name");
  begin("CREATE INDEX CONCURRENTLY IF NOT EXISTS pet_name ON pet (name)");
  clear_before();
  EXPECT_THAT(indexes(), ElementsAre("pet_old"));

  begin("CREATE INDEX CONCURRENTLY IF NOT EXISTS pet_old ON pet (id)");
  clear_before();
  EXPECT_THAT(indexes(), ElementsAre("pet_old"));
}

// Between the look and the drop another one may take the name.
TEST_F(Begun, CallsAnIndexAnotherNameBeforeItIsDropped) {
  leave_invalid("pet_name");
  begin("CREATE INDEX CONCURRENTLY pet_name ON pet (name)");
  db::Database reader{db::parse_target(url), {}};
  db::Transaction reading = reader.begin(db::Access::read_write);
  reading.query({"test.hold", "LOCK TABLE public.pet IN ACCESS SHARE MODE"});
  EXPECT_EQ(pcx::testing::error_of([&] { clear_before(); }).sqlstate(), "55P03");
  reading.rollback();
  EXPECT_THAT(indexes(),
              ElementsAre(::testing::MatchesRegex("pcx_drop_[0-9]+ INVALID"), "pet_old"));

  EXPECT_THAT(repairs, ElementsAre(HasSubstr("is to be dropped and is called pcx_drop_")));

  // Also by a run that does not know that anything was begun.
  run("CREATE INDEX pet_name ON public.pet (owner)");
  clear_before();
  EXPECT_THAT(indexes(), ElementsAre("pet_name", "pet_old"));
}

TEST_F(Begun, FindsWhatWasSetAsideInPartitions) {
  run("CREATE TABLE public.visit (id int) PARTITION BY RANGE (id);"
      "CREATE TABLE public.visit_1 PARTITION OF public.visit FOR VALUES FROM (0) TO (9);"
      "CREATE INDEX visit_id ON public.visit (id); CREATE INDEX aside ON public.visit_1 (id);"
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.aside'::regclass;"
      "DO $$ BEGIN EXECUTE format('ALTER INDEX public.aside RENAME TO pcx_drop_%s', "
      "'public.aside'::regclass::oid); END $$");
  begin("REINDEX INDEX CONCURRENTLY visit_id");
  clear_before();
  EXPECT_THAT(indexes(), ElementsAre("pet_old", "visit_1_id_idx", "visit_id"));
}

// An owner may have given away what only others need of a table.
TEST_F(Begun, ClearsUpForAnOwnerWithFewRights) {
  run("CREATE ROLE few_rights; CREATE SCHEMA narrow; GRANT USAGE ON SCHEMA narrow TO few_rights;"
      "CREATE TABLE narrow.log (id int); INSERT INTO narrow.log VALUES (1), (1);"
      "ALTER TABLE narrow.log OWNER TO few_rights;"
      "REVOKE UPDATE, DELETE, TRUNCATE ON narrow.log FROM few_rights");
  begin("CREATE UNIQUE INDEX CONCURRENTLY log_id ON narrow.log (id)");
  leave_invalid("log_id", "narrow.log (id)");
  run("SET ROLE few_rights");
  clear();
  EXPECT_EQ(effect(), Effect::none);
  EXPECT_THAT(repairs, ElementsAre(HasSubstr("dropped the INVALID index narrow.log_id,")));
  run("RESET ROLE; DROP SCHEMA narrow CASCADE; DROP ROLE few_rights");
}

TEST_F(Begun, WaitsForWhoBuilds) {
  leave_invalid("pet_name");
  begin("CREATE INDEX CONCURRENTLY pet_name ON pet (name)");
  db::Database other{db::parse_target(url), {}};
  db::Transaction building = other.begin();
  building.query({"test.hold", "LOCK TABLE public.pet IN SHARE UPDATE EXCLUSIVE MODE"});
  EXPECT_EQ(pcx::testing::error_of([&] { clear_before(); }).sqlstate(), "55P03");
  EXPECT_THAT(indexes(), ElementsAre("pet_name INVALID", "pet_old"));
}

TEST_F(Begun, ClearsUpOnAMaterializedView) {
  run("CREATE MATERIALIZED VIEW public.names AS SELECT name FROM public.pet");
  begin("CREATE UNIQUE INDEX CONCURRENTLY names_name ON names (name)");
  leave_invalid("names_name", "public.names (name)");
  db::Database other{db::parse_target(url), {}};
  db::Transaction building = other.begin();
  building.query({"test.hold", "CREATE INDEX ON public.names (name)"});
  EXPECT_EQ(pcx::testing::error_of([&] { clear(); }).sqlstate(), "55P03");
  building.rollback();
  clear();
  EXPECT_THAT(indexes(), ElementsAre("pet_old"));
}

constexpr const char* kMarkInvalid =
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('public.pet_old_ccnew'::regclass, "
    "'other.pet_old_ccnew'::regclass)";

TEST_F(Begun, DropsCopiesOfARebuiltTableOnly) {
  run("CREATE TABLE other.pet (id int); CREATE INDEX pet_old ON other.pet (id);"
      "CREATE INDEX pet_old_ccnew ON other.pet (id); CREATE INDEX pet_old_ccnew ON public.pet "
      "(id)");
  run(kMarkInvalid);
  leave_invalid("mine_ccnew");  // a copy of nothing
  begin("REINDEX TABLE CONCURRENTLY pet");
  clear_before();
  EXPECT_THAT(indexes(),
              ElementsAre("mine_ccnew INVALID", "pet_old", "pet_old", "pet_old_ccnew INVALID"));
}

TEST_F(Begun, DropsNothingForATableThatIsNotThere) {
  run("CREATE TABLE other.pet (id int); CREATE INDEX pet_old ON other.pet (id);"
      "CREATE INDEX pet_old_ccnew ON other.pet (id); CREATE INDEX pet_old_ccnew ON public.pet "
      "(id)");
  run(kMarkInvalid);
  begin("REINDEX TABLE CONCURRENTLY nosuch");
  clear_before();
  clear();
  EXPECT_THAT(repairs, IsEmpty());
}

TEST_F(Begun, DropsCopiesOfPartitions) {
  run("CREATE TABLE public.visit (id int) PARTITION BY RANGE (id);"
      "CREATE TABLE public.visit_1 PARTITION OF public.visit FOR VALUES FROM (0) TO (9);"
      "CREATE INDEX visit_id ON public.visit (id); CREATE INDEX visit_1_id_idx_ccnew ON "
      "public.visit_1 (id);"
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = "
      "'public.visit_1_id_idx_ccnew'::regclass");
  begin("REINDEX TABLE CONCURRENTLY visit");
  clear();
  EXPECT_THAT(indexes(), ElementsAre("pet_old", "visit_1_id_idx", "visit_id"));
}

TEST_F(Begun, EndsADetachThatIsPending) {
  run("CREATE TABLE public.visit (id int) PARTITION BY RANGE (id);"
      "CREATE TABLE public.visit_1 PARTITION OF public.visit FOR VALUES FROM (0) TO (9)");
  begin("ALTER TABLE visit DETACH PARTITION visit_1 CONCURRENTLY");
  EXPECT_EQ(effect(), Effect::none);
  run("UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'public.visit_1'::regclass");
  EXPECT_EQ(effect(), Effect::half);
  clear();
  EXPECT_EQ(effect(), Effect::took);
  EXPECT_THAT(repairs, ElementsAre("finished detaching public.visit_1"));
}

}  // namespace
}  // namespace pcx::migrate::testing
