// Rows of the trail followed and exported beside writers that hold their transactions, both killed
// in the middle again and again: nothing is lost, and nothing comes twice but the last batch.
//
// PCX_STREAM_RACE_KILLS says how often (50 in the long run), PCX_STREAM_RACE_HOLD_MS how long a
// transaction is held at most.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "audit/export_file.h"
#include "audit/follow.h"
#include "core/file.h"
#include "core/json.h"
#include "tests/audit/trail_fixture.h"
#include "tests/support/pcx_process.h"

namespace pcx::audit {
namespace {

using std::chrono::milliseconds;
using testing::PcxProcess;

constexpr int kWriters = 8;

int number_from(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

class StreamRace : public TrailFixture {
 protected:
  void write(int number) {
    std::mt19937 engine{static_cast<unsigned>(number)};
    const auto below = [&](int end) {
      return std::uniform_int_distribution<int>{0, end - 1}(engine);
    };
    db::Database session = open();
    for (int turn = 0; !is_over_; ++turn) {
      db::Transaction tx = session.begin();
      std::set<std::string> ids;
      for (int row = below(20); row >= 0; --row) {
        const std::string id =
            std::to_string(number) + "." + std::to_string(turn) + "." + std::to_string(row);
        tx.query(db::Query{"insert"}
                     .sql("INSERT INTO public.patients (id, notes) VALUES (")
                     .param(id)
                     .sql(", repeat('x', 300))"));
        tx.query(db::Query{"log"}
                     .sql("INSERT INTO public.audit_logs VALUES (")
                     .param("a" + id)
                     .sql(", 'u', 'Patient.create', 'Patient', ")
                     .param(id)
                     .sql(", '{}', NULL, NULL, NULL, now(), NULL)"));
        ids.insert(id);
        if (row == 1) std::this_thread::sleep_for(milliseconds{below(hold_ms_ + 1)});
      }
      if (below(10) == 0) {
        tx.rollback();
        continue;
      }
      tx.commit();
      const std::lock_guard lock{mutex_};
      committed_.merge(ids);
    }
  }

  void kill_at_random(const std::vector<std::string>& words, int kills, int longest_ms,
                      std::vector<std::string>& said, unsigned seed) {
    std::mt19937 engine{seed};
    while (kills > 0) {
      PcxProcess process{words, url()};
      std::this_thread::sleep_for(
          milliseconds{std::uniform_int_distribution<int>{5, longest_ms}(engine)});
      kills -= process.has_ended() ? 0 : 1;
      process.kill_it();
      said.push_back(process.said());
    }
  }

  void check_export(const std::filesystem::path& file) {
    const ExportReport report = verify_export_file(file, verifiers());
    ASSERT_FALSE(report.fault) << report.fault->what;
    EXPECT_TRUE(report.is_complete());
    std::multiset<std::string> exported;
    std::istringstream lines{read_file(file, std::size_t{1} << 30)};
    for (std::string line; std::getline(lines, line);) {
      const Document row = parse_json(line, "row");
      if (*row.find("source")->text() == "trigger") exported.insert(*row.find("row_key")->text());
    }
    EXPECT_EQ(exported, (std::multiset<std::string>{committed_.begin(), committed_.end()}));
  }

  using Place = std::array<std::int64_t, 3>;
  static std::vector<Place> places_in(const std::string& said) {
    std::vector<Place> places;
    std::istringstream lines{said};
    for (std::string line; std::getline(lines, line) && !lines.eof();) {  // the last may be torn
      const Document row = parse_json(line, "row");
      Place place{};
      std::size_t at = 0;
      for (const char* key : {"segment", "xid", "seq"}) {
        place[at++] = std::get<std::int64_t>(row.find(key)->scalar());
      }
      places.push_back(place);
    }
    return places;
  }

  void check_follow(const std::vector<std::string>& said) {
    std::set<Place> told;
    for (const std::string& each : said) {
      const auto places = places_in(each);
      EXPECT_TRUE(std::ranges::is_sorted(places));
      EXPECT_EQ(std::ranges::adjacent_find(places), places.end());
      std::int64_t again = 0;
      for (const Place& place : places) again += told.contains(place) ? 1 : 0;
      EXPECT_LE(again, kFollowRowsMax) << "more than a batch came twice";
      twice_ += again;
      told.insert(places.begin(), places.end());
    }
    const auto all = std::stoll(sql("SELECT count(*)::text FROM pcx.ledger WHERE seq > " + first_));
    EXPECT_EQ(std::ssize(told), all) << "rows were lost, or came out of nothing";
  }

  std::atomic<bool> is_over_ = false;
  int hold_ms_ = number_from("PCX_STREAM_RACE_HOLD_MS", 300);
  std::mutex mutex_;
  std::set<std::string> committed_;
  std::string first_;
  std::int64_t twice_ = 0;
};

TEST_F(StreamRace, NothingIsLostAndOnlyTheLastBatchComesTwice) {
  const int kills = number_from("PCX_STREAM_RACE_KILLS", 6);
  seal_all();
  const std::string cursor = (folder_.path() / "tail.cursor").string();
  const std::filesystem::path file = folder_.path() / "trail.jsonl";
  const std::vector<std::string> tail{"audit",    "tail", "-o",     "ndjson",
                                      "--cursor", cursor, "--last", "0"};
  std::vector<std::string> follow = tail;
  follow.insert(follow.end(), {"--follow", "--every", "100ms"});
  const std::vector<std::string> exporting{"audit",    "export",
                                           "--out",    file.string(),
                                           "--cursor", (folder_.path() / "export.cursor").string()};
  testing::run_pcx(tail, url());
  first_ = sql("SELECT max(seq)::text FROM pcx.ledger");

  std::vector<std::thread> threads;
  for (int i = 0; i < kWriters; ++i) threads.emplace_back([this, i] { write(i); });
  std::thread sealer{[this] {
    while (!is_over_) {
      seal_all();
      std::this_thread::sleep_for(milliseconds{100});
    }
  }};
  std::vector<std::string> followed;
  std::vector<std::string> exported;
  std::thread killer{[&] { kill_at_random(follow, kills, 1200, followed, 1); }};
  kill_at_random(exporting, kills, 300, exported, 2);
  killer.join();
  is_over_ = true;
  for (std::thread& thread : threads) thread.join();
  sealer.join();
  seal_all();

  followed.push_back(testing::run_pcx(tail, url()));
  testing::run_pcx(exporting, url());
  check_follow(followed);
  check_export(file);
  EXPECT_GT(committed_.size(), 100U);
  RecordProperty("kills", 2 * kills);
  RecordProperty("rows", static_cast<int>(committed_.size()));
  RecordProperty("rows_told_twice", static_cast<int>(twice_));
}

}  // namespace
}  // namespace pcx::audit
