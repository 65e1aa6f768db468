// Whose numbers are asked for, and in which time zone each of them lives.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kpi/report.h"
#include "kpi/snapshot.h"

namespace pcx::kpi {

// What the operator said about time zones; none of them is guessed.
struct Zones {
  std::optional<std::string> given;              // for everybody (--time-zone)
  std::map<std::string, std::string> of_tenant;  // by slug or id
  std::optional<std::string> fallback;           // default_time_zone

  // std::nullopt: nothing is known of it.
  std::optional<std::string> of(const Tenant& tenant) const;
};

struct KnownTenant {
  Tenant tenant;
  bool is_active = false;
};

// The table tenants, by slug. Empty when there is no such table.
std::vector<KnownTenant> read_tenants(Snapshot& snapshot);

// By slug, or by id. Throws Error{not_found} with reason "tenant" and the nearest slug.
const KnownTenant& require_tenant(const std::vector<KnownTenant>& known, const std::string& name);

// Those that are asked for: all that are active, or the one whose slug or id is `named`, each with
// its time zone.
//
// Throws as require_tenant(), and Error{config} with reason
// "no_time_zone" and the lines to add when the zone of one of them is not known.
std::vector<Tenant> choose_tenants(const std::vector<KnownTenant>& known,
                                   const std::optional<std::string>& named, const Zones& zones);

// For rows of no tenant, where there are no tenants: throws Error{config}, as above, with the line
// of default_time_zone.
[[noreturn]] void throw_no_zone_of_rest();

}  // namespace pcx::kpi
