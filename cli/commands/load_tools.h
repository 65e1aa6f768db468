// What the commands of `pcx load` share: the script and its options, and a result as it is shown.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/context.h"
#include "load/result.h"
#include "load/script.h"

namespace pcx::cli {

// SCRIPT..., and the options that say how it is read: Artillery's, and some of pcx's own.
Arg script_argument(std::string_view help);
std::vector<Opt> script_options();

// What these options say. Throws Error{usage} for JSON that is none, and as read_file() does for
// the file of --dotenv.
load::ScriptOptions script_options_of(Context& context, const Values& values, std::uint64_t seed);

// --- what is wrong with a script

// "error" for what pcx cannot run, "warning" for a mistake, "note" for what Artillery would do
// otherwise.
const char* word_of(load::Fault::Level level);
// "script.yml:3:5: warning: nobody sets usrId. Did you mean userId? [variable_never_set]"
std::string line_of(const load::Fault& fault);
// The same without its kind and rule, for notes in reports.
std::string text_of(const load::Fault& fault);
std::int64_t count_of(const std::vector<load::Fault>& faults, load::Fault::Level level);

// --- a result

// 0 when the figures are valid and all demands are met; 1 when one is missed, the figures are not
// quite good, or nothing was answered; 3 when they are not to be believed.
Finding finding_of(const load::Result& result);
// The text report, or the JSON one without its periods.
Outcome show_result(const load::Result& result);
// The exit codes of finding_of(), for help.
std::vector<ExitNote> verdict_exits();

// The members of the group, one function a file.
std::vector<Cmd> load_check_commands();
std::vector<Cmd> load_new_commands();
std::vector<Cmd> load_result_commands();  // report, merge
std::vector<Cmd> load_run_commands();
std::vector<Cmd> load_target_commands();

}  // namespace pcx::cli
