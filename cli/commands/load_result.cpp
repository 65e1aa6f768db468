// pcx load report, pcx load merge: files -> load::merge -> show.
#include <fmt/format.h>

#include "cli/commands/load_reports.h"
#include "cli/commands/load_tools.h"
#include "core/file.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

constexpr std::size_t kResultBytesMax = std::size_t{1} << 30;

const Opt kPartial{.name = "--partial",
                   .type = Type::flag,
                   .help = "some of the parts are enough: a sum of those that are there"};
const ExitNote kBadFileNote{65, "a file is no result"};
const ExitNote kOtherRunNote{
    79, "the files are of different runs, or a part is missing or there twice"};

std::vector<load::Result> read_results(const Values& values) {
  std::vector<load::Result> results;
  for (const std::string& file : values.texts("FILE")) {
    results.push_back(load::parse_result(read_file(file, kResultBytesMax), file));
  }
  return results;
}

Outcome run_report(Context&, const Values& values) {
  const ReportForm& form = form_named(values.text("--format"));
  const auto results = read_results(values);
  // A single file is shown as what it is: a part of a run, too.
  const bool must_be_complete = results.size() > 1 && !values.flag("--partial");
  return {PlainText{form.write(load::merge(results, must_be_complete))}};
}

Outcome run_merge(Context& context, const Values& values) {
  const std::string& file = values.text("--out");
  require_writable(file);
  const load::Result result = load::merge(read_results(values), !values.flag("--partial"));
  write_file_atomically(file, load::to_file(result));
  context.progress().say(fmt::format(
      "{} written to {}", counted(static_cast<long long>(result.parts.size()), "part"), file));
  return show_result(result);
}

Arg file_argument() {
  return {.name = "FILE",
          .help = "results of load run, .pcxr; of several parts the sum",
          .type = Type::file,
          .repeated = true};
}

Cmd report_command() {
  return {
      .path = "load report",
      .summary = "Show the results of load tests",
      .detail =
          "Files that load run has written with --result. Those of several parts of one run "
          "(load run --part) are added up exactly, and judged anew: percentiles are those of all "
          "users.\n\ntext: for people. json: as 'artillery run -o' writes it, and a member \"pcx\" "
          "with the verdict. html: one page that loads nothing. junit: for CI. hlog: for the "
          "programs of HdrHistogram.\n\nThe exit code does not tell what was found: see load "
          "merge.",
      .options = {{.name = "--format",
                   .letter = 'o',
                   .type = Type::choice,
                   .metavar = "FORMAT",
                   .help = "form of the report",
                   .choices = {"text", "json", "html", "junit", "hlog"},
                   .fallback = "text"},
                  kPartial},
      .arguments = {file_argument()},
      .examples = {{"pcx load report result.pcxr", "what was measured"},
                   {"pcx load report -o html --output report.html result.pcxr", "as a page"},
                   {"pcx load report -o junit part-*.pcxr", "of all parts together"}},
      .exits = {{0, "it is shown, whatever it says"}, kBadFileNote, kOtherRunNote},
      .needs = Needs::config,
      .own_format = true,
      .run = run_report};
}

Cmd merge_command() {
  std::vector<ExitNote> exits = verdict_exits();
  exits.insert(exits.end(), {kBadFileNote, kOtherRunNote});
  return {.path = "load merge",
          .summary = "Put the parts of one load test together, and judge the whole",
          .detail =
              "Counters and histograms are added exactly, so the result is that of one "
              "machine that has done it all. Files that were put together before may be "
              "among them. The exit code is that of the whole, as if load run had ended so.",
          .options = {{.name = "--out",
                       .type = Type::file,
                       .metavar = "FILE",
                       .help = "where the sum goes, .pcxr",
                       .required = true},
                      kPartial},
          .arguments = {file_argument()},
          .examples = {{"pcx load merge part-*.pcxr --out whole.pcxr",
                        "after the last machine has ended"}},
          .exits = std::move(exits),
          .needs = Needs::config,
          .run = run_merge};
}

}  // namespace

std::vector<Cmd> load_result_commands() { return {merge_command(), report_command()}; }

}  // namespace pcx::cli
