#include "apikey/revoke.h"

#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "apikey/sql.h"
#include "core/sleep.h"
#include "core/text.h"
#include "db/lock_limit.h"

namespace pcx::apikey {

namespace {

using std::chrono::milliseconds;

constexpr std::string_view kLockNotAvailable = "55P03";
// Of the table as a whole; nobody is waited for at a row.
constexpr milliseconds kTableWait{200};
// 3 s in all: longer than most transactions of an application, and nobody's patience.
constexpr int kTries = 5;
constexpr milliseconds kFirstDelay{200};

// Those that are left; std::nullopt: somebody has the whole table.
std::optional<std::vector<std::string>> try_to_mark(db::Database& database,
                                                    const std::vector<std::string>& ids) {
  try {
    db::Transaction tx = database.begin();
    tx.query(db::limit_lock_wait(kTableWait));
    std::vector<std::string> left;
    const db::Result rows = tx.query(sql::mark_revoked, {ids});
    for (const db::Row row : rows) left.push_back(row["id"].as<std::string>());
    tx.commit();
    return left;
  } catch (const Error& error) {
    if (error.sqlstate() != kLockNotAvailable) throw;
    return std::nullopt;
  }
}

std::vector<std::string> mark_patiently(const MarkTools& tools, std::vector<std::string> left) {
  milliseconds delay = kFirstDelay;
  for (int number = 1; !left.empty(); ++number) {
    left = try_to_mark(tools.database, left).value_or(left);
    if (left.empty() || number == kTries) break;
    sleep_unless_stopped(tools.clock, tools.interrupt, delay);
    delay *= 2;
  }
  return left;
}

std::string holders_of(db::Database& database, const std::vector<std::string>& ids) {
  std::vector<std::string> holders;
  db::Transaction tx = database.begin(db::Access::read_only);
  tx.query(db::limit_lock_wait(kTableWait));
  const db::Result rows = tx.query(sql::find_holders, {ids});
  for (const db::Row row : rows) {
    const auto role = db::nullable<std::string>(row["role"]).value_or("?");
    const auto application = db::nullable<std::string>(row["application"]).value_or("");
    holders.push_back(
        fmt::format("session {} of {}{}", row["pid"].as<int>(), escape_controls(role),
                    application.empty() ? "" : fmt::format(" ({})", escape_controls(application))));
  }
  return join(holders, ", ");
}

}  // namespace

std::vector<std::string> mark_revoked(const MarkTools& tools, const std::vector<std::string>& ids) {
  try {
    return mark_patiently(tools, ids);
  } catch (const Error& error) {
    Error told{error.code(), error.what(),
               "The keys are revoked, and refused, all the same: only their status in api_keys is "
               "not set. Run the command again for that."};
    throw told.because(error.reason()).with_sqlstate(error.sqlstate()).with_detail(error.detail());
  }
}

Error naming_holders(db::Database& database, const Error& error,
                     const std::vector<std::string>& ids) {
  std::string holders;
  try {
    holders = holders_of(database, ids);
  } catch (const Error& unknown) {
    if (unknown.sqlstate() != kLockNotAvailable) throw;
    holders = "somebody who has a whole table";
  }
  if (holders.empty()) return error;
  Error told{error.code(), fmt::format("the keys are locked by {}", holders),
             "Nothing was changed. Run the command again when that transaction is over, or end it "
             "with pg_terminate_backend()."};
  return told.because("locked").with_sqlstate(error.sqlstate());
}

}  // namespace pcx::apikey
