#include "cli/commands/load_run_options.h"

#include <chrono>

#include <fmt/format.h>

#include "cli/values.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "load/addresses.h"
#include "load/arrivals.h"

namespace pcx::cli {

namespace {

constexpr int kPartsMax = 10'000;
constexpr std::int64_t kThreadsMax = 256;
constexpr std::uint64_t kSeeds = std::uint64_t{1}
                                 << 32;  // of those that pcx chooses: short to type

load::Part part_in(const Values& values) {
  const auto text = values.optional_text("--part");
  if (!text) return {};
  const auto part = parse_part(*text);
  if (!part) {
    throw Error{ErrorCode::usage, fmt::format("option --part: '{}' is not I/M", *text),
                "Write 0/3, 1/3 and 2/3 on three machines."};
  }
  if (part->count > 1 && !values.has("--seed")) {
    throw Error{ErrorCode::usage, "option --part needs a --seed",
                "Give all parts the same one: they are one test, and know nothing of each other."};
  }
  return *part;
}

std::optional<Time> start_in(Context& context, const Values& values) {
  const auto text = values.optional_text("--start-at");
  if (!text) return std::nullopt;
  const auto start = parse_start(*text);
  if (!start) {
    throw Error{ErrorCode::usage, fmt::format("option --start-at: '{}' is no instant", *text),
                "Write RFC 3339 (2026-01-31T12:00:00Z), or seconds since 1970: $(($(date +%s) + "
                "60))."};
  }
  if (*start <= context.clock().wall_now()) {
    throw Error{ErrorCode::usage, fmt::format("option --start-at: {} is over", to_rfc3339(*start)),
                "Give all machines time to be ready; and compare their clocks."};
  }
  return start;
}

// Artillery waits until all have ended, however long that takes.
std::optional<load::nanoseconds> drain_in(const Values& values) {
  const bool is_said = values.entry("--drain").source != Source::fallback;
  if (!is_said && values.flag("--artillery-strict")) return std::nullopt;
  return values.duration("--drain");
}

}  // namespace

std::vector<Opt> run_options() {
  return {
      {.name = "--output",
       .letter = 'o',
       .type = Type::file,
       .metavar = "FILE",
       .help = "write a report: .json as Artillery's, .html, .xml (JUnit), .hlog, .txt, .pcxr; "
               "Artillery's with any other name",
       .repeated = true},
      {.name = "--result",
       .type = Type::file,
       .metavar = "FILE",
       .help = "write the result itself, for load report and load merge: .pcxr"},
      {.name = "--quiet",
       .letter = 'q',
       .type = Type::flag,
       .help = "no remarks on stderr, and no report in text on standard output"},
      {.name = "--seed",
       .type = Type::integer,
       .metavar = "N",
       .help = "of everything random; the same for all parts (default: another each time)",
       .minimum = 0},
      {.name = "--threads",
       .type = Type::integer,
       .metavar = "N",
       .help = "threads that are users (default: one less than there are processors)",
       .minimum = 1,
       .maximum = kThreadsMax},
      {.name = "--part",
       .metavar = "I/M",
       .help = "this machine's part of a test on M machines, from 0/M; each runs `before` and "
               "`after` for itself"},
      {.name = "--start-at",
       .metavar = "INSTANT",
       .help = "wait until then: RFC 3339, or seconds since 1970"},
      {.name = "--drain",
       .type = Type::duration,
       .metavar = "DURATION",
       .help = "how long users have to end after the last phase, before they are given up",
       .fallback = "30s"},
      {.name = "--abort-on-fail",
       .type = Type::flag,
       .help = "stop as soon as a threshold, error rate or check cannot be met any more"},
      {.name = "--max-rate",
       .type = Type::integer,
       .metavar = "N",
       .help = "refuse a script that would start more users a second, all parts together",
       .environment = "PCX_LOAD_MAX_RATE",
       .config_key = "load.max_rate",
       .minimum = 1},
      {.name = "--yes",
       .letter = 'y',
       .type = Type::flag,
       .help = "the target is ours: send to public addresses, too"},
  };
}

std::optional<load::Part> parse_part(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto index = parse_integer(text.substr(0, slash));
  const auto count = parse_integer(text.substr(slash + 1));
  if (!index || !count || *index < 0 || *count > kPartsMax || *index >= *count) return std::nullopt;
  return load::Part{static_cast<int>(*index), static_cast<int>(*count)};
}

std::optional<Time> parse_start(std::string_view text) {
  if (const auto instant = parse_rfc3339(text)) return instant;
  constexpr std::int64_t kSecondsMax = 9'000'000'000;  // what nanoseconds can hold
  const auto seconds = parse_integer(text);
  if (!seconds || *seconds < 0 || *seconds > kSecondsMax) return std::nullopt;
  return Time{std::chrono::seconds{*seconds}};
}

load::RunOptions run_options_of(Context& context, const Values& values) {
  load::RunOptions options;
  options.script = join(values.texts("SCRIPT"), ", ");
  options.part = part_in(values);
  options.start_at = start_in(context, values);
  const auto seed = values.optional_integer("--seed");
  options.seed = seed ? static_cast<std::uint64_t>(*seed) : context.random().below(kSeeds);
  options.shards = static_cast<int>(values.optional_integer("--threads").value_or(0));
  options.drain = drain_in(values);
  options.strict = values.flag("--artillery-strict");
  options.aborts_on_fail = values.flag("--abort-on-fail");
  options.resolve = load::system_resolve(values.flag("--yes"));
  return options;
}

void require_rate(const Values& values, const load::Plan& plan) {
  const auto most = values.optional_integer("--max-rate");
  const double peak = load::peak_rate(plan.phases);
  if (!most || peak <= static_cast<double>(*most)) return;
  throw Error{
      ErrorCode::data,
      fmt::format("the script would start {:.6g} users a second, and {} are allowed", peak, *most),
      fmt::format("Lower its rates, or raise the limit of {}.", values.entry("--max-rate").origin)}
      .because("max_rate");
}

}  // namespace pcx::cli
