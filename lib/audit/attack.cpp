#include "audit/attack.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include <fmt/format.h>

namespace pcx::audit {

const char* to_string(Attack attack) noexcept {
  switch (attack) {
    case Attack::row_altered: return "row altered";
    case Attack::row_deleted: return "row deleted";
    case Attack::row_inserted: return "row inserted";
    case Attack::rows_swapped: return "rows swapped";
    case Attack::row_retimed: return "row re-timed";
    case Attack::ledger_altered: return "ledger altered";
    case Attack::tail_dropped: return "tail dropped";
    case Attack::checkpoint_forged: return "checkpoint forged";
    case Attack::checkpoint_replaced: return "checkpoint replaced";
    case Attack::tiles_altered: return "tiles altered";
    case Attack::trigger_disabled: return "trigger disabled";
    case Attack::function_replaced: return "function replaced";
    case Attack::capture_bypassed: return "capture bypassed";
    case Attack::partition_restored: return "partition restored";
    case Attack::gap: return "gap";
    case Attack::restored: return "restored";
  }
  return "";
}

bool comes_before(const TrailFinding& left, const TrailFinding& right) noexcept {
  const auto place = [](const TrailFinding& finding) {
    const bool is_tampering = finding.severity == Finding::critical;
    return std::tuple{is_tampering ? 0 : 1,
                      finding.epoch == 0 ? std::numeric_limits<std::int32_t>::max() : finding.epoch,
                      finding.index.value_or(std::numeric_limits<std::uint64_t>::max())};
  };
  return place(left) < place(right);
}

void sort_and_shorten(std::vector<TrailFinding>& findings) {
  std::ranges::stable_sort(findings, comes_before);
  std::map<std::pair<Attack, Finding>, std::size_t> counts;
  for (const TrailFinding& finding : findings) ++counts[{finding.attack, finding.severity}];
  std::map<std::pair<Attack, Finding>, std::size_t> kept;
  std::erase_if(findings, [&](TrailFinding& finding) {
    const std::pair kind{finding.attack, finding.severity};
    const std::size_t number = ++kept[kind];
    if (number == kFindingsMax && counts[kind] > number) {
      finding.what += fmt::format("; and {} more like it", counts[kind] - number);
    }
    return number > kFindingsMax;
  });
}

}  // namespace pcx::audit
