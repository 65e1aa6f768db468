// What the readers of a script's parts share: the faults, the names, the plan that grows, and how a
// value of the script is read.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/yaml.h"
#include "load/script.h"
#include "load/script_faults.h"
#include "load/script_names.h"

namespace pcx::load {

struct Reading {
  Reading(std::filesystem::path script, const ScriptOptions& said, const Environment& environment)
      : file(std::move(script)), options(said), names(said, environment, faults) {}

  std::filesystem::path file;
  const ScriptOptions& options;
  Faults faults;
  Names names;
  Plan plan;

  // Of config, for every request.
  std::vector<HeaderTemplate> default_headers;
  Template default_jitter;
  const YamlNode* variables = nullptr;  // nullptr: none
  bool strict_capture = true;
  bool has_expect_plugin = false;
  bool expects_200 = false;  // expectDefault200
  bool only_request_names = false, unnamed_endpoints = true, whole_urls = false;
  // Variables of the loops around what is read, and loops that have one of an outer loop.
  std::vector<std::string> open_loops;
  std::vector<std::pair<std::string, Location>> sharing_loops;
  // JavaScript that is not run: it may set and use variables.
  bool has_processor = false;
  bool has_hooks = false;
  std::string digest_text;  // what else the plan's digest is made of: files
};

// The member, unless it is missing or null.
const YamlNode* find_value(const YamlNode& map, std::string_view key);
// Where its name stands; the map's place when it is missing.
const Location& place_of_key(const YamlNode& map, std::string_view key);

bool is_list(const YamlNode& node);
bool is_map(const YamlNode& node);
bool is_scalar(const YamlNode& node);

// Each refuses what is not of its kind with rule "wrong_type", calling it `what`.
bool require_map(Reading& reading, const YamlNode& node, std::string_view what);
bool require_list(Reading& reading, const YamlNode& node, std::string_view what);
std::optional<std::string> read_text(Reading& reading, const YamlNode& node, std::string_view what);
// Texts that are numbers, too: variables of the environment are no other.
std::optional<double> read_number(Reading& reading, const YamlNode& node, std::string_view what);
std::optional<bool> read_flag(Reading& reading, const YamlNode& node, std::string_view what);
// Lists, or a single one.
std::vector<const YamlNode*> read_items(const YamlNode& node);

// Objects and lists become JSON text.
Template read_template(Reading& reading, const YamlNode& node);
Template read_template(Reading& reading, const std::string& text, const Location& place);
// A map of templates in its order; refused when it is none.
std::vector<std::pair<std::string, Template>> read_templates(Reading& reading, const YamlNode& map,
                                                             std::string_view what);
// Adds a header, or replaces the one of that name; the name becomes lower case.
void set_header(std::vector<HeaderTemplate>& headers, const std::string& name, Template value);
// Over the users' variables. Throws Error{data} when it cannot be read; in a strict run
// JavaScript's operators cannot.
std::optional<Expression> read_expression(Reading& reading, const YamlNode& node);

}  // namespace pcx::load
