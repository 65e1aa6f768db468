#include "cli/topic_alerts.h"

#include <string>

#include <fmt/format.h>

#include "alert/receiver_config.h"
#include "core/config.h"

namespace pcx::cli {

const std::string_view kAlertsText =
    "'pcx alert check', run each minute by cron, a timer or a monitoring system, evaluates rules, "
    "remembers what it found, and tells receivers what is new. Receivers stand in the "
    "configuration:\n\n"
    "  alert:\n"
    "    receivers:\n"
    "      duty:\n"
    "        kind: pagerduty\n"
    "        secret_file: /etc/pcx/pagerduty.key\n"
    "        default: true\n"
    "      log:\n"
    "        kind: exec\n"
    "        command: [/usr/bin/logger, -t, pcx]\n\n"
    "A receiver with default: true takes the alerts of rules that name none. 'pcx alert receivers "
    "test' sends each a test and its end. A secret stands in a file of mode 0600 or in a variable, "
    "never in the configuration. Kind stdout is for trying; 'pcx alert check' prints its lines to "
    "standard error, since monitoring takes the first line of standard output.\n\n"
    "Rules are Prometheus's rule files, in the file or folder of --rules, PCX_ALERT_RULES or "
    "alert.rules; without one pcx has its own. 'pcx alert list --metrics' names what they may ask "
    "for. The label severity is info, warning, error or critical. A silence ends; one needs a "
    "matcher that does not fit an empty value.\n\n"
    "Annotations of rules that only pcx knows, then the keys of receivers:";

std::vector<TopicEntry> alerts_entries() {
  std::vector<TopicEntry> entries = {
      {"pcx_resolve_expr: EXPRESSION", "a firing alert ends when this is true, and not before"},
      {"pcx_no_data: keep, ok, alert or error",
       "when its numbers are missing: it stays as it is (the default), ends, begins, or the rule "
       "cannot be evaluated"},
      {"pcx_schedule: Mon-Sat 08:00-19:00 America/New_York", "when it may notify"},
      {"pcx_receivers: duty, log", "where it goes, instead of to the default"},
      {"pcx_repeat: 4h", "told again after so long; 0: never"},
      {"pcx_flap: 4 in 1h", "one that begins and ends so often is held until it is quiet; off"},
      {"pcx_volatile: host, pid", "labels that are not part of which incident it is"},
      {"pcx_max_gap: 15m", "a pending alert that goes unseen for longer begins anew"},
  };
  constexpr std::string_view kPrefix = "alert.";
  for (const ConfigKey& key : alert::receiver_config_keys()) {
    entries.push_back({std::string{key.path.substr(kPrefix.size())}, std::string{key.help}});
  }
  return entries;
}

}  // namespace pcx::cli
