// `pcx alert check` is struck between its messages to the server, once as problems begin and once
// as they end: when all is over the receiver knows of each problem one trigger and one end, in that
// order (each perhaps more than once: an attempt whose run was killed is made again), nothing
// waits, and files and PostgreSQL have the same.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/session.h"
#include "alert/store.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "db/address.h"
#include "tests/support/fake_clock.h"
#include "tests/support/strike.h"
#include "tests/support/temporary_folder.h"

namespace pcx::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A number of each problem; rules look at it.
constexpr const char* kDefinitions = R"(sources:
  probe_now:
    help: Numbers of the test.
    rows: state
    tables: [probe]
    sql: SELECT NULL::text AS tenant, p.name, p.value FROM probe p
kpis:
  probe:
    title: Probe
    kind: count
    unit: thing
    better: fewer
    from: probe_now
    by: name
    value: coalesce(sum(value), 0)
    help: A number of the test.
)";
constexpr const char* kRules = R"(groups:
- name: probe
  rules:
  - alert: Probe
    expr: pcx_kpi_probe_by_name > 10
    labels: {severity: warning}
  - alert: Probe
    expr: pcx_kpi_probe_by_name > 20
    labels: {severity: critical}
)";
// Appends what it is told: a line each.
constexpr const char* kReceiver = "#!/bin/sh\nexec cat >> \"$1\"\n";
constexpr std::size_t kProblems = 2;
constexpr int kReadingFactor = 20;  // how much less often a run is struck that only reads
constexpr std::size_t kLogBytesMax = 1 << 20;

// One machine: its configuration, its state, and what its receiver was told.
class Machine {
 public:
  Machine() {
    folder_.write("kpi.d/probe.yaml", kDefinitions);
    folder_.write("rules.yaml", kRules);
    folder_.write("receiver", kReceiver, 0755);
    folder_.write("told.jsonl", "");
    folder_.write("pcx.yaml",
                  fmt::format("default_time_zone: UTC\nkpi: {{definitions: '{0}/kpi.d'}}\n"
                              "alert:\n  rules: '{0}/rules.yaml'\n  receivers:\n    all:\n"
                              "      kind: exec\n      command: ['{0}/receiver', "
                              "'{0}/told.jsonl']\n      default: true\n",
                              folder_.path().native()));
  }

  std::vector<std::string> check() const {
    return {"alert", "check", "--config", path("pcx.yaml"), "--state-dir", path("state")};
  }
  std::filesystem::path state() const { return folder_.path() / "state"; }

  // Of each problem, in order: "trigger ID", "resolve ID", without repetitions in a row.
  std::map<std::string, std::vector<std::string>> told() const {
    std::map<std::string, std::vector<std::string>> told;
    for (const std::string& line : split(read_file(path("told.jsonl"), kLogBytesMax), '\n')) {
      if (line.empty()) continue;
      const Document body = parse_json(line, "told.jsonl");
      const auto text = [&body](const char* name) { return *body.find(name)->text(); };
      const std::string what = text("action") + " " + text("id");
      auto& all = told[text("dedup_key")];
      if (all.empty() || all.back() != what) all.push_back(what);
    }
    return told;
  }

 private:
  std::string path(const char* name) const { return (folder_.path() / name).native(); }

  TemporaryFolder folder_;
};

// What is compared of a memory.
std::string content(alert::Memory memory) {
  memory.new_events.clear();
  std::ranges::sort(memory.alerts, {}, &alert::Alert::id);
  std::ranges::sort(memory.incidents, {}, &alert::Incident::dedup_key);
  std::ranges::sort(memory.outbox, {}, &alert::OutboxLine::sequence);
  return to_json(alert::to_document(memory), 1);
}

class AlertStruck : public ::testing::TestWithParam<Blow> {
 protected:
  void SetUp() override {
    original_ = arena_.make_database();
    say(original_, "CREATE TABLE public.probe (name text, value integer)");
    say(original_, "INSERT INTO public.probe VALUES ('a', 0), ('b', 0)");
    const Machine machine;  // which makes schema pcx
    EXPECT_EQ(arena_.run(machine.check(), original_).exit, 0) << arena_.said();
  }

  // The whole story of two problems, with blows after that message; whether any fell.
  bool strike(Blow blow, int message) {
    SCOPED_TRACE(fmt::format("{} after message {}", to_string(blow), message));
    const std::string database = arena_.make_database(original_);
    const Machine machine;
    const Point point{blow, message, {}};
    set(database, "'a'", 15);
    set(database, "'b'", 25);
    const bool is_struck = run_struck(machine, database, point);
    run_to_the_end(machine, database, 2);
    set(database, "'a', 'b'", 0);
    const bool is_struck_again = run_struck(machine, database, point);
    run_to_the_end(machine, database, 0);
    judge(machine, database);
    arena_.drop_database(database);
    return is_struck || is_struck_again;
  }

  // Between its writes a run is struck at every `stride`-th message; before, where it only reads,
  // less often.
  void strike_all(Blow blow, int stride) {
    const int first_write = message_of_first_write();
    const int reading_stride = stride * kReadingFactor;
    int blows = 0;
    for (int message = 1; strike(blow, message); ++blows) {
      const int next = message + (message < first_write ? reading_stride : stride);
      const bool is_at_write = message < first_write && next >= first_write;
      // Not at the same messages as the other blows.
      message = is_at_write ? first_write + static_cast<int>(blow) * stride / 3 : next;
    }
    std::cout << fmt::format("{} at {} points, writes begin with message {}\n", to_string(blow),
                             blows, first_write);
    EXPECT_GT(blows, 3);
  }

 private:
  int message_of_first_write() {
    const std::string database = arena_.make_database(original_);
    set(database, "'a'", 15);
    const Machine machine;
    const auto messages = arena_.run(machine.check(), database).messages;
    const auto found = std::ranges::find_if(messages, [](const SentMessage& message) {
      return message.from_client && message.body.find("READ WRITE") != std::string::npos;
    });
    arena_.drop_database(database);
    return static_cast<int>(found - messages.begin()) + 1;
  }

  void say(const std::string& database, const std::string& sql) {
    db::Database session{db::parse_target(arena_.url(database)), {}};
    session.query(db::Statement{"test", sql});
  }
  void set(const std::string& database, const char* names, int value) {
    say(database,
        fmt::format("UPDATE public.probe SET value = {} WHERE name IN ({})", value, names));
  }

  bool run_struck(const Machine& machine, const std::string& database, const Point& point) {
    const auto run = arena_.run(machine.check(), database, point);
    // It answers as a plugin does, whatever happens to the server.
    if (point.blow != Blow::kill_client) {
      EXPECT_LE(run.exit, 3) << run.said;
    }
    return run.was_struck;
  }

  void run_to_the_end(const Machine& machine, const std::string& database, int exit) {
    const auto run = arena_.run(machine.check(), database);
    EXPECT_EQ(run.exit, exit) << run.said;
  }

  void judge(const Machine& machine, const std::string& database) {
    const auto told = machine.told();
    EXPECT_EQ(told.size(), kProblems);
    for (const auto& [key, all] : told) {
      EXPECT_EQ(all.size(), 2U) << join(all, ", ");
      EXPECT_TRUE(all.front().starts_with("trigger ")) << join(all, ", ");
      EXPECT_TRUE(all.back().starts_with("resolve ")) << join(all, ", ");
    }
    EXPECT_THAT(arena_.ask(database, "SELECT id FROM pcx.alert_outbox WHERE delivery = 'queued'"),
                IsEmpty());
    EXPECT_THAT(arena_.ask(database,
                           "SELECT alert_id FROM pcx.alert_state "
                           "WHERE body->>'phase' <> 'resolved'"),
                IsEmpty());
    EXPECT_THAT(arena_.ask(database, R"(SELECT kind || ' ' || count(*) FROM pcx.alert_event
                  WHERE kind IN ('fired', 'resolved') GROUP BY kind ORDER BY kind)"),
                ElementsAre("fired 3", "resolved 3"));
    const SystemClock clock;
    db::Database session{db::parse_target(arena_.url(database)), {}};
    const alert::MemoryOwner owner{"production",
                                   db::address_of(db::parse_target(arena_.proxy_url(database)))};
    alert::FileStore files{machine.state(), clock, owner.of_files()};
    EXPECT_EQ(content(files.load()),
              content(alert::DatabaseStore{session, "production", clock}.load()));
    EXPECT_FALSE(files.base());
  }

  Arena arena_;
  std::string original_;
};

// PCX_ALERT_STRIDE=1 is every message.
int stride() {
  const char* const wanted = std::getenv("PCX_ALERT_STRIDE");
  return wanted != nullptr ? std::atoi(wanted) : 15;
}

TEST_P(AlertStruck, EndsWellWhereverItIsStruck) { strike_all(GetParam(), stride()); }

INSTANTIATE_TEST_SUITE_P(Every, AlertStruck,
                         ::testing::Values(Blow::kill_client, Blow::end_backend,
                                           Blow::cut_connection),
                         [](const auto& tested) { return to_string(tested.param); });

class AlertStruckSometimes : public AlertStruck {};

TEST_P(AlertStruckSometimes, EndsWell) { strike_all(GetParam(), 40); }

INSTANTIATE_TEST_SUITE_P(Sample, AlertStruckSometimes,
                         ::testing::Values(Blow::kill_client, Blow::end_backend,
                                           Blow::cut_connection),
                         [](const auto& tested) { return to_string(tested.param); });

}  // namespace
}  // namespace pcx::testing
