#include "sandbox/seed.h"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/query.h"
#include "db/schema.h"
#include "sandbox/sql.h"
#include "tests/sandbox/schema_facts.h"
#include "tests/support/errors.h"
#include "tests/support/postgres.h"
#include "tests/support/statements.h"

namespace pcx::sandbox {
namespace {

using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using testing::lines_only_in;
using testing::schema_lines;

// A Wednesday, 17:00 UTC: late morning in Chicago, early evening in Berlin.
constexpr auto kNow =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + std::chrono::hours{17};

db::Database fresh_database() {
  testing::Postgres& server = testing::Postgres::shared();
  return db::Database{db::parse_target(server.url(server.fresh_database())), {}};
}

db::Database migrated_database() {
  db::Database database = fresh_database();
  testing::apply_migrations(database);
  return database;
}

// No two ciphertexts are equal, as with fresh nonces; the text can be read after the last colon.
SealText marking_seal() {
  return [count = 0](std::string_view text) mutable {
    return fmt::format("enc:v1:{}:tag:{}", ++count, text);
  };
}

SeedReport seed_small(db::Database& database, std::uint64_t seed_number = 1) {
  SeedOptions options;
  options.seed = seed_number;
  options.now = kNow;
  return seed(database, options, marking_seal());
}

// One hash of everything, whatever the order on disk.
std::string content_hash(db::Database& database) {
  std::string hashes;
  for (const db::Row table : database.query(sql::seed_tables, {"public"})) {
    const auto name = table["name"].as<std::string>();
    db::Query query{"test.hash"};
    query.sql("SELECT ").param(name).sql(
        "::text || md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ");
    query.identifier("public", name).sql(" AS t");
    hashes += db::nullable<std::string>(database.query(query).one()[0]).value_or("empty");
  }
  return hashes;
}

// One small practice for all tests that only look.
class Seeded : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_.emplace(migrated_database());
    report_ = seed_small(*database_);
    testing::use_public(*database_);
  }
  static void TearDownTestSuite() { database_.reset(); }

  static db::Database& database() { return *database_; }
  static const SeedReport& report() { return report_; }

  static std::int64_t number(std::string_view sql) {
    return database().query({"test.number", sql}).one()[0].as<std::int64_t>();
  }
  static std::vector<std::string> texts(std::string_view sql) {
    std::vector<std::string> found;
    for (const db::Row row : database().query({"test.texts", sql})) {
      found.push_back(row[0].as<std::string>());
    }
    return found;
  }

 private:
  static std::optional<db::Database> database_;
  static SeedReport report_;
};
std::optional<db::Database> Seeded::database_;
SeedReport Seeded::report_;

TEST_F(Seeded, HasExactlyTheRowsAskedFor) {
  EXPECT_EQ(report().rows, 20'000);
  std::int64_t counted = 0;
  for (const SeedReport::Table& table : report().tables) {
    db::Query query{"test.count"};
    query.sql("SELECT count(*) FROM ").identifier("public", table.name);
    const auto rows = database().query(query).one()[0].as<std::int64_t>();
    // The first tenant is the migration's.
    EXPECT_EQ(rows, table.name == "tenants" ? table.rows + 1 : table.rows) << table.name;
    counted += rows;
  }
  EXPECT_EQ(counted, 20'001);
}

TEST_F(Seeded, LeavesNoTableEmpty) {
  std::vector<std::string> empty;
  for (const auto& table : report().tables) {
    if (table.rows == 0) empty.push_back(table.name);
  }
  EXPECT_THAT(empty, IsEmpty());
  EXPECT_EQ(report().tables.size(), 72U);
  EXPECT_EQ(report().tables[0].name, "audit_logs");
  EXPECT_EQ(report().tables[1].name, "api_usage_metrics");
}

TEST_F(Seeded, KeepsTheSchema) {
  EXPECT_THAT(lines_only_in(testing::schema_facts(), schema_lines(database())), IsEmpty());
  EXPECT_THAT(lines_only_in(schema_lines(database()), testing::schema_facts()), IsEmpty());
}

TEST_F(Seeded, HasEveryStatus) {
  EXPECT_THAT(texts("SELECT DISTINCT status FROM appointments"),
              IsSupersetOf({"scheduled", "confirmed", "checked_in", "in_progress", "completed",
                            "cancelled", "no_show", "rescheduled"}));
  EXPECT_THAT(texts("SELECT DISTINCT status FROM invoices"),
              IsSupersetOf({"unpaid", "paid", "overdue", "pending", "partial", "refunded"}));
  EXPECT_THAT(texts("SELECT DISTINCT status FROM clients"), IsSupersetOf({"active", "inactive"}));
  EXPECT_THAT(texts("SELECT DISTINCT status FROM lab_tests"),
              IsSupersetOf({"ordered", "completed"}));
  EXPECT_THAT(texts("SELECT DISTINCT status FROM webhook_deliveries"),
              IsSupersetOf({"pending", "success", "failed"}));
  EXPECT_THAT(texts("SELECT DISTINCT status FROM waitlist"),
              IsSupersetOf({"active", "booked", "cancelled"}));
}

TEST_F(Seeded, HasTwoTenantsAndRowsWithout) {
  for (const char* table : {"clients", "patients", "appointments", "medical_records", "invoices",
                            "inventory_items", "staff", "audit_logs"}) {
    const auto sql =
        fmt::format("SELECT count(DISTINCT coalesce(\"tenantId\", '')) FROM {}", table);
    EXPECT_EQ(number(sql), 3) << table;
  }
}

TEST_F(Seeded, KeepsAVisitInsideOneTenant) {
  EXPECT_EQ(number(R"(SELECT count(*) FROM appointments a JOIN patients p ON p.id = a."patientId"
                       WHERE p."ownerId" <> a."clientId"
                          OR p."tenantId" IS DISTINCT FROM a."tenantId")"),
            0);
}

TEST_F(Seeded, OpensWhenThePracticeIsOpen) {
  EXPECT_EQ(number(R"(
    WITH visits AS (
      SELECT "startTime" AT TIME ZONE 'UTC' AT TIME ZONE
             CASE WHEN "tenantId" LIKE '%2' THEN 'Europe/Berlin' ELSE 'America/Chicago' END AS local
        FROM appointments)
    SELECT count(*) FROM visits
     WHERE local::time < CASE WHEN extract(isodow FROM local) > 5 THEN time '9:00'
                              ELSE time '8:00' END
        OR local::time >= CASE WHEN extract(isodow FROM local) = 6 THEN time '13:00'
                               WHEN extract(isodow FROM local) = 7 THEN time '14:00'
                               ELSE time '18:00' END)"),
            0);
  EXPECT_GT(number("SELECT count(*) FROM appointments WHERE \"startTime\"::date = '2026-11-25'"),
            3);
}

TEST_F(Seeded, WritesNothingThatIsStillToHappen) {
  for (const auto& table : texts("SELECT table_name::text FROM information_schema.columns "
                                 "WHERE table_schema = 'public' AND column_name = 'createdAt'")) {
    const auto sql =
        fmt::format("SELECT count(*) FROM {} WHERE \"createdAt\" > '2026-11-25 17:00'", table);
    EXPECT_EQ(number(sql), 0) << table;
  }
  EXPECT_EQ(number("SELECT count(*) FROM audit_logs WHERE timestamp > '2026-11-25 17:00'"), 0);
  EXPECT_EQ(number(R"(SELECT count(*) FROM appointments
                       WHERE "startTime" > '2026-11-25 17:30'
                         AND status IN ('completed', 'in_progress', 'no_show'))"),
            0);
}

TEST_F(Seeded, SealsRecordsExceptForOldPlaintext) {
  constexpr const char* kSealed = "LIKE 'enc:v1:%:tag:%'";
  EXPECT_GT(number(fmt::format("SELECT count(*) FROM medical_records WHERE diagnosis {}", kSealed)),
            400);
  EXPECT_GT(
      number(fmt::format("SELECT count(*) FROM medical_records WHERE diagnosis NOT {}", kSealed)),
      5);
  EXPECT_EQ(number(R"(SELECT count(*) FROM medical_records
                       WHERE (diagnosis LIKE 'enc:%') <> ("chiefComplaint" LIKE 'enc:%')
                          OR (diagnosis LIKE 'enc:%') <> (treatment LIKE 'enc:%'))"),
            0);
  EXPECT_GT(number("SELECT count(*) FROM medical_records WHERE notes IS NULL"), 5);
  EXPECT_GT(number("SELECT count(*) FROM medical_records WHERE notes = ''"), 5);
  EXPECT_GT(number("SELECT count(*) FROM medical_records WHERE \"deletedAt\" IS NOT NULL"), 2);
  // A nonce is used once.
  EXPECT_EQ(number("SELECT count(*) - count(DISTINCT diagnosis) FROM medical_records "
                   "WHERE diagnosis LIKE 'enc:%'"),
            0);
}

TEST_F(Seeded, CopiesCiphertextsIntoTheAuditLog) {
  // The newest entry with a field holds what the table holds; older ones hold older values.
  EXPECT_EQ(number(R"(
    SELECT count(*) FROM medical_records m
     CROSS JOIN LATERAL (VALUES ('chiefComplaint', m."chiefComplaint"), ('diagnosis', m.diagnosis),
                                ('treatment', m.treatment), ('notes', m.notes))
                        AS field (key, value)
      LEFT JOIN LATERAL (SELECT a.changes ->> field.key AS copy FROM audit_logs a
                          WHERE a.resource = 'MedicalRecord' AND a."resourceId" = m.id
                            AND a.changes ? field.key
                          ORDER BY a.timestamp DESC LIMIT 1) AS audit ON true
     WHERE m.diagnosis LIKE 'enc:%' AND audit.copy IS DISTINCT FROM field.value)"),
            0);
  EXPECT_GT(number("SELECT count(*) FROM audit_logs WHERE action = 'MedicalRecord.update'"), 20);
}

TEST_F(Seeded, AuditsInTheShapeOfTheApplication) {
  EXPECT_EQ(number(R"(SELECT count(*) FROM audit_logs
                       WHERE action <> resource || '.create' AND action <> resource || '.update')"),
            0);
  EXPECT_EQ(number(R"(SELECT count(*) FROM audit_logs
                       WHERE action LIKE '%.update'
                         AND (changes -> 'version' <> '{"increment": 1}'
                              OR changes ->> 'updatedBy' <> "userId"))"),
            0);
  EXPECT_EQ(number(R"(SELECT count(*) FROM audit_logs
                       WHERE NOT metadata ?& '{correlationId,tenantId}'
                          OR metadata ->> 'tenantId' IS DISTINCT FROM "tenantId"
                          OR ("userId" <> 'system' AND "ipAddress" !~ '^::ffff:[0-9.]+$'))"),
            0);
  EXPECT_GT(number("SELECT count(*) FROM audit_logs WHERE \"userId\" = 'system'"), 2);
  EXPECT_EQ(number(R"(SELECT count(*) FROM audit_logs a LEFT JOIN users u ON u.id = a."userId"
                       WHERE u.id IS NULL AND a."userId" <> 'system')"),
            0);
}

TEST_F(Seeded, AuditsEveryChangeOfAnAppointment) {
  EXPECT_EQ(number(R"(
    SELECT count(*) FROM appointments p
      LEFT JOIN LATERAL (SELECT count(*) AS updates,
                                (array_agg(a.changes ->> 'status'
                                           ORDER BY a.timestamp DESC))[1] AS status,
                                max(a.timestamp) AS last
                           FROM audit_logs a
                          WHERE a.action = 'Appointment.update' AND a."resourceId" = p.id)
           AS log ON true
     WHERE p.version <> 1 + log.updates OR p.status <> coalesce(log.status, 'scheduled')
        OR (log.updates > 0 AND p."updatedAt" <> log.last))"),
            0);
  EXPECT_EQ(
      number(
          R"(SELECT count(*) FROM audit_logs a JOIN audit_logs b ON b."resourceId" = a."resourceId"
                       WHERE a.action = 'Appointment.create' AND b.action = 'Appointment.update'
                         AND b.timestamp <= a.timestamp)"),
      0);
}

TEST_F(Seeded, AddsUpBillsToTheCent) {
  EXPECT_EQ(number("SELECT count(*) FROM invoices "
                   "WHERE round((subtotal - discount + tax - total)::numeric, 4) <> 0"),
            0);
  EXPECT_EQ(number(R"(SELECT count(*) FROM invoices i
                       WHERE round((i.subtotal - (SELECT sum(l.total) FROM invoice_line_items l
                                             WHERE l."invoiceId" = i.id))::numeric, 4) <> 0)"),
            0);
  EXPECT_GT(number("SELECT count(*) FROM payments WHERE amount <> round(amount)"), 100);
  EXPECT_EQ(number(R"(SELECT count(*) FROM invoices i JOIN payments p ON p."invoiceId" = i.id
                       WHERE i.status = 'paid' AND round((p.amount - i.total)::numeric, 4) <> 0)"),
            0);
}

TEST_F(Seeded, StocksAroundReorderPointsAndExpiry) {
  EXPECT_GT(
      number("SELECT count(*) FROM inventory_items WHERE \"quantityOnHand\" < \"reorderPoint\""),
      3);
  EXPECT_GT(
      number("SELECT count(*) FROM inventory_items WHERE \"quantityOnHand\" = \"reorderPoint\""),
      3);
  EXPECT_GT(number("SELECT count(*) FROM inventory_items WHERE \"expirationDate\" < '2026-11-25'"),
            3);
  EXPECT_GT(number("SELECT count(*) FROM inventory_items WHERE \"expirationDate\" "
                   "BETWEEN '2026-11-25 17:00' AND '2026-12-25 17:00'"),
            3);
}

TEST_F(Seeded, KeepsTextsAsTheSanitizerLeftThem) {
  EXPECT_GT(number("SELECT count(*) FROM clients WHERE \"lastName\" = 'O&#x27;Brien'"), 0);
  EXPECT_GT(number("SELECT count(*) FROM patients WHERE name LIKE '%🐱%'"), 0);
  EXPECT_GT(number("SELECT count(*) FROM communications WHERE message LIKE E'%,\\n%'"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM clients WHERE \"lastName\" ~ '[''\"<>]'"), 0);
}

TEST_F(Seeded, HasApiKeysInPlainText) {
  EXPECT_EQ(number("SELECT count(*) FROM api_keys WHERE key ~ '^pc_live_[0-9a-f]{32}$'"), 8);
  EXPECT_EQ(
      number(R"(SELECT count(*) FROM api_usage_metrics m LEFT JOIN api_keys k ON k.id = m."apiKeyId"
                       WHERE m."apiKeyId" IS NOT NULL AND k.id IS NULL)"),
      0);
  EXPECT_THAT(texts("SELECT DISTINCT \"statusCode\"::text FROM api_usage_metrics"),
              IsSupersetOf({"200", "201", "401", "404", "429", "500"}));
}

TEST_F(Seeded, HasStatistics) {
  EXPECT_EQ(number("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                   "AND relkind = 'r' AND reltuples < 1"),
            0);
}

TEST_F(Seeded, IsNotSeededTwice) {
  const Error error = error_of([] { seed_small(database()); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "not_empty");
  EXPECT_THAT(error.what(), HasSubstr("table public.api_keys is not empty"));
  EXPECT_THAT(error.hint(), HasSubstr("empty database"));
}

TEST(Seed, RepeatsItselfWhateverTheTimeZoneOfTheServer) {
  db::Database first = migrated_database();
  db::Database second = migrated_database();
  testing::run(second,
               "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''Asia/Tokyo''', "
               "current_database()); END $$",
               "test");
  second.reconnect();
  seed_small(first);
  seed_small(second);
  EXPECT_EQ(content_hash(first), content_hash(second));
}

TEST(Seed, DiffersWithAnotherSeed) {
  db::Database first = migrated_database();
  db::Database second = migrated_database();
  seed_small(first);
  seed_small(second, 2);
  EXPECT_NE(content_hash(first), content_hash(second));
}

TEST(Seed, RebuildsTheSchemaOfALargePractice) {
  db::Database database = migrated_database();
  SeedOptions options;
  options.now = kNow;
  options.rows_total = 200'000;  // from here on indexes are dropped and made again
  std::vector<std::string> phases;
  seed(database, options, marking_seal(), [&](const SeedProgress& progress) {
    if (phases.empty() || phases.back() != progress.phase) phases.emplace_back(progress.phase);
    EXPECT_LE(progress.done, progress.total);
  });
  EXPECT_THAT(phases, ::testing::ElementsAre("rows", "indexes", "statistics"));
  EXPECT_EQ(schema_lines(database), testing::schema_facts());
}

TEST(Seed, LeavesNothingBehindWhenItBreaksOff) {
  db::Database database = migrated_database();
  const std::string before = content_hash(database);
  SeedOptions options;
  options.now = kNow;
  options.rows_total = 200'000;
  int sealed = 0;
  const Error error = error_of([&] {
    seed(database, options, [&](std::string_view) -> std::string {
      if (++sealed == 5000) throw Error{ErrorCode::crypto, "no more nonces"};
      return "enc:v1:x";
    });
  });
  EXPECT_STREQ(error.what(), "no more nonces");
  EXPECT_EQ(content_hash(database), before);
  EXPECT_EQ(schema_lines(database), testing::schema_facts());
}

// The planner's row counts of all tables.
constexpr db::Statement kCounted{
    "test.counted",
    "SELECT sum(greatest(reltuples, 0))::int8 AS rows"
    " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"};

// What reads the statistics (sandbox status) must not take half a seed for a whole one.
TEST(Seed, LeavesNoCountOfRowsThatAreNotThere) {
  db::Database database = migrated_database();
  SeedOptions options;
  options.now = kNow;
  options.rows_total = 200'000;
  const auto break_off = [](const SeedProgress& progress) {
    const bool is_last = progress.done == progress.total;
    if (progress.phase == "indexes" && is_last) throw Error{ErrorCode::interrupted, "stop"};
  };
  EXPECT_EQ(error_of([&] { seed(database, options, marking_seal(), break_off); }).code(),
            ErrorCode::interrupted);
  EXPECT_EQ(database.query(kCounted).one()["rows"].as<std::int64_t>(), 0);
  EXPECT_EQ(seed(database, options, marking_seal()).rows, 200'000);
}

TEST(Seed, IsWrittenIntoTheJournal) {
  db::Database database = migrated_database();
  db::upgrade_schema(database);
  const db::Actor actor{.os_user = "somebody", .host = "here", .command_line = "pcx", .run_id = ""};
  SeedOptions options;
  options.now = kNow;
  options.rows_total = 10'000;
  const auto journal = [&](const db::Deed& deed) { return db::deed_query(actor, deed); };
  seed(database, options, marking_seal(), {}, journal);
  const db::Result deeds = database.query(
      {"test.deeds", "SELECT action, object, details->>'rows' AS rows, outcome FROM pcx.journal"});
  const db::Row deed = deeds.one();
  EXPECT_EQ(deed["action"].as<std::string>(), "sandbox.seed");
  EXPECT_EQ(deed["object"].as<std::string>(), "purple_cross");
  EXPECT_EQ(deed["rows"].as<std::string>(), "10000");
  EXPECT_EQ(deed["outcome"].as<std::string>(), "done");
}

TEST(Seed, FillsTheSmallestNumberExactly) {
  db::Database database = migrated_database();
  SeedOptions options;
  options.now = std::chrono::sys_days{std::chrono::year{2024} / 3 / 10};  // a Sunday of the clocks
  options.rows_total = seed_rows("10000");
  EXPECT_EQ(seed(database, options, marking_seal()).rows, 10'000);
}

TEST(Seed, NamesTheTableThatIsNotEmpty) {
  db::Database database = migrated_database();
  testing::run(
      database,
      "INSERT INTO medications (id, name, category, \"dosageForm\", strength, \"updatedAt\") "
      "VALUES ('1', 'a', 'b', 'c', 'd', now())",
      "test");
  const Error error = error_of([&] { seed_small(database); });
  EXPECT_STREQ(error.what(), "table public.medications is not empty");
}

TEST(Seed, RefusesAForeignTenant) {
  db::Database database = migrated_database();
  testing::run(database, "UPDATE tenants SET id = 'mine'", "test");
  const Error error = error_of([&] { seed_small(database); });
  EXPECT_STREQ(error.what(), "table public.tenants is not empty");
}

TEST(Seed, WritesTheFirstTenantWhereNoneIs) {
  db::Database database = migrated_database();
  testing::run(database, "DELETE FROM tenants", "test");
  EXPECT_EQ(seed_small(database).rows, 20'000);
  const auto tenants = database.query({"test.tenants", "SELECT id FROM public.tenants"});
  EXPECT_EQ(tenants.size(), 2U);
}

TEST(Seed, WantsTheMigrationsFirst) {
  db::Database database = fresh_database();
  const Error error = error_of([&] { seed_small(database); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_STREQ(error.what(), "there is no table public.tenants");
}

TEST(Seed, NamesItsTenants) {
  db::Database database = migrated_database();
  seed_small(database);
  for (const TenantZone& tenant : seed_tenants()) {
    const auto row = database.query(
        {"test.tenant", "SELECT name FROM public.tenants WHERE id = $1"}, {tenant.id});
    EXPECT_EQ(row.one()["name"].as<std::string>(), tenant.name);
  }
}

TEST(SeedRows, ReadsASize) {
  EXPECT_EQ(seed_rows("small"), 20'000);
  EXPECT_EQ(seed_rows("medium"), 1'000'000);
  EXPECT_EQ(seed_rows("large"), 10'000'000);
  EXPECT_EQ(seed_rows("12345"), 12'345);
}

class RefusesSize : public ::testing::TestWithParam<const char*> {};
TEST_P(RefusesSize, WithUsage) {
  const Error error = error_of([] { seed_rows(GetParam()); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  EXPECT_THAT(error.hint(), HasSubstr("small, medium, large"));
}
INSTANTIATE_TEST_SUITE_P(SeedRows, RefusesSize,
                         ::testing::Values("", "huge", "10k", "-1", "9999", "200000001", "1e6",
                                           "99999999999999999999"));

TEST(SeedSql, IsUnderstoodByTheServer) {
  db::Database database = fresh_database();
  const db::Statement* all[] = {&sql::seed_definitions, &sql::seed_settings, &sql::seed_tables};
  EXPECT_THAT(testing::find_broken_statements(database, all), IsEmpty());
}

}  // namespace
}  // namespace pcx::sandbox
