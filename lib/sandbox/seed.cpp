#include "sandbox/seed.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "db/query.h"
#include "sandbox/bulk_load.h"
#include "sandbox/cluster_state.h"
#include "sandbox/seed_writers.h"
#include "sandbox/sql.h"

namespace pcx::sandbox {

namespace {

using Progress = std::function<void(const SeedProgress&)>;

constexpr std::string_view kTenants = "tenants";

bool has_rows(db::Transaction& tx, const std::string& schema, std::string_view table) {
  db::Query query{"sandbox.has_rows"};
  query.sql("SELECT EXISTS (SELECT FROM ").identifier(schema, table).sql(") AS has_rows");
  return tx.query(query).one()["has_rows"].as<bool>();
}

// The ids in `tenants`; a migration writes the first.
bool has_only_first_tenant(db::Transaction& tx, const std::string& schema) {
  db::Query query{"sandbox.foreign_tenants"};
  query.sql("SELECT NOT EXISTS (SELECT FROM ").identifier(schema, kTenants).sql(" WHERE id <> ");
  query.param(tenant_id_text(Tenant::first)).sql(") AS only_first");
  return tx.query(query).one()["only_first"].as<bool>();
}

void refuse(const std::string& schema, std::string_view table) {
  throw Error{ErrorCode::conflict, fmt::format("table {}.{} is not empty", schema, table),
              "Sample rows go into an empty database only: run pcx sandbox reset first."}
      .because("not_empty");
}

void require_tables(const std::vector<std::string>& present, const std::string& schema) {
  for (const SampleTable& table : kSampleTables) {
    if (std::binary_search(present.begin(), present.end(), table.name)) continue;
    throw Error{ErrorCode::not_found, fmt::format("there is no table {}.{}", schema, table.name),
                "Apply the application's migrations first."};
  }
}

// "ONLY a, ONLY b"
db::Query& add_tables(db::Query& query, const std::string& schema,
                      const std::vector<std::string>& tables) {
  for (const std::string& table : tables) {
    if (&table != &tables.front()) query.sql(", ");
    query.sql("ONLY ").identifier(schema, table);
  }
  return query;
}

// The names of all tables, sorted; every one of them empty, and nobody else can write there.
std::vector<std::string> require_empty(db::Transaction& tx, const std::string& schema) {
  std::vector<std::string> tables;
  for (const db::Row row : tx.query(sql::seed_tables, {schema})) {
    tables.push_back(row["name"].as<std::string>());
  }
  require_tables(tables, schema);
  db::Query lock{"sandbox.lock"};
  tx.query(add_tables(lock.sql("LOCK TABLE "), schema, tables));
  for (const std::string& table : tables) {
    if (table != kTenants && has_rows(tx, schema, table)) refuse(schema, table);
  }
  if (!has_only_first_tenant(tx, schema)) refuse(schema, kTenants);
  return tables;
}

// Where dropping and rebuilding an index is cheaper than keeping it up: measured, a table of
// some ten thousand rows pays for it.
std::vector<std::string> tables_that_grow(std::int64_t rows_total) {
  constexpr std::int64_t kWorthIt = 200'000;
  if (rows_total < kWorthIt) return {};
  return {"api_usage_metrics", "appointment_reminders", "appointments",       "audit_logs",
          "clients",           "communications",        "invoice_line_items", "invoices",
          "lab_tests",         "medical_records",       "patient_reminders",  "patients",
          "payments",          "prescriptions"};
}

// Counts what goes through, for the progress line.
class CountingSink final : public RowSink {
 public:
  CountingSink(RowSink& next, std::int64_t total, const Progress& on_progress)
      : next_(next), total_(total), on_progress_(on_progress) {}
  void write(const SampleTable& table, std::string_view rows) override {
    next_.write(table, rows);
    done_ += std::count(rows.begin(), rows.end(), '\n');
    if (on_progress_) on_progress_({"rows", done_, total_});
  }

 private:
  RowSink& next_;
  std::int64_t done_ = 0;
  std::int64_t total_;
  const Progress& on_progress_;
};

void analyze(db::Database& database, const std::string& schema,
             const std::vector<std::string>& tables, const Progress& on_progress) {
  std::int64_t done = 0;
  for (const std::string& table : tables) {
    db::Query query{"sandbox.analyze"};
    query.sql("ANALYZE ").identifier(schema, table);
    database.query(query);
    if (on_progress) on_progress({"statistics", ++done, static_cast<std::int64_t>(tables.size())});
  }
}

// An index build writes the number of rows into pg_class in place: it stays when the transaction
// does not commit. TRUNCATE gives each table a new row there, and a new file, which both go with
// the transaction. REQUIRES: the tables are locked and empty, and no foreign key refers to them.
void use_new_files(db::Transaction& tx, const std::string& schema,
                   const std::vector<std::string>& tables) {
  if (tables.empty()) return;
  db::Query truncate{"sandbox.truncate"};
  tx.query(add_tables(truncate.sql("TRUNCATE TABLE "), schema, tables));
}

void commit(db::Transaction& tx, const SeedReport& report, const SeedOptions& options,
            const SeedJournal& journal) {
  if (!journal) return tx.commit();
  Document details = Document::object();
  details.set("rows", report.rows);
  details.set("random_seed", std::to_string(options.seed));
  tx.commit_after({journal({"sandbox.seed", kDatabaseName, std::move(details)})});
}

SeedReport report_of(const SampleRows& rows) {
  SeedReport report;
  for (const RowText& table : rows.tables()) {
    report.tables.push_back({std::string{table.table().name}, table.row_count()});
    report.rows += table.row_count();
  }
  std::stable_sort(report.tables.begin(), report.tables.end(),
                   [](const auto& left, const auto& right) { return left.rows > right.rows; });
  return report;
}

}  // namespace

std::int64_t seed_rows(std::string_view size) {
  if (size == "small") return 20'000;
  if (size == "medium") return 1'000'000;
  if (size == "large") return 10'000'000;
  std::int64_t rows = 0;
  const auto [end, failed] = std::from_chars(size.data(), size.data() + size.size(), rows);
  if (failed != std::errc{} || end != size.data() + size.size()) {
    throw Error{ErrorCode::usage, fmt::format("{} is no size of a seed", escape_controls(size)),
                "Ask for small, medium, large, or a number of rows."};
  }
  return scale_for(rows).rows_total;
}

void write_samples(const SeedOptions& options, const SealText& seal, bool has_first_tenant,
                   SampleRows& rows) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(options.now);
  const Practice practice{options.seed, now, scale_for(options.rows_total)};
  Seeding seeding{practice, rows, seal};
  write_tenants(seeding, has_first_tenant);
  write_team(seeding);
  write_medicines(seeding);
  write_stock(seeding);
  write_clients(seeding);
  write_visits(seeding);
  write_outreach(seeding);
  write_office(seeding);
  write_automation(seeding);
  write_api_keys(seeding);
  const std::int64_t left = options.rows_total - rows.row_count();
  if (left < 0) throw Error{ErrorCode::internal, "the samples have more rows than asked for"};
  write_api_usage(seeding, left);
  rows.flush();
}

SeedReport seed(db::Database& database, const SeedOptions& options, const SealText& seal,
                const Progress& on_progress, const SeedJournal& journal) {
  scale_for(options.rows_total);  // refuses before anything is locked
  const std::string schema = database.schema();
  db::Transaction tx = database.begin();
  const std::vector<std::string> tables = require_empty(tx, schema);
  const bool has_first_tenant = has_rows(tx, schema, kTenants);
  tx.query(sql::seed_settings);
  const std::vector<std::string> growing = tables_that_grow(options.rows_total);
  const DroppedDefinitions dropped{tx, schema, tables, growing};
  use_new_files(tx, schema, growing);

  CopySink copy{tx, schema};
  BackgroundSink background{copy};
  CountingSink sink{background, options.rows_total, on_progress};
  SampleRows rows{sink};
  write_samples(options, seal, has_first_tenant, rows);
  background.finish();

  dropped.restore(tx, [&](std::int64_t done, std::int64_t total) {
    if (on_progress) on_progress({"indexes", done, total});
  });
  SeedReport report = report_of(rows);
  commit(tx, report, options, journal);
  analyze(database, schema, tables, on_progress);
  return report;
}

}  // namespace pcx::sandbox
