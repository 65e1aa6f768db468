#include "kpi/snapshot.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/time.h"
#include "db/identifier.h"
#include "db/query.h"
#include "kpi/sql.h"

namespace pcx::kpi {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kTimedOut = "57014";

std::string timeout_text(milliseconds limit) { return fmt::format("{}ms", limit.count()); }

// What the server said, without the name of the statement in front of it.
std::string reason_of(const Error& error) {
  const std::string_view text = error.what();
  const std::string_view name = "kpi.question: ";
  return std::string{text.starts_with(name) ? text.substr(name.size()) : text};
}

}  // namespace

Snapshot::Snapshot(db::Database& database, const Limits& limits, Clock& clock)
    : limits_(limits),
      clock_(&clock),
      schema_(database.schema()),
      tx_(database.begin(db::Access::read_only, db::Isolation::repeatable_read)) {
  const db::Result settings = tx_.query(
      sql::begin_snapshot, {db::quote_identifier(schema_), timeout_text(limits.statement)});
  const db::Row row = settings.one();
  as_of_ = parse_rfc3339(row["as_of"].as<std::string_view>()).value();
  id_ = row["snapshot"].as<std::string>();
  tx_.query(db::Query{"kpi.savepoint"}.sql("SAVEPOINT pcx_kpi"));
}

bool Snapshot::is_over() const {
  return limits_.deadline && clock_->steady_now() >= *limits_.deadline;
}

// Half of what is left, when that is less than a statement's.
void Snapshot::limit_statement() {
  if (!limits_.deadline) return;
  const auto left =
      std::chrono::duration_cast<milliseconds>(*limits_.deadline - clock_->steady_now()) / 2;
  milliseconds limit = std::max(left, milliseconds{1});
  if (limits_.statement > milliseconds{0}) limit = std::min(limit, limits_.statement);
  tx_.query(db::Query{"kpi.limit"}
                .sql("SELECT set_config('statement_timeout', ")
                .param(timeout_text(limit))
                .sql(", true)"));
}

std::optional<std::string> Snapshot::attempt(const std::function<void()>& ask) {
  timed_out_ = false;
  if (is_over()) {
    timed_out_ = true;
    return "the time for all of them was over";
  }
  std::optional<std::string> reason;
  try {
    limit_statement();
    ask();
  } catch (const Error& error) {
    const bool is_stop =
        error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated ||
        error.code() == ErrorCode::unreachable || error.code() == ErrorCode::internal;
    if (is_stop || error.sqlstate().empty()) throw;
    timed_out_ = error.sqlstate() == kTimedOut;
    reason = reason_of(error);
  }
  // Nothing was written that could be lost, and the limit is again that of all other statements.
  tx_.query(db::Query{"kpi.rollback"}.sql("ROLLBACK TO SAVEPOINT pcx_kpi"));
  return reason;
}

}  // namespace pcx::kpi
