#include "load/report_summary.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"
#include "load/figures.h"
#include "load/judge.h"
#include "page/page.h"

namespace pcx::load {

namespace {

using page::aside;
using page::paragraph;
using page::paragraphs;

constexpr std::size_t kMissedShown = 4;

std::int64_t count_missed(const Result& result, bool is_strict) {
  return std::count_if(result.judged.begin(), result.judged.end(),
                       [&](const auto& one) { return !one.is_met && one.is_strict == is_strict; });
}

std::string box(std::string_view css_class, std::string_view word, const std::string& html) {
  return fmt::format("<div class=\"verdict {}\">\n<strong>{}</strong>\n{}</div>\n", css_class, word,
                     html);
}

// --- the demands

// What was missed, strict ones first.
std::string missed_list(const Result& result) {
  std::vector<std::string> texts;
  for (const bool is_strict : {true, false}) {
    for (const Result::Judged& one : result.judged) {
      if (one.is_met || one.is_strict != is_strict) continue;
      texts.push_back(
          fmt::format("{}{}; found {}", one.what, is_strict ? "" : " (not strict)", one.found));
    }
  }
  std::string html;
  for (std::size_t i = 0; i < std::min(texts.size(), kMissedShown); ++i) {
    html += paragraph(texts[i]);
  }
  if (texts.size() > kMissedShown) {
    html += paragraph(fmt::format("and {} more", texts.size() - kMissedShown));
  }
  return html;
}

std::string demands_box(const Result& result) {
  const std::string text = demands_text(result);
  if (result.judged.empty()) {
    return box("none", "NOT JUDGED", paragraph("The script demands nothing (ensure, expect)."));
  }
  const std::string html = paragraph(text) + missed_list(result);
  const char* const word = is_passed(result) ? "PASSED" : "FAILED";
  if (result.verdict.grade == Grade::invalid) {  // neither green nor red: nobody knows
    return box("none", word, html + aside("Judged by figures that are not the target's."));
  }
  return box(is_passed(result) ? "met" : "MISSED", word, html);
}

// --- the generator

// What speaks for it; nothing where nothing was recorded.
std::string evidence(const Result& result) {
  const Histogram& lag = summary_of(result, "pcx.start_lag");
  if (lag.is_empty() || result.strains.empty()) return {};
  const auto busiest =
      std::max_element(result.strains.begin(), result.strains.end(),
                       [](const Strain& one, const Strain& two) { return one.cpu < two.cpu; });
  return paragraph(fmt::format(
      "99 % of the users started within {} ms of their time; the busiest shard used {} of a core.",
      ms_text(lag.percentile(99)), share_text(busiest->cpu)));
}

std::string generator_box(const Result& result) {
  const Verdict& verdict = result.verdict;
  const char* const grade = to_string(verdict.grade);
  if (verdict.causes.empty()) {
    return box(grade, grade, paragraph("The generator kept up with the plan.") + evidence(result));
  }
  return box(grade, grade, paragraphs(verdict.causes));
}

// --- tiles

// A number is not parted from its "%".
std::string unbroken(std::string text) {
  for (auto at = text.find(" %"); at != std::string::npos; at = text.find(" %", at)) {
    text.replace(at, 2, "\xc2\xa0%");
  }
  return text;
}

// `metric` names the figure that it is: of the JSON report, "pcx.pace" of the text.
std::string tile(std::string_view title, std::string_view metric, const std::string& value,
                 std::string_view unit, const std::string& more) {
  return fmt::format(
      "<div>\n<dt>{}</dt>\n<dd data-metric=\"{}\">{}{}</dd>\n<dd class=\"more\">{}</dd>\n</div>\n",
      title, metric, value, unit.empty() ? "" : fmt::format(" <small>{}</small>", unit),
      unbroken(more));
}

std::string latency_tile(const Result& result, double p) {
  const Histogram& latency = summary_of(result, "pcx.latency");
  const Histogram& response_time = summary_of(result, "http.response_time");
  const std::string title = fmt::format("Latency p{:g}", p);
  const std::string metric = fmt::format("pcx.latency.p{:g}", p);
  if (latency.is_empty()) return tile(title, metric, "\xe2\x80\x93", "", "never measured");
  return tile(title, metric, ms_text(latency.percentile(p)), "ms",
              response_time.is_empty()
                  ? "no answers"
                  : fmt::format("answered in {} ms", ms_text(response_time.percentile(p))));
}

std::string users_tile(const Result& result) {
  const std::int64_t started = count_of(result.counters, "vusers.created");
  const std::int64_t skipped = count_of(result.counters, "vusers.skipped");
  std::string more = fmt::format("of {} asked for", grouped(result.planned));
  if (result.planned > 0) {
    const auto share = static_cast<double>(started) / static_cast<double>(result.planned);
    more += fmt::format(", {}", share_text(share));
  }
  if (skipped > 0) more += fmt::format("; {} left out by maxVusers", grouped(skipped));
  return tile("Users started", "vusers.created", grouped(started), "", more);
}

std::string requests_tile(const Result& result) {
  return tile("Requests a second", "pcx.pace", pace_text(result), "",
              fmt::format("{} in {}", grouped(count_of(result.counters, "http.requests")),
                          to_short_text(std::chrono::microseconds{result.duration_us})));
}

std::string errors_tile(const Result& result) {
  std::int64_t errors = 0, refused = 0;
  for (const Counted& kind : counters_below(result.counters, "errors.")) errors += kind.count;
  for (const Counted& code : counters_below(result.counters, "http.codes.")) {
    if (code.name >= "400") refused += code.count;
  }
  return tile("Errors", "errors", grouped(errors), "",
              fmt::format("{} answers of 400 or above; {} users failed", grouped(refused),
                          grouped(count_of(result.counters, "vusers.failed"))));
}

}  // namespace

std::string demands_text(const Result& result) {
  const auto all = static_cast<std::int64_t>(result.judged.size());
  const std::int64_t strict = count_missed(result, true), others = count_missed(result, false);
  if (all == 0) return "no demands";
  if (strict + others == 0) return fmt::format("all {} demands met", grouped(all));
  if (strict == 0) {
    return fmt::format("{} of {} demands missed, none of them strict", grouped(others),
                       grouped(all));
  }
  std::string text = fmt::format("{} of {} demands missed", grouped(strict), grouped(all));
  if (others > 0) text += fmt::format(", and {} not strict", grouped(others));
  return text;
}

std::string verdict_boxes(const Result& result) {
  const std::string demands = demands_box(result), generator = generator_box(result);
  const bool is_invalid = result.verdict.grade == Grade::invalid;
  return "<div class=\"verdicts\">\n" + (is_invalid ? generator + demands : demands + generator) +
         "</div>\n";
}

std::string figure_tiles(const Result& result) {
  std::string out = "<dl class=\"tiles\">\n";
  for (const double p : {50.0, 95.0, 99.0}) out += latency_tile(result, p);
  return out + users_tile(result) + requests_tile(result) + errors_tile(result) + "</dl>\n";
}

}  // namespace pcx::load
