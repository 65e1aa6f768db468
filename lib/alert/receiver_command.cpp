#include "alert/receiver_command.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/subprocess.h"
#include "core/text.h"
#include "http/answer_words.h"

namespace pcx::alert {
namespace {

using std::chrono::milliseconds;

[[noreturn]] void refuse_command(const ReceiverConfig& config, const std::string& phrase,
                                 const std::string& hint) {
  throw Error{ErrorCode::config,
              fmt::format("receiver {}: {}", escape_controls(config.name), phrase), hint}
      .at(config.place);
}

Command command_of(const ReceiverConfig& config, const ReceiverTools& tools, CommandRun run,
                   milliseconds time_max) {
  if (!is_trusted(run.argv.front())) {
    refuse_command(
        config,
        fmt::format("{} is not there, or can be changed by others",
                    escape_controls(run.argv.front())),
        "It and its folder must belong to root or to this user, and nobody else may write to "
        "them.");
  }
  Command command{.argv = std::move(run.argv),
                  .environment = std::move(run.environment),
                  .input = std::move(run.input),
                  .timeout = std::max(std::min(config.timeout, time_max), milliseconds{1}),
                  .interrupt = &tools.interrupt};
  for (const char* name : {"PATH", "HOME", "LANG"}) {
    if (const auto value = tools.environment.get(name)) {
      command.environment.emplace_back(name, *value);
    }
  }
  return command;
}

Attempt attempt_of(const Finished& finished, const std::set<int>& refused_codes) {
  if (finished.exit_code == 0) return {.verdict = Verdict::delivered};
  const std::string said =
      http::phrase_of(first_line(trim(finished.error_output)), std::vector<std::string_view>{});
  const bool is_refused = refused_codes.contains(finished.exit_code);
  return {.verdict = is_refused ? Verdict::refused : Verdict::later,
          .words = fmt::format("ended with exit code {}{}{}", finished.exit_code,
                               said.empty() ? "" : ": ", said)};
}

}  // namespace

Attempt run_receiver(const ReceiverConfig& config, const ReceiverTools& tools, CommandRun run,
                     milliseconds time_max) {
  const std::set<int> refused_codes = run.refused_codes;
  const Command command = command_of(config, tools, std::move(run), time_max);
  try {
    return attempt_of(run_command(command), refused_codes);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated) throw;
    if (error.code() == ErrorCode::io) return {.verdict = Verdict::later, .words = error.what()};
    refuse_command(config, error.what(), error.hint());
  }
}

}  // namespace pcx::alert
