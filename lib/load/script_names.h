// The names of a script: who gives them values, who uses them, and their slots.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/environment.h"
#include "core/yaml.h"
#include "load/script_faults.h"
#include "load/template_text.h"

namespace pcx::load {

// Who gives a name its value.
enum class NameOrigin { variable, column, capture, step, loop };

class Names final : public Vocabulary {
 public:
  Names(const ScriptOptions& options, const Environment& environment, Faults& faults)
      : options_(options), environment_(environment), faults_(faults) {}

  // A value that is the same for all users, as long as nobody sets a variable of that name.
  void define(const std::string& name, std::string value);
  // Somebody gives `name` a value; `name` may be a path ("user.token"): then its root has one.
  void set(const std::string& name, NameOrigin origin, const Location& place);
  // All that flows give values to: captures, loops and steps. Without the places where.
  void foresee(const YamlNode& flow);
  bool is_foreseen(const std::string& name) const { return foreseen_.contains(name); }

  Slot slot(const std::string& name);  // of a whole name
  bool has_slot(const std::string& name) const { return slots_.contains(name); }
  const std::vector<std::string>& variables() const { return variables_; }

  // The place of what is read next, for reports and uses.
  void stand_at(const Location& place) { place_ = place; }
  const Location& place() const { return place_; }
  void use(const std::string& name);

  struct Known {
    NameOrigin origin = NameOrigin::variable;
    Location place;  // of the first time
  };
  const std::map<std::string, Known>& known() const { return known_; }
  const std::map<std::string, Location>& uses() const { return uses_; }  // first one, by root
  // Variables of the environment that the script has asked for; std::nullopt: not set.
  const std::map<std::string, std::optional<std::string>>& from_outside() const {
    return from_outside_;
  }

  std::optional<std::string> constant(const std::string& name, bool has_fallback) override;
  Variable variable(const std::string& name) override;
  bool is_variable(const std::string& name) const override;
  bool is_strict() const override { return options_.strict; }
  void report(TemplateFault fault) override;

 private:
  std::string root_of(const std::string& name) const;
  std::optional<std::string> from_environment(const std::string& variable) const;

  const ScriptOptions& options_;
  const Environment& environment_;
  Faults& faults_;
  Location place_;
  std::map<std::string, std::string> constants_;
  std::map<std::string, Known> known_;
  std::set<std::string> foreseen_;
  std::map<std::string, Location> uses_;
  std::map<std::string, std::optional<std::string>> from_outside_;
  std::map<std::string, Slot> slots_;
  std::vector<std::string> variables_;
};

}  // namespace pcx::load
