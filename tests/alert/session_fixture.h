// A server that is stopped and started, and sessions of machines on it.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "alert/session.h"
#include "core/interrupt.h"
#include "db/schema.h"
#include "tests/alert/memory_sample.h"
#include "tests/support/fake_clock.h"
#include "tests/support/postgres.h"
#include "tests/support/temporary_folder.h"

namespace pcx::alert {

// A connection and a session on it, of one machine.
struct OneRun {
  std::optional<db::Database> database;
  std::optional<Session> session;
  Memory memory;
};

// A server that is stopped and started, and the folders of machines.
class AlertSession : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<testing::Postgres>(); }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    start_server();
    make_database();
  }
  void TearDown() override { start_server(); }

  static void stop_server() {
    server_->stop();
    is_up_ = false;
  }
  static void start_server() {
    if (!is_up_) server_->start();
    is_up_ = true;
  }
  // As from a backup: nothing that happened is there.
  void make_database() {
    name_ = server_->fresh_database();
    db::Database database = open();
    db::upgrade_schema(database);
  }

  // As when the disk of the server is full.
  void refuse_writes() {
    column(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE 'no space left' USING ERRCODE = '53100'; END$$");
    column(
        "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON pcx.alert_run "
        "FOR EACH ROW EXECUTE FUNCTION refuse()");
  }

  const std::string& name() const { return name_; }
  void use_database(const std::string& name) { name_ = name; }

  db::Database open() const {
    return {db::parse_target(server_->url(name_)), {.application_name = "alert_tests"}};
  }
  std::filesystem::path folder(const std::string& machine) const {
    return folder_.path() / machine;
  }

  // The beginning of a run, with the database where the server is up.
  std::unique_ptr<OneRun> begin(const std::string& machine = "one") {
    auto run = std::make_unique<OneRun>();
    if (is_up_) run->database.emplace(open());
    run->session.emplace(folder(machine), run->database ? &*run->database : nullptr, owner, clock,
                         random_, interrupt_);
    run->memory = run->session->load();
    return run;
  }
  // Alerts begin and end, and attempts are made.
  void live(Memory& memory) {
    clock.advance(std::chrono::minutes{1});
    memory = evolved(std::move(memory), random_, fmt::format("run-{}", ++runs_), clock.wall_now());
    for (const Event& event : memory.new_events) events_.insert(event.id);
  }
  // A whole run; what it knew at its end.
  Memory run(const std::string& machine = "one") {
    const auto whole = begin(machine);
    live(whole->memory);
    whole->session->save(whole->memory);
    return whole->memory;
  }

  Memory in_database() {
    db::Database database = open();
    return DatabaseStore{database, "production", clock}.load();
  }
  Memory in_files(const std::string& machine = "one") {
    return FileStore{folder(machine), clock, owner.of_files()}.load();
  }
  std::optional<std::int64_t> base(const std::string& machine = "one") {
    return FileStore{folder(machine), clock, owner.of_files()}.base();
  }
  std::vector<std::string> column(std::string_view sql) {
    db::Database database = open();
    std::vector<std::string> values;
    for (const db::Row row : database.query(db::Statement{"test", sql})) {
      values.push_back(db::nullable<std::string>(row[0]).value_or(""));
    }
    return values;
  }
  // How often two memories were merged.
  std::size_t merges() {
    return column("SELECT id::text FROM pcx.alert_event WHERE kind = 'merged'").size();
  }

  // What is compared: neither events nor generations, and lists in one order.
  static std::string content(Memory memory) {
    memory.new_events.clear();
    if (memory.generation == 0) memory.origin.clear();  // made anew until it was saved once
    memory.generation = 0;
    std::ranges::sort(memory.alerts, {}, &Alert::id);
    std::ranges::sort(memory.incidents, {}, &Incident::dedup_key);
    std::ranges::sort(memory.silences, {}, &Silence::id);
    std::ranges::sort(memory.outbox, {}, &OutboxLine::sequence);
    return shown(memory);
  }
  // Every event that a run knew, once.
  void expect_all_events() {
    const auto stored = column("SELECT id::text FROM pcx.alert_event WHERE kind <> 'merged'");
    EXPECT_EQ(stored.size(), events_.size());
    EXPECT_EQ(std::set<std::string>(stored.begin(), stored.end()), events_);
  }
  // PostgreSQL and the files have the same, and nothing waits to be merged.
  void expect_together(const std::string& machine = "one") {
    EXPECT_EQ(content(in_files(machine)), content(in_database()));
    EXPECT_EQ(in_files(machine).generation, in_database().generation);
    EXPECT_FALSE(base(machine));
  }

  testing::FakeClock clock;
  MemoryOwner owner{.environment = "production", .database = "host=one dbname=practice"};

 private:
  inline static std::unique_ptr<testing::Postgres> server_;
  inline static bool is_up_ = true;
  std::string name_;
  testing::TemporaryFolder folder_;
  SeededRandom random_{5};
  Interrupt interrupt_;
  int runs_ = 0;
  std::set<std::string> events_;
};

}  // namespace pcx::alert
