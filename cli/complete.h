// What Tab offers: the words so far, read by the command table.
//
// The protocol is cobra's (github.com/spf13/cobra, "Shell completions"): a line "value<TAB>
// description" for each candidate, then ":" and a sum of Directive bits.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"

namespace pcx::cli {

struct Completion {
  enum Directive { none = 0, failed = 1, no_space = 2, no_files = 4, folders_only = 16 };
  std::vector<Suggestion> suggestions;  // all start with the word being typed
  int directive = no_files;
};

inline constexpr std::size_t kSuggestionsMax = 200;

// `words` are those after "pcx"; the last one is being typed and may be empty. Never throws for
// words it does not understand: it has nothing to offer then.
Completion complete(const std::vector<std::string>& words, const SuggestionTools& tools);

// The protocol's text. Control characters are escaped; a description is one line.
std::string completion_text(const Completion& completion);

}  // namespace pcx::cli
