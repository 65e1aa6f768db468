// `pcx key rotate` is killed while it works, and so is the server. No plaintext is ever another
// one, at most the window that was under way is done again, and the next run goes on from there.
#include <algorithm>
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rotate/lane.h"
#include "tests/rotate/clinic.h"
#include "tests/support/paths.h"
#include "tests/support/postgres.h"
#include "tests/support/process.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace pcx::testing {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

// Eight windows of 250 pages.
constexpr std::size_t kRecords = 20'000;

class Campaign {
 public:
  Campaign() { start_over(); }

  // Runs pcx until `after`, strikes, and looks at what is left. Complaints.
  std::vector<std::string> try_out(microseconds after, const std::function<void(pid_t)>& strike) {
    const pid_t client = start();
    const auto until = steady_clock::now() + after;
    int status = -1;
    while (steady_clock::now() < until && (status = ended(client)) < 0) {
      std::this_thread::sleep_for(std::chrono::microseconds{200});  // the moment is the test
    }
    if (status < 0) {
      strike(client);
      status = wait_for_end(client);
    }
    wait_until_left_alone();
    auto complaints = look();
    if (status == 0) start_over();
    struck_ += status != 0 ? 1 : 0;
    return complaints;
  }

  // To its end, without a blow.
  std::vector<std::string> finish() {
    const auto began = steady_clock::now();
    const int status = wait_for_end(start());
    took_ = std::chrono::duration_cast<microseconds>(steady_clock::now() - began);
    std::vector<std::string> complaints = look();
    if (status != 0) {
      complaints.push_back(
          fmt::format("the last run ended with {}: {}", status, said().substr(0, 500)));
    }
    if (others() != 0) complaints.push_back(fmt::format("{} rows have another key", others()));
    return complaints;
  }

  // In a copy of the database in which nothing was rotated yet.
  void start_over() {
    db::Database session = admin();
    if (!database_.empty()) {
      session.query(db::Query{"test.drop"}.sql("DROP DATABASE ").identifier(database_));
    }
    database_ = fmt::format("copy_{}", ++copies_);
    db::Query copy{"test.copy"};
    copy.sql("CREATE DATABASE ").identifier(database_).sql(" TEMPLATE ").identifier(original_);
    // With a checkpoint. The other strategy copies sequences as they are in memory, and after a
    // crash they give numbers again that were given (seen with 15.18).
    session.query(copy.sql(" STRATEGY file_copy"));
    unknown_ = 0;
    // A page has a row more or less than the average.
    window_rows_ = number(
        "SELECT 275 * 8192 * count(*) / pg_relation_size('public.medical_records') FROM "
        "public.medical_records WHERE $1::int > 0");
  }

  microseconds took() const { return took_; }
  int struck() const { return struck_; }
  std::int64_t window_rows() const { return window_rows_; }
  std::int64_t redone_max() const { return redone_max_; }
  Postgres& server() { return server_; }

 private:
  pid_t start() const {
    std::filesystem::remove(output());
    return spawn({"env", "-i", "LANG=C.UTF-8", "DATABASE_URL=" + url(), pcx_binary(), "key",
                  "rotate", "--settle", "0s", "--max-snapshot-age", "0s"},
                 {.output = output(), .signal_when_parent_dies = SIGKILL});
  }
  std::filesystem::path output() const { return folder_.path() / "output"; }
  std::string said() const { return content_of(output()); }  // by the last pcx

  static int ended(pid_t pid) {
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) != pid) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  std::string url() const { return server_.url(database_); }
  db::Database admin() const { return db::Database{db::parse_target(server_.url("postgres")), {}}; }

  void wait_until_left_alone() {
    db::Database session = admin();
    const auto until = steady_clock::now() + std::chrono::seconds{20};
    while (session
               .query({"test.sessions", "SELECT count(*) FROM pg_stat_activity WHERE datname = $1"},
                      {database_})
               .one()[0]
               .as<std::int64_t>() > 0) {
      if (steady_clock::now() > until) throw std::runtime_error{"a session does not end"};
    }
  }

  std::int64_t number(const char* sql) const {
    db::Database session{db::parse_target(url()), {}};
    return session.query(db::Statement{"test.number", sql}, {clinic_.fresh})
        .one()[0]
        .as<std::int64_t>();
  }

  std::int64_t others() const {
    return number(
        "SELECT count(*) FROM public.medical_records WHERE NOT diagnosis ^@ "
        "('enc:v2:' || $1::int || ':')");
  }

  std::vector<std::string> look() {
    std::vector<std::string> complaints;
    if (clinic_.read(url()) != clinic_.written())
      complaints.emplace_back("a plaintext is another one");
    // What the shards do not know of: the window that was under way.
    const std::int64_t unknown = number(
        "SELECT (SELECT count(*) FROM public.medical_records WHERE diagnosis ^@ ('enc:v2:' "
        "|| $1::int || ':')) - (SELECT coalesce(sum(s.rows_written), 0) FROM "
        "pcx.rotation_shard s WHERE relation = 'public.medical_records'::regclass::oid)");
    const std::int64_t redone = unknown - std::exchange(unknown_, unknown);
    redone_max_ = std::max(redone_max_, redone);
    if (redone < 0 || redone > window_rows_) {
      complaints.push_back(fmt::format("{} rows more than the shards know of", redone));
    }
    return complaints;
  }

  TemporaryFolder folder_;
  Postgres server_{{.settings = {"shared_buffers=64MB"}}};
  std::string original_ = server_.fresh_database();
  Clinic clinic_{server_.url(original_), kRecords};
  std::string database_;
  int copies_ = 0;
  microseconds took_{};
  int struck_ = 0;
  std::int64_t unknown_ = 0;     // rows under the new key that no shard has counted
  std::int64_t redone_max_ = 0;  // by one blow
  std::int64_t window_rows_ = 0;
};

// At moments that are spread over the time that a whole run takes.
void strike_often(Campaign& campaign, int count, const std::function<void(pid_t)>& strike) {
  EXPECT_THAT(campaign.finish(), ::testing::IsEmpty());
  campaign.start_over();
  SeededRandom random{7};
  int runs = 0;
  for (; campaign.struck() < count; ++runs) {
    const microseconds after{random.below(static_cast<std::uint64_t>(campaign.took().count()))};
    EXPECT_THAT(campaign.try_out(after, strike), ::testing::IsEmpty())
        << "run " << runs << " after " << after.count() << " us";
  }
  EXPECT_THAT(campaign.finish(), ::testing::IsEmpty());
  fmt::print("{} of {} runs were struck; {} rows at most were not saved as done, {} are a window\n",
             campaign.struck(), runs, campaign.redone_max(), campaign.window_rows());
}

void kill_client(pid_t client) { kill(client, SIGKILL); }

void crash_often(int count) {
  Campaign campaign;
  strike_often(campaign, count, [&](pid_t) {
    campaign.server().stop();
    campaign.server().start();
  });
}

TEST(RotateKilled, KeepsEveryPlaintextOften) {
  Campaign campaign;
  strike_often(campaign, 200, kill_client);
}

TEST(RotateKilled, KeepsEveryPlaintext) {
  Campaign campaign;
  strike_often(campaign, 8, kill_client);
}

TEST(RotateCrashed, KeepsEveryPlaintextOften) { crash_often(50); }
TEST(RotateCrashed, KeepsEveryPlaintext) { crash_often(3); }

}  // namespace
}  // namespace pcx::testing
