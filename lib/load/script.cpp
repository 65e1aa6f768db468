#include "load/script.h"

#include <fmt/format.h>

#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "crypto/digest.h"
#include "load/script_config.h"
#include "load/script_ensure.h"
#include "load/script_flow.h"
#include "load/script_http.h"
#include "load/script_keys.h"
#include "load/script_payload.h"
#include "load/script_phases.h"
#include "load/script_reading.h"
#include "load/script_tree.h"
#include "load/script_usage.h"

namespace pcx::load {

namespace {

// std::nullopt: a key that is there twice, which is a fault like others.
std::optional<YamlNode> parse(Reading& reading, const std::filesystem::path& file) {
  const std::string text = read_file(file, YamlLimits{}.bytes_max);
  reading.faults.know(file.native(), text);
  try {
    YamlNode script = parse_yaml(text, file.native());
    resolve_merge_keys(script);
    return script;
  } catch (const Error& error) {
    if (error.reason() != "duplicate_key") throw;
    reading.faults.refuse("duplicate_key", error.location(), error.what(), error.hint());
    return std::nullopt;
  }
}

void require_script(const YamlNode& script, const std::filesystem::path& file) {
  if (script.kind == YamlNode::Kind::map) return;
  throw Error{ErrorCode::data, "not a script: it is no map",
              "A script has `config:` and `scenarios:`; `pcx load new` writes one."}
      .at({file.native(), script.place.line, script.place.column});
}

std::optional<YamlNode> parse_all(Reading& reading,
                                  const std::vector<std::filesystem::path>& files) {
  std::optional<YamlNode> whole;
  for (const auto& file : files) {
    auto script = parse(reading, file);
    if (!script) return std::nullopt;
    require_script(*script, file);
    if (whole) {
      merge_over(*whole, *script, Lists::by_index);
    } else {
      whole = std::move(script);
    }
  }
  return whole;
}

// As JSON: values are told from each other whatever is in them.
Document outside_of(const Names& names) {
  Document outside = Document::object();
  for (const auto& [name, value] : names.from_outside()) {
    outside.set(name, value ? Document{*value} : Document{});
  }
  return outside;
}

// What makes two runs the same: the script with everything laid over it, what it takes from the
// environment, and how it is read. Folders are those of each machine.
std::string digest_of(const Reading& reading, const YamlNode& script) {
  const ScriptOptions& options = reading.options;
  std::string text = to_json(to_document(script));
  text += "\n" + to_json(outside_of(reading.names));
  text += fmt::format("\n{} {} {} {}\n{}", options.strict, options.skip_hooks, options.solo,
                      options.environment, options.scenario_name.value_or(""));
  return crypto::sha256_hex(text + reading.digest_text);
}

void check_processor(Reading& reading, const YamlNode& config) {
  reading.has_processor = find_value(config, "processor") != nullptr;
}

// Its value may hold a password, and is not shown.
void check_proxies(Reading& reading, const Environment& environment, const YamlNode& script) {
  for (const char* name : {"HTTP_PROXY", "HTTPS_PROXY"}) {
    if (environment.get(name).value_or("").empty()) continue;
    reading.faults.differs(
        "proxy", script.place,
        fmt::format("{} is set, and Artillery sends requests through that proxy", name),
        "pcx asks the target itself.");
  }
}

void read_all(Reading& reading, YamlNode& script) {
  check_keys(reading, script);
  lay_over(reading, script);
  YamlNode rendered = script;
  render_config(reading, rendered);
  const YamlNode& config = *rendered.find("config");
  check_processor(reading, config);
  read_http(reading, config);
  read_plugins(reading, config);
  read_phases(reading, config);
  read_payloads(reading, config);
  read_variables(reading, config);
  read_scenarios(reading, rendered);
  read_ensure(reading, config);
  fill_initial(reading, config);
  check_usage(reading);
  reading.plan.digest = digest_of(reading, script);
}

}  // namespace

ReadScript read_script(const std::filesystem::path& file, const ScriptOptions& options,
                       const Environment& environment) {
  return read_script(std::vector{file}, options, environment);
}

ReadScript read_script(const std::vector<std::filesystem::path>& files,
                       const ScriptOptions& options, const Environment& environment) {
  Reading reading{files.front(), options, environment};
  Plan& plan = reading.plan;
  plan.environment = options.environment;
  plan.strict = options.strict;
  plan.uuid_slot = reading.names.slot("$uuid");
  if (auto script = parse_all(reading, files)) {
    check_proxies(reading, environment, *script);
    read_all(reading, *script);
  }
  plan.variables = reading.names.variables();
  return {std::move(plan), reading.faults.take()};
}

}  // namespace pcx::load
