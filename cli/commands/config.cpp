// pcx config
#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/groups.h"
#include "cli/context.h"
#include "cli/resolve.h"
#include "cli/table.h"
#include "core/error.h"
#include "core/redact.h"
#include "core/text.h"
#include "db/target.h"

namespace pcx::cli {

namespace {

std::string_view name_of(Source source) {
  switch (source) {
    case Source::none: return "unset";
    case Source::fallback: return "default";
    case Source::file: return "file";
    case Source::environment: return "environment";
    case Source::flag: return "flag";
  }
  return "unset";
}

// A URL that is written wrong (postgres:user:password@host) may hold a password where redact() does
// not look for one.
bool may_hide_password(std::string_view key, const std::string& text) {
  if (key != "database.url" || text.find('@') == std::string::npos) return false;
  if (redact(text) != text) return false;
  try {
    db::parse_target(text);
    return false;
  } catch (const Error&) {
    return true;
  }
}

// As the key's name and the text itself demand: a key "api_token", a URL with a password.
Cell masked(std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return {};
  if (may_hide_password(key, texts.front())) return std::string{"***"};
  Document named = Document::object();
  named.set(std::string{key.substr(key.rfind('.') + 1)}, redact(join(texts, ", ")));
  return redact_deep(named).members().front().second.scalar();
}

std::vector<Cell> row_of(std::string_view key, const Values::Entry& entry) {
  const bool says_more = entry.source != Source::none && entry.source != Source::fallback;
  return {std::string{key}, masked(key, entry.texts), std::string{name_of(entry.source)},
          says_more ? Cell{entry.origin} : Cell{}};
}

// A setting goes by its key; one without a key by its variable.
std::string_view key_of(const Opt& option) {
  return option.config_key.empty() ? option.environment : option.config_key;
}

// What this command line says holds for the options it shares with every command.
Values::Entry as_it_holds(const Opt& option, const Values::Entry& without_flags,
                          const Values& values) {
  const auto& global = global_options();
  const bool shared = std::any_of(global.begin(), global.end(),
                                  [&](const Opt& other) { return &other == &option; });
  const bool conditional = option.name == "--reason" || option.name == "--lock-wait";
  return shared && !conditional ? values.entry(option.name) : without_flags;
}

// Scalars of the file that are no option's: only the library reads them.
void add_other_keys(const YamlNode& node, const std::string& path, View& view) {
  for (const auto& [name, child] : node.members) {
    const std::string key = path.empty() ? name : fmt::format("{}.{}", path, name);
    const auto known = [&](const auto& row) { return std::get<std::string>(row[0]) == key; };
    if (std::any_of(view.rows.begin(), view.rows.end(), known)) continue;
    if (child.kind == YamlNode::Kind::map) {
      add_other_keys(child, key, view);
    } else {
      std::vector<std::string> texts;
      for (const YamlNode& item : child.items) texts.push_back(item.text);
      if (child.kind == YamlNode::Kind::scalar) texts = {child.text};
      view.rows.push_back(row_of(key, {key, texts, Source::file, to_string(child.place)}));
    }
  }
}

void keep_only(const std::string& key, View& view) {
  std::vector<std::string> keys;
  for (const auto& row : view.rows) keys.push_back(std::get<std::string>(row[0]));
  std::erase_if(view.rows, [&](const auto& row) { return std::get<std::string>(row[0]) != key; });
  if (!view.rows.empty()) return;
  std::string hint = did_you_mean(key, keys);
  if (!hint.empty()) hint += ' ';
  throw Error{ErrorCode::usage, fmt::format("unknown key '{}'", key),
              hint + "Run 'pcx help config' for all keys."};
}

Outcome run_show(Context& context, const Values& values) {
  View view{
      .columns = {{"key", "KEY"}, {"value", "VALUE"}, {"source", "SOURCE"}, {"origin", "ORIGIN"}},
      .rows = {},
      .summary = {}};
  for (const auto& [option, entry] : resolve_settings(context.environment(), context.config())) {
    view.rows.push_back(row_of(key_of(*option), as_it_holds(*option, entry, values)));
  }
  add_other_keys(context.config().root(), {}, view);
  std::sort(view.rows.begin(), view.rows.end(), [](const auto& left, const auto& right) {
    return std::get<std::string>(left[0]) < std::get<std::string>(right[0]);
  });
  if (const auto key = values.optional_text("KEY")) keep_only(*key, view);
  const std::string file = context.config().path().string();
  view.summary =
      file.empty() ? "No configuration file." : fmt::format("Configuration file: {}", file);
  return {std::move(view)};
}

}  // namespace

std::vector<Cmd> config_commands() {
  return {
      {.path = "config", .summary = "See how pcx is configured"},
      {.path = "config show",
       .summary = "Show every setting, its value and where it comes from",
       .detail = "A setting comes from a flag, the environment, the configuration file or a "
                 "default, in this order. Secrets are never shown.",
       .arguments = {{.name = "KEY",
                      .help = "show only this setting",
                      .dynamic = "config_keys",
                      .required = false}},
       .examples = {{"pcx config show", "all settings"},
                    {"pcx config show database.url", "which database, and who says so"}},
       .exits = {{64, "no setting has that name"}, {78, "a mistake in the configuration"}},
       .needs = Needs::config,
       .run = run_show},
  };
}

}  // namespace pcx::cli
