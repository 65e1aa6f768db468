#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/time.h"
#include "load/chart.h"
#include "load/figures.h"
#include "load/gap.h"
#include "load/markup.h"
#include "load/report.h"

namespace pcx::load {

namespace {

// So that a page stays below 1 MB whatever a script names.
constexpr std::size_t kRowsMax = 200;
constexpr std::size_t kTextBytesMax = 300;

// Colours are variables: dark mode and print change them in one place.
constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6675; --line: #d9dee5; --page: #fff;
  --good: #1a7f4b; --fair: #a15c00; --bad: #b3261e; --one: #2457c5; --two: #c2571a;
  --heat: 36 87 197; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #9aa5b4; --line: #323a46;
  --page: #14181f; --good: #4cc38a; --fair: #f0a94b; --bad: #ff8a80; --one: #7aa7ff; --two: #f2a069;
  --heat: 122 167 255; } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --line: #ccc; --page: #fff;
  --good: #060; --fair: #850; --bad: #a00; --one: #2457c5; --two: #c2571a;
  --heat: 36 87 197; }
  section { break-inside: avoid; } }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; background: var(--page);
  color: var(--ink);  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .2rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .3rem 0; } .soft { color: var(--soft); }
.verdict { border-left: .4rem solid; padding: .5rem .8rem; margin: 1rem 0; }
.VALID, .met { color: var(--good); } .DEGRADED, .missed { color: var(--fair); }
.INVALID, .MISSED { color: var(--bad); } .verdict p { color: var(--ink); }
table { border-collapse: collapse; width: 100%; } td, th { padding: .2rem .5rem; text-align: right;
  border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
th { font-weight: 600; color: var(--soft); } td:first-child, th:first-child, td.text, th.text {
  text-align: left; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; display: block; } svg text { font: 12px system-ui, sans-serif;
  fill: var(--ink); } svg .tick { fill: var(--soft); } svg path { fill: none; }
.grid { stroke: var(--line); stroke-width: .5; } .asked { stroke: var(--two); stroke-width: 4;
  opacity: .5; } .achieved { stroke: var(--one); stroke-width: 1.5; }
.latency { stroke: var(--two); stroke-width: 1.5; }
.response { stroke: var(--one); stroke-width: 1.5; }
svg .bar { fill: var(--bad); } svg .h0 { fill: rgb(var(--heat) / .15); }
svg .h1 { fill: rgb(var(--heat) / .27); } svg .h2 { fill: rgb(var(--heat) / .39); }
svg .h3 { fill: rgb(var(--heat) / .51); } svg .h4 { fill: rgb(var(--heat) / .63); }
svg .h5 { fill: rgb(var(--heat) / .75); } svg .h6 { fill: rgb(var(--heat) / .87); }
svg .h7 { fill: rgb(var(--heat)); }
)css";

std::string shown(std::string_view text) { return escape_markup(text, kTextBytesMax); }

std::string section(std::string_view title, const std::string& body) {
  if (body.empty()) return {};
  return fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", title, body);
}

std::string paragraph(std::string_view text) { return fmt::format("<p>{}</p>\n", text); }
std::string aside(std::string_view text) { return fmt::format("<p class=\"soft\">{}</p>\n", text); }

// --- tables

struct Cells {
  std::string text;  // HTML of the cells

  Cells& number(const std::string& value) {
    text += "<td>" + value + "</td>";
    return *this;
  }
  Cells& words(std::string_view value, std::string_view css_class = "text") {
    text += fmt::format("<td class=\"{}\">{}</td>", css_class, shown(value));
    return *this;
  }
};

struct Title {
  const char* name;
  bool is_text = false;
};

std::string table(const std::vector<Title>& titles, const std::vector<std::string>& rows) {
  if (rows.empty()) return {};
  std::string out = "<table>\n<tr>";
  for (const Title& title : titles) {
    out += fmt::format("<th{}>{}</th>", title.is_text ? " class=\"text\"" : "", title.name);
  }
  out += "</tr>\n";
  const std::size_t count = std::min(rows.size(), kRowsMax);
  for (std::size_t i = 0; i < count; ++i) out += "<tr>" + rows[i] + "</tr>\n";
  out += "</table>\n";
  if (count < rows.size()) {
    out +=
        aside(fmt::format("and {} more", grouped(static_cast<std::int64_t>(rows.size() - count))));
  }
  return out;
}

std::string times_row(const std::string& name, const Histogram& times) {
  Cells cells;
  cells.words(name).number(grouped(times.count()));
  cells.number(ms_text(times.min())).number(ms_text(std::llround(times.mean())));
  for (const double p : {50.0, 75.0, 90.0, 95.0, 99.0, 99.9}) {
    cells.number(ms_text(times.percentile(p)));
  }
  return cells.number(ms_text(times.max())).text;
}

const std::vector<Title> kTimes = {{"milliseconds", true},
                                   {"count"},
                                   {"min"},
                                   {"mean"},
                                   {"p50"},
                                   {"p75"},
                                   {"p90"},
                                   {"p95"},
                                   {"p99"},
                                   {"p99.9"},
                                   {"max"}};

bool is_of_endpoint(const std::string& name) {
  return name.starts_with("plugins.metrics-by-endpoint.") ||
         name.starts_with("pcx.latency.endpoint.");
}

std::string times_table(const Result& result) {
  std::vector<std::string> rows;
  for (const auto& [name, times] : result.summaries) {
    if (!is_of_endpoint(name) && !times.is_empty()) rows.push_back(times_row(name, times));
  }
  return table(kTimes, rows);
}

std::string endpoint_table(const Result& result) {
  std::vector<std::string> rows;
  for (const EndpointFigures& endpoint : endpoints_of(result)) {
    Cells cells;
    cells.words(endpoint.name).words(kinds_text(endpoint.codes)).words(kinds_text(endpoint.kinds));
    for (const double p : {50.0, 95.0, 99.0}) {
      cells.number(ms_text(endpoint.response_time.percentile(p)));
    }
    rows.push_back(cells.number(ms_text(endpoint.latency.percentile(99))).text);
  }
  return table({{"endpoint", true},
                {"codes", true},
                {"errors", true},
                {"p50"},
                {"p95"},
                {"p99"},
                {"p99 of latency"}},
               rows);
}

std::string phase_table(const Result& result) {
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < result.phases.size(); ++i) {
    const PhaseResult& phase = result.phases[i];
    Cells cells;
    cells.words(phase.name.empty() ? fmt::format("phase {}", i) : phase.name);
    for (const std::int64_t us : {phase.start_us, phase.length_us}) {
      cells.number(fmt::format("{:.2f}", static_cast<double>(us) / 1e6));
    }
    cells.number(grouped(phase.planned)).number(grouped(phase.started));
    cells.number(fmt::format("{:.2f}", static_cast<double>(phase.last_start_us) / 1e6));
    rows.push_back(cells.text);
  }
  return table(
      {{"phase", true}, {"from s"}, {"length s"}, {"planned"}, {"started"}, {"last start s"}},
      rows);
}

std::string demand_table(const Result& result) {
  std::vector<std::string> rows;
  for (const Result::Judged& one : result.judged) {
    const char* const word = one.is_met ? "met" : one.is_strict ? "MISSED" : "missed";
    Cells cells;
    cells.words(one.what).words(word, fmt::format("text {}", word));
    rows.push_back(cells.words(one.found).words(one.place).text);
  }
  return table({{"demand", true}, {"", true}, {"found", true}, {"place", true}}, rows);
}

std::string counter_table(const Result& result) {
  std::vector<std::string> rows;
  for (const auto& [name, count] : result.counters) {
    if (!is_of_endpoint(name)) rows.push_back(Cells{}.words(name).number(grouped(count)).text);
  }
  return table({{"counter", true}, {"count"}}, rows);
}

// --- the head

std::string verdict_box(const Verdict& verdict) {
  const char* const grade = to_string(verdict.grade);
  std::string out = fmt::format("<div class=\"verdict {}\">\n<strong>{}</strong>\n", grade, grade);
  if (verdict.causes.empty()) out += paragraph("The generator kept up with the plan.");
  for (std::size_t i = 0; i < std::min(verdict.causes.size(), kRowsMax); ++i) {
    out += paragraph(shown(verdict.causes[i]));
  }
  return out + "</div>\n";
}

std::string head_line(const Result& result) {
  std::string line = fmt::format("{}; {}, {} users, {} requests, {} a second; seed {}",
                                 to_rfc3339(result.started_at),
                                 to_short_text(std::chrono::microseconds{result.duration_us}),
                                 grouped(count_of(result.counters, "vusers.created")),
                                 grouped(count_of(result.counters, "http.requests")),
                                 grouped(request_rate(result)), result.seed);
  if (result.parts.size() > 1) line += fmt::format("; {} parts", result.parts.size());
  return line;
}

std::string notes_list(const std::vector<std::string>& notes) {
  std::string out;
  for (std::size_t i = 0; i < std::min(notes.size(), kRowsMax); ++i) {
    out += paragraph(shown(notes[i]));
  }
  return out;
}

std::string gap_text(const Result& result) {
  const std::string gap = explain_gap(result);
  std::string out = gap.empty() ? "" : paragraph(shown(gap));
  if (result.is_closed_model) {
    out += paragraph(
        "Users loop without an end: who would have come while others waited is in no "
        "figure.");
  }
  return out;
}

}  // namespace

std::string report_html(const Result& result) {
  const std::string title = shown(result.script);
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  out += fmt::format("<title>{}: load test</title>\n<style>{}</style>\n</head>\n<body>\n", title,
                     kStyle);
  out += fmt::format("<h1>{}</h1>\n", title);
  if (!result.target.empty()) out += paragraph(shown(result.target));
  out += aside(head_line(result)) + verdict_box(result.verdict);
  out += section("Demands", demand_table(result));
  out += section("Latency over time", heat_map(result));
  out += section("Percentiles", percentile_chart(result) + gap_text(result));
  out += section("Users a second", rate_chart(result));
  out += section("Errors by kind", error_chart(result));
  out += section("Times", times_table(result));
  out += section("Endpoints", endpoint_table(result));
  out += section("Phases", phase_table(result));
  out += section("Counters", counter_table(result));
  out += section("Notes", notes_list(result.notes));
  return out + "</body>\n</html>\n";
}

}  // namespace pcx::load
