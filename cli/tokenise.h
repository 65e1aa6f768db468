// The door to CLI11, which only splits words into options and their values.
//
// Everything else is ours, because CLI11 2.1.2 reads 010 as 8, takes "[a,b]" for a list, lets
// configuration files beat the environment, and exits with codes above 100.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace pcx::cli {

struct Given {
  const Opt* option = nullptr;
  std::string text;  // empty for flags
};

// REQUIRES: `words` hold nothing but `options` and their values, each value a word of its own.
// Options in the order of the table, repeated ones in the order of the words.
// Throws Error{usage} for words that CLI11 refuses all the same.
std::vector<Given> tokenise(const std::vector<std::string>& words,
                            const std::vector<const Opt*>& options);

}  // namespace pcx::cli
