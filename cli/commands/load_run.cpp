// pcx load run: flags -> load::read_script -> load::run_load -> reports.
#include <algorithm>
#include <iterator>
#include <mutex>

#include <fmt/format.h>

#include "cli/commands/load_live.h"
#include "cli/commands/load_reports.h"
#include "cli/commands/load_run_options.h"
#include "cli/commands/load_tools.h"
#include "core/error.h"
#include "core/redact.h"
#include "core/text.h"
#include "core/time.h"
#include "load/arrivals.h"

namespace pcx::cli {

namespace {

using load::Fault;

constexpr std::size_t kWarningsMax = 20;

std::vector<Fault> faults_of(const load::ReadScript& script, Fault::Level level) {
  std::vector<Fault> found;
  std::ranges::copy_if(script.faults, std::back_inserter(found),
                       [level](const Fault& fault) { return fault.level == level; });
  return found;
}

// All of them at once: whoever mends a script does not want to run it once for each.
void require_no_refusals(const load::ReadScript& script, const std::string& name) {
  const auto refused = faults_of(script, Fault::Level::refused);
  if (refused.empty()) return;
  const Fault& first = refused.front();
  if (refused.size() == 1) {
    throw Error{ErrorCode::data, first.message, first.hint}.at(first.place).because(first.rule);
  }
  std::vector<std::string> lines;
  for (const Fault& fault : refused) lines.push_back(line_of(fault));
  const auto count = static_cast<long long>(refused.size());
  throw Error{ErrorCode::data,
              fmt::format("{} in {}, nothing was sent", counted(count, "error"), name),
              "Mend them; pcx load check finds them, too."}
      .because("refused")
      .with_detail(join(lines, "\n"));
}

load::Plan read_plan(Context& context, const Values& values, std::uint64_t seed,
                     std::vector<std::string>& notes) {
  const auto& names = values.texts("SCRIPT");
  const std::vector<std::filesystem::path> files{names.begin(), names.end()};
  load::ReadScript script =
      load::read_script(files, script_options_of(context, values, seed), context.environment());
  require_no_refusals(script, join(names, ", "));
  require_rate(values, script.plan);
  const auto warnings = faults_of(script, Fault::Level::fault);
  for (std::size_t i = 0; i < std::min(warnings.size(), kWarningsMax); ++i) {
    context.progress().say(line_of(warnings[i]));
  }
  if (warnings.size() > kWarningsMax) {
    context.progress().say(
        fmt::format("and {} more warnings: pcx load check", warnings.size() - kWarningsMax));
  }
  for (const Fault& note : faults_of(script, Fault::Level::differs)) {
    context.progress().say(line_of(note));
    notes.push_back(text_of(note));
  }
  return std::move(script.plan);
}

void say_beginning(Context& context, const load::Plan& plan, const load::RunOptions& options) {
  const load::nanoseconds length = load::total_length(plan.phases);
  std::string text = options.script;
  if (!plan.target.empty()) text += " against " + redact(plan.target);
  text += fmt::format(" for {}, up to {:.6g} users/s, seed {}", to_short_text(length),
                      load::peak_rate(plan.phases), options.seed);
  if (options.part.count > 1) {
    text += fmt::format(", part {} of {}", options.part.index, options.part.count);
  }
  if (options.start_at) text += ", from " + to_rfc3339(*options.start_at);
  context.progress().say(text);
}

// Lines of the script come from the threads that are users, glimpses from this one.
class Voice {
 public:
  Voice(Progress& progress, const load::Plan& plan, const load::Part& part)
      : progress_(progress), live_(plan.phases, part) {}

  void log(const std::string& line) {
    const std::lock_guard guard{mutex_};
    progress_.say(line);
  }
  void tell(const load::Glimpse& glimpse) {
    const auto line = live_.line(glimpse);
    const std::lock_guard guard{mutex_};
    progress_.status(line.sentence, line.figures);
  }

 private:
  Progress& progress_;
  LoadLive live_;
  std::mutex mutex_;
};

load::Result run(Context& context, const load::Plan& plan, load::RunOptions options) {
  Voice voice{context.progress(), plan, options.part};
  options.log = [&voice](const std::string& line) { voice.log(line); };
  options.on_glimpse = [&voice](const load::Glimpse& glimpse) { voice.tell(glimpse); };
  load::Result result = load::run_load(plan, options, context.interrupt());
  context.progress().clear();
  return result;
}

std::optional<Error> stop_of(const Interrupt& interrupt) {
  try {
    interrupt.throw_if_requested();
  } catch (const Error& stop) {
    return stop;
  }
  return std::nullopt;
}

// What was said before the run is not said again on the screen.
Outcome show_run(const Values& values, load::Result result, std::size_t notes_said) {
  const bool is_text = values.text("--format") == "text";
  if (is_text && values.flag("--quiet")) return {PlainText{}, finding_of(result)};
  if (is_text) {
    const auto said = std::min(notes_said, result.notes.size());
    result.notes.erase(result.notes.begin(),
                       result.notes.begin() + static_cast<std::ptrdiff_t>(said));
  }
  return show_result(result);
}

std::vector<ReportFile> files_in(Context& context, const Values& values) {
  std::vector<std::string> names = values.texts("--output");
  const auto result = values.optional_text("--result");
  if (result) names.push_back(*result);
  auto files = report_files(names, context.clock().wall_now());
  if (result) files.back().form = &form_of("result.pcxr");
  return files;
}

Outcome run_run(Context& context, const Values& values) {
  const load::RunOptions options = run_options_of(context, values);
  const auto files = files_in(context, values);
  std::vector<std::string> notes;
  const load::Plan plan = read_plan(context, values, options.seed, notes);
  say_beginning(context, plan, options);
  load::Result result = run(context, plan, options);
  result.notes.insert(result.notes.begin(), notes.begin(), notes.end());
  const auto failure = write_reports(files, result);
  Outcome outcome = show_run(values, std::move(result), notes.size());
  outcome.error = stop_of(context.interrupt());
  if (outcome.error && failure) outcome.error->with_detail(failure->what());
  if (!outcome.error) outcome.error = failure;
  return outcome;
}

std::vector<Opt> all_options() {
  std::vector<Opt> options = script_options();
  std::ranges::move(run_options(), std::back_inserter(options));
  return options;
}

std::vector<ExitNote> exits() {
  std::vector<ExitNote> notes = verdict_exits();
  notes.insert(notes.end(),
               {{65, "the script has an error, or asks for more than --max-rate; nothing was sent"},
                {65, "its `before` failed; no user was started"},
                {69, "the target's name is not found; nothing was sent"},
                {73, "a report cannot be written; nothing was sent"},
                {77, "the target has a public address, and --yes was not given"},
                {130, "interrupted; what was measured is in the reports"}});
  return notes;
}

constexpr const char* kDetail =
    "Runs an Artillery script: users arrive at the rates of its phases, whether the target "
    "answers or not. pcx.latency counts from the instant at which a user should have "
    "started, http.response_time as Artillery does. Several SCRIPTs are one script, each "
    "laid over those before it.\n\nBefore the first request the script is read whole: with "
    "an error nothing is sent. Mistakes that do not keep it from running, and what pcx "
    "does otherwise than Artillery, are said once on stderr.\n\nThe report goes to standard "
    "output; with --format json as an object. -o FILE writes reports by their extension, and "
    "may be repeated. The verdict says whether the figures are to be believed: INVALID means "
    "that pcx, and not the target, was the limit.\n\nTargets are this machine and private "
    "networks; for others --yes is needed. --max-rate is a guard, best set in the "
    "configuration (load.max_rate).\n\nThe first Ctrl-C starts no new users, gives up those "
    "that are there, and writes the reports.\n\nOn several machines: --part 0/3, 1/3 and 2/3, "
    "with the same --seed and --start-at, each with a --result; then load merge.";

}  // namespace

std::vector<Cmd> load_run_commands() {
  return {
      {.path = "load run",
       .summary = "Run a load test: users at a rate, as an Artillery script says",
       .detail = kDetail,
       .options = all_options(),
       .arguments = {script_argument("Artillery scripts, YAML or JSON")},
       .examples = {{"pcx load run load-test.yml", "against the script's target"},
                    {"pcx load run -t http://localhost:3000 -o report.html -o junit.xml "
                     "load-test.yml",
                     "with a page for people and a file for CI"},
                    {"pcx load run --part 0/3 --seed 7 --start-at 2026-01-31T12:00:00Z --result "
                     "0.pcxr load-test.yml",
                     "the first of three machines"}},
       .exits = exits(),
       .needs = Needs::config,
       .own_output = true,
       .run = run_run}};
}

}  // namespace pcx::cli
