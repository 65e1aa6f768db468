#include "cli/tokenise.h"

#include <algorithm>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "core/error.h"

namespace pcx::cli {

namespace {

std::string spelling_of(const Opt& option, const std::vector<const Opt*>& before) {
  const auto taken = [&](const Opt* other) { return other->letter == option.letter; };
  if (option.letter == 0 || std::any_of(before.begin(), before.end(), taken)) {
    return std::string{option.name};
  }
  return fmt::format("-{},{}", option.letter, option.name);
}

CLI::Option* declare(CLI::App& app, const Opt& option, const std::vector<const Opt*>& before) {
  const std::string names = spelling_of(option, before);
  if (option.type == Type::flag) {
    return app.add_flag(names)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  CLI::callback_t keep_texts = [](const CLI::results_t&) { return true; };
  return app.add_option(names, keep_texts)
      ->expected(1)
      ->allow_extra_args(false)  // or "--tag a b" and "[a,b]" would be two values
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace

std::vector<Given> tokenise(const std::vector<std::string>& words,
                            const std::vector<const Opt*>& options) {
  CLI::App app;
  app.set_help_flag();
  std::vector<std::pair<const Opt*, CLI::Option*>> declared;
  std::vector<const Opt*> seen;
  for (const Opt* option : options) {
    declared.emplace_back(option, declare(app, *option, seen));
    seen.push_back(option);
  }
  try {
    app.parse(std::vector<std::string>{words.rbegin(), words.rend()});  // it wants them reversed
  } catch (const CLI::Error& error) {
    throw Error{ErrorCode::usage, error.what()};
  }
  std::vector<Given> given;
  for (const auto& [option, parsed] : declared) {
    for (const std::string& text : parsed->results()) {
      given.push_back({option, option->type == Type::flag ? std::string{} : text});
    }
  }
  return given;
}

}  // namespace pcx::cli
