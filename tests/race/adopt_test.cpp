// Keys in plain are adopted by the real binary, which is killed again and again, while clients
// present them and the application writes new ones: none is refused, none is lost, none is there
// twice.
#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apikey/change_listener.h"
#include "apikey/verifier.h"
#include "core/environment.h"
#include "db/script.h"
#include "keyring/keyring.h"
#include "tests/apikey/fixture.h"
#include "tests/race/api_clients.h"
#include "tests/race/race.h"

namespace pcx::testing {
namespace {

constexpr int kClients = 8;

struct Dimensions {
  int keys = 0;
  int kills = 0;
  int batch_rows = 300;
  milliseconds kill_after_max{};  // from its start
};

class AdoptionRace {
 public:
  explicit AdoptionRace(const Dimensions& dimensions)
      : dimensions_(dimensions), database_(server_.fresh_database()) {
    sql(apikey::kApplicationTables);
    run_pcx({"key", "init", "--kek", "file:" + path("kek"), "--recovery", path("safe.pem")}, url());
    run_pcx({"key", "create", "--purpose", "pepper"}, url());
    run_pcx({"key", "activate", "3"}, url());
    sql(fmt::format(
        "INSERT INTO public.api_keys (id, name, key, \"updatedAt\") SELECT 'row-' || n, "
        "'key ' || n, 'legacy-' || md5('a key ' || n), now() FROM generate_series(1, {}) "
        "AS n; ANALYZE public.api_keys;",
        dimensions.keys));
    db::Database database = connect();
    peppers_ = apikey::peppers_of(keyring::open_keyring(database, {}, {environment_, random_}));
  }

  void run() {
    listen();
    KnownKeys known{read_keys()};
    const auto before = waits_without_pcx(known);
    ApiClients clients{url(), known, make_askers(), kClients, kClients};
    const auto began = steady_clock::now();
    ASSERT_NO_FATAL_FAILURE(kill_again_and_again());
    adopt({0, 1});  // those that are written all the time may be left
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
    clients.make_no_more_keys();
    adopt({0});
    clients.stop();
    EXPECT_THAT(clients.failures(), ::testing::IsEmpty());
    EXPECT_GT(clients.made(), 0U);
    report(clients, before, took);
    EXPECT_GT(heard_, 0) << "the cache was never told to forget";
    EXPECT_EQ(lost_, 0);
    expect_all_there(known.all());
  }

 private:
  std::string path(const std::string& name) const { return folder_.path() / name; }
  std::string url() const { return server_.url(database_); }
  db::Database connect() const { return db::Database{db::parse_target(url()), {}}; }
  void sql(const std::string& script) const {
    db::Database database = connect();
    db::run_script(database, script, "race");
  }
  std::int64_t number(const std::string& question) const {
    db::Database database = connect();
    return database.query(db::Statement{"race.number", question})[0][0].as<std::int64_t>();
  }
  std::vector<PlainKey> read_keys() const {
    std::vector<PlainKey> keys;
    db::Database database = connect();
    for (const db::Row row :
         database.query(db::Statement{"race.keys", "SELECT id, key FROM public.api_keys"})) {
      keys.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
    }
    return keys;
  }

  void listen() {
    target_ = db::parse_target(url());
    listener_.emplace(target_, cache_, random_,
                      apikey::ListenerOptions{
                          .events = {.on_lost = [this](const Error&) { ++lost_; },
                                     .on_changed = [this](const std::string&) { ++heard_; }}});
  }

  // Those with an odd number ask the database each time; the others have a cache together, which is
  // told of changes.
  Asker make_asker(int number) {
    struct Tools {
      db::Database database;
      apikey::KeyCache no_cache{{.ttl = milliseconds{0}}};
      SystemClock clock;
      std::optional<apikey::Verifier> verifier;
    };
    const auto tools = std::make_shared<Tools>(connect());
    apikey::KeyCache& cache = number % 2 == 1 ? tools->no_cache : cache_;
    tools->verifier.emplace(apikey::VerifierTools{tools->database, cache, nullptr, tools->clock},
                            peppers_);
    return [tools](const PlainKey& key) -> std::optional<std::string> {
      const auto verdict = tools->verifier->verify({.key = key.text});
      if (!verdict.is_valid()) return key.row_id + " " + to_string(verdict.code);
      const std::string& row_id = verdict.key->key.row_id;
      if (row_id == key.row_id) return std::nullopt;
      return key.row_id + " was taken for " + row_id;
    };
  }
  MakeAsker make_askers() {
    return [this](int number) { return make_asker(number); };
  }

  std::vector<microseconds> waits_without_pcx(KnownKeys& known) {
    ApiClients clients{url(), known, make_askers(), 0, kClients};
    std::this_thread::sleep_for(std::chrono::seconds{2});  // a sample
    clients.stop();
    EXPECT_THAT(clients.failures(), ::testing::IsEmpty());
    return clients.waits();
  }

  std::vector<std::string> words() const {
    return {"apikey", "adopt", "--batch", std::to_string(dimensions_.batch_rows)};
  }

  // At moments of chance: every other time from its start, else when it has adopted something.
  void kill_again_and_again() {
    SeededRandom dice{42};
    for (int kills = 0; kills < dimensions_.kills; ++kills) {
      const std::int64_t before = adopted();
      PcxProcess pcx{words(), url()};
      while (kills % 2 == 1 && adopted() == before) ASSERT_FALSE(pcx.has_ended()) << pcx.said();
      const auto most = static_cast<std::uint64_t>(dimensions_.kill_after_max.count());
      std::this_thread::sleep_for(milliseconds{dice.below(most)});
      ASSERT_FALSE(pcx.has_ended()) << "it was done before it was killed: " << pcx.said();
      pcx.kill_it();
    }
    adopted_by_killed_ = adopted();
  }
  std::int64_t adopted() const { return number("SELECT count(*) FROM pcx.apikey"); }

  void adopt(const std::vector<int>& expected) {
    PcxProcess pcx{words(), url()};
    EXPECT_THAT(expected, ::testing::Contains(pcx.wait())) << pcx.said();
  }

  void expect_all_there(const std::vector<PlainKey>& keys) {
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::vector<std::string> wrong;
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; ++i) {
      threads.emplace_back([&, ask = make_asker(1)] {
        for (std::size_t at = next++; at < keys.size(); at = next++) {
          const auto answer = ask(keys[at]);
          const std::lock_guard guard{mutex};
          if (answer) wrong.push_back(*answer);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(wrong, ::testing::IsEmpty());
    expect_each_once(std::ssize(keys));
  }

  void expect_each_once(std::int64_t keys) {
    EXPECT_EQ(number("SELECT count(*) FROM public.api_keys WHERE NOT key ^@ 'pcx:'"), 0);
    EXPECT_EQ(number("SELECT count(*) FROM public.api_keys a JOIN pcx.apikey k ON k.row_id = a.id "
                     "AND a.key = 'pcx:' || k.id"),
              keys);
    EXPECT_EQ(number("SELECT count(DISTINCT hash) FROM pcx.apikey"), keys);
    EXPECT_EQ(number("SELECT count(*) FROM pcx.apikey"), keys);
    EXPECT_EQ(number("SELECT sum((details->>'count')::int) FROM pcx.journal WHERE action = "
                     "'apikey.adopt'"),
              keys);
  }

  void report(const ApiClients& clients, const std::vector<microseconds>& before,
              milliseconds took) const {
    const auto waits = clients.waits();
    fmt::print(
        "{} keys and {} made meanwhile, in {} ms with {} kills ({} adopted by killed runs); {} "
        "presented, {} failed; writes of the application without pcx and beside it: p50 {:.2f} and "
        "{:.2f} ms, p99 {:.2f} and {:.2f} ms, max {:.1f} and {:.1f} ms\n",
        dimensions_.keys, clients.made(), took.count(), dimensions_.kills, adopted_by_killed_,
        clients.presented(), clients.failures().size(), in_milliseconds(percentile(before, 0.5)),
        in_milliseconds(percentile(waits, 0.5)), in_milliseconds(percentile(before, 0.99)),
        in_milliseconds(percentile(waits, 0.99)), in_milliseconds(before.back()),
        in_milliseconds(waits.back()));
  }

  Dimensions dimensions_;
  Postgres server_;
  std::string database_;
  TemporaryFolder folder_;
  MapEnvironment environment_{{{"PATH", "/usr/bin:/bin"}}};
  SystemRandom random_;
  std::vector<apikey::Pepper> peppers_;
  apikey::KeyCache cache_;
  db::Target target_;
  std::int64_t adopted_by_killed_ = 0;
  std::atomic<int> heard_ = 0;
  std::atomic<int> lost_ = 0;
  std::optional<apikey::ChangeListener> listener_;  // last: it ends before what it tells
};

TEST(Adoption, RefusesAndLosesNoKey) {
  AdoptionRace{{.keys = 5'000, .kills = 4, .batch_rows = 50, .kill_after_max = milliseconds{150}}}
      .run();
}
TEST(Adoption, RefusesAndLosesNoKeyLong) {
  AdoptionRace{{.keys = 100'000, .kills = 20, .kill_after_max = milliseconds{500}}}.run();
}

}  // namespace
}  // namespace pcx::testing
