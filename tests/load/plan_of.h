// Plans from the texts of scripts.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "core/environment.h"
#include "load/script.h"
#include "tests/support/temporary_folder.h"

namespace pcx::load {

// REQUIRES: nothing in it is refused.
inline Plan plan_of(const std::string& script, const ScriptOptions& options = {}) {
  const pcx::testing::TemporaryFolder folder;
  ReadScript read = read_script(folder.write("script.yml", script), options, MapEnvironment{{}});
  for (const Fault& fault : read.faults) {
    EXPECT_NE(fault.level, Fault::Level::refused)
        << to_string(fault.place) << ": " << fault.message << "\n"
        << script;
  }
  return std::move(read.plan);
}

// The script of one flow for `target`; `config` is what else stands below config. Both are YAML,
// each line with its indentation: two blanks for `config`, six for `flow`.
inline std::string script_of(const std::string& target, const std::string& config,
                             const std::string& flow) {
  return "config:\n  target: " + target + "\n" + config + "scenarios:\n  - flow:\n" + flow;
}

}  // namespace pcx::load
