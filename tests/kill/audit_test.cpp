// `pcx audit install` is struck between its messages to the server, then run again: the trail is
// whole, nothing is there twice, and nothing was lost of what is written meanwhile.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/audit/application_tables.h"
#include "tests/support/strike.h"

namespace pcx::testing {
namespace {

using ::testing::ElementsAre;

// Two batches of rows from before.
constexpr const char* kRows =
    "INSERT INTO public.audit_logs (id, action, resource) "
    "SELECT 'id' || n, 'x', 'y' FROM generate_series(1, 10500) AS n";
constexpr int kStride = 9;

class AuditStruck : public ::testing::Test {
 protected:
  void SetUp() override {
    original_ = arena_.make_database();
    db::Database session{db::parse_target(arena_.url(original_)), {}};
    for (const char* table : audit::kApplicationTables) {
      session.query(db::Statement{"test", table});
    }
    session.query(db::Statement{"test", kRows});
  }

  StruckRun install(const std::string& database, const std::optional<Point>& point) {
    return arena_.run({"audit", "install", "--tables", "patients,users,medical_records"}, database,
                      point);
  }

  // What is wrong in `database`, where everything was installed.
  std::vector<std::string> look(const std::string& database) {
    return arena_.ask(database, R"(
        SELECT 'rows without a leaf' FROM public.audit_logs AS a
         WHERE NOT EXISTS (SELECT FROM pcx.ledger AS l WHERE l.row_id = a.id)
         UNION SELECT 'two leaves for ' || row_id FROM pcx.ledger WHERE src = 'A'
         GROUP BY row_id HAVING count(*) > 1
         UNION SELECT count(*) || ' triggers always' FROM pg_trigger
         WHERE tgname ^@ 'pcx_audit' AND tgenabled = 'A' AND tgrelid::regclass::text !~ '^pcx'
         HAVING count(*) <> 9
         UNION SELECT count(*) || ' event triggers' FROM pg_event_trigger WHERE evtenabled = 'A'
         HAVING count(*) <> 2
         UNION SELECT count(*) || ' audited tables' FROM pcx.audit_table HAVING count(*) <> 3
         UNION SELECT count(*) || ' epochs' FROM pcx.audit_epoch HAVING count(*) <> 1
         UNION SELECT count(*) || ' keys' FROM pcx.audit_digest_key HAVING count(*) <> 1
         UNION SELECT relation || ' installed twice' FROM
             (SELECT details->>'relation' AS relation FROM pcx.audit_meta WHERE kind = 'install') x
         GROUP BY relation HAVING count(*) > 1
         UNION SELECT 'journal and notes differ' FROM pcx.journal WHERE action = 'audit.install'
         HAVING count(*) <> (SELECT count(*) FROM pcx.audit_meta WHERE kind = 'install'))");
  }

  // Once it is said what is to be installed, status tells of what is not.
  void expect_told(const std::string& database, int message) {
    const auto has =
        arena_.ask(database, "SELECT relname FROM pg_class WHERE relname = 'audit_meta'");
    if (has.empty()) return;
    const auto begun = arena_.ask(database, "SELECT kind FROM pcx.audit_meta WHERE kind = 'begin'");
    if (begun.empty() || look(database).empty()) return;
    ++told_;
    const auto status = arena_.run({"audit", "status"}, database, std::nullopt);
    EXPECT_EQ(status.exit, 2) << "after message " << message << ": " << status.said;
  }

  void strike_everywhere(Blow blow) {
    int struck = 0;
    for (int message = 1;; message += kStride) {
      const std::string database = arena_.make_database(original_);
      const auto run = install(database, Point{blow, message, {}});
      if (run.was_struck) expect_told(database, message);
      const auto again = install(database, std::nullopt);
      EXPECT_EQ(again.exit, 0) << "after message " << message << ": " << again.said;
      EXPECT_THAT(look(database), ElementsAre()) << "after message " << message;
      arena_.drop_database(database);
      if (!run.was_struck) break;
      ++struck;
    }
    EXPECT_GT(struck, 5);
    EXPECT_GT(told_, 0);
  }

 private:
  Arena arena_;
  std::string original_;
  int told_ = 0;
};

TEST_F(AuditStruck, InstallsWholeAfterPcxWasKilled) { strike_everywhere(Blow::kill_client); }

TEST_F(AuditStruck, InstallsWholeAfterItsSessionWasEnded) { strike_everywhere(Blow::end_backend); }

}  // namespace
}  // namespace pcx::testing
