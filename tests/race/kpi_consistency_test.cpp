// Eight writers move appointments from one status to another, and never make or delete one. A
// report's parts always add up to its total, which never changes. Eight questions one behind the
// other, as the guide asks them, do not add up: the harness sees it.
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/random.h"
#include "tests/kpi/guide_queries.h"
#include "tests/kpi/report_fixture.h"

namespace pcx::kpi {
namespace {

constexpr int kAppointments = 400;
constexpr std::array kStatuses = {"scheduled", "confirmed", "checked_in", "in_progress",
                                  "completed", "cancelled", "no_show"};

// Sessions that move appointments, from the constructor to stop().
class Movers {
 public:
  Movers(const std::string& url, int count) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, url, i] { run(url, static_cast<std::uint64_t>(i)); });
    }
  }
  Movers(const Movers&) = delete;
  Movers& operator=(const Movers&) = delete;
  ~Movers() { stop(); }

  void stop() {
    is_stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  int moves() const { return moves_; }
  bool has_failed() const { return has_failed_; }

 private:
  void run(const std::string& url, std::uint64_t seed) {
    try {
      db::Database database{db::parse_target(url), {.application_name = "mover"}};
      SeededRandom random{seed};
      while (!is_stopping_) {
        const int id = static_cast<int>(random.below(kAppointments));
        database.query(
            db::Statement{"move", "UPDATE public.appointments SET status = $2 WHERE id = $1"},
            {std::to_string(id), kStatuses.at(random.below(kStatuses.size()))});
        ++moves_;
      }
    } catch (const Error& error) {
      fmt::print("a writer failed: {}\n", error.what());
      has_failed_ = true;
    }
  }

  std::atomic<bool> is_stopping_ = false;
  std::atomic<bool> has_failed_ = false;
  std::atomic<int> moves_ = 0;
  std::vector<std::thread> threads_;
};

// One that fails is among them: a report is then put together from several statements.
constexpr std::string_view kBroken = R"(
kpis:
  broken:
    title: Broken
    kind: count
    unit: appointment
    better: more
    from: day_appointments
    value: count(*) / (count(*) - count(*))
    help: divides by zero
)";

class KpiConsistency : public ReportFixture {
 protected:
  void SetUp() override {
    ReportFixture::SetUp();
    Catalog with_broken = *catalog;
    read_definitions(with_broken, kBroken, "broken.yaml");
    catalog = std::make_shared<Catalog>(std::move(with_broken));
    run("DELETE FROM tenants; SET LOCAL session_replication_role = replica;"
        R"(INSERT INTO appointments (id, "patientId", "clientId", "appointmentType", "startTime",
                                     "endTime", reason, "veterinarianId", "updatedAt")
           SELECT n::text, '', '', '', timestamp '2026-03-08' + n * interval '1 minute', now(), '',
                  '', now()
           FROM generate_series(0, )" +
        std::to_string(kAppointments - 1) + ") n");
  }

  // Beside writers: reports, and as often the guide's questions.
  void race(int reports) {
    Movers movers{url(), 8};
    for (int i = 0; i < reports; ++i) {
      ASSERT_NO_FATAL_FAILURE(check(i % 2 == 0 ? kNames : kNamesAndBroken));
      ask_as_the_guide();
    }
    movers.stop();
    EXPECT_FALSE(movers.has_failed());
    fmt::print(
        "{} reports beside {} moves, {} of them different: none wrong; of the guide's {} were {}\n",
        reports, movers.moves(), splits_.size(), reports, guide_breaks_);
    EXPECT_GT(movers.moves(), reports);
    EXPECT_GT(splits_.size(), 1u) << "the writers did nothing";
  }
  int guide_breaks() const { return guide_breaks_; }

 private:
  using Names = std::vector<std::string>;
  const Names kNames = {"appointments", "appointments_completed", "appointments_cancelled",
                        "appointments_no_show"};
  const Names kNamesAndBroken = {"appointments", "appointments_completed", "appointments_cancelled",
                                 "appointments_no_show", "broken"};

  void check(const Names& names) {
    ReportRequest request = request_of(date("2026-03-08"), "2026-03-09T01:00:00Z");
    request.selection = select_definitions(*catalog, names, false);
    const Report report = read(request);
    ASSERT_EQ(shown(report, "(none)", "appointments"), std::to_string(kAppointments));
    std::map<std::string, std::string> parts;
    int sum = 0;
    const Result& result = *find_day(report, "(none)")->find("appointments");
    for (const Part& part : result.parts) {
      parts[part.label] = part.digits;
      sum += std::stoi(part.digits);
    }
    ASSERT_EQ(sum, kAppointments) << shown(result.parts);
    for (const char* const status : {"completed", "cancelled", "no_show"}) {
      const std::string own = shown(report, "(none)", std::string{"appointments_"} + status);
      ASSERT_EQ(own, parts.contains(status) ? parts[status] : "0") << shown(result.parts);
    }
    splits_.insert(shown(result.parts));
  }

  // Eight questions, each a transaction of its own.
  void ask_as_the_guide() {
    GuideQueries guide{database(), "2026-03-08 00:00"};
    const std::int64_t total = guide.appointments();
    std::int64_t sum = 0;
    for (const char* const status : kStatuses) sum += guide.appointments(status);
    if (sum != total) ++guide_breaks_;
  }

  std::set<std::string> splits_;
  int guide_breaks_ = 0;
};

TEST_F(KpiConsistency, AddsUpBesideWriters) { race(40); }

TEST_F(KpiConsistency, AddsUpAThousandTimesAndTheGuideDoesNotLong) {
  race(1'000);
  EXPECT_GT(guide_breaks(), 0);
}

}  // namespace
}  // namespace pcx::kpi
