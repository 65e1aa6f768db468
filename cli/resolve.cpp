#include "cli/resolve.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/table.h"
#include "cli/values.h"
#include "core/duration.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

// One value on its way in: what it must be, and how to complain about it.
struct Candidate {
  Type type = Type::text;
  const std::vector<std::string_view>* choices = nullptr;
  std::optional<std::int64_t> minimum;
  std::optional<std::int64_t> maximum;
  std::string origin;  // as errors name it: "option --limit", "variable PCX_LIMIT", "LIMIT"
  ErrorCode code = ErrorCode::usage;
  Location location;
};

[[noreturn]] void refuse(const Candidate& candidate, std::string_view problem, std::string hint) {
  throw Error{candidate.code, fmt::format("{}: {}", candidate.origin, problem), std::move(hint)}.at(
      candidate.location);
}

void check_integer(const Candidate& candidate, const std::string& text) {
  const auto number = parse_integer(text);
  if (!number) {
    refuse(candidate, fmt::format("'{}' is not a whole number", text),
           "Write decimal digits only.");
  }
  if (candidate.minimum && *number < *candidate.minimum) {
    refuse(candidate, fmt::format("{} is less than {}", *number, *candidate.minimum),
           fmt::format("Give {} or more.", *candidate.minimum));
  }
  if (candidate.maximum && *number > *candidate.maximum) {
    refuse(candidate, fmt::format("{} is more than {}", *number, *candidate.maximum),
           fmt::format("Give {} or less.", *candidate.maximum));
  }
}

void check_choice(const Candidate& candidate, const std::string& text) {
  const auto& choices = *candidate.choices;
  if (std::find(choices.begin(), choices.end(), text) != choices.end()) return;
  const std::vector<std::string> words{choices.begin(), choices.end()};
  std::string hint = did_you_mean(text, words);
  if (!hint.empty()) hint += ' ';
  refuse(candidate, fmt::format("'{}' is none of {}", text, join(words, ", ")),
         hint + fmt::format("Choose one of {}.", join(words, ", ")));
}

void check(const Candidate& candidate, const std::string& text) {
  if (const auto at = find_invalid_utf8(text); at && candidate.type == Type::text) {
    refuse(candidate, fmt::format("invalid UTF-8 at byte {}", *at + 1), "Write it in UTF-8.");
  }
  if (text.empty() && candidate.type != Type::text) {
    refuse(candidate, "the value is empty", "Give a value, or leave it out.");
  }
  switch (candidate.type) {
    case Type::flag:
    case Type::file:
    case Type::folder: return;
    case Type::text:
      if (!candidate.choices->empty()) check_choice(candidate, text);
      return;
    case Type::integer: return check_integer(candidate, text);
    case Type::choice: return check_choice(candidate, text);
    case Type::duration:
      if (!parse_duration(text)) {
        refuse(candidate, fmt::format("'{}' is not a duration", text),
               "Write a whole number and a unit: 250ms, 10s, 5m, 2h, 1d.");
      }
  }
}

Candidate candidate_for(const Opt& option, std::string origin, ErrorCode code,
                        Location location = {}) {
  return {option.type, &option.choices,    option.minimum, option.maximum, std::move(origin),
          code,        std::move(location)};
}

// A switch outside the command line: "PCX_NO_INPUT=1".
std::string switch_text(const Candidate& candidate, const std::string& text) {
  const auto on = parse_switch(text);
  if (!on)
    refuse(candidate, fmt::format("'{}' is neither true nor false", text), "Write true or false.");
  return *on ? "true" : "false";
}

std::optional<Values::Entry> from_flags(const Opt& option, const Parsed& parsed) {
  Values::Entry entry{option.name, {}, Source::flag, std::string{option.name}};
  const auto candidate =
      candidate_for(option, fmt::format("option {}", option.name), ErrorCode::usage);
  for (const Given& given : parsed.options) {
    if (given.option != &option) continue;
    if (option.type != Type::flag) check(candidate, given.text);
    entry.texts.push_back(option.type == Type::flag ? "true" : given.text);
  }
  if (entry.texts.empty()) return std::nullopt;
  return entry;
}

// DATABASE_URL is the application's own variable (Prisma), so it goes after PCX_DATABASE_URL.
std::vector<std::string_view> variables_of(const Opt& option) {
  if (option.environment.empty()) return {};
  if (option.name == "--database-url") return {option.environment, "DATABASE_URL"};
  return {option.environment};
}

// An empty variable counts as unset, as for libpq.
std::optional<Values::Entry> from_environment(const Opt& option, const Environment& environment) {
  for (const std::string_view name : variables_of(option)) {
    auto text = environment.get(name);
    if (!text || text->empty()) continue;
    const auto candidate =
        candidate_for(option, fmt::format("variable {}", name), ErrorCode::config);
    if (option.type == Type::flag) text = switch_text(candidate, *text);
    check(candidate, *text);
    return Values::Entry{option.name, {*text}, Source::environment, std::string{name}};
  }
  return std::nullopt;
}

std::vector<std::string> texts_of(const YamlNode& node, const Candidate& candidate,
                                  const Opt& option) {
  if (node.kind == YamlNode::Kind::scalar) return {node.text};
  if (node.kind != YamlNode::Kind::list || !option.repeated)
    refuse(candidate, "needs one value", "Write one text.");
  std::vector<std::string> texts;
  for (const YamlNode& item : node.items) {
    if (item.kind != YamlNode::Kind::scalar)
      refuse(candidate, "needs a list of texts", "Write [a, b].");
    texts.push_back(item.text);
  }
  return texts;
}

std::optional<Values::Entry> from_file(const Opt& option, const Config& config) {
  if (option.config_key.empty()) return std::nullopt;
  const YamlNode* node = config.find(option.config_key);
  if (node == nullptr || node->kind == YamlNode::Kind::null) return std::nullopt;
  const auto candidate = candidate_for(option, fmt::format("key {}", option.config_key),
                                       ErrorCode::config, node->place);
  Values::Entry entry{option.name, texts_of(*node, candidate, option), Source::file,
                      to_string(node->place)};
  for (std::string& text : entry.texts) {
    if (option.type == Type::flag) text = switch_text(candidate, text);
    check(candidate, text);
  }
  return entry;
}

Values::Entry without_flags(const Opt& option, const Environment& environment,
                            const Config& config) {
  if (auto entry = from_environment(option, environment)) return *entry;
  if (auto entry = from_file(option, config)) return *entry;
  if (!option.fallback.empty()) {
    return {option.name, {std::string{option.fallback}}, Source::fallback, "default"};
  }
  return {option.name, {}, Source::none, {}};
}

Values::Entry resolve_option(const Opt& option, const Parsed& parsed,
                             const Environment& environment, const Config& config) {
  if (auto entry = from_flags(option, parsed)) return *entry;
  Values::Entry entry = without_flags(option, environment, config);
  if (entry.texts.empty() && option.required) {
    throw Error{ErrorCode::usage, fmt::format("option {} is missing", option.name),
                fmt::format("Give {} {}.", option.name, option.metavar)};
  }
  return entry;
}

std::vector<Values::Entry> resolve_arguments(const Parsed& parsed) {
  const Cmd& command = *parsed.command;
  std::vector<Values::Entry> entries;
  std::size_t next = 0;
  for (const Arg& argument : command.arguments) {
    Values::Entry entry{argument.name, {}, Source::flag, std::string{argument.name}};
    const Candidate candidate{argument.type, &argument.choices, {}, {}, std::string{argument.name}};
    while (next < parsed.arguments.size() && (entry.texts.empty() || argument.repeated)) {
      check(candidate, parsed.arguments[next]);
      entry.texts.push_back(parsed.arguments[next++]);
    }
    if (entry.texts.empty() && argument.required) {
      throw Error{ErrorCode::usage, fmt::format("argument {} is missing", argument.name),
                  fmt::format("Run 'pcx {} --help' for its usage.", command.path)};
    }
    if (entry.texts.empty()) entry.source = Source::none;
    entries.push_back(std::move(entry));
  }
  if (next < parsed.arguments.size()) {
    throw Error{ErrorCode::usage, fmt::format("unexpected argument '{}'", parsed.arguments[next]),
                fmt::format("Run 'pcx {} --help' for its usage.", command.path)};
  }
  return entries;
}

void add_keys(const std::vector<Opt>& options, std::vector<ConfigKey>& keys) {
  for (const Opt& option : options) {
    const auto same = [&](const ConfigKey& key) { return key.path == option.config_key; };
    if (option.config_key.empty() || std::any_of(keys.begin(), keys.end(), same)) continue;
    keys.push_back({option.config_key, option.help});
  }
}

}  // namespace

Values resolve(const Parsed& parsed, const Environment& environment, const Config& config) {
  std::vector<Values::Entry> entries = resolve_arguments(parsed);
  for (const Opt* option : options_of(*parsed.command)) {
    const auto same = [&](const Values::Entry& entry) { return entry.name == option->name; };
    if (std::any_of(entries.begin(), entries.end(), same)) continue;  // its own hides a global one
    entries.push_back(resolve_option(*option, parsed, environment, config));
  }
  return Values{std::move(entries)};
}

std::vector<std::pair<const Opt*, Values::Entry>> resolve_settings(const Environment& environment,
                                                                   const Config& config) {
  std::vector<std::pair<const Opt*, Values::Entry>> settings;
  const auto add = [&](const std::vector<Opt>& options) {
    for (const Opt& option : options) {
      if (option.environment.empty() && option.config_key.empty()) continue;
      const auto same = [&](const auto& known) {
        return known.first->environment == option.environment &&
               known.first->config_key == option.config_key;
      };
      if (std::any_of(settings.begin(), settings.end(), same)) continue;
      settings.emplace_back(&option, without_flags(option, environment, config));
    }
  };
  add(global_options());
  for (const Cmd& command : commands()) add(command.options);
  return settings;
}

std::vector<ConfigKey> known_config_keys() {
  std::vector<ConfigKey> keys = library_config_keys();
  add_keys(global_options(), keys);
  for (const Cmd& command : commands()) add_keys(command.options, keys);
  std::sort(keys.begin(), keys.end(),
            [](const ConfigKey& left, const ConfigKey& right) { return left.path < right.path; });
  return keys;
}

std::vector<std::string> known_variables() {
  std::vector<std::string> names;
  const auto add = [&](const std::vector<Opt>& options) {
    for (const Opt& option : options) {
      if (option.environment.starts_with("PCX_")) names.emplace_back(option.environment);
    }
  };
  add(global_options());
  for (const Cmd& command : commands()) add(command.options);
  for (const Variable& variable : library_variables()) names.emplace_back(variable.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<std::string> warnings_about(const Environment& environment) {
  const auto known = known_variables();
  std::vector<std::string> warnings;
  for (const std::string& name : environment.names_with_prefix("PCX_")) {
    if (std::binary_search(known.begin(), known.end(), name)) continue;
    const auto near = nearest(name, known);
    warnings.push_back(near ? fmt::format("unknown variable {}; did you mean {}?", name, *near)
                            : fmt::format("unknown variable {} has no effect", name));
  }
  return warnings;
}

}  // namespace pcx::cli
