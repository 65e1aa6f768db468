// The checks of KPIs: is every practice's time zone known, do definitions hold up, are days
// recorded?
#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/kpi_tools.h"
#include "cli/context.h"
#include "cli/doctor.h"
#include "core/date.h"
#include "core/text.h"
#include "core/time.h"
#include "kpi/history.h"
#include "kpi/kept.h"

namespace pcx::cli {

namespace {

constexpr std::chrono::seconds kAnswerMax{2};
// Yesterday of any time zone was recorded, with a day's grace.
constexpr std::chrono::days kAgeMax{3};

kpi::Limits limits() { return {.statement = kAnswerMax}; }

Checked check_zones(Patient& patient) {
  kpi::Snapshot snapshot{*patient.database(), limits(), patient.context().clock()};
  const auto known = read_tenants(snapshot);
  if (known.empty()) return {Health::skip, "there are no tenants", {}};
  const kpi::Zones zones = kpi_zones(patient.config(), {});
  const auto tenants = choose_tenants(known, {}, zones);
  for (const kpi::Tenant& tenant : tenants) {
    kpi::require_time_zone(snapshot.tx(), tenant.time_zone);
  }
  if (!zones.fallback) {
    return {Health::warn, "rows that belong to no tenant have no time zone",
            "Reports leave them out: set default_time_zone in the configuration."};
  }
  return {Health::ok, counted(std::ssize(tenants), "tenant"), {}};
}

Checked check_definitions(Patient& patient) {
  const std::string folder = patient.setting("kpi.definitions");
  const kpi::Catalog catalog = kpi::read_catalog(folder);
  return {Health::ok, counted(std::ssize(catalog.definitions), "KPI"), {}};
}

Checked check_record(Patient& patient) {
  db::Transaction tx = patient.database()->begin(db::Access::read_only);
  if (kpi::find_keeping(tx) != kpi::Keeping::readable) return {Health::skip, "nothing is recorded", {}};
  const kpi::History newest = kpi::read_history(tx, {}, 1);
  if (newest.rows.empty()) return {Health::skip, "nothing is recorded", {}};
  const kpi::Date day = newest.rows.front().day.date;
  const auto today = std::chrono::floor<std::chrono::days>(patient.context().clock().wall_now());
  if (today - day > kAgeMax) {
    return {Health::warn, fmt::format("the last day that was recorded is {}", to_iso_date(day)),
            "States of the days since are lost, all else can be had: see why 'pcx kpi record' does "
            "not run, then run 'pcx kpi backfill'."};
  }
  return {Health::ok, fmt::format("up to {}", to_iso_date(day)), {}};
}

}  // namespace

std::vector<Check> kpi_checks() {
  return {{"kpi_time_zones", connected<check_zones>},
          {"kpi_definitions", check_definitions},
          {"kpi_record", connected<check_record>}};
}

}  // namespace pcx::cli
