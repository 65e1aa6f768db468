#include "cli/commands/audit_views.h"

#include <array>

#include <fmt/format.h>

#include "audit/mask.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using audit::Event;
using audit::LongText;
using audit::masked;

constexpr std::size_t kCellColumns = 40;
constexpr std::size_t kChangesColumns = 72;

// The first `count` characters.
std::string_view beginning(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; count > 0 && at < text.size(); --count) {
    at += std::max<std::size_t>(first_code_point(text.substr(at)).bytes, 1);
  }
  return text.substr(0, at);
}

// What is looked at of a long text: masking and escaping a megabyte for a line of it is idle.
constexpr std::size_t kLookedAtBytes = 8192;

std::string shown_of(std::string_view text, std::int64_t bytes, std::size_t columns_max) {
  const std::string whole = escape_controls(masked(beginning(text, kLookedAtBytes)));
  const std::string_view cut = beginning(whole, columns_max);
  const bool is_cut = cut.size() < whole.size() || static_cast<std::int64_t>(text.size()) < bytes;
  return is_cut ? fmt::format("{}… ({} bytes)", cut, bytes) : whole;
}

std::string shown_long(const std::optional<LongText>& text, std::size_t columns_max) {
  return text ? shown_of(text->text, text->bytes, columns_max) : std::string{};
}

Cell cell(const std::optional<std::string>& text) { return text ? Cell{masked(*text)} : Cell{}; }

Cell cell(const std::optional<LongText>& text) { return text ? Cell{masked(text->text)} : Cell{}; }

struct Member {
  const char* key;
  Cell (*of)(const Event&);
};

constexpr std::array<Member, 13> kMembers = {{
    {"at", [](const Event& event) { return Cell{time_text(event)}; }},
    {"source", [](const Event& event) { return Cell{std::string{to_string(event.source)}}; }},
    {"record", [](const Event& event) { return Cell{event.id}; }},
    {"user", [](const Event& event) { return cell(event.user); }},
    {"action", [](const Event& event) { return cell(event.action); }},
    {"resource", [](const Event& event) { return cell(event.resource); }},
    {"id", [](const Event& event) { return cell(event.resource_id); }},
    {"tenant", [](const Event& event) { return cell(event.tenant); }},
    {"correlation", [](const Event& event) { return cell(event.correlation); }},
    {"ip", [](const Event& event) { return cell(event.ip); }},
    {"agent", [](const Event& event) { return cell(event.agent); }},
    {"db_user", [](const Event& event) { return cell(event.db_user); }},
    {"application", [](const Event& event) { return cell(event.application); }},
}};

// Of a captured change old and new values side by side; of the application's rows what it wrote.
std::string changes_line(const Event& event) {
  if (!event.before) return shown_long(event.changes, kChangesColumns);
  if (!event.changes) return "was " + shown_long(event.before, kChangesColumns);
  return shown_long(event.before, kChangesColumns / 2) + " → " +
         shown_long(event.changes, kChangesColumns / 2);
}

void add_step(std::string& text, const audit::Step& step) {
  text += fmt::format("-- {}: {}, {}\n{};\n", step.purpose, counted(step.rows, "row"),
                      to_short_text(step.elapsed), step.sql);
  for (std::size_t i = 0; i < step.params.size(); ++i) {
    text += fmt::format("--   ${} = {}\n", i + 1,
                        step.params[i] ? escape_controls(*step.params[i]) : "NULL");
  }
  for (const std::string& line : step.plan) text += "--   " + escape_controls(line) + "\n";
  text += "\n";
}

}  // namespace

std::string shown(const std::optional<std::string>& text, std::size_t columns_max) {
  if (!text) return {};
  return shown_of(*text, static_cast<std::int64_t>(text->size()), columns_max);
}

Document shown_json(const std::optional<LongText>& text) {
  if (!text) return {};
  const std::string json = masked(text->text);
  try {
    return parse_json(json, "audit");
  } catch (const Error&) {  // deeper than pcx reads: the text then
    return Document{json};
  }
}

View events_view(const std::vector<Event>& events) {
  View view{.columns = {{"at", "TIME"},
                        {"source", "SOURCE"},
                        {"user", "USER"},
                        {"action", "ACTION"},
                        {"resource", "RESOURCE"},
                        {"id", "ID"},
                        {"changes", "CHANGES"},
                        {"record", "RECORD"}},
            .rows = {},
            .summary = {}};
  for (const Event& event : events) {
    view.rows.push_back({escape_controls(time_text(event)), std::string{to_string(event.source)},
                         shown(event.user, kCellColumns), shown(event.action, kCellColumns),
                         shown(event.resource, kCellColumns),
                         shown(event.resource_id, kCellColumns), changes_line(event),
                         shown(event.id, kCellColumns)});
  }
  return view;
}

View events_csv(const std::vector<Event>& events, const std::vector<std::string>& cursors) {
  View view;
  for (const Member& member : kMembers) view.columns.push_back({member.key, member.key});
  for (const char* const key : {"before", "changes", "metadata", "cursor"}) {
    view.columns.push_back({key, key});
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::vector<Cell> row;
    for (const Member& member : kMembers) row.push_back(member.of(events[i]));
    for (const auto* const json : {&events[i].before, &events[i].changes, &events[i].metadata}) {
      row.push_back(cell(*json));
    }
    row.emplace_back(cursors[i]);
    view.rows.push_back(std::move(row));
  }
  return view;
}

Document event_document(const Event& event) {
  Document document = Document::object();
  for (const Member& member : kMembers) document.set(member.key, Document{member.of(event)});
  document.set("before", shown_json(event.before));
  document.set("changes", shown_json(event.changes));
  document.set("metadata", shown_json(event.metadata));
  return document;
}

std::string explanation_text(const audit::Explanation& explanation) {
  std::string text;
  for (const audit::Step& step : explanation.steps) add_step(text, step);
  text +=
      explanation.indexes.empty()
          ? "-- no index was used\n"
          : fmt::format("-- indexes used: {}\n", escape_controls(join(explanation.indexes, ", ")));
  if (!explanation.advice) return text;
  text += fmt::format("-- {}\n", explanation.advice->reason);
  if (!explanation.advice->sql.empty()) {
    text += fmt::format("-- a migration that makes it (pcx makes none by itself):\n{}\n",
                        explanation.advice->sql);
  }
  return text;
}

Document explanation_document(const audit::Explanation& explanation) {
  Document steps = Document::array();
  for (const audit::Step& step : explanation.steps) {
    Document each = Document::object();
    each.set("purpose", step.purpose);
    each.set("sql", step.sql);
    Document params = Document::array();
    for (const auto& param : step.params) params.add(param ? Document{*param} : Document{});
    each.set("params", std::move(params));
    each.set("rows", step.rows);
    each.set("elapsed_ms", std::chrono::duration<double, std::milli>(step.elapsed).count());
    Document plan = Document::array();
    for (const std::string& line : step.plan) plan.add(line);
    each.set("plan", std::move(plan));
    steps.add(std::move(each));
  }
  Document document = Document::object();
  document.set("steps", std::move(steps));
  Document indexes = Document::array();
  for (const std::string& index : explanation.indexes) indexes.add(index);
  document.set("indexes", std::move(indexes));
  const bool has_advice = explanation.advice.has_value();
  document.set("advice", has_advice ? Document{explanation.advice->reason} : Document{});
  document.set("migration", has_advice && !explanation.advice->sql.empty()
                                ? Document{explanation.advice->sql}
                                : Document{});
  return document;
}

}  // namespace pcx::cli
