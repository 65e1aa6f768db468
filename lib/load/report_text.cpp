#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"
#include "load/figures.h"
#include "load/gap.h"
#include "load/report.h"

namespace pcx::load {

namespace {

constexpr std::size_t kColumnsMax = 100;
constexpr std::size_t kNameColumns = 36;
constexpr std::size_t kLabelColumns = 12;
constexpr std::size_t kEndpointsMax = 20;

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

// In lines of kColumnsMax, at blanks.
void append_wrapped(std::string& out, const std::string& text, std::size_t indent) {
  std::string line(indent, ' ');
  for (const std::string& word : split(text, ' ')) {
    const bool is_first = columns_of(line) == indent;
    if (!is_first && columns_of(line) + 1 + columns_of(word) > kColumnsMax) {
      out += line + "\n";
      line.assign(indent, ' ');
    } else if (!is_first) {
      line += ' ';
    }
    line += word;
  }
  out += line + "\n";
}

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t used = columns_of(text);
  return used < columns ? text + std::string(columns - used, ' ') : text;
}

// --- the head

std::string heading(const Result& result) {
  const auto started = count_of(result.counters, "vusers.created");
  std::string text = escape_controls(result.script);
  if (!result.target.empty()) text += " against " + escape_controls(result.target);
  text += fmt::format(": {} in {}", started == 1 ? "1 user" : grouped(started) + " users",
                      to_short_text(std::chrono::microseconds{result.duration_us}));
  if (result.parts.size() > 1) text += fmt::format(", {} parts", result.parts.size());
  return text;
}

void append_verdict(std::string& out, const Verdict& verdict) {
  if (verdict.grade == Grade::valid) {
    out += "VALID: the generator kept up with the plan.\n";
    return;
  }
  out += fmt::format("{}:\n", to_string(verdict.grade));
  for (const std::string& cause : verdict.causes) append_wrapped(out, escape_controls(cause), 2);
}

// --- times

void append_times(std::string& out, const std::string& name, const Histogram& times) {
  std::string line = padded("  " + escape_controls(name), kNameColumns);
  if (columns_of(line) > kNameColumns) {
    out += line + "\n";
    line.assign(kNameColumns, ' ');
  }
  if (times.is_empty()) {  // none is no time of 0 ms
    for (int column = 0; column < 6; ++column) line += fmt::format("{:>10}", "-");
    out += line + "\n";
    return;
  }
  for (const double p : {50.0, 90.0, 95.0, 99.0, 99.9}) {
    line += fmt::format("{:>10}", ms_text(times.percentile(p)));
  }
  out += line + fmt::format("{:>10}\n", ms_text(times.max()));
}

void append_times_head(std::string& out, const std::string& title) {
  out += padded(title, kNameColumns);
  for (const char* name : {"p50", "p90", "p95", "p99", "p99.9", "max"}) {
    out += fmt::format("{:>10}", name);
  }
  out += "\n";
}

void append_overall(std::string& out, const Result& result) {
  append_times_head(out, "times in ms");
  for (const char* name : {"http.response_time", "pcx.latency", "vusers.session_length"}) {
    const Histogram& times = summary_of(result, name);
    if (!times.is_empty()) append_times(out, name, times);
  }
  if (const std::string gap = explain_gap(result); !gap.empty()) append_wrapped(out, gap, 2);
  if (result.is_closed_model) {
    append_wrapped(out,
                   "Users loop without an end: who would have come while others waited is in no "
                   "figure.",
                   2);
  }
}

void append_endpoints(std::string& out, const std::vector<EndpointFigures>& endpoints) {
  if (endpoints.empty()) return;
  out += "\n";
  append_times_head(out, "endpoints, response time in ms");
  const std::size_t shown = std::min(endpoints.size(), kEndpointsMax);
  for (std::size_t i = 0; i < shown; ++i) {
    append_times(out, endpoints[i].name, endpoints[i].response_time);
  }
  if (shown < endpoints.size()) {
    out += fmt::format("  and {} more, in the other reports\n", endpoints.size() - shown);
  }
}

// --- counts

void append_counts(std::string& out, const std::string& label, const std::string& text) {
  if (!text.empty()) out += padded("  " + label, kLabelColumns) + text + "\n";
}

void append_kinds(std::string& out, const std::string& label, const std::vector<Counted>& kinds) {
  append_counts(out, label, escape_controls(kinds_text(kinds)));
}

std::string users_text(const Result& result) {
  std::vector<std::string> texts;
  for (const char* what : {"created", "completed", "failed", "skipped", "aborted"}) {
    const std::int64_t count = count_of(result.counters, std::string{"vusers."} + what);
    if (count > 0) texts.push_back(fmt::format("{} {}", grouped(count), what));
  }
  return join(texts, ", ");
}

void append_all_counts(std::string& out, const Result& result) {
  out += "\ncounts\n";
  append_counts(out, "users", users_text(result));
  append_counts(
      out, "requests",
      fmt::format("{} sent, {} answered, {} a second",
                  grouped(count_of(result.counters, "http.requests")),
                  grouped(count_of(result.counters, "http.responses")), pace_text(result)));
  append_kinds(out, "codes", counters_below(result.counters, "http.codes."));
  append_kinds(out, "errors", counters_below(result.counters, "errors."));
}

// --- what was judged

void append_demands(std::string& out, const std::vector<Result::Judged>& all) {
  if (all.empty()) return;
  out += "\ndemands\n";
  for (const Result::Judged& one : all) {
    const char* const word = one.is_met ? "met" : one.is_strict ? "MISSED" : "missed";
    std::string line = padded(std::string{"  "} + word, kLabelColumns) + escape_controls(one.what) +
                       "; found " + escape_controls(one.found);
    if (!one.is_met && !one.place.empty()) line += " (" + escape_controls(one.place) + ")";
    out += line + "\n";
  }
}

void append_notes(std::string& out, const std::vector<std::string>& notes) {
  if (notes.empty()) return;
  out += "\nnotes\n";
  for (const std::string& note : notes) append_wrapped(out, escape_controls(note), 2);
}

}  // namespace

std::string report_text(const Result& result) {
  std::string out;
  append_wrapped(out, heading(result), 0);
  if (const std::string missing = missing_parts_text(result); !missing.empty()) {
    append_wrapped(out, missing, 0);
  }
  append_verdict(out, result.verdict);
  out += "\n";
  append_overall(out, result);
  append_endpoints(out, endpoints_of(result));
  append_all_counts(out, result);
  append_demands(out, result.judged);
  append_notes(out, result.notes);
  return out;
}

}  // namespace pcx::load
