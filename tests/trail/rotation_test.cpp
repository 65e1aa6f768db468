// Issue 7, show 4: keys are rotated where the trail is sealed. Copies of values in the
// application's trail, which nobody else may change, get new leaves, and all of it still verifies.
#include <chrono>
#include <iostream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rotate/clinic.h"
#include "tests/support/pcx_process.h"
#include "tests/support/postgres.h"
#include "tests/support/temporary_folder.h"

namespace pcx::testing {
namespace {

using std::chrono::steady_clock;
using ::testing::HasSubstr;

// The rest of the application's columns, and a copy of every record.
constexpr const char* kMoreCopies = R"(
  ALTER TABLE public.audit_logs
      ADD "userId" text NOT NULL DEFAULT 'u1', ADD action text NOT NULL DEFAULT 'update',
      ADD metadata jsonb, ADD "ipAddress" text, ADD "userAgent" text,
      ADD "timestamp" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, ADD "tenantId" text;
  INSERT INTO public.audit_logs (id, resource, "resourceId", changes)
  SELECT 'a-' || id, 'MedicalRecord', id,
         jsonb_build_object('diagnosis', diagnosis, 'treatment', treatment, 'notes', notes)
    FROM public.medical_records ON CONFLICT DO NOTHING;
  DELETE FROM public.audit_logs WHERE id = 'other';  -- of nobody's key
  ANALYZE;)";

class TrailRotation : public ::testing::Test {
 protected:
  void begin(std::size_t records) {
    database_ = Postgres::shared().fresh_database();
    clinic_.emplace(url(), records);
    sql(kMoreCopies);
  }
  std::string url() const { return Postgres::shared().url(database_); }
  void sql(const std::string& script) {
    db::Database session{db::parse_target(url()), {}};
    db::run_script(session, script, "test");
  }
  std::string ask(const std::string& question) {
    db::Database session{db::parse_target(url()), {}};
    const db::Result rows = session.query(db::Statement{"test.ask", question});
    return db::nullable<std::string>(rows[0][0]).value_or("NULL");
  }

  // The exit code; what it said is said_.
  int pcx(const std::vector<std::string>& words) {
    PcxProcess process{words, url()};
    const int code = process.wait();
    said_ = process.said();
    return code;
  }
  int seal() { return pcx({"audit", "seal", "--signing-key", key_file()}); }
  int verify() { return pcx({"audit", "verify", "--full", "--verifier-key", verifier_}); }
  std::vector<std::string> rotation() const {
    return {"key", "rotate", "--settle", "0s", "--max-snapshot-age", "0s"};
  }

  void install() {
    ASSERT_EQ(pcx({"audit", "install", "--tables", "medical_records", "--reason", "test"}), 0)
        << said_;
    ASSERT_EQ(pcx({"audit", "keygen", "--out", key_file(), "--quiet"}), 0) << said_;
    verifier_ = said_.substr(0, said_.find('\n'));
    ASSERT_EQ(seal(), 0) << said_;
    ASSERT_EQ(verify(), 0) << said_;
  }

  double seconds_of_rotation() {
    const auto began = steady_clock::now();
    EXPECT_EQ(pcx(rotation()), 0) << said_;
    return std::chrono::duration<double>(steady_clock::now() - began).count();
  }

  void rotate_and_retire(std::size_t records) {
    const double took = seconds_of_rotation();
    EXPECT_EQ(ask("SELECT count(*) FROM public.audit_logs WHERE changes::text ~ 'enc:v1:[^x]'"),
              "0");
    EXPECT_EQ(ask("SELECT count(*) FROM pcx.change"), "0");
    EXPECT_EQ(clinic_->read(), clinic_->written());
    ASSERT_EQ(seal(), 0) << said_;
    const auto began = steady_clock::now();
    EXPECT_EQ(verify(), 0) << said_;
    const double verified = std::chrono::duration<double>(steady_clock::now() - began).count();
    EXPECT_EQ(pcx({"key", "retire", std::to_string(clinic_->legacy)}), 0) << said_;
    std::cout << fmt::format(
        "{} records and their copies: rotated in {:.1f} s, verified in {:.1f} s\n", records, took,
        verified);
  }

  // By hand it is refused; around the guard it is found, and named.
  void change_by_hand() {
    const std::string update =
        "UPDATE public.audit_logs AS a SET changes = changes || jsonb_build_object('diagnosis', "
        "(SELECT b.changes -> 'diagnosis' FROM public.audit_logs AS b WHERE b.changes ? "
        "'diagnosis' "
        "AND b.id <> a.id AND b.resource = a.resource LIMIT 1)) WHERE id = (SELECT min(id) FROM "
        "public.audit_logs WHERE resource = 'MedicalRecord')";
    EXPECT_THROW(sql(update), Error);
    EXPECT_EQ(verify(), 0) << said_;
    sql("ALTER TABLE public.audit_logs DISABLE TRIGGER pcx_audit_guard;" + update +
        ";ALTER TABLE public.audit_logs ENABLE ALWAYS TRIGGER pcx_audit_guard");
    EXPECT_EQ(verify(), 2);
    EXPECT_THAT(said_, HasSubstr("row altered"));
    EXPECT_THAT(said_, HasSubstr(ask("SELECT min(id) FROM public.audit_logs WHERE resource = "
                                     "'MedicalRecord'")));
  }

  void kill_and_go_on(int times) {
    for (int i = 1; i <= times; ++i) {
      PcxProcess process{rotation(), url()};
      const auto until = steady_clock::now() + std::chrono::milliseconds{60 * i};
      while (steady_clock::now() < until && !process.has_ended()) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});  // the moment is the test
      }
      process.kill_it();
    }
  }

  std::string key_file() const { return (folder_.path() / "key").string(); }

  TemporaryFolder folder_;
  std::string database_;
  std::optional<Clinic> clinic_;
  std::string verifier_;
  std::string said_;
};

TEST_F(TrailRotation, OfTwoThousandRecords) {
  begin(2'000);
  install();
  rotate_and_retire(2'000);
  change_by_hand();
}

TEST_F(TrailRotation, GoesOnAfterKill) {
  begin(10'000);
  install();
  kill_and_go_on(5);
  EXPECT_EQ(ask("SELECT count(*) FROM pcx.audit_pass"), "0");
  rotate_and_retire(10'000);
}

TEST_F(TrailRotation, OfAHundredThousandRecordsLong) {
  begin(100'000);
  const double alone = seconds_of_rotation();
  std::cout << fmt::format("without a trail: {:.1f} s\n", alone);
  begin(100'000);
  install();
  rotate_and_retire(100'000);
  change_by_hand();
}

}  // namespace
}  // namespace pcx::testing
