#include "kpi/history.h"

#include <utility>

#include <fmt/format.h>

#include "core/date.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "db/identifier.h"
#include "kpi/sql.h"

namespace pcx::kpi {

namespace {

std::optional<std::string> date_text(const std::optional<Date>& date) {
  if (!date) return std::nullopt;
  return to_iso_date(*date);
}

Error may_not_read(db::Transaction& tx) {
  const auto role = tx.query(sql::read_role).one()["role"].as<std::string>();
  const std::string quoted = escape_controls(db::quote_identifier(role));
  Error error{
      ErrorCode::permission,
      fmt::format("role {} may not read pcx.kpi_daily", escape_controls(role)),
      fmt::format("Ask the owner of schema pcx or a superuser to run: GRANT USAGE ON SCHEMA pcx TO "
                  "{0}; GRANT SELECT ON pcx.kpi_daily TO {0};",
                  quoted)};
  return error.because("rights");
}

bool is_kept(db::Transaction& tx) {
  const Keeping keeping = find_keeping(tx);
  if (keeping == Keeping::not_readable) throw may_not_read(tx);
  return keeping == Keeping::readable;
}

}  // namespace

History read_history(db::Transaction& tx, const HistoryFilter& filter, int limit) {
  History history;
  if (!is_kept(tx)) return history;
  const db::Result rows = tx.query(
      sql::read_history, {filter.tenant, filter.kpis, date_text(filter.from), date_text(filter.to),
                          filter.only_restated, std::int64_t{limit} + 1});
  history.has_more = rows.size() > static_cast<std::size_t>(limit);
  for (const db::Row row : rows) {
    if (history.rows.size() == static_cast<std::size_t>(limit)) break;
    history.rows.push_back(to_kept_value(row));
  }
  return history;
}

std::vector<KeptNumber> read_numbers(db::Transaction& tx, const NumberFilter& filter, int limit) {
  std::vector<KeptNumber> numbers;
  if (!is_kept(tx)) return numbers;
  const db::Result rows = tx.query(
      sql::read_numbers,
      {filter.kpis, to_iso_date(filter.from), to_iso_date(filter.to), std::int64_t{limit} + 1});
  if (rows.size() > static_cast<std::size_t>(limit)) {
    throw Error{ErrorCode::data,
                fmt::format("more than {} recorded values of KPIs would be read", limit),
                "Look at fewer days at once, or back by less."};
  }
  for (const db::Row row : rows) {
    if (auto number = to_kept_number(row)) numbers.push_back(std::move(*number));
  }
  return numbers;
}

}  // namespace pcx::kpi
