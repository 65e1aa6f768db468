// `pcx kpi record`, `backfill`, `report` and `push` are struck between their messages to the
// server: a day is kept whole or not at all, no file is torn, and the next run is complete.
#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/support/strike.h"
#include "tests/support/temporary_folder.h"

namespace pcx::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kTables[] = {
    R"(CREATE TABLE public.appointments (id text PRIMARY KEY, "tenantId" text,
         "startTime" timestamp(3), "appointmentType" text, status text, "deletedAt" timestamp(3)))",
    R"(CREATE TABLE public.inventory_items (id text, "tenantId" text, category text,
         "quantityOnHand" int, "reorderPoint" int, "minimumQuantity" int, "unitCost" float8,
         "expirationDate" timestamp(3), status text, "deletedAt" timestamp(3)))",
    R"(INSERT INTO public.appointments
       SELECT 'a' || n, NULL, timestamp '2026-01-01' + n * interval '7 hours', 'checkup',
              CASE WHEN n % 3 = 0 THEN 'cancelled' ELSE 'completed' END, NULL
       FROM generate_series(1, 200) AS n)"};

// Forty days are two pieces of a backfill; three KPIs each.
constexpr int kDays = 40;
constexpr int kStride = 7;  // messages from one blow to the next
const std::vector<std::string> kBackfill = {
    "kpi", "backfill", "--from",       "2026-01-01", "--to",         "2026-02-09", "--time-zone",
    "UTC", "--kpi",    "appointments", "--kpi",      "no_show_rate", "--kpi",      "low_stock"};

class KpiStruck : public ::testing::Test {
 protected:
  void SetUp() override {
    original_ = arena_.make_database();
    db::Database session{db::parse_target(arena_.url(original_)), {}};
    for (const char* statement : kTables) session.query(db::Statement{"test", statement});
  }

  // Days that are there, but not whole.
  std::vector<std::string> half_days(const std::string& database) {
    const auto has =
        arena_.ask(database, "SELECT relname::text FROM pg_class WHERE relname = 'kpi_daily'");
    if (has.empty()) return {};
    return arena_.ask(database,
                      "SELECT day::text FROM pcx.kpi_daily GROUP BY day HAVING count(*) <> 3");
  }

  std::vector<std::string> whole(const std::string& database) {
    return arena_.ask(database,
                      R"(SELECT count(*) || ' values of ' || count(DISTINCT day) || ' days, '
        || count(*) FILTER (WHERE revision > 0) || ' restated' FROM pcx.kpi_daily)");
  }

  Arena arena_;
  std::string original_;
};

TEST_F(KpiStruck, KeepsDaysWholeOrNotAtAll) {
  int struck = 0;
  for (int message = 1;; message += kStride) {
    const std::string database = arena_.make_database(original_);
    const auto run = arena_.run(kBackfill, database, Point{Blow::kill_client, message, {}});
    EXPECT_THAT(half_days(database), IsEmpty()) << "after message " << message;
    const auto again = arena_.run(kBackfill, database, std::nullopt);
    EXPECT_EQ(again.exit, 0) << "after message " << message << ": " << again.said;
    EXPECT_THAT(whole(database),
                ElementsAre(fmt::format("{} values of {} days, 0 restated", 3 * kDays, kDays)));
    arena_.drop_database(database);
    if (!run.was_struck) break;
    ++struck;
  }
  EXPECT_GT(struck, 5);
}

// The report of before stays until the new one is whole.
TEST_F(KpiStruck, TearsNoFile) {
  const TemporaryFolder folder;
  const std::filesystem::path report = folder.path() / "report.html";
  const std::filesystem::path metrics = folder.path() / "pcx.prom";
  const std::vector<std::string> what = {"--date", "2026-01-15", "--time-zone",
                                         "UTC",    "--kpi",      "appointments"};
  std::vector<std::string> ask = {"kpi", "report", "-o", "html", "--output", report.native()};
  std::vector<std::string> push = {"kpi", "push", "--to", "textfile", "--file", metrics.native()};
  ask.insert(ask.end(), what.begin(), what.end());
  push.insert(push.end(), what.begin(), what.end());
  int struck = 0;
  for (const auto& [words, file] : {std::pair{ask, report}, std::pair{push, metrics}}) {
    for (int message = 1;; ++message) {
      write_file_atomically(file, "as before");
      const auto run = arena_.run(words, original_, Point{Blow::kill_client, message, {}});
      const std::string text = read_file(file, 1U << 20);
      const bool is_whole =
          text.ends_with("</html>\n") || text.find("pcx_kpi_partial") != text.npos;
      EXPECT_TRUE(text == "as before" || is_whole) << "after message " << message << ": " << text;
      if (!run.was_struck) {
        EXPECT_EQ(run.exit, 0) << run.said;
        EXPECT_TRUE(is_whole);
        break;
      }
      ++struck;
    }
  }
  EXPECT_GT(struck, 10);
}

}  // namespace
}  // namespace pcx::testing
