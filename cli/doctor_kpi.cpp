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

using Tenants = std::vector<kpi::KnownTenant>;

// nullptr: nobody is called so.
const kpi::KnownTenant* find_tenant(const Tenants& known, const std::string& name) {
  const auto found = std::ranges::find_if(known, [&](const kpi::KnownTenant& each) {
    return each.tenant.slug == name || each.tenant.id == name;
  });
  return found == known.end() ? nullptr : &*found;
}

// The names under `tenants` in the configuration.
struct Named {
  std::vector<std::string> strangers;  // in quotation marks, as shown
  int inactive = 0;
};

Named named_tenants(const Config& config, const Tenants& known) {
  Named named;
  const YamlNode* const tenants = config.find("tenants");
  if (tenants == nullptr) return named;
  for (const auto& member : tenants->members) {
    const kpi::KnownTenant* const tenant = find_tenant(known, member.first);
    if (tenant == nullptr) {
      named.strangers.push_back(fmt::format("\"{}\"", escape_controls(member.first)));
    } else if (!tenant->is_active) {
      ++named.inactive;
    }
  }
  return named;
}

// Its line is for nobody, and the tenant that was meant has the zone of default_time_zone.
Checked warn_of_strangers(const Named& named) {
  return {Health::warn,
          fmt::format("tenants: no tenant has the slug or id {}", join(named.strangers, ", ")),
          "Correct the name in the configuration, or take its line away: a tenant without a line "
          "has the days of default_time_zone."};
}

std::string zones_message(std::size_t tenants, const Named& named) {
  std::string message = counted(static_cast<long long>(tenants), "tenant");
  if (named.inactive > 0) {
    message += fmt::format(", and {} of the configuration not active", named.inactive);
  }
  return message;
}

Checked check_zones(Patient& patient) {
  kpi::Snapshot snapshot{*patient.database(), limits(), patient.context().clock()};
  const auto known = read_tenants(snapshot);
  if (known.empty()) return {Health::skip, "there are no tenants", {}};
  const kpi::Zones zones = kpi_zones(patient.config(), {});
  const auto tenants = choose_tenants(known, {}, zones);
  for (const kpi::Tenant& tenant : tenants) {
    kpi::require_time_zone(snapshot.tx(), tenant.time_zone);
  }
  const Named named = named_tenants(patient.config(), known);
  if (!named.strangers.empty()) return warn_of_strangers(named);
  if (!zones.fallback) {
    return {Health::warn, "rows that belong to no tenant have no time zone",
            "Reports leave them out: set default_time_zone in the configuration."};
  }
  return {Health::ok, zones_message(tenants.size(), named), {}};
}

Checked check_definitions(Patient& patient) {
  const std::string folder = patient.setting("kpi.definitions");
  const kpi::Catalog catalog = kpi::read_catalog(folder);
  return {Health::ok, counted(std::ssize(catalog.definitions), "KPI"), {}};
}

Checked check_record(Patient& patient) {
  db::Transaction tx = patient.database()->begin(db::Access::read_only);
  const kpi::Keeping keeping = kpi::find_keeping(tx);
  if (keeping == kpi::Keeping::not_readable) {
    return {Health::skip, "this role may not read what is recorded", {}};
  }
  if (keeping == kpi::Keeping::absent) return {Health::skip, "nothing is recorded", {}};
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
