#include "core/environment.h"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

namespace pcx {

std::optional<std::string> SystemEnvironment::get(std::string_view name) const {
  const char* value = std::getenv(std::string{name}.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

std::vector<std::string> SystemEnvironment::names_with_prefix(std::string_view prefix) const {
  std::vector<std::string> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view pair{*entry};
    if (pair.starts_with(prefix)) names.emplace_back(pair.substr(0, pair.find('=')));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::string> MapEnvironment::get(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> MapEnvironment::names_with_prefix(std::string_view prefix) const {
  std::vector<std::string> names;
  for (auto entry = values_.lower_bound(prefix); entry != values_.end(); ++entry) {
    if (!entry->first.starts_with(prefix)) break;
    names.push_back(entry->first);
  }
  return names;
}

}  // namespace pcx
