// Questions to the command table: which commands, groups and options there are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace pcx::cli {

// pcx itself, as the parent of all groups: path "", no run.
const Cmd& root_command();

// Options that every command takes (the last ones only where a command's entry asks for them).
const std::vector<Opt>& global_options();

// nullptr when there is none; "" is the root.
const Cmd* find_command(std::string_view path);

inline bool is_group(const Cmd& command) { return command.run == nullptr; }
std::string_view last_word(std::string_view path);
std::string join_path(std::string_view group, std::string_view word);

// What pcx ends with after an Error of this code stopped `command`; nullptr: before there was one.
int exit_status(const Cmd* command, ErrorCode code);

// The monitoring plugin that these words call, even where what follows cannot be understood;
// nullptr: none.
const Cmd* find_plugin(const std::vector<std::string>& words);

// Direct members of a group in the order of the table, hidden ones too.
std::vector<const Cmd*> members_of(const Cmd& group);
std::vector<const Cmd*> visible_members_of(const Cmd& group);

// What may be written after `command`: its own options, then the global ones that apply and are
// not its own. For a group also those of every command beneath it ("pcx migrate --dir x up"),
// behind the global ones: "pcx -v" is the same whatever follows.
std::vector<const Opt*> options_of(const Cmd& command);
// Of these, the global ones that depend on the entry: --reason, --yes, --lock-wait.
std::vector<const Opt*> conditional_options_of(const Cmd& command);

// By "--name", or by letter; nullptr when there is none. The first one wins, so a command's own
// letter hides a global one behind the command.
const Opt* find_option(const std::vector<const Opt*>& options, std::string_view name);
const Opt* find_option(const std::vector<const Opt*>& options, char letter);

// "error: unknown command 'x'" for the nearest word; empty when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace pcx::cli
