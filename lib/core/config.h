// The configuration file: found, read, checked against the table of known keys.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/environment.h"
#include "core/yaml.h"

namespace pcx {

// A key that may stand in the file. "tenants.*.time_zone": a star stands for any one name,
// "fields[].table" for each element of a list. A path that goes no further takes a value or a list
// of values ("command").
struct ConfigKey {
  std::string_view path;
  std::string_view help;
};

class Config {
 public:
  Config() = default;  // no file: nothing is set
  Config(std::filesystem::path path, YamlNode root)
      : path_(std::move(path)), root_(std::move(root)) {}

  // The node at a dotted path of map keys; nullptr when it is not set.
  const YamlNode* find(std::string_view path) const;
  // A scalar's text; std::nullopt also for a key without a value. Throws Error{config} with its
  // place when it is a list or a map.
  std::optional<std::string> text(std::string_view path) const;
  const std::filesystem::path& path() const { return path_; }  // empty: no file
  const YamlNode& root() const { return root_; }

 private:
  std::filesystem::path path_;
  YamlNode root_;
};

// --config (`flag`), $PCX_CONFIG, else the first that exists of $XDG_CONFIG_HOME/pcx/config.yaml
// (default ~/.config) and /etc/pcx/config.yaml. Never a file of the working folder. Empty: none.
// Variables that are empty count as unset. A named file need not exist; read_config says so.
std::filesystem::path find_config_file(const std::optional<std::string>& flag,
                                       const Environment& environment);

// Throws Error{config} with file:line:column for malformed YAML, for a key that is not `known`
// (with the nearest known one as a suggestion) and for a list or map where none may stand; else
// what read_file throws.
Config read_config(const std::filesystem::path& path, const std::vector<ConfigKey>& known);

}  // namespace pcx
