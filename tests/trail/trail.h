// A sealed trail on a private server, made by the real binary, and what verifying it says.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/json.h"
#include "core/random.h"
#include "db/script.h"
#include "tests/audit/application_table.h"
#include "tests/support/pcx_process.h"
#include "tests/support/postgres.h"
#include "tests/support/process.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace pcx::audit {

struct Said {
  std::string severity;
  std::string attack;
  std::int64_t epoch = 0;
  std::optional<std::int64_t> index;
  bool is_exact = true;
  std::string what;
};

struct Verdict {
  int exit = 0;
  std::string text;
  std::vector<Said> said;  // findings
  std::map<std::string, std::int64_t> counts;
};

inline std::string text_of(const Document& row, const char* key) {
  const Document* const member = row.find(key);
  const std::string* const text = member == nullptr ? nullptr : member->text();
  return text == nullptr ? "" : *text;
}

inline std::optional<std::int64_t> number_of(const Document& row, const char* key) {
  const Document* const member = row.find(key);
  if (member == nullptr || !member->is_scalar()) return std::nullopt;
  const auto* const number = std::get_if<std::int64_t>(&member->scalar());
  return number == nullptr ? std::nullopt : std::optional{*number};
}

class Trail {
 public:
  explicit Trail(testing::Postgres& server = testing::Postgres::shared())
      : server_(server), name_(server.fresh_database()), database_(connect()) {
    verifier_ = pcx({"audit", "keygen", "--out", key_file().native()});
    verifier_.pop_back();
    sql(kApplicationTable);
    sql("CREATE TABLE public.patients (id bigint PRIMARY KEY, name text, \"tenantId\" text,"
        " \"updatedBy\" text)");
    pcx({"audit", "install", "--tables", "patients"});
  }

  Trail(const Trail&) = delete;
  Trail& operator=(const Trail&) = delete;
  // A thousand databases would fill the memory that they lie in.
  ~Trail() {
    try {
      db::Database other{db::parse_target(server_.url("postgres")), {}};
      db::run_script(other, "DROP DATABASE " + name_ + " WITH (FORCE)", "test");
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
  }

  // Some hundred rows of all kinds.
  void work(Random& random) {
    const auto first = static_cast<std::int64_t>(++rounds_) * 1000;
    const auto rows = static_cast<std::int64_t>(40 + random.below(60));
    sql(
        fmt::format("INSERT INTO public.patients SELECT {0} + n, 'patient ' || n, 't' || n % 3, 'u'"
                    " FROM generate_series(1, {1}) AS n",
                    first, rows));
    sql(fmt::format(
        "UPDATE public.patients SET name = name || ' again' WHERE id > {} AND id % 3 = 0", first));
    sql(fmt::format("DELETE FROM public.patients WHERE id > {} AND id % 11 = 0", first));
    sql(
        fmt::format("INSERT INTO public.audit_logs (id, \"userId\", action, resource, changes)"
                    " SELECT '{0}-' || n, 'u' || n, 'UPDATE', 'Patient',"
                    " jsonb_build_object('n', n) FROM generate_series(1, {1}) AS n",
                    first, rows / 2));
  }

  void seal() { pcx({"audit", "seal"}); }
  void anchor() { pcx({"audit", "anchor", "--append", anchor_file().native()}); }

  void sql(const std::string& script) { db::run_script(database_, script, "test"); }
  std::string value(const std::string& query) {
    const db::Result rows = database_.query(db::Statement{"test", query});
    return db::nullable<std::string>(rows.one()[0]).value_or("");
  }
  std::int64_t number(const std::string& query) { return std::stoll(value(query)); }
  // In UTC, as the command line takes it.
  std::string now() {
    return value(
        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC',"
        " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
  }
  db::Database& database() { return database_; }

  // As somebody who has nothing but the public key and one checkpoint.
  // A new database with a dump of this one: its URL.
  std::string restored_dump() const {
    const auto& server = testing::Postgres::shared();
    const std::string copy = server.url(testing::Postgres::shared().fresh_database());
    const testing::TemporaryFolder folder;
    const auto dump = folder.path() / "dump";
    testing::run_program({testing::postgres_programs() / "pg_dump", "--format=custom",
                          "--file=" + dump.native(), url()});
    testing::run_program({testing::postgres_programs() / "pg_restore", "--exit-on-error",
                          "--dbname=" + copy, dump.native()});
    return copy;
  }

  Verdict verify(const std::vector<std::string>& words = {}) { return verify_at(url(), words); }
  // The same of a copy of the database somewhere else.
  Verdict verify_at(const std::string& url, std::vector<std::string> words = {}) {
    words.insert(words.begin(),
                 {"audit", "verify", "--verifier-key", verifier_, "--format", "json"});
    if (std::filesystem::exists(anchor_file())) {
      words.insert(words.end(), {"--against", anchor_file().native()});
    }
    testing::PcxProcess process{words, url};
    Verdict verdict{.exit = process.wait(), .text = process.said(), .said = {}, .counts = {}};
    if (!verdict.text.starts_with("{")) return verdict;
    const Document document = parse_json(verdict.text, "pcx audit verify");
    const Document* const rows = document.find("data");
    if (rows == nullptr || !rows->is_array()) return verdict;
    for (const Document& row : rows->items()) {
      if (text_of(row, "what") == "checked") {
        verdict.counts[text_of(row, "class")] = number_of(row, "count").value_or(0);
        continue;
      }
      verdict.said.push_back({text_of(row, "what"), text_of(row, "class"),
                              number_of(row, "tree").value_or(0), number_of(row, "index"),
                              text_of(row, "precision") != "not before", text_of(row, "note")});
    }
    return verdict;
  }

  std::string pcx(const std::vector<std::string>& words) { return pcx_at(url(), words); }
  std::string pcx_at(const std::string& url, const std::vector<std::string>& words) {
    testing::PcxProcess process{words, url, options()};
    process.expect_success();
    return process.said();
  }

  testing::PcxProcess::Options options() const {
    return {.variables = {{"PCX_AUDIT_SIGNING_KEY", key_file().native()}}};
  }

  std::string url() const { return server_.url(name_); }
  const std::string& name() const { return name_; }
  std::filesystem::path key_file() const { return folder_.path() / "key"; }
  std::filesystem::path anchor_file() const { return folder_.path() / "anchor"; }
  const std::string& verifier() const { return verifier_; }
  db::Database connect() const { return {db::parse_target(url()), {}}; }

 private:
  testing::Postgres& server_;
  testing::TemporaryFolder folder_;
  std::string name_;
  db::Database database_;
  std::string verifier_;
  int rounds_ = 0;
};

}  // namespace pcx::audit
