#include "kpi/store.h"

#include <fmt/format.h>

#include "core/date.h"
#include "core/error.h"
#include "core/json.h"
#include "core/time.h"
#include "kpi/kept.h"
#include "kpi/sql.h"

namespace pcx::kpi {

namespace {

using Texts = std::vector<std::string>;

void require_over(const Report& report, const DayReport& day, Time now) {
  if (!day.is_partial() && day.day.to <= now) return;
  Error error{ErrorCode::usage,
              fmt::format("{} is not over for tenant \"{}\"", to_iso_date(day.day.date),
                          report.tenant_of(day).label()),
              fmt::format("Record it after {}.", to_rfc3339(day.day.to))};
  throw error.because("day_not_over");
}

void require_tenant_ids(const Report& report) {
  for (const Tenant& tenant : report.tenants) {
    if (!tenant.id || !tenant.id->empty()) continue;
    throw Error{ErrorCode::data, "the id of a tenant is an empty text",
                "Give its rows the id of a tenant, or NULL."}
        .because("empty_tenant");
  }
}

std::string to_json(const std::vector<Part>& parts) {
  if (parts.empty()) return "";
  Document::Object members;
  for (const Part& part : parts) members.emplace_back(part.label, part.digits);
  return pcx::to_json(Document{std::move(members)});
}

// A report as the arrays of sql/insert_kept.sql.
class Columns {
 public:
  explicit Columns(const Report& report) : report_(report) {
    for (std::size_t number = 0; number < report.days.size(); ++number) add_day(number);
  }

  std::int64_t failed() const { return failed_; }
  db::Params params(const Recording& recording) const {
    return {tenants_,
            dates_,
            zones_,
            froms_,
            tos_,
            numbers_,
            kpis_,
            hashes_,
            states_,
            digits_,
            reasons_,
            samples_,
            parts_,
            kinds_,
            to_rfc3339_us(recording.now),
            recording.run_id,
            recording.pcx_version};
  }
  // `place` counts from 1.
  Restatement restated(std::size_t place) const {
    const Place& found = places_[place - 1];
    const Result& result = report_.days[found.day].results[found.result];
    return {.day = found.day, .definition = result.definition, .before = {}, .after = result.value};
  }

 private:
  struct Place {
    std::size_t day, result;
  };

  void add_day(std::size_t number) {
    const DayReport& day = report_.days[number];
    const Tenant& tenant = report_.tenant_of(day);
    tenants_.push_back(tenant.id.value_or(""));
    dates_.push_back(to_iso_date(day.day.date));
    zones_.push_back(tenant.time_zone);
    froms_.push_back(to_rfc3339_us(day.day.from));
    tos_.push_back(to_rfc3339_us(day.day.to));
    for (std::size_t at = 0; at < day.results.size(); ++at) {
      if (day.results[at].value.state == State::failed) {
        ++failed_;
        continue;
      }
      places_.push_back({number, at});
      add_value(number, day.results[at]);
    }
  }
  void add_value(std::size_t day, const Result& result) {
    const Value& value = result.value;
    const Rows rows = report_.catalog->source_of(*result.definition).rows;
    numbers_.push_back(std::to_string(day + 1));
    kpis_.push_back(result.definition->name);
    hashes_.push_back(result.definition->hash);
    states_.emplace_back(to_string(value.state));
    digits_.push_back(value.digits);
    reasons_.push_back(value.reason);
    samples_.push_back(value.sample ? std::to_string(*value.sample) : "");
    parts_.push_back(to_json(result.parts));
    kinds_.emplace_back(rows == Rows::state ? "t" : "f");
  }

  const Report& report_;
  Texts tenants_, dates_, zones_, froms_, tos_;
  Texts numbers_, kpis_, hashes_, states_, digits_, reasons_, samples_, parts_, kinds_;
  std::vector<Place> places_;
  std::int64_t failed_ = 0;
};

Restatement to_restatement(const Columns& columns, const db::Row& row) {
  auto restated = columns.restated(static_cast<std::size_t>(row["place"].as<std::int64_t>()));
  restated.revision = row["revision_before"].as<int>() + 1;
  restated.before = {.state = state_in(row["state_before"]),
                     .digits = db::nullable<std::string>(row["value_before"]).value_or(""),
                     .reason = db::nullable<std::string>(row["reason_before"]).value_or(""),
                     .sample = db::nullable<std::int64_t>(row["sample_before"])};
  restated.parts_differ = row["parts_differ"].as<bool>();
  restated.bounds_differ = row["bounds_differ"].as<bool>();
  return restated;
}

}  // namespace

Stored store_days(db::Transaction& tx, const Report& report, const Recording& recording) {
  require_tenant_ids(report);
  for (const DayReport& day : report.days) require_over(report, day, recording.now);
  const Columns columns{report};
  tx.query(sql::hold_lock, {kKpiLock.number});
  const db::Result rows = tx.query(sql::insert_kept, columns.params(recording));
  Stored stored{.first = rows[0]["first"].as<std::int64_t>(),
                .restated = rows[0]["restated"].as<std::int64_t>(),
                .unchanged = rows[0]["unchanged"].as<std::int64_t>(),
                .failed = columns.failed(),
                .restatements = {}};
  if (stored.restated == 0) return stored;
  for (const db::Row row : rows) stored.restatements.push_back(to_restatement(columns, row));
  return stored;
}

}  // namespace pcx::kpi
