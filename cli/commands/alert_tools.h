// What the commands of `pcx alert` share.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert/delivery.h"
#include "alert/evaluation.h"
#include "alert/memory.h"
#include "alert/receiver.h"
#include "alert/session.h"
#include "alert/zone_files.h"
#include "cli/command.h"
#include "cli/commands/alert_desk.h"
#include "cli/context.h"
#include "cli/sink.h"

namespace pcx::cli {

// --rules: of all commands that know rules.
Opt alert_rules_option();
// --state-dir: of those that remember.
Opt alert_state_option();
// --database-url is every command's; these open it themselves, since it may be what is down.

// The rules of --rules (files, or folders with *.yml and *.yaml in the order of their bytes); those
// that come with pcx when none are named. Throws as alert::read_rules() and read_file(), and
// Error{not_found} for a folder without any; alert::require_zones().
std::vector<alert::Rule> alert_rules(const Values& values, const Config& config);
// As commands see them, without their options: PCX_ALERT_RULES, else alert.rules.
std::vector<std::string> alert_rule_paths(const Environment& environment, const Config& config);
// `zone`: of schedules that name none.
std::vector<alert::Rule> alert_rules(const std::vector<std::string>& paths,
                                     const std::string& zone);

// What their expressions ask for, resolve thresholds included; also twice.
std::vector<alert::Selector> alert_selectors(const std::vector<alert::Rule>& rules);

// Of schedules that name none; empty: none is configured.
std::string alert_zone(const Config& config);
// tzdata of this machine.
alert::ZoneFiles alert_zones();

// Whole milliseconds, as alerts are kept.
Time alert_now(Clock& clock);

// Rules, routes and inhibitions, as the configuration has them. Throws Error{config} with its
// place, also for a rule whose receiver is none.
struct AlertSetting {
  alert::Setting setting;
  std::vector<alert::ReceiverConfig> receivers;
};
AlertSetting alert_setting(Context& context, const Values& values);
std::string alert_environment(const Config& config);

Document alert_labels(const alert::Labels& labels);

// "receiver pagerduty: no answer", safe for a terminal; once where the words say it already.
std::string alert_failure_words(const std::string& receiver, const std::string& words);

// The one of that name. Throws Error{not_found} with reason "receiver" and the nearest one.
const alert::ReceiverConfig& alert_receiver(const std::vector<alert::ReceiverConfig>& known,
                                            const std::string& name);
// Where receivers of kind stdout print.
using Printer = void (*)(std::string_view text);
alert::ReceiverTools alert_receiver_tools(Context& context, Printer print = write_stdout);

// The receivers of the configuration. Throws Error{config} when there is none.
std::vector<alert::ReceiverConfig> alert_require_receivers(const Config& config);

// One try. A receiver that cannot be tried at all (Error{config}) is refused, and stops nobody
// else: its error, the first one, is the outcome's. What is not delivered is critical.
alert::Attempt try_attempt(Outcome& outcome, const std::function<alert::Attempt()>& send);

// What a receiver answered: "delivered", "later" or "refused", and its words.
std::vector<Column> attempt_columns();
std::vector<Cell> attempt_cells(const alert::Attempt& attempt);

// Takes the outbox to the receivers until `deadline`.
alert::DeliveryReport alert_deliver(Context& context, AlertDesk& desk,
                                    const std::vector<alert::ReceiverConfig>& receivers,
                                    std::chrono::steady_clock::time_point deadline,
                                    Printer print = write_stdout);

// What is told, and what is not and why.
alert::NotificationPlan alert_plan(const AlertSetting& setting, const alert::Memory& memory,
                                   Time now);

// A view of alerts: "PHASE SEVERITY SINCE VALUE ALERT LABELS KEY".
View alerts_view(const std::vector<alert::Alert>& alerts,
                 const std::vector<alert::Suppression>& suppressions);

// The members of the group, one function a file.
std::vector<Cmd> alert_act_commands();        // ack, flush, resolve, send
std::vector<Cmd> alert_change_commands();     // change
std::vector<Cmd> alert_check_commands();      // check
std::vector<Cmd> alert_receivers_commands();  // receivers list, receivers test
std::vector<Cmd> alert_show_commands();       // explain, history, list
std::vector<Cmd> alert_silence_commands();    // silence add, expire, list
std::vector<Cmd> alert_test_commands();       // simulate, test

}  // namespace pcx::cli
