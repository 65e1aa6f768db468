// Environment variables, handed in: lib/ never calls getenv itself.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pcx {

class Environment {
 public:
  virtual ~Environment() = default;
  // Empty and unset are different; callers that treat them alike say so.
  virtual std::optional<std::string> get(std::string_view name) const = 0;
  // Names that start with `prefix`, sorted.
  virtual std::vector<std::string> names_with_prefix(std::string_view prefix) const = 0;
};

class SystemEnvironment final : public Environment {
 public:
  std::optional<std::string> get(std::string_view name) const override;
  std::vector<std::string> names_with_prefix(std::string_view prefix) const override;
};

class MapEnvironment final : public Environment {
 public:
  explicit MapEnvironment(std::map<std::string, std::string, std::less<>> values)
      : values_(std::move(values)) {}
  std::optional<std::string> get(std::string_view name) const override;
  std::vector<std::string> names_with_prefix(std::string_view prefix) const override;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace pcx
