#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"
#include "load/chart.h"
#include "load/figures.h"
#include "load/gap.h"
#include "load/page_style.h"
#include "load/report.h"
#include "load/report_summary.h"
#include "page/page.h"

namespace pcx::load {

namespace {

using page::aside;
using page::paragraph;
using page::paragraphs;
using page::section;
using page::shown;
using page::Table;

std::string seconds_text(std::int64_t microseconds) {
  return fmt::format("{:.2f}", static_cast<double>(microseconds) / 1e6);
}

// 0 would be a time.
std::string percentile_text(const Histogram& times, double p) {
  return times.is_empty() ? "\xe2\x80\x93" : ms_text(times.percentile(p));
}

// --- tables

bool is_of_endpoint(const std::string& name) {
  return name.starts_with("plugins.metrics-by-endpoint.") ||
         name.starts_with("pcx.latency.endpoint.");
}

std::string times_table(const Result& result) {
  Table table{"times",
              {{"milliseconds", true},
               {"count"},
               {"min"},
               {"mean"},
               {"p50"},
               {"p75"},
               {"p90"},
               {"p95"},
               {"p99"},
               {"p99.9"},
               {"max"}}};
  for (const auto& [name, times] : result.summaries) {
    if (is_of_endpoint(name) || times.is_empty()) continue;
    table.row(name).number(grouped(times.count())).number(ms_text(times.min()));
    table.number(ms_text(std::llround(times.mean())));
    for (const double p : {50.0, 75.0, 90.0, 95.0, 99.0, 99.9}) {
      table.number(ms_text(times.percentile(p)));
    }
    table.number(ms_text(times.max()));
  }
  return table.finish();
}

std::vector<page::Labelled> labelled(const std::vector<Counted>& kinds) {
  std::vector<page::Labelled> texts;
  for (const Counted& kind : kinds) texts.push_back({kind.name, grouped(kind.count)});
  return texts;
}

std::string endpoint_table(const Result& result) {
  Table table{"endpoints",
              {{"milliseconds", true},
               {"answers"},
               {"codes", true},
               {"errors", true},
               {"p50"},
               {"p95"},
               {"p99"},
               {"max"},
               {"p99 of latency"}}};
  for (const EndpointFigures& endpoint : endpoints_of(result)) {
    table.row(endpoint.name).number(grouped(endpoint.responses));
    table.kinds(labelled(endpoint.codes)).kinds(labelled(endpoint.kinds));
    for (const double p : {50.0, 95.0, 99.0, 100.0}) {
      table.number(percentile_text(endpoint.response_time, p));
    }
    table.number(percentile_text(endpoint.latency, 99));
  }
  return table.finish();
}

std::string phase_table(const Result& result) {
  Table table{
      "phases",
      {{"phase", true}, {"from s"}, {"length s"}, {"planned"}, {"started"}, {"last start s"}}};
  for (std::size_t i = 0; i < result.phases.size(); ++i) {
    const PhaseResult& phase = result.phases[i];
    table.row(phase.name.empty() ? fmt::format("phase {}", i) : phase.name);
    table.number(seconds_text(phase.start_us)).number(seconds_text(phase.length_us));
    table.number(grouped(phase.planned)).number(grouped(phase.started));
    table.number(seconds_text(phase.last_start_us));
  }
  return table.finish();
}

std::string demand_table(const Result& result) {
  Table table{"demands", {{"demand", true}, {"", true}, {"found", true}, {"place", true}}};
  for (const Result::Judged& one : result.judged) {
    const char* const word = one.is_met ? "met" : one.is_strict ? "MISSED" : "missed";
    table.row(one.what).words(word, word).words(one.found).words(one.place);
  }
  return table.finish();
}

std::string counter_table(const Result& result) {
  Table table{"counters", {{"counter", true}, {"count"}}};
  for (const auto& [name, count] : result.counters) {
    if (!is_of_endpoint(name)) table.row(name).number(grouped(count));
  }
  return table.finish();
}

// --- the rest of the page

std::string heading(const Result& result) {
  std::string line =
      fmt::format("{}; {}; seed {}", to_rfc3339(result.started_at),
                  to_short_text(std::chrono::microseconds{result.duration_us}), result.seed);
  if (result.parts.size() > 1) line += fmt::format("; {} parts", result.parts.size());
  std::string out = fmt::format("<header>\n<h1>{}</h1>\n", shown(result.script));
  if (!result.target.empty()) out += paragraph("against " + result.target);
  if (const std::string missing = missing_parts_text(result); !missing.empty()) {
    out += paragraph(missing);
  }
  return out + aside(line) + "</header>\n";
}

std::string gap_text(const Result& result) {
  const std::string gap = explain_gap(result);
  std::string out = gap.empty() ? "" : paragraph(gap);
  if (result.is_closed_model) {
    out += paragraph(
        "Users loop without an end: who would have come while others waited is in no "
        "figure.");
  }
  return out;
}

std::string chart(std::string_view id, std::string_view title, const std::string& picture,
                  const char* otherwise) {
  return section(id, title, picture.empty() ? paragraph(otherwise) : picture);
}

std::string charts(const Result& result) {
  constexpr auto nothing = "Nothing was measured.";
  return "<div class=\"charts\">\n" +
         chart("latency", "Latency over time", heat_map(result), nothing) +
         chart("percentiles", "Percentiles", percentile_chart(result) + gap_text(result), nothing) +
         chart("rate", "Rate asked for and achieved", rate_chart(result), nothing) +
         chart("errors", "Errors by kind", error_chart(result), "None.") + "</div>\n";
}

}  // namespace

std::string report_html(const Result& result) {
  const std::string title = fmt::format("{}: {}, {}", shown(result.script), demands_text(result),
                                        to_string(result.verdict.grade));
  std::string out = heading(result) + verdict_boxes(result) + figure_tiles(result) + charts(result);
  out += section("demands", "Demands", demand_table(result));
  out += section("times", "Times", times_table(result));
  out += section("endpoints", "Endpoints: time to the answer", endpoint_table(result));
  out += section("phases", "Phases", phase_table(result));
  out += section("counters", "Counters", counter_table(result));
  out += section("notes", "Notes", paragraphs(result.notes));
  return page::document(title, page_style(), out);
}

}  // namespace pcx::load
