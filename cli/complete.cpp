#include "cli/complete.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/table.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

// Where the words before the typed one have led.
struct Place {
  const Cmd* command = &root_command();
  const Opt* pending = nullptr;  // an option that waits for its value
  std::vector<std::string> arguments;
  bool only_arguments = false;
  std::vector<const Opt*> used;
  std::vector<std::pair<const Opt*, std::string>> given;  // those with a value
};

const Opt* option_of(const std::string& word, const std::vector<const Opt*>& options) {
  if (word.starts_with("--")) return find_option(options, word.substr(0, word.find('=')));
  // Of "-qo" the last letter may wait for a value.
  return find_option(options, word.back());
}

void step_option(Place& place, const std::string& word) {
  const Opt* option = option_of(word, options_of(*place.command));
  if (option == nullptr) return;
  place.used.push_back(option);
  if (option->type == Type::flag) return;
  const auto equals = word.starts_with("--") ? word.find('=') : std::string::npos;
  if (equals == std::string::npos) {
    place.pending = option;
  } else {
    place.given.emplace_back(option, word.substr(equals + 1));
  }
}

// False when the words lead nowhere.
bool step(Place& place, const std::string& word) {
  if (place.pending != nullptr) {
    place.given.emplace_back(std::exchange(place.pending, nullptr), word);
  } else if (!place.only_arguments && word == "--") {
    place.only_arguments = true;
  } else if (!place.only_arguments && word.size() > 1 && word[0] == '-') {
    step_option(place, word);
  } else if (is_group(*place.command)) {
    const Cmd* next = find_command(join_path(place.command->path, word));
    if (next == nullptr || word.empty()) return false;
    place.command = next;
  } else {
    place.arguments.push_back(word);
  }
  return true;
}

int directive_of(Type type) {
  if (type == Type::file) return Completion::none;
  if (type == Type::folder) return Completion::folders_only;
  return Completion::no_files;
}

std::vector<Suggestion> from_source(std::string_view name, const SuggestionTools& tools) {
  for (const SuggestionSource& source : suggestion_sources()) {
    if (source.name == name) return source.suggest(tools);
  }
  return {};
}

Completion values_of(Type type, const std::vector<std::string_view>& choices,
                     std::string_view dynamic, const SuggestionTools& tools) {
  Completion completion;
  completion.directive = directive_of(type);
  for (const std::string_view choice : choices) {
    completion.suggestions.push_back({std::string{choice}, {}});
  }
  if (!dynamic.empty()) completion.suggestions = from_source(dynamic, tools);
  return completion;
}

Completion values_of(const Opt& option, const SuggestionTools& tools) {
  return values_of(option.type, option.choices, option.dynamic, tools);
}

Completion options_for(const Place& place) {
  Completion completion;
  for (const Opt* option : options_of(*place.command)) {
    const bool used = std::find(place.used.begin(), place.used.end(), option) != place.used.end();
    if (option->hidden || (used && !option->repeated)) continue;
    completion.suggestions.push_back({std::string{option->name}, std::string{option->help}});
  }
  return completion;
}

// "--format=j": the offered words start with "--format=" too.
Completion value_after_equals(const Place& place, const std::string& word,
                              const SuggestionTools& tools) {
  const Opt* option = option_of(word, options_of(*place.command));
  if (option == nullptr || option->type == Type::flag) return {};
  Completion completion = values_of(*option, tools);
  const std::string prefix = word.substr(0, word.find('=') + 1);
  for (Suggestion& suggestion : completion.suggestions) suggestion.value.insert(0, prefix);
  return completion;
}

Completion words_for(const Place& place, const SuggestionTools& tools) {
  Completion completion;
  if (is_group(*place.command)) {
    for (const Cmd* member : visible_members_of(*place.command)) {
      completion.suggestions.push_back(
          {std::string{last_word(member->path)}, std::string{member->summary}});
    }
    return completion;
  }
  const auto& arguments = place.command->arguments;
  if (arguments.empty()) return completion;
  const std::size_t given = place.arguments.size();
  const Arg& argument = arguments[std::min(given, arguments.size() - 1)];
  if (given >= arguments.size() && !argument.repeated) return completion;
  return values_of(argument.type, argument.choices, argument.dynamic, tools);
}

Completion candidates_for(const Place& place, const std::string& word,
                          const SuggestionTools& tools) {
  if (place.pending != nullptr) return values_of(*place.pending, tools);
  if (place.only_arguments || !word.starts_with('-')) return words_for(place, tools);
  if (word.starts_with("--") && word.find('=') != std::string::npos) {
    return value_after_equals(place, word, tools);
  }
  return options_for(place);
}

}  // namespace

std::string value_of(const Opt& option, const SuggestionTools& tools) {
  std::string value{option.fallback};
  if (const auto set = tools.environment.get(option.environment)) value = *set;
  for (const auto& [given, text] : tools.given) {  // the last one counts, as when it is run
    if (given->name == option.name) value = text;
  }
  const auto home = tools.environment.get("HOME");
  return home && value.starts_with("~/") ? *home + value.substr(1) : value;
}

Completion complete(const std::vector<std::string>& words, const SuggestionTools& tools) {
  if (words.empty()) return {};
  Place place;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (!step(place, words[i])) return {};
  }
  const SuggestionTools informed{tools.environment, tools.open_database, place.given,
                                 place.arguments};
  Completion completion = candidates_for(place, words.back(), informed);
  auto& suggestions = completion.suggestions;
  std::erase_if(suggestions, [&](const Suggestion& suggestion) {
    return !suggestion.value.starts_with(words.back());
  });
  if (suggestions.size() > kSuggestionsMax) suggestions.resize(kSuggestionsMax);
  return completion;
}

std::string completion_text(const Completion& completion) {
  std::string text;
  for (const auto& [value, description] : completion.suggestions) {
    text += escape_controls(value);
    if (!description.empty()) text += "\t" + escape_controls(description);
    text += "\n";
  }
  return text + fmt::format(":{}\n", completion.directive);
}

}  // namespace pcx::cli
