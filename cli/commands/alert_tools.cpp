#include "cli/commands/alert_tools.h"

#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "alert/rules_files.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "http/http_transport.h"

namespace pcx::cli {

namespace {

std::vector<std::filesystem::path> rule_files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths_in(folder)) {
    const std::string name = path.filename().string();
    const bool is_rules = name.ends_with(".yml") || name.ends_with(".yaml");
    if (is_rules && !name.starts_with('.')) files.push_back(path);
  }
  std::ranges::sort(files);
  if (files.empty()) {
    throw Error{ErrorCode::not_found, fmt::format("{} has no rule file", folder.string()),
                "Put files *.yml or *.yaml there, or name another folder with --rules."};
  }
  return files;
}

// Cut off by a full disk, or not written yet: without its rules all of their alerts would end.
void require_groups(const std::string& text, const std::filesystem::path& file) {
  const YamlNode root = parse_yaml(text, file.string());
  const YamlNode* const groups = root.kind == YamlNode::Kind::map ? root.find("groups") : nullptr;
  if (groups != nullptr && groups->kind == YamlNode::Kind::list) return;
  throw Error{ErrorCode::data, fmt::format("{} has no rules", escape_controls(file.native())),
              "Write 'groups: []' where there are to be none."};
}

void read_rule_path(const std::filesystem::path& path, const std::string& zone,
                    std::vector<alert::Rule>& rules) {
  std::vector<std::filesystem::path> files = {path};
  std::error_code unknown;  // reading it says why
  if (std::filesystem::is_directory(path, unknown)) files = rule_files_in(path);
  for (const auto& file : files) {
    const std::string text = read_file(file, alert::kRuleFileBytesMax);
    const std::size_t before = rules.size();
    alert::read_rules(text, file.string(), zone, rules);
    if (rules.size() == before) require_groups(text, file);
  }
}

std::vector<std::string> names_in(const YamlNode& node, std::string_view key) {
  std::vector<std::string> names;
  const YamlNode* const list = node.find(key);
  if (list == nullptr) return names;
  if (list->kind == YamlNode::Kind::scalar) return {list->text};
  for (const YamlNode& item : list->items) names.push_back(item.text);
  return names;
}

std::vector<alert::Matcher> matchers_in(const YamlNode& node, std::string_view key) {
  std::vector<alert::Matcher> matchers;
  try {
    for (const std::string& text : names_in(node, key)) {
      matchers.push_back(alert::parse_matcher(text));
    }
  } catch (const Error& error) {
    throw Error{ErrorCode::config, fmt::format("{} of an inhibition: {}", key, error.what()),
                error.hint()}
        .at(node.place);
  }
  if (matchers.empty()) {
    throw Error{ErrorCode::config, fmt::format("an inhibition without {}", key),
                "Give matchers, such as severity=critical."}
        .at(node.place);
  }
  return matchers;
}

std::vector<alert::Inhibition> inhibitions_in(const Config& config) {
  std::vector<alert::Inhibition> inhibitions;
  const YamlNode* const list = config.find("alert.inhibit");
  if (list == nullptr || list->kind == YamlNode::Kind::null) {
    // What is computed from the database says nothing while the database does not answer.
    inhibitions.push_back({.source = {alert::parse_matcher("alertname=DatabaseDown")},
                           .target = {alert::parse_matcher("class=~kpi|health"),
                                      alert::parse_matcher("alertname!=DatabaseDown")},
                           .equal = {}});
    return inhibitions;
  }
  for (const YamlNode& item : list->items) {
    inhibitions.push_back({.source = matchers_in(item, "source"),
                           .target = matchers_in(item, "target"),
                           .equal = names_in(item, "equal")});
  }
  return inhibitions;
}

[[noreturn]] void throw_no_receiver(const alert::Rule& rule, const std::string& name,
                                    const std::vector<std::string>& known) {
  const auto near = nearest(name, known);
  throw Error{ErrorCode::config,
              fmt::format("rule {}: no receiver is named {}", escape_controls(rule.alert),
                          escape_controls(name)),
              near ? fmt::format("Did you mean {}?", *near)
                   : "Name one of alert.receivers in pcx_receivers, or add it there."}
      .at(rule.place)
      .because("receiver");
}

void require_receivers(const AlertSetting& setting) {
  std::vector<std::string> known;
  for (const alert::ReceiverConfig& each : setting.receivers) known.push_back(each.name);
  for (const alert::Rule& rule : setting.setting.rules) {
    for (const std::string& name : rule.receivers) {
      if (std::ranges::find(known, name) == known.end()) throw_no_receiver(rule, name, known);
    }
  }
}

}  // namespace

Opt alert_rules_option() {
  return {.name = "--rules",
          .type = Type::file,
          .metavar = "PATH",
          .help = "rule file, or folder of them; those of pcx when there is none",
          .environment = "PCX_ALERT_RULES",
          .config_key = "alert.rules",
          .repeated = true};
}

Opt alert_state_option() {
  return {.name = "--state-dir",
          .type = Type::folder,
          .metavar = "DIR",
          .help = "where the state is kept besides the database, and when it is down",
          .environment = "PCX_ALERT_STATE_DIR",
          .config_key = "alert.state_dir"};
}

std::vector<std::string> alert_rule_paths(const Environment& environment, const Config& config) {
  const auto path = environment.get("PCX_ALERT_RULES");
  if (path && !path->empty()) return {*path};
  const YamlNode* const alert = config.find("alert");
  return alert == nullptr ? std::vector<std::string>{} : names_in(*alert, "rules");
}

std::vector<alert::Rule> alert_rules(const std::vector<std::string>& paths,
                                     const std::string& zone) {
  std::vector<alert::Rule> rules;
  for (const std::string& path : paths) read_rule_path(path, zone, rules);
  if (paths.empty()) {
    for (const auto& file : alert::rules_files()) alert::read_rules(file, zone, rules);
  }
  alert::require_zones(rules, alert_zones());
  return rules;
}

std::vector<alert::Rule> alert_rules(const Values& values, const Config& config) {
  return alert_rules(values.texts("--rules"), alert_zone(config));
}

std::vector<alert::Selector> alert_selectors(const std::vector<alert::Rule>& rules) {
  std::vector<alert::Selector> all;
  for (const alert::Rule& rule : rules) {
    for (auto& each : rule.expression.selectors()) all.push_back(std::move(each));
    if (!rule.resolve) continue;
    for (auto& each : rule.resolve->selectors()) all.push_back(std::move(each));
  }
  return all;
}

std::string alert_zone(const Config& config) {
  return config.text("default_time_zone").value_or("");
}

alert::ZoneFiles alert_zones() { return alert::ZoneFiles{alert::kZoneFolder}; }

Time alert_now(Clock& clock) {
  return std::chrono::floor<std::chrono::milliseconds>(clock.wall_now());
}

std::string alert_environment(const Config& config) {
  return config.text("alert.environment").value_or("production");
}

AlertSetting alert_setting(Context& context, const Values& values) {
  AlertSetting all;
  all.setting.environment = alert_environment(context.config());
  all.setting.rules = alert_rules(values, context.config());
  all.setting.inhibitions = inhibitions_in(context.config());
  all.receivers = alert::read_receivers(context.config());
  for (const alert::ReceiverConfig& receiver : all.receivers) {
    all.setting.routes.push_back(receiver.route);
  }
  require_receivers(all);
  return all;
}

Document alert_labels(const alert::Labels& labels) {
  Document document = Document::object();
  for (const auto& [name, value] : labels) document.set(name, value);
  return document;
}

std::string alert_failure_words(const std::string& receiver, const std::string& words) {
  const std::string who = fmt::format("receiver {}: ", escape_controls(receiver));
  const std::string safe = escape_controls(words);
  return safe.starts_with(who) ? safe : who + safe;
}

const alert::ReceiverConfig& alert_receiver(const std::vector<alert::ReceiverConfig>& known,
                                            const std::string& name) {
  const auto found = std::ranges::find(known, name, &alert::ReceiverConfig::name);
  if (found != known.end()) return *found;
  std::vector<std::string> names;
  for (const alert::ReceiverConfig& each : known) names.push_back(each.name);
  const auto near = nearest(name, names);
  throw Error{ErrorCode::not_found, fmt::format("there is no receiver {}", escape_controls(name)),
              near ? fmt::format("Did you mean {}?", *near)
                   : "'pcx alert receivers list' shows those of the configuration."}
      .because("receiver");
}

std::vector<alert::ReceiverConfig> alert_require_receivers(const Config& config) {
  auto known = alert::read_receivers(config);
  if (!known.empty()) return known;
  throw Error{ErrorCode::config, "no receiver is configured",
              "Add one under alert.receivers; 'pcx help alerts' shows how."};
}

alert::Attempt try_attempt(Outcome& outcome, const std::function<alert::Attempt()>& send) {
  alert::Attempt attempt;
  try {
    attempt = send();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::config) throw;
    attempt = {.verdict = alert::Verdict::refused, .words = error.what()};
    if (!outcome.error) outcome.error = error;
  }
  if (attempt.verdict != alert::Verdict::delivered) outcome.finding = Finding::critical;
  return attempt;
}

std::vector<Column> attempt_columns() { return {{"verdict", "ANSWER"}, {"words", "WHY"}}; }

std::vector<Cell> attempt_cells(const alert::Attempt& attempt) {
  static constexpr const char* kWords[] = {"delivered", "later", "refused"};
  const bool is_delivered = attempt.verdict == alert::Verdict::delivered;
  return {std::string{kWords[static_cast<int>(attempt.verdict)]},
          is_delivered ? Cell{} : Cell{escape_controls(attempt.words)}};
}

alert::ReceiverTools alert_receiver_tools(Context& context, Printer print) {
  const Interrupt* const interrupt = &context.interrupt();
  const auto connect = [interrupt](const alert::ReceiverConfig& receiver,
                                   std::chrono::milliseconds timeout) {
    http::HttpOptions options;
    if (!receiver.ca_file.empty()) options.ca_file = receiver.ca_file;
    options.total_timeout = timeout;
    options.connect_timeout = std::min(options.connect_timeout, timeout);
    return std::make_unique<http::HttpTransport>(std::move(options), interrupt);
  };
  return {.connect = connect,
          .environment = context.environment(),
          .clock = context.clock(),
          .interrupt = context.interrupt(),
          .print = print,
          .host_name = context.actor().host};
}

alert::DeliveryReport alert_deliver(Context& context, AlertDesk& desk,
                                    const std::vector<alert::ReceiverConfig>& receivers,
                                    std::chrono::steady_clock::time_point deadline, Printer print) {
  const alert::ReceiverTools tools = alert_receiver_tools(context, print);
  std::map<std::string, std::unique_ptr<alert::Receiver>> made;
  std::map<std::string, int> limits;
  for (const alert::ReceiverConfig& each : receivers) {
    made.emplace(each.name, alert::make_receiver(each, tools));
    limits.emplace(each.name, each.calls_per_minute_max);
  }
  const auto find = [&made](const std::string& name) {
    const auto found = made.find(name);
    return found == made.end() ? nullptr : found->second.get();
  };
  return alert::deliver(
      desk.memory(),
      {.store = desk.session(),
       .receiver = find,
       .calls_per_minute_max = [&limits](const std::string& name) { return limits[name]; },
       .clock = context.clock(),
       .random = context.random(),
       .interrupt = context.interrupt(),
       .deadline = deadline});
}

alert::NotificationPlan alert_plan(const AlertSetting& setting, const alert::Memory& memory,
                                   Time now) {
  return alert::plan_notifications({.rules = setting.setting.rules,
                                    .alerts = memory.alerts,
                                    .incidents = memory.incidents,
                                    .silences = memory.silences,
                                    .inhibitions = setting.setting.inhibitions,
                                    .routes = setting.setting.routes,
                                    .zones = alert_zones(),
                                    .now = now});
}

View alerts_view(const std::vector<alert::Alert>& alerts,
                 const std::vector<alert::Suppression>& suppressions) {
  View view{.columns = {{"phase", "PHASE"},
                        {"severity", "SEVERITY"},
                        {"alert", "ALERT"},
                        {"labels", "LABELS"},
                        {"value", "VALUE"},
                        {"active_since", "SINCE"},
                        {"quiet_because", "QUIET BECAUSE"},
                        {"dedup_key", "KEY"}},
            .rows = {},
            .summary = {}};
  for (const alert::Alert& each : alerts) {
    if (each.phase == alert::Phase::resolved) continue;
    Cell why;
    const alert::Suppression* const quiet = alert::suppression_of(suppressions, each);
    if (quiet != nullptr) why = escape_controls(quiet->why);
    const bool is_held = each.is_flapping && each.keep_firing_since;
    if (is_held && quiet == nullptr) why = "it flaps, and is held";
    if (!each.acked_by.empty()) why = escape_controls("acknowledged by " + each.acked_by);
    view.rows.push_back({std::string{to_string(each.phase)},
                         std::string{to_string(each.severity())},
                         escape_controls(each.labels.at("alertname")),
                         escape_controls(alert::to_string(each.labels)), each.value,
                         Cell{each.active_since}, std::move(why), escape_controls(each.dedup_key)});
  }
  view.summary = view.rows.empty() ? "Nothing is pending, and nothing fires."
                                   : counted(std::ssize(view.rows), "alert") + ".";
  return view;
}

}  // namespace pcx::cli
