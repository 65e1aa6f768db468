#include "cli/topic_artillery.h"

#include <string>

#include <fmt/format.h>

#include "core/text.h"
#include "load/fake_data.h"
#include "load/script_capture.h"
#include "load/script_differences.h"
#include "load/script_keys.h"
#include "load/template_function.h"

namespace pcx::cli {

const std::string_view kArtilleryText =
    "pcx load runs the scripts of Artillery 2 (its http engine, as of 2.0.34) as they are: YAML or "
    "JSON, phases, scenarios with weights, before and after, payloads, environments, captures, "
    "expect, ensure, apdex and metrics-by-endpoint. Scripts in JavaScript or TypeScript are not "
    "read.\n\n"
    "Options of 'artillery run' have the same names and letters here, and -o writes the same JSON, "
    "with a member \"pcx\" more. What is otherwise: --config is pcx's own configuration, so a "
    "configuration file of a script is one more SCRIPT behind it; --quiet leaves out the report, "
    "too; an environment that the script does not have is an error. Options for other platforms "
    "and for Artillery's cloud are not known (--count, --platform, --record, --key, --tags, "
    "--name, "
    "--note).\n\n"
    "Measured otherwise: times have microseconds instead of whole milliseconds; requests that "
    "time out or fail are in pcx.latency, with the time until they were given up; users start at "
    "the instant of the plan, not in steps of a second, and how late they were is measured "
    "(pcx.start_lag); users that are still there 30 s after the last phase are given up, see "
    "--drain. When pcx itself was the limit, the verdict is INVALID and the exit code 3.\n\n"
    "Judged otherwise: a counter that never counted is 0, where Artillery lets the check fail; "
    "names are looked up whole, where p99 is replaced within p999; a run in which nothing was "
    "answered never ends with 0. Exit codes: pcx help exit-codes.\n\n"
    "Redirects to another host are an error (ERR_REDIRECT_ELSEWHERE), since nobody has asked for "
    "load there; --artillery-strict follows them.\n\n"
    "Two steps are pcx's own, for what JavaScript is mostly used for: `set: {name: \"{{ ... }}\"}` "
    "gives a user a variable, `check: \"status > 0\"` demands a condition of its variables.\n\n"
    "Keys that are read, by their place; functions of templates; what pcx does otherwise, "
    "unless --artillery-strict is given; and what it refuses, with the place in the script:";

namespace {

std::string joined(const std::vector<std::string_view>& words) {
  return join({words.begin(), words.end()}, ", ");
}

void add_keys(std::vector<TopicEntry>& entries) {
  for (const load::KnownKeys& known : load::known_keys()) {
    entries.push_back({fmt::format("keys: {}", known.place), joined(known.keys)});
  }
  entries.push_back({"keys: expect", joined(load::check_names())});
}

void add_functions(std::vector<TopicEntry>& entries) {
  std::vector<std::string> artillery, own, fake;
  for (const std::string& name : load::function_names()) {
    const load::FunctionName* const function = load::find_function(name);
    (function->is_artillery ? artillery : own).push_back(load::signature_of(*function));
  }
  for (const std::string& name : load::fake_names()) fake.push_back("$" + name);
  entries.push_back({"functions: Artillery's", join(artillery, ", ")});
  entries.push_back({"functions: pcx's own", join(own, ", ")});
  entries.push_back({"functions: those of the plugin fake-data", join(fake, ", ")});
}

}  // namespace

std::vector<TopicEntry> artillery_entries() {
  std::vector<TopicEntry> entries;
  add_keys(entries);
  add_functions(entries);
  for (const load::Difference& one : load::differences()) {
    entries.push_back({fmt::format("otherwise: {}", one.written),
                       fmt::format("Artillery {}; pcx {}", one.artillery, one.pcx)});
  }
  for (const load::Refusal& one : load::refusals()) {
    entries.push_back({fmt::format("refused: {}", one.what), std::string{one.instead}});
  }
  return entries;
}

}  // namespace pcx::cli
