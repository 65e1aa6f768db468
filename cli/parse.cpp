#include "cli/parse.h"

#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/table.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

std::string help_of(const Cmd& command) {
  return command.path.empty() ? "pcx --help" : fmt::format("pcx {} --help", command.path);
}

std::string hint(std::string suggestion, const Cmd& command) {
  if (!suggestion.empty()) suggestion += ' ';
  return fmt::format("{}Run '{}' for what there is.", suggestion, help_of(command));
}

// Goes through the words once: finds the command and splits the rest into option words, each value
// a word of its own, and arguments. Mistakes wait until the end, because --help forgives them.
class Walk {
 public:
  explicit Walk(const std::vector<std::string>& words) : words_(words) {}

  Parsed run() {
    for (at_ = 0; at_ < words_.size(); ++at_) step(words_[at_]);
    if (asked_ != Asked::run) return {command_, asked_, {}, {}};
    if (mistake_) throw Error{*mistake_};
    if (is_group(*command_)) throw missing_command();
    Parsed parsed{command_, asked_, tokenise(option_words_, options_of(*command_)), arguments_};
    refuse_doubles(parsed.options);
    return parsed;
  }

 private:
  void step(const std::string& word) {
    if (only_arguments_) {
      arguments_.push_back(word);
    } else if (word == "--") {
      only_arguments_ = true;
    } else if (word.starts_with("--")) {
      long_option(word);
    } else if (word.size() > 1 && word[0] == '-') {
      short_options(word);
    } else if (is_group(*command_)) {
      command_word(word);
    } else {
      arguments_.push_back(word);
    }
  }

  void command_word(const std::string& word) {
    const Cmd* next = find_command(join_path(command_->path, word));
    if (next != nullptr && !word.empty()) {
      command_ = next;
      only_arguments_ = next->path == "__complete";  // somebody else's words, options included
      return;
    }
    std::vector<std::string> candidates;
    for (const Cmd* member : visible_members_of(*command_)) {
      candidates.emplace_back(last_word(member->path));
    }
    remember(Error{ErrorCode::usage,
                   fmt::format("unknown command '{}'", join_path(command_->path, word)),
                   hint(did_you_mean(word, candidates), *command_)});
    at_ = words_.size();  // what follows belongs to a command that does not exist
  }

  void long_option(const std::string& word) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto options = options_of(*command_);
    const Opt* option = find_option(options, name);
    if (option == nullptr) return unknown_option(name, options);
    notice(*option);
    option_words_.push_back(name);
    if (option->type == Type::flag) {
      if (equals != std::string::npos) {
        remember(Error{ErrorCode::usage, fmt::format("option {} takes no value", name),
                       "Leave the value out."});
      }
    } else if (equals != std::string::npos) {
      option_words_.push_back(word.substr(equals + 1));
    } else {
      take_value(*option, name, options);
    }
  }

  // "-q", "-qv", "-ojson", "-o json".
  void short_options(const std::string& word) {
    const auto options = options_of(*command_);
    for (std::size_t i = 1; i < word.size(); ++i) {
      const Opt* option = find_option(options, word[i]);
      if (option == nullptr) return unknown_option(fmt::format("-{}", word.substr(i, 1)), options);
      notice(*option);
      option_words_.emplace_back(option->name);
      if (option->type == Type::flag) continue;
      if (i + 1 < word.size()) {
        option_words_.push_back(word.substr(i + 1));
      } else {
        take_value(*option, fmt::format("-{}", word[i]), options);
      }
      return;
    }
  }

  // The next word, unless it is clearly the next option: "--dir --yes" forgot the folder.
  void take_value(const Opt& option, std::string_view spelling,
                  const std::vector<const Opt*>& options) {
    if (at_ + 1 < words_.size()) {
      const std::string& next = words_[at_ + 1];
      if (next != "--" && !is_option(next, options)) {
        option_words_.push_back(next);
        ++at_;
        return;
      }
    }
    remember(Error{ErrorCode::usage,
                   fmt::format("option {} needs a value: {}", spelling, option.metavar),
                   fmt::format("Write {}=VALUE when the value starts with a dash.", option.name)});
  }

  static bool is_option(const std::string& word, const std::vector<const Opt*>& options) {
    if (word.starts_with("--")) return find_option(options, word) != nullptr;
    return word.size() == 2 && word[0] == '-' && find_option(options, word[1]) != nullptr;
  }

  void notice(const Opt& option) {
    if (option.name == "--help") asked_ = Asked::help;
    if (option.name == "--version" && asked_ == Asked::run) asked_ = Asked::version;
  }

  void unknown_option(const std::string& name, const std::vector<const Opt*>& options) {
    std::vector<std::string> candidates;
    for (const Opt* option : options) {
      if (!option->hidden) candidates.emplace_back(option->name);
    }
    remember(Error{ErrorCode::usage, fmt::format("unknown option '{}'", name),
                   hint(did_you_mean(name, candidates), *command_)});
  }

  void remember(Error mistake) {
    if (!mistake_) mistake_ = std::move(mistake);
  }

  Error missing_command() const {
    std::vector<std::string> names;
    for (const Cmd* member : visible_members_of(*command_)) {
      names.emplace_back(last_word(member->path));
    }
    return Error{
        ErrorCode::usage,
        fmt::format("'pcx {}' needs one of its commands: {}", command_->path, join(names, ", ")),
        hint({}, *command_)};
  }

  static void refuse_doubles(const std::vector<Given>& options) {
    for (std::size_t i = 1; i < options.size(); ++i) {
      const Opt& option = *options[i].option;
      if (options[i - 1].option != &option || option.repeated || option.type == Type::flag)
        continue;
      throw Error{ErrorCode::usage, fmt::format("option {} was given twice", option.name),
                  "Give it once."};
    }
  }

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  const Cmd* command_ = &root_command();
  Asked asked_ = Asked::run;
  bool only_arguments_ = false;
  std::vector<std::string> option_words_;
  std::vector<std::string> arguments_;
  std::optional<Error> mistake_;
};

}  // namespace

Parsed parse(const std::vector<std::string>& words) {
  if (words.empty()) return {&root_command(), Asked::help, {}, {}};
  return Walk{words}.run();
}

}  // namespace pcx::cli
