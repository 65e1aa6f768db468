#include "alert/notification_key.h"

#include <algorithm>

#include <fmt/format.h>

namespace pcx::alert {
namespace {

// With "pcx/", the environment, "/group/", "/" and 16 digits no more than kDedupKeyBytesMax.
constexpr std::size_t kReceiverBytesMax = 127;

// The second part of pcx/<environment>/<alertname>/<digest>.
std::string_view environment_of(std::string_view dedup_key) {
  dedup_key.remove_prefix(std::min(dedup_key.find('/'), dedup_key.size()));
  if (!dedup_key.empty()) dedup_key.remove_prefix(1);
  return dedup_key.substr(0, dedup_key.find('/'));
}

std::string group_key(const Alert& alert, const Route& route) {
  const std::string environment{environment_of(alert.dedup_key)};
  // What may be cut is in the digest as a whole. No label has such a name.
  Labels all{{"/environment", environment}, {"/receiver", route.receiver}};
  for (const std::string& name : route.group_by) {
    const auto label = alert.labels.find(name);
    if (label != alert.labels.end()) all.insert(*label);
  }
  return fmt::format("pcx/{}/group/{}/{}", cut_to_bytes(environment, kKeyEnvironmentBytesMax),
                     cut_to_bytes(route.receiver, kReceiverBytesMax), digest_of(all));
}

}  // namespace

std::string incident_key(const Alert& alert, const std::string& alert_id, const Route& route) {
  if (route.is_resent_always) return alert_id;
  return route.group_by.empty() ? alert.dedup_key : group_key(alert, route);
}

}  // namespace pcx::alert
