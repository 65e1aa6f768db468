#include "audit/installer.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/interrupt.h"
#include "tests/audit/application_tables.h"
#include "tests/audit/fixture.h"
#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

InstallWish wish_for(std::vector<TableRule> rules) {
  return {.rules = std::move(rules), .is_profile = false};
}

// A table with a primary key, as it lies.
TableFacts facts_of(const std::string& table, std::vector<std::string> columns) {
  TableFacts facts{.schema = "public",
                   .table = table,
                   .kind = TableKind::table,
                   .owner = "app",
                   .may_alter = true,
                   .columns = std::move(columns),
                   .key_columns = {"id"}};
  facts.types.assign(facts.columns.size(), "text");
  return facts;
}

InstallFacts facts_with(std::vector<TableFacts> tables) {
  InstallFacts facts{.tables = std::move(tables)};
  facts.log.kind = TableKind::absent;
  return facts;
}

// As its last note has it.
RulePlace place_of(const TableRule& rule) {
  RulePlace place{.relation = rule.relation(),
                  .is_there = true,
                  .is_table = true,
                  .now = RelationName{rule.schema, rule.table}};
  for (const auto* names : {&rule.dropped, &rule.hashed}) {
    for (const std::string& name : *names) place.columns[name] = name;
  }
  return place;
}

// The facts as they are once `planned` is done.
InstallFacts after(const PlannedTable& planned, InstallFacts facts) {
  facts.installed = {{planned.rule, planned.key_columns}};
  facts.places = {place_of(planned.rule)};
  for (const Trigger& trigger : capture_triggers(planned.rule, planned.key_columns)) {
    facts.tables.front().triggers.push_back({trigger, 'A', true});
  }
  return facts;
}

TEST(InstallPlan, HashesEncryptedColumnsUnlessNothingIsKeptOfThem) {
  auto facts = facts_with({facts_of("pets", {"id", "name", "chip", "secret"})});
  for (const char* column : {"chip", "secret", "gone"}) {
    facts.encrypted.push_back({.schema = "public", .table = "pets", .column = column});
  }
  facts.encrypted.push_back({.schema = "other", .table = "pets", .column = "name"});
  const auto plan =
      plan_install(wish_for({{.table = "pets", .dropped = {"secret", "never"}}}), facts);
  const PlannedTable& pets = plan.tables.front();
  EXPECT_EQ(pets.step, InstallStep::install);
  EXPECT_THAT(pets.rule.dropped, ElementsAre("secret"));
  EXPECT_THAT(pets.rule.hashed, ElementsAre("chip"));
  EXPECT_THAT(pets.key_columns, ElementsAre("id"));
}

TEST(InstallPlan, ASecondTimeChangesNothingAndOptionsOnlyAdd) {
  const auto facts = facts_with({facts_of("pets", {"id", "name", "chip"})});
  InstallWish wish = wish_for({{.table = "pets"}});
  wish.dropped = {{"public", "pets", "chip"}};
  wish.on_error = OnError::spill;
  const auto first = plan_install(wish, facts);
  const auto installed = after(first.tables.front(), facts);
  const InstallWish bare = wish_for({{.table = "pets"}});
  const auto second = plan_install(bare, installed);
  EXPECT_EQ(second.tables.front().step, InstallStep::none);
  EXPECT_EQ(second.tables.front().rule, first.tables.front().rule);
  EXPECT_FALSE(second.has_deeds());
  InstallWish more = bare;
  more.hashed = {{"public", "pets", "chip"}, {"public", "pets", "name"}};
  const auto third = plan_install(more, installed).tables.front();
  EXPECT_EQ(third.step, InstallStep::change);
  EXPECT_THAT(third.rule.dropped, ElementsAre("chip"));
  EXPECT_THAT(third.rule.hashed, ElementsAre("name"));
  EXPECT_EQ(third.rule.on_error, OnError::spill);
}

TEST(InstallPlan, OptionsAreNotOfTablesBesidesTheProfile) {
  const auto facts = facts_with({facts_of("pets", {"id"}), facts_of("tools", {"id"})});
  const auto first = plan_install(wish_for({{.table = "pets"}, {.table = "tools"}}), facts);
  auto installed = facts;
  for (std::size_t i = 0; i < first.tables.size(); ++i) {
    const PlannedTable& planned = first.tables[i];
    installed.installed.push_back({planned.rule, planned.key_columns});
    installed.places.push_back(place_of(planned.rule));
    for (const Trigger& trigger : capture_triggers(planned.rule, planned.key_columns)) {
      installed.tables[i].triggers.push_back({trigger, 'A', true});
    }
  }
  InstallWish wish{.rules = {{.table = "pets"}}, .on_error = OnError::spill};
  wish = with_audited(wish, installed.installed);
  const auto plan = plan_install(wish, installed);
  EXPECT_EQ(plan.tables[0].rule.on_error, OnError::spill);
  EXPECT_EQ(plan.tables[1].rule.on_error, OnError::block);
  EXPECT_EQ(plan.tables[1].step, InstallStep::none);
}

TEST(InstallPlan, ClosesWhatIsUnfinishedWhenNothingIsLeftToDo) {
  auto facts = facts_with({facts_of("pets", {"id"})});
  facts.is_unfinished = true;
  InstallWish wish{.rules = {{.table = "pets"}}};
  EXPECT_FALSE(plan_install(wish, facts).close);  // installing says what it begins anyway
  facts = after(plan_install(wish, facts).tables.front(), facts);
  EXPECT_TRUE(plan_install(wish, facts).close);
  EXPECT_TRUE(plan_install(wish, facts).has_deeds());
  wish.is_profile = false;  // of others nothing is known
  EXPECT_FALSE(plan_install(wish, facts).close);
}

TEST(InstallPlan, NumbersOfARestoredDatabaseAreNotedAnew) {
  auto facts = facts_with({facts_of("pets", {"id", "chip"})});
  const InstallWish wish = wish_for({{.table = "pets", .dropped = {"chip"}}});
  facts = after(plan_install(wish, facts).tables.front(), facts);
  facts.places.front().now.reset();
  const PlannedTable planned = plan_install(wish_for({{.table = "pets"}}), facts).tables.front();
  EXPECT_EQ(planned.step, InstallStep::repair);
  EXPECT_THAT(planned.note, HasSubstr("restored"));
  EXPECT_THAT(planned.rule.dropped, ElementsAre("chip"));
}

TEST(InstallPlan, WhatNobodyKnowsIsSaidWithTheTable) {
  auto facts = facts_with({facts_of("pets", {"id", "chip"})});
  InstallWish wish = wish_for({{.table = "pets", .dropped = {"chip"}}});
  facts = after(plan_install(wish, facts).tables.front(), facts);
  facts.places.front().now.reset();
  facts.tables.front().columns = {"id", "tag"};
  wish = wish_for({{.table = "pets"}});
  EXPECT_EQ(error_of([&] { plan_install(wish, facts); }).reason(), "not_capturable");
  wish.dropped = {{"public", "pets", "tag"}};
  const PlannedTable planned = plan_install(wish, facts).tables.front();
  EXPECT_EQ(planned.step, InstallStep::repair);
  EXPECT_THAT(planned.rule.dropped, ElementsAre("tag"));
  wish.is_profile = true;
  EXPECT_EQ(plan_install(wish, facts).tables.front().step, InstallStep::refuse);
}

TEST(InstallPlan, ANewPrimaryKeyIsAChange) {
  const auto facts = facts_with({facts_of("pets", {"id", "name"})});
  const InstallWish wish = wish_for({{.table = "pets"}});
  auto installed = after(plan_install(wish, facts).tables.front(), facts);
  installed.tables.front().key_columns = {"name", "id"};
  const auto plan = plan_install(wish, installed);
  EXPECT_EQ(plan.tables.front().step, InstallStep::change);
  EXPECT_THAT(plan.tables.front().key_columns, ElementsAre("name", "id"));
}

TEST(InstallPlan, WhatSomebodyDidToTriggersIsRepairedAndAPauseIsKept) {
  const auto facts = facts_with({facts_of("pets", {"id"})});
  const InstallWish wish = wish_for({{.table = "pets"}});
  auto installed = after(plan_install(wish, facts).tables.front(), facts);
  installed.tables.front().triggers.front().enabled = 'D';
  auto repaired = plan_install(wish, installed).tables.front();
  EXPECT_EQ(repaired.step, InstallStep::repair);
  EXPECT_EQ(repaired.note, "its triggers are disabled");
  installed.standings = {{"public.pets", Standing::paused, "why", {}}};
  EXPECT_EQ(plan_install(wish, installed).tables.front().step, InstallStep::paused);
  installed.standings = {};
  installed.tables.front().triggers.front().enabled = 'A';
  installed.tables.front().triggers.front().is_plain = false;
  EXPECT_EQ(plan_install(wish, installed).tables.front().note, "its triggers are changed");
}

TEST(InstallPlan, TellsWhatCannotBeAudited) {
  auto facts = facts_with({facts_of("pets", {"id"})});
  InstallWish wish = wish_for({{.table = "pets"}});
  const auto refusal = [&](TableKind kind) {
    facts.tables.front().kind = kind;
    return error_of([&] { plan_install(wish, facts); });
  };
  EXPECT_EQ(refusal(TableKind::absent).code(), ErrorCode::not_found);
  for (const TableKind kind : {TableKind::view, TableKind::partitioned, TableKind::foreign}) {
    EXPECT_EQ(refusal(kind).reason(), "not_capturable");
  }
  wish.is_profile = true;
  EXPECT_EQ(plan_install(wish, facts).tables.front().step, InstallStep::refuse);
  facts.tables.front() = facts_of("pets", {"name"});
  facts.tables.front().key_columns = {};
  EXPECT_THAT(plan_install(wish, facts).tables.front().note, HasSubstr("no primary key"));
  facts.tables.front().may_alter = false;
  const Error error = error_of([&] { plan_install(wish, facts); });
  EXPECT_EQ(error.code(), ErrorCode::permission);
  EXPECT_THAT(error.hint(), HasSubstr("run it as app"));
}

TEST(InstallPlan, LeavesATrailAloneThatIsNotTheApplications) {
  auto facts = facts_with({});
  facts.log = facts_of("audit_logs", {"id", "userId"});
  const auto plan = plan_install(wish_for({}), facts);
  EXPECT_EQ(plan.log, InstallStep::refuse);
  EXPECT_EQ(plan.log_note, "it has no column action");
  EXPECT_FALSE(plan.adopt);
}

class InstallerTest : public AuditFixture {
 protected:
  void SetUp() override {
    AuditFixture::SetUp();
    for (const char* table : kApplicationTables) sql(table);
  }

  InstallTools tools() {
    return {database(), clock_, interrupt_, random, [](db::Transaction&, const db::Deed&) {}};
  }

  InstallPlan plan() {
    const InstallWish wish{.rules = purple_cross_rules()};
    return plan_install(wish, read_install_facts(database(), wish, {}));
  }

  std::int64_t install() {
    const InstallPlan todo = plan();
    prepare_trail(tools());
    for (const PlannedTable& planned : todo.tables) {
      if (is_deed(planned.step)) install_table(tools(), planned);
    }
    if (is_deed(todo.log)) install_log(tools(), todo.log);
    install_event_triggers(tools());
    return todo.adopt ? adopt_log_rows(tools(), [](std::int64_t) {}) : 0;
  }

  std::string count(const std::string& what) { return sql("SELECT count(*) FROM " + what); }

 private:
  SystemClock clock_;
  Interrupt interrupt_;
};

TEST_F(InstallerTest, RowsFromBeforeGetOneLeafEachInBatches) {
  sql("INSERT INTO public.audit_logs (id, action, resource) "
      "SELECT 'id' || n, 'x', 'y' FROM generate_series(1, 25000) AS n");
  EXPECT_EQ(install(), 25000);
  sql("INSERT INTO public.audit_logs (id, action, resource) VALUES ('late', 'x', 'y')");
  EXPECT_EQ(count("pcx.ledger WHERE src = 'A'"), "25001");
  EXPECT_EQ(count("(SELECT DISTINCT row_id FROM pcx.ledger WHERE src = 'A') AS x"), "25001");
  EXPECT_EQ(count("pcx.audit_meta WHERE kind = 'adopt'"), "3");
  EXPECT_EQ(count("public.audit_logs AS a JOIN pcx.ledger AS l ON l.row_id = a.id "
                  "WHERE l.leaf <> pcx.audit_log_leaf(a.id, a.\"userId\", a.action, a.resource, "
                  "a.\"resourceId\", a.changes, a.metadata, a.\"ipAddress\", a.\"userAgent\", "
                  "a.\"timestamp\", a.\"tenantId\")"),
            "0");
  EXPECT_EQ(install(), 0);
  EXPECT_FALSE(plan().has_deeds());
}

TEST_F(InstallerTest, GoesOnWhereItWasKilled) {
  sql("INSERT INTO public.audit_logs (id, action, resource) "
      "SELECT 'id' || n, 'x', 'y' FROM generate_series(1, 15000) AS n");
  const InstallPlan todo = plan();
  prepare_trail(tools());
  install_log(tools(), todo.log);
  EXPECT_TRUE(plan().adopt);
  // The first batch is done, and nothing more.
  EXPECT_THROW(adopt_log_rows(tools(),
                              [](std::int64_t) {
                                throw Error{ErrorCode::interrupted, "killed"};
                              }),
               Error);
  EXPECT_EQ(count("pcx.ledger WHERE src = 'A'"), "10000");
  EXPECT_EQ(install(), 5000);
  EXPECT_EQ(count("pcx.ledger WHERE src = 'A'"), "15000");
  EXPECT_EQ(count("pcx.audit_digest_key"), "1");
  EXPECT_EQ(count("pcx.audit_epoch"), "1");
}

TEST_F(InstallerTest, WhatIsWrittenNowLiesInItsMonth) {
  install();
  EXPECT_EQ(count("pcx.ledger_default"), "0");
  EXPECT_EQ(count("pcx.change_default"), "0");
}

TEST_F(InstallerTest, TheDigestKeyIsPaddedAsRfc2104HasIt) {
  prepare_trail(tools());
  // Both pads are of one key; its bytes behind the 32nd are zero.
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.audit_digest_key, generate_series(0, 63) AS n "
                "WHERE get_byte(inner_pad, n) # 54 <> get_byte(outer_pad, n) # 92"),
            "0");
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.audit_digest_key, generate_series(32, 63) AS n "
                "WHERE get_byte(inner_pad, n) <> 54"),
            "0");
  const std::string key = sql("SELECT encode(inner_pad, 'hex') FROM pcx.audit_digest_key");
  prepare_trail(tools());
  EXPECT_EQ(sql("SELECT encode(inner_pad, 'hex') FROM pcx.audit_digest_key"), key);
}

// What the trail leans on, and what of it changes in the ordinary course of things.
TEST_F(InstallerTest, WhatTheTrailLeansOnIsGuarded) {
  install();
  for (const char* made :
       {"INSERT INTO pcx.tile VALUES (1, 0, 0, sha256('a'))",
        "INSERT INTO pcx.legal_hold (reason, placed_by) VALUES ('court', 'ann')",
        "INSERT INTO pcx.audit_lost VALUES ('public.x', '2026-01-31', 1, '23514', now())",
        "UPDATE pcx.tile SET hashes = hashes || sha256('b')",
        "UPDATE pcx.audit_lost SET changes = 2"}) {
    sql(made);
  }
  for (const char* refused :
       {"DELETE FROM pcx.tile", "UPDATE pcx.tile SET hashes = sha256('a')",
        "UPDATE pcx.tile SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1)",
        "UPDATE pcx.tile SET number = 1", "TRUNCATE pcx.tile", "DELETE FROM pcx.legal_hold",
        "UPDATE pcx.legal_hold SET reason = 'none'", "UPDATE pcx.legal_hold SET tenant = 'x'",
        "TRUNCATE pcx.legal_hold", "DELETE FROM pcx.audit_lost", "TRUNCATE pcx.audit_lost",
        "UPDATE pcx.audit_epoch SET timeline = 2", "DELETE FROM pcx.audit_epoch",
        "TRUNCATE pcx.audit_epoch CASCADE", "TRUNCATE pcx.audit_table"}) {
    EXPECT_EQ(error_of([&] { sql(refused); }).sqlstate(), "23000") << refused;
  }
  sql("UPDATE pcx.legal_hold SET released_at = now(), released_by = 'bob'");
  EXPECT_EQ(error_of([&] {
              sql("UPDATE pcx.legal_hold SET released_at = NULL, released_by = NULL");
            }).sqlstate(),
            "23000");
}

TEST_F(InstallerTest, NobodyElseCallsItsFunctions) {
  EXPECT_EQ(sql("SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc AS p, "
                "LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE "
                "p.pronamespace = 'pcx'::regnamespace AND p.proname ^@ 'audit_' AND a.grantee = 0"),
            "audit_has_digest_key audit_segment");
}

// What its owner had before it keeps.
TEST_F(InstallerTest, UninstallTakesBackTheRightsThatInstallGave) {
  sql("CREATE ROLE log_owner");
  sql("ALTER TABLE public.audit_logs OWNER TO log_owner");
  sql("GRANT SELECT ON public.audit_logs TO pcx_owner");
  const auto rights = [&] {
    return sql(
        "SELECT has_table_privilege('pcx_owner', 'public.audit_logs', 'SELECT') || ' ' || "
        "has_table_privilege('pcx_owner', 'public.audit_logs', 'UPDATE')");
  };
  EXPECT_EQ(rights(), "true false");
  install();
  install();
  EXPECT_EQ(rights(), "true true");
  EXPECT_EQ(sql("SELECT details->>'granted' FROM pcx.audit_meta WHERE kind = 'install' AND "
                "details->>'relation' = 'public.audit_logs'"),
            R"(["UPDATE"])");
  uninstall_log(tools());
  EXPECT_EQ(rights(), "true false");
  EXPECT_EQ(sql("SELECT details->>'revoked' FROM pcx.audit_meta WHERE kind = 'uninstall'"),
            R"(["UPDATE"])");
  sql("ALTER TABLE public.audit_logs OWNER TO CURRENT_USER");
  sql("DROP ROLE log_owner");
}

TEST_F(InstallerTest, UninstalledLeavesNoTriggerAndAllOfTheTrail) {
  install();
  sql("INSERT INTO public.patients (id, name) VALUES ('1', 'Rex')");
  UninstallPlan todo;
  {
    db::Transaction tx = database().begin();
    todo = read_uninstall_plan(tx);
  }
  EXPECT_TRUE(todo.log);
  uninstall_event_triggers(tools(), todo.event_triggers);
  for (const TableFacts& table : todo.tables) uninstall_table(tools(), table);
  uninstall_log(tools());
  db::Transaction tx = database().begin();
  EXPECT_TRUE(read_uninstall_plan(tx).is_empty());
  EXPECT_THAT(read_rules(tx), IsEmpty());
  tx.rollback();
  EXPECT_EQ(count("pg_trigger WHERE tgname ^@ 'pcx_audit' AND tgrelid::regclass::text "
                  "NOT LIKE 'pcx.%'"),
            "0");
  // Installed again, what was written meanwhile is adopted again.
  sql("INSERT INTO public.audit_logs (id, action, resource) VALUES ('between', 'x', 'y')");
  EXPECT_EQ(install(), 1);
}

}  // namespace
}  // namespace pcx::audit
