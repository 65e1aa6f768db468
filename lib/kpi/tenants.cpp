#include "kpi/tenants.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "db/query.h"
#include "kpi/sql.h"

namespace pcx::kpi {
namespace {

bool has_table(Snapshot& snapshot) {
  db::Query query{"kpi.has_tenants"};
  query.sql("SELECT to_regclass(").param("tenants").sql(") IS NOT NULL");
  return snapshot.tx().query(query).one()[0].as<bool>();
}

[[noreturn]] void throw_no_zone(const std::vector<Tenant>& without) {
  std::string names, lines = "tenants:\n";
  for (const Tenant& tenant : without) {
    const std::string name = escape_controls(tenant.label());
    names += (names.empty() ? "" : ", ") + name;
    lines += fmt::format("  {}: {{time_zone: Europe/Berlin}}\n", name);
  }
  throw Error{ErrorCode::config, fmt::format("the time zone of {} is not known", names),
              fmt::format("When a day begins depends on it, so pcx does not guess. Add to the "
                          "configuration, with the zone of each practice:\n{}"
                          "or one for all of them, default_time_zone: Europe/Berlin, or say "
                          "--time-zone.",
                          lines)}
      .because("no_time_zone");
}

}  // namespace

std::optional<std::string> Zones::of(const Tenant& tenant) const {
  if (given) return given;
  for (const std::string& name : {tenant.slug, tenant.id.value_or("")}) {
    const auto found = of_tenant.find(name);
    if (!name.empty() && found != of_tenant.end()) return found->second;
  }
  return fallback;
}

std::vector<KnownTenant> read_tenants(Snapshot& snapshot) {
  if (!has_table(snapshot)) return {};
  db::Query query{"kpi.tenants"};
  query.sql("SELECT id, slug, name, lower(btrim(status)) = 'active' AS is_active FROM ")
      .identifier(snapshot.schema(), "tenants")
      .sql(" ORDER BY slug COLLATE \"C\"");
  std::vector<KnownTenant> tenants;
  const db::Result rows = snapshot.tx().query(query);
  for (const db::Row row : rows) {
    KnownTenant each;
    each.tenant.id = row["id"].as<std::string>();
    each.tenant.slug = row["slug"].as<std::string>();
    each.tenant.name = row["name"].as<std::string>();
    each.is_active = row["is_active"].as<bool>();
    tenants.push_back(std::move(each));
  }
  return tenants;
}

const KnownTenant& require_tenant(const std::vector<KnownTenant>& known, const std::string& name) {
  std::vector<std::string> slugs;
  for (const KnownTenant& each : known) {
    if (each.tenant.slug == name) return each;
    slugs.push_back(each.tenant.slug);
  }
  const auto by_id =
      std::ranges::find_if(known, [&](const KnownTenant& each) { return each.tenant.id == name; });
  if (by_id != known.end()) return *by_id;
  const auto close = nearest(name, {slugs.begin(), slugs.end()});
  throw Error{ErrorCode::not_found, fmt::format("there is no tenant {}", escape_controls(name)),
              close ? fmt::format("Did you mean {}?", escape_controls(*close))
                    : "Name one by its slug or its id."}
      .because("tenant");
}

std::vector<Tenant> choose_tenants(const std::vector<KnownTenant>& known,
                                   const std::optional<std::string>& named, const Zones& zones) {
  std::vector<Tenant> chosen;
  if (named) {
    chosen.push_back(require_tenant(known, *named).tenant);
  } else {
    for (const KnownTenant& each : known) {
      if (each.is_active) chosen.push_back(each.tenant);
    }
  }
  std::vector<Tenant> without;
  for (Tenant& tenant : chosen) {
    const auto zone = zones.of(tenant);
    if (!zone) without.push_back(tenant);
    tenant.time_zone = zone.value_or("");
  }
  if (!without.empty()) throw_no_zone(without);
  return chosen;
}

void throw_no_zone_of_rest() {
  throw Error{ErrorCode::config, "the time zone of the practice is not known",
              "When a day begins depends on it, so pcx does not guess. Add to the configuration "
              "default_time_zone: Europe/Berlin (that of the practice), or say --time-zone."}
      .because("no_time_zone");
}

}  // namespace pcx::kpi
