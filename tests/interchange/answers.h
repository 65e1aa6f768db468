// What the tools print, in the words of scenarios.txt.
#pragma once

#include <string>

#include "core/document.h"
#include "tests/support/shell.h"

namespace pcx::interchange {

// Of engine.mjs.
std::string answer_of_prisma(const Document& answer);

// Of `pcx migrate COMMAND ... --format json`: its answer, whatever the exit code.
std::string answer_of_pcx(const std::string& command, const testing::Ran& ran);

}  // namespace pcx::interchange
