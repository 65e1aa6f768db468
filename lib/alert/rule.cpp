#include "alert/rule.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "alert/template.h"
#include "core/text.h"

namespace pcx::alert {

namespace {

constexpr const char* kSeverities[] = {"info", "warning", "error", "critical"};
constexpr int kGapIntervals = 3;

}  // namespace

std::string Rule::id() const {
  const std::string id = group + "/" + alert;
  const auto severity = labels.find("severity");
  if (severity == labels.end() || is_template(severity->second)) return id;
  return id + "/" + severity->second;
}

std::chrono::milliseconds Rule::longest_gap() const {
  return gap_max.count() != 0 ? gap_max : kGapIntervals * interval;
}

std::optional<Severity> parse_severity(std::string_view word) {
  const auto found = std::ranges::find(kSeverities, word);
  if (found == std::end(kSeverities)) return std::nullopt;
  return static_cast<Severity>(found - std::begin(kSeverities));
}

const char* to_string(Severity severity) noexcept {
  return kSeverities[static_cast<std::size_t>(severity)];
}

void require_zones(const std::vector<Rule>& rules, const ZoneClock& zones) {
  for (const Rule& rule : rules) {
    if (!rule.schedule) continue;
    try {
      require_zones(*rule.schedule, zones);
    } catch (const Error& error) {
      throw Error{error.code(),
                  fmt::format("rule {}: {}", escape_controls(rule.alert), error.what()),
                  error.hint()}
          .at(rule.place)
          .because(error.reason());
    }
  }
}

}  // namespace pcx::alert
