#include "audit/coverage.h"

#include <algorithm>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/model_table.h"
#include "core/json.h"
#include "tests/audit/trail_fixture.h"
#include "tests/support/data.h"
#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kWindow = 5 * kSecond;
constexpr std::int64_t kBegin = 800'000'000 * kSecond;

// --- Which fits which

CoverageLog update_log(const std::string& changes) {
  return {.at = 2,
          .id = "a",
          .action = "Patient.update",
          .resource = "Patient",
          .resource_id = "p",
          .user = "u",
          .changes = changes};
}
CoverageChange update(const std::string& after) {
  return {.at = 1, .table = "patients", .row_key = "p", .after = after};
}

TEST(CoverageFit, OperationsHaveToBeTheSame) {
  CoverageLog log = update_log("{}");
  log.action = "Patient.create";
  CoverageChange change = update("{}");
  EXPECT_FALSE(coverage_fit(log, change));
  change.op = 'I';
  EXPECT_TRUE(coverage_fit(log, change));
  log.action = "Patient.delete";
  EXPECT_FALSE(coverage_fit(log, change));
  change.op = 'D';
  EXPECT_TRUE(coverage_fit(log, change));
}

TEST(CoverageFit, WhatWasSentIsWhatChanged) {
  const auto log = update_log(
      R"({"name": "Rex", "weight": 2.50, "born": "2020-01-15T00:00:00.000Z", "updatedBy": "u",
          "version": {"increment": 1}})");
  const auto whole = coverage_fit(
      log, update(R"({"name": "Rex", "weight": 2.5, "born": "2020-01-15T00:00:00", "version": 2,
                      "updatedAt": "x"})"));
  const auto part = coverage_fit(log, update(R"({"name": "Rex", "version": 2})"));
  const auto with_more =
      coverage_fit(log, update(R"({"name": "Rex", "notes": "x", "version": 2})"));
  ASSERT_TRUE(whole && part && with_more);
  EXPECT_GT(*whole, *part);
  EXPECT_GT(*part, *with_more);
  EXPECT_FALSE(coverage_fit(log, update(R"({"notes": "by hand"})")));
  EXPECT_FALSE(coverage_fit(log, update(R"({"name": "another"})")));
  EXPECT_TRUE(coverage_fit(log, update(R"({"name": "hmac:v2:00ff"})"))) << "the value is not known";
  EXPECT_TRUE(coverage_fit(log, update(R"({"version": 3, "updatedAt": "x"})")))
      << "nothing was new";
}

// --- Models

TEST(ModelTable, HasTheTablesThatAreDeletedSoftly) {
  std::set<std::string> watched;
  const Document schema = pcx::testing::data_json("purple-cross-schema.json");
  for (const Document& table : schema.find("tables")->items()) {
    const std::string name = *table.find("table")->text();
    const auto& columns = table.find("columns")->items();
    const bool is_soft = std::ranges::any_of(columns, [](const Document& column) {
      return *column.items().front().text() == "deletedAt";
    });
    EXPECT_EQ(!model_of_table(name).empty(), is_soft) << name;
    if (!is_soft) continue;
    watched.insert(name);
    EXPECT_EQ(table_of_model(model_of_table(name)), name);
  }
  EXPECT_EQ(watched.size(), 54U);
  EXPECT_EQ(table_of_model("InventoryItem"), "inventory_items");
  EXPECT_EQ(table_of_model("Nobody"), "");
}

// --- A day of the application, with what it does not log: as issue 7 wants it counted.

class Day {
 public:
  explicit Day(unsigned seed) : engine_(seed) {}

  // Each change, and its row where there is one. Every tenth of the entities is written often.
  void logged_change() {
    clock_ += 20'000 + below(2 * kSecond);
    const std::string id = fmt::format("p{}", below(3000));
    add_update(id, clock_, true);
  }
  // One of five kinds; `beside` a logged change of the same entity, before or after it.
  void unlogged_change(Uncovered kind, bool beside) {
    clock_ += 20'000 + below(2 * kSecond);
    const std::string id = fmt::format("p{}", below(3000));
    const std::int64_t at = clock_;
    if (beside)
      add_update(id, at - 1 + (below(2) == 0 ? -below(3 * kSecond) : below(3 * kSecond)), true);
    CoverageChange change = update_of(id, at);
    switch (kind) {
      case Uncovered::other_client:
        change.application = "psql";
        change.after = fmt::format(R"({{"notes": "by hand {}"}})", below(1'000'000));
        break;
      case Uncovered::soft_delete: change.after = R"({"deletedAt": "2026-01-01T00:00:00"})"; break;
      case Uncovered::bulk: {
        change.after = R"({"status": "archived"})";
        CoverageChange second = update_of(fmt::format("q{}", below(1'000'000)), at + 1);
        second.xid = change.xid;
        second.after = change.after;
        expect(second);
        break;
      }
      case Uncovered::nested: {
        change.after = fmt::format(R"({{"ownerId": "c{}"}})", below(1'000'000));
        CoverageChange parent = update_of(fmt::format("c{}", below(100'000'000)), at - 1);
        parent.table = "clients";
        parent.xid = change.xid;
        add_log(parent, "Client", at + 3000);
        changes_.push_back(std::move(parent));
        break;
      }
      default: break;  // writing the row failed: the change looks like any other
    }
    expect(std::move(change));
  }

  CoverageTotals judge(std::set<std::int64_t>& found) {
    const auto by_time = [](const auto& left, const auto& right) { return left.at < right.at; };
    std::ranges::stable_sort(changes_, by_time);
    std::ranges::stable_sort(logs_, by_time);
    CoverageSweep sweep{{.since = 0, .until = clock_ + kSecond * 3600, .window = kWindow},
                        [&](const CoverageFinding& finding) {
                          if (finding.change) found.insert(finding.change->seq);
                        }};
    auto log = logs_.begin();
    for (const CoverageChange& change : changes_) {
      for (; log != logs_.end() && log->at < change.at; ++log) sweep.add(*log);
      sweep.add(change);
    }
    for (; log != logs_.end(); ++log) sweep.add(*log);
    sweep.finish();
    return sweep.totals();
  }

  const std::set<std::int64_t>& expected() const { return expected_; }
  std::size_t changes() const { return changes_.size(); }

 private:
  std::int64_t below(std::int64_t end) {
    return std::uniform_int_distribution<std::int64_t>{0, end - 1}(engine_);
  }
  CoverageChange update_of(const std::string& id, std::int64_t at) {
    const std::int64_t value = below(50);  // the same value comes again, also of one entity
    return {.at = at,
            .xid = static_cast<std::uint64_t>(++last_),
            .seq = last_,
            .segment = 3,
            .table = "patients",
            .op = 'U',
            .row_key = id,
            .actor = "u",
            .db_user = "app",
            .application = "api",
            .before = {},
            .after =
                fmt::format(R"({{"name": "n{}", "version": {}, "updatedAt": "x"}})", value, last_)};
  }
  void add_log(const CoverageChange& change, const std::string& model, std::int64_t at) {
    const Document after = parse_json(change.after, "after");
    const Document* name = after.find("name");
    const std::string sent = name == nullptr ? "{}"
                                             : fmt::format(R"({{"name": "{}", "updatedBy": "u", )"
                                                           R"("version": {{"increment": 1}}}})",
                                                           *name->text());
    logs_.push_back({.at = at,
                     .id = fmt::format("a{}", change.seq),
                     .action = model + ".update",
                     .resource = model,
                     .resource_id = change.row_key,
                     .user = "u",
                     .changes = sent});
  }
  void add_update(const std::string& id, std::int64_t at, bool is_logged) {
    CoverageChange change = update_of(id, at);
    if (is_logged) add_log(change, "Patient", at + 2000 + below(60'000));
    changes_.push_back(std::move(change));
  }
  void expect(CoverageChange change) {
    expected_.insert(change.seq);
    changes_.push_back(std::move(change));
  }

  std::mt19937 engine_;
  std::int64_t clock_ = kBegin;
  std::int64_t last_ = 0;
  std::vector<CoverageChange> changes_;
  std::vector<CoverageLog> logs_;
  std::set<std::int64_t> expected_;
};

TEST(Coverage, FindsTheUnloggedAmongTwentyThousand) {
  constexpr std::array kKinds{Uncovered::other_client, Uncovered::soft_delete, Uncovered::bulk,
                              Uncovered::nested, Uncovered::not_logged};
  for (const unsigned seed : {1U, 2U}) {
    Day day{seed};
    std::map<Uncovered, std::int64_t> kinds;
    for (int i = 0; i < 20'000; ++i) {
      day.logged_change();
      if (i % 40 != 0) continue;
      const Uncovered kind = kKinds[static_cast<std::size_t>(i / 40) % kKinds.size()];
      day.unlogged_change(kind, i / 200 % 2 == 0);
    }
    std::set<std::int64_t> found;
    const CoverageTotals totals = day.judge(found);
    std::vector<std::int64_t> right;
    std::ranges::set_intersection(found, day.expected(), std::back_inserter(right));
    const auto share = [&](std::size_t of) {
      return static_cast<double>(right.size()) / static_cast<double>(of);
    };
    EXPECT_GE(day.expected().size(), 500U);
    EXPECT_EQ(share(day.expected().size()), 1.0) << "recall, seed " << seed;
    EXPECT_GE(share(found.size()), 0.99) << "precision, seed " << seed;
    EXPECT_EQ(totals.logs_without_change, 0);
    for (const Uncovered kind : kKinds) {
      EXPECT_GE(totals.uncovered.at(kind), 90) << to_string(kind);
    }
    RecordProperty(fmt::format("recall_{}", seed), fmt::format("{}", share(day.expected().size())));
    RecordProperty(fmt::format("precision_{}", seed), fmt::format("{}", share(found.size())));
  }
}

TEST(Coverage, ABusyRowDoesNotFillTheMemory) {
  std::int64_t told = 0;
  CoverageSweep sweep{{.since = 0, .until = kBegin * 2, .window = kWindow},
                      [&](const CoverageFinding&) { ++told; }};
  for (std::int64_t i = 0; i < 5'000; ++i) {
    const std::int64_t at = kBegin + i * kSecond;
    CoverageChange change = update(fmt::format(R"({{"name": "{}"}})", i));
    change.at = at;
    change.xid = static_cast<std::uint64_t>(i);
    sweep.add(change);
    CoverageLog log = update_log(fmt::format(R"({{"name": "{}"}})", i));
    log.at = at + 1000;
    if (i % 100 != 7) sweep.add(log);
  }
  sweep.finish();
  EXPECT_EQ(told, 50);
  EXPECT_EQ(sweep.totals().covered, 4'950);
}

// --- In a database

class CoverageOfTrail : public TrailFixture {};

TEST_F(CoverageOfTrail, ReadsChangesAndRows) {
  script(R"(SELECT pcx.audit_note('install', '{"relation": "public.patients"}'))");
  script(R"(
    INSERT INTO public.patients (id, name) VALUES ('p1', 'Rex'), ('p2', 'Tom');
    INSERT INTO public.audit_logs
    VALUES ('a1', 'u', 'Patient.create', 'Patient', 'p1', '{"name": "Rex"}');
    UPDATE public.patients SET "deletedAt" = now() WHERE id = 'p1';
    INSERT INTO public.audit_logs
    VALUES ('a2', 'u', 'Patient.update', 'Patient', 'gone', '{"name": "x"}'),
           ('a3', 'u', 'LOGIN', 'User', 'u', NULL);
    SELECT pg_sleep(0.2);)");
  db::Database other = open();
  std::vector<CoverageFinding> found;
  const CoverageTotals totals =
      read_coverage(database(), other, {.window = 100'000}, interrupt_,
                    [&](const CoverageFinding& finding) { found.push_back(finding); });
  EXPECT_EQ(totals.changes, 3);
  EXPECT_EQ(totals.covered, 1);
  EXPECT_EQ(totals.logs, 2);
  EXPECT_EQ(totals.logs_without_change, 1);
  EXPECT_EQ(totals.all_uncovered(), 2);
  EXPECT_EQ(found.size(), 3U);
  EXPECT_EQ(pcx::testing::error_of([&] {
              read_coverage(database(), other, {.tables = {"users"}}, interrupt_,
                            [](const auto&) {});
            }).reason(),
            "table");
}

TEST_F(CoverageOfTrail, JudgesNoRowsFromBeforeTheTrail) {
  script(R"(SELECT pcx.audit_note('install', '{"relation": "public.patients"}'))");
  script(R"(
    INSERT INTO public.audit_logs
    VALUES ('other', 'u', 'Client.update', 'Client', 'c1', '{}'),
           ('judged', 'u', 'Patient.update', 'Patient', 'p1', '{"name": "x"}');
    INSERT INTO public.audit_logs (id, "userId", action, resource, "resourceId", "timestamp")
    VALUES ('before', 'u', 'Patient.update', 'Patient', 'p1', '2020-01-01');)");
  script(R"(
    BEGIN;
    INSERT INTO public.audit_logs
    VALUES ('adopted', 'u', 'Patient.delete', 'Patient', 'p2', '{}');
    SELECT pcx.audit_note('adopt', '{"relation": "public.audit_logs", "done": true}');
    COMMIT;
    SELECT pg_sleep(0.2);)");
  db::Database other = open();
  std::vector<std::string> found;
  const CoverageTotals totals = read_coverage(
      database(), other, {.window = 100'000}, interrupt_,
      [&](const CoverageFinding& finding) { found.push_back(finding.log.value().id); });
  EXPECT_EQ(totals.logs, 1);
  EXPECT_THAT(found, ::testing::ElementsAre("judged"));
}

}  // namespace
}  // namespace pcx::audit
