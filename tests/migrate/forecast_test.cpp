// The forecast against what PostgreSQL does: the recorded matrix, and the server of this machine.
#include "migrate/forecast.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>

#include "core/file.h"
#include "core/text.h"
#include "db/query.h"
#include "db/script.h"
#include "migrate/tree.h"
#include "tests/support/paths.h"
#include "tests/support/postgres.h"

namespace pcx::migrate {
namespace {

using pcx::testing::Postgres;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// The tables that the matrix was measured on.
constexpr std::string_view kTables = R"(
SET search_path = public;
CREATE TYPE en AS ENUM ('a', 'b');
CREATE TABLE p (id int PRIMARY KEY, n int, v varchar(10), t text, e int NOT NULL, c numeric(7,2),
                d timestamp, j json);
CREATE INDEX p_n ON p (n);
CREATE UNIQUE INDEX p_v ON p (v);
INSERT INTO p SELECT i, i, 'v' || i, 't', i, 1, now(), '{}' FROM generate_series(1, 5000) i;
CREATE TABLE c (id int PRIMARY KEY, n int);
INSERT INTO c SELECT i, i FROM generate_series(1, 5000) i;
ALTER TABLE p ADD CONSTRAINT ck CHECK (n > -1) NOT VALID;
ALTER TABLE c ADD CONSTRAINT cfk FOREIGN KEY (n) REFERENCES p (id) NOT VALID;
CREATE TABLE ck2 (n int CONSTRAINT has CHECK (n IS NOT NULL));
INSERT INTO ck2 SELECT i FROM generate_series(1, 5000) i;
CREATE TABLE pt (a int) PARTITION BY LIST (a);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES IN (1);
CREATE TABLE pt2 (a int);
CREATE VIEW vw AS SELECT * FROM p;
CREATE MATERIALIZED VIEW mv AS SELECT id, v FROM p;
CREATE UNIQUE INDEX mvu ON mv (id);
ANALYZE p, c, ck2, mv;
RESET search_path;
)";

using Locks = std::map<std::string, LockMode>;

struct Measured {
  std::string sql;
  Locks locks;  // the strongest of each relation
  std::vector<std::string> rewritten;
  bool scans = false;
};

LockMode to_mode(const std::string& name) { return lock_mode_of(name + "Lock"); }

void note(Measured& measured, const std::string& lock) {
  const auto equals = lock.find('=');
  LockMode& mode = measured.locks[lock.substr(0, equals)];
  mode = std::max(mode, to_mode(lock.substr(equals + 1)));
}

// "SQL => locks: p=AccessExclusive p_n=Share | rewrite: p,p_n | tuples read: 5000"
void PrintTo(const Measured& measured, std::ostream* out) { *out << measured.sql; }

// "p=ACCESS EXCLUSIVE, p_n=SHARE"
std::string shown(const Locks& locks) {
  std::vector<std::string> all;
  for (const auto& [name, mode] : locks) all.push_back(name + "=" + std::string{to_string(mode)});
  return join(all, ", ");
}

std::optional<Measured> parse_line(const std::string& line) {
  const auto arrow = line.find(" => locks: ");
  if (arrow == std::string::npos) return std::nullopt;  // an error, or empty
  const auto parts = split(line.substr(arrow + 11), '|');
  Measured measured{std::string{trim(line.substr(0, arrow))}};
  for (const auto& lock : split(trim(parts.at(0)), ' ')) {
    if (lock != "-") note(measured, lock);
  }
  const std::string rewritten{trim(parts.at(1).substr(parts[1].find(':') + 1))};
  if (rewritten != "-") measured.rewritten = split(rewritten, ',');
  measured.scans = trim(parts.at(2)) != "tuples read: 0";
  return measured;
}

std::vector<Measured> matrix() {
  std::vector<Measured> all;
  const auto text =
      read_file(pcx::testing::source_folder() / "tests/data/postgres15-locks.txt", 1 << 20);
  for (const auto& line : split(text, '\n')) {
    if (auto measured = parse_line(line)) all.push_back(std::move(*measured));
  }
  return all;
}

class ForecastMatrix : public ::testing::TestWithParam<Measured> {
 protected:
  static db::Database connect() {
    static const std::string name = [] {
      std::string made = Postgres::shared().fresh_database();
      db::Database database{db::parse_target(Postgres::shared().url(made)), {}};
      db::run_script(database, kTables, "tables");
      return made;
    }();
    return db::Database{db::parse_target(Postgres::shared().url(name)), {}};
  }
};

struct Foretold {
  Locks locks;
  std::vector<std::string> rewritten;
  bool scans = false;
};

Foretold foretell(db::Database& database, const std::string& sql) {
  Catalog catalog{database, "public"};
  Forecaster forecaster{catalog};
  const auto tree = tree::parse(sql).script;
  Forecast last;  // what stands before it only makes room
  for (const auto& statement : tree::list_of(tree.value(), "stmts")) {
    last = forecaster.read(tree::child_of(statement, "stmt"));
  }
  Foretold told;
  for (const Touch& touch : last.touches) {
    const std::string& name = touch.name;
    if (touch.mode > LockMode::access_share) told.locks[name] = touch.mode;
    if (touch.rewrites && touch.kind != 'i') told.rewritten.push_back(name);
    told.scans = told.scans || (touch.scans && touch.rows > 0);
  }
  return told;
}

// Locks that this session holds, by the names that relations had before: dropped and renamed ones,
// too.
Locks held_locks(db::Transaction& tx, const std::map<std::int64_t, std::string>& names) {
  Locks locks;
  const db::Result rows = tx.query({"test.locks",
                                    "SELECT relation::bigint AS oid, mode FROM pg_locks"
                                    " WHERE locktype = 'relation' AND pid = pg_backend_pid()"});
  for (const auto& row : rows) {
    const auto name = names.find(row["oid"].as<std::int64_t>());
    const LockMode mode = lock_mode_of(row["mode"].as<std::string>());
    if (name == names.end() || mode == LockMode::access_share) continue;
    locks[name->second] = std::max(locks[name->second], mode);
  }
  return locks;
}

std::map<std::int64_t, std::string> relations(db::Database& database) {
  std::map<std::int64_t, std::string> names;
  const db::Result rows = database.query({"test.relations",
                                          "SELECT oid::bigint AS oid, relname FROM pg_class"
                                          " WHERE relnamespace = 'public'::regnamespace"});
  for (const auto& row : rows) {
    names[row["oid"].as<std::int64_t>()] = row["relname"].as<std::string>();
  }
  return names;
}

TEST_P(ForecastMatrix, AgreesWithTheRecordedMatrix) {
  db::Database database = connect();
  Foretold told = foretell(database, GetParam().sql);
  const auto names = relations(database);
  const auto is_here = [&](const std::string& name) {
    return std::any_of(names.begin(), names.end(),
                       [&](const auto& one) { return one.second == name; });
  };
  auto recorded = GetParam().locks;
  std::erase_if(recorded, [&](const auto& lock) { return !is_here(lock.first); });  // made by it
  const std::string& sql = GetParam().sql;
  const bool drops_or_renames = sql.starts_with("DROP TABLE") || sql.starts_with("DROP INDEX") ||
                                sql.find("RENAME TO") != sql.npos ||
                                sql.find("USING INDEX") != sql.npos;
  // The recording asked by name afterwards: it does not show what the statement drops or renames.
  std::erase_if(told.locks, [&](const auto& lock) {
    return !recorded.contains(lock.first) && drops_or_renames;
  });
  EXPECT_EQ(shown(told.locks), shown(recorded)) << GetParam().sql;
  auto rewritten = GetParam().rewritten;  // of indexes it depends on whether they are made anew
  std::erase_if(rewritten,
                [](const auto& name) { return name.find('_') != name.npos || name == "mvu"; });
  EXPECT_THAT(told.rewritten, ::testing::UnorderedElementsAreArray(rewritten));
  EXPECT_EQ(told.scans, GetParam().scans);
}

TEST_P(ForecastMatrix, AgreesWithTheServerOfThisMachine) {
  db::Database database = connect();
  const auto told = foretell(database, GetParam().sql).locks;
  const auto names = relations(database);
  db::Transaction tx = database.begin_for_script("public");
  Locks before;
  const auto last = GetParam().sql.rfind("; ");
  if (last != std::string::npos) {
    db::run_script(tx, GetParam().sql.substr(0, last), "before");
    before = held_locks(tx, names);
  }
  db::run_script(tx, GetParam().sql.substr(last == std::string::npos ? 0 : last + 2), "statement");
  auto held = held_locks(tx, names);
  for (const auto& [name, mode] : before) {
    if (held[name] == mode && !told.contains(name)) held.erase(name);
  }
  if (GetParam().sql.ends_with("CASCADE")) held.erase("vw");  // "what else CASCADE drops"
  EXPECT_EQ(shown(told), shown(held)) << GetParam().sql;
}

INSTANTIATE_TEST_SUITE_P(Statements, ForecastMatrix, ::testing::ValuesIn(matrix()),
                         [](const auto& one) { return "Line" + std::to_string(one.index); });

TEST(ForecastMatrixFile, HasEveryValidStatement) { EXPECT_EQ(matrix().size(), 64u); }

}  // namespace
}  // namespace pcx::migrate
