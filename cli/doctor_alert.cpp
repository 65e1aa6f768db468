// The checks of alerts: do the rules hold up, is there somebody to tell, does it run?
#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "alert/receiver.h"
#include "alert/receiver_secret.h"
#include "cli/commands/alert_tools.h"
#include "cli/context.h"
#include "cli/doctor.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "db/schema.h"

namespace pcx::cli {

namespace {

constexpr std::chrono::minutes kRunAgeMax{15};

Checked check_rules(Patient& patient) {
  const auto paths = alert_rule_paths(patient.context().environment(), patient.config());
  const auto rules = alert_rules(paths, alert_zone(patient.config()));
  return {Health::ok, counted(std::ssize(rules), "rule"), {}};
}

// Who runs alerts may have other rights and another environment: no more than a warning.
std::optional<Checked> find_fault(const alert::ReceiverConfig& receiver,
                                  const Environment& environment) {
  try {
    // The whole of the header Authorization.
    const bool may_have_blanks = receiver.kind == alert::ReceiverKind::alertmanager;
    alert::find_secret(receiver, environment, "secret", may_have_blanks);
    if (!receiver.url_file.empty()) {
      alert::read_receiver_file(receiver, receiver.url_file, "address");
    }
    return std::nullopt;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::config) throw;
    return Checked{Health::warn, error.what(), error.hint()};
  }
}

Checked check_receivers(Patient& patient) {
  const auto receivers = alert::read_receivers(patient.config());
  if (receivers.empty()) return {Health::skip, "no receiver is configured", {}};
  for (const alert::ReceiverConfig& each : receivers) {
    if (auto found = find_fault(each, patient.context().environment())) return std::move(*found);
  }
  if (std::ranges::any_of(receivers, [](const auto& each) { return each.route.is_default; })) {
    return {Health::ok, counted(std::ssize(receivers), "receiver"), {}};
  }
  return {Health::warn, "no receiver is the default",
          "Alerts of rules without pcx_receivers go nowhere: set default: true on one of them."};
}

Checked judge_run(const alert::RunSummary& run, Time now, const std::string& remark) {
  const auto age = now - run.at;
  const std::string when = fmt::format("the last run was {} ago{}", to_short_text(age), remark);
  if (age <= kRunAgeMax) return {Health::ok, when, {}};
  return {Health::warn, when, "See why 'pcx alert check' does not run: timer, cron, monitoring."};
}

std::optional<std::string> kept_setting(const Patient& patient, std::string_view key) {
  std::string text = patient.setting(key);
  if (text.empty()) return std::nullopt;
  return text;
}

Checked check_runs(Patient& patient) {
  const auto status = db::read_schema_status(*patient.database());
  if (status.state != db::SchemaState::current) {
    return {Health::skip, "schema pcx keeps no alerts", {}};
  }
  const alert::MemoryOwner owner = alert_owner(patient.config(), *patient.target());
  const auto folder = alert_folder(kept_setting(patient, "alert.state_dir"), patient.config(),
                                   *patient.target(), patient.context().environment());
  std::string remark;
  const alert::Memory memory =
      alert::look(folder, patient.database(), owner, patient.context().clock(),
                  [&remark](const std::string& what) { remark += "; " + what; });
  if (!memory.last_run) return {Health::skip, "'pcx alert check' never ran" + remark, {}};
  return judge_run(*memory.last_run, alert_now(patient.context().clock()), remark);
}

}  // namespace

std::vector<Check> alert_checks() {
  return {{"alert_rules", check_rules},
          {"alert_receivers", check_receivers},
          {"alert_runs", connected<check_runs>}};
}

}  // namespace pcx::cli
