#include "cli/commands/apikey_usage_views.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"
#include "page/sparkline.h"

namespace pcx::cli {

namespace {

using apikey::KeyUsage;
using apikey::RecordedUsage;
using apikey::UsageQuestion;
using apikey::UsageReport;

constexpr std::size_t kSparklineColumns = 60;

// --- for people

// "0.4 %", and never "0.0 %" of something.
std::string share_of(std::int64_t part, std::int64_t whole) {
  if (whole == 0 || part == 0) return {};
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (percent < 0.1) return " (below 0.1 %)";
  return fmt::format(" ({:.1f} %)", percent);
}

std::string line(const char* label, const std::string& text) {
  return fmt::format("  {:<11}{}\n", label, text);
}

std::string calls_text(const RecordedUsage& usage) {
  std::string text = fmt::format("{}; 4xx: {}{}; 5xx: {}{}", usage.calls, usage.client_errors,
                                 share_of(usage.client_errors, usage.calls), usage.server_errors,
                                 share_of(usage.server_errors, usage.calls));
  if (usage.p95_ms) text += fmt::format("; p95: {} ms", *usage.p95_ms);
  return text;
}

std::string series_text(const RecordedUsage& usage) {
  std::vector<std::int64_t> calls;
  std::int64_t most = 0;
  for (const auto& step : usage.series) {
    calls.push_back(step.calls);
    most = std::max(most, step.calls);
  }
  return fmt::format("{}  at most {}", page::sparkline(calls, kSparklineColumns), most);
}

std::string key_text(const KeyUsage& usage, const UsageQuestion& question) {
  std::string text = fmt::format("{}  {}\n", usage.key.id, escape_controls(usage.key.name));
  if (usage.recorded) {
    text += line("calls", calls_text(*usage.recorded));
    text += line(question.step == apikey::UsageStep::day ? "by day" : "by hour",
                 series_text(*usage.recorded));
  } else {
    text += line("calls", "not known: api_usage_metrics never had any of this key");
  }
  if (usage.counted) {
    text += line("verified",
                 fmt::format("{} taken, {} refused", usage.counted->taken, usage.counted->refused));
  } else {
    text += line("verified", "not known: no verifier ever told of this key");
  }
  text += line("last seen",
               usage.last_seen ? to_rfc3339(*usage.last_seen) : "never, as far as is known");
  if (!usage.recorded) return text;
  for (const auto& endpoint : usage.recorded->endpoints) {
    text += fmt::format("  {:>10}  {} {}\n", endpoint.calls, escape_controls(endpoint.method),
                        escape_controls(endpoint.endpoint));
  }
  return text;
}

std::string closing(const UsageReport& report, const UsageQuestion& question) {
  if (!question.ids.empty()) return {};
  const auto used = static_cast<long long>(report.keys.size());
  std::string text = used == 0 ? std::string{"No key was used"} : counted(used, "key") + " used";
  text += fmt::format(" since {}.", to_rfc3339(question.since));
  if (report.unused > 0) text += fmt::format(" {} not used since.", counted(report.unused, "key"));
  if (report.unrecorded > 0) {
    text += fmt::format(" Of {} of them nothing was ever recorded.", report.unrecorded);
  }
  return text + "\n";
}

// --- for programs

Document series_of(const RecordedUsage& usage) {
  Document series = Document::array();
  for (const auto& step : usage.series) {
    Document one = Document::object();
    one.set("from", Document{Cell{step.from}});
    one.set("calls", step.calls);
    one.set("client_errors", step.client_errors);
    one.set("server_errors", step.server_errors);
    series.add(std::move(one));
  }
  return series;
}

Document endpoints_of(const RecordedUsage& usage) {
  Document list = Document::array();
  for (const auto& endpoint : usage.endpoints) {
    Document one = Document::object();
    one.set("method", escape_controls(endpoint.method));
    one.set("endpoint", escape_controls(endpoint.endpoint));
    one.set("calls", endpoint.calls);
    list.add(std::move(one));
  }
  return list;
}

// Null where nothing is known, 0 where it is known that there was nothing.
Document document_of(const KeyUsage& usage, const UsageQuestion& question) {
  const auto& recorded = usage.recorded;
  const auto number = [&](std::int64_t RecordedUsage::*member) {
    return recorded ? Document{(*recorded).*member} : Document{};
  };
  Document key = Document::object();
  key.set("id", usage.key.id);
  key.set("name", escape_controls(usage.key.name));
  key.set("since", Document{Cell{question.since}});
  key.set("calls", number(&RecordedUsage::calls));
  key.set("client_errors", number(&RecordedUsage::client_errors));
  key.set("server_errors", number(&RecordedUsage::server_errors));
  key.set("p95_ms", recorded && recorded->p95_ms ? Document{*recorded->p95_ms} : Document{});
  key.set("taken", usage.counted ? Document{usage.counted->taken} : Document{});
  key.set("refused", usage.counted ? Document{usage.counted->refused} : Document{});
  key.set("last_seen", usage.last_seen ? Document{Cell{*usage.last_seen}} : Document{});
  key.set("endpoints", recorded ? endpoints_of(*recorded) : Document{});
  key.set("step", to_string(question.step));
  key.set("series", recorded ? series_of(*recorded) : Document{});
  return key;
}

}  // namespace

PlainText usage_text(const UsageReport& report, const UsageQuestion& question) {
  PlainText shown{.text = {}, .document = Document::array()};
  for (const KeyUsage& usage : report.keys) {
    if (!shown.text.empty()) shown.text += '\n';
    shown.text += key_text(usage, question);
    shown.document.add(document_of(usage, question));
  }
  const std::string last = closing(report, question);
  if (!shown.text.empty() && !last.empty()) shown.text += '\n';
  shown.text += last;
  return shown;
}

}  // namespace pcx::cli
