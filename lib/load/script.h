// An Artillery script to a Plan, or to a list of all that is wrong with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/document.h"
#include "core/environment.h"
#include "core/error.h"
#include "load/plan.h"

namespace pcx::load {

struct Fault {
  enum class Level {
    refused,  // pcx cannot run it
    fault,    // a mistake: the script does not do what it says
    differs,  // Artillery would do otherwise than the author plainly meant; pcx does what was meant
  };
  Level level = Level::fault;
  std::string rule;  // stable word: "unknown_function"
  Location place;
  std::string message;
  std::string hint;
};
const char* to_string(Fault::Level level) noexcept;

// The command line's say.
struct ScriptOptions {
  std::string environment;            // -e
  std::optional<std::string> target;  // -t
  bool insecure = false;              // -k
  std::optional<Document> variables;  // -v
  std::optional<Document> overrides;
  std::optional<std::filesystem::path> payload;  // -p: the file of the script's only payload
  std::map<std::string, std::string> dotenv;     // where the process's environment has none
  std::optional<std::string> scenario_name;
  bool solo = false;
  bool strict = false;  // --artillery-strict
  bool skip_hooks = false;
  // For functions in `config`, which are called once, while the script is read.
  std::uint64_t seed = 0;
  Time (*wall_now)() = nullptr;  // nullptr: 1970
};

struct ReadScript {
  Plan plan;                  // only to be run without a refused one
  std::vector<Fault> faults;  // in the order of the file
};

// Reads the script and what it names: CSV files, files of forms, certificates.
// Throws Error{not_found} or Error{data} for a file that cannot be read at all, or is no YAML.
ReadScript read_script(const std::filesystem::path& file, const ScriptOptions& options,
                       const Environment& environment);
// One script of several files, each laid over those before it; lists element by element. Paths in
// it begin at the folder of the first one.
// REQUIRES: at least one file.
ReadScript read_script(const std::vector<std::filesystem::path>& files,
                       const ScriptOptions& options, const Environment& environment);

}  // namespace pcx::load
