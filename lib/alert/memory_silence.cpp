// Silences as JSON. A schedule is stored as what was understood of it: its text may lean on the
// default time zone of the day on which it was read.
#include <limits>

#include <fmt/format.h>

#include "alert/memory_fields.h"
#include "alert/memory_items.h"
#include "core/error.h"

namespace pcx::alert {
namespace {

constexpr std::int64_t kMinutes = 24 * 60;
// What a time_point of nanoseconds can still add: 100 years.
constexpr std::int64_t kIdleMaxMs = std::int64_t{100} * 365 * 24 * 3'600'000;

const char* sign_of(MatchKind kind) {
  switch (kind) {
    case MatchKind::equal: return "=";
    case MatchKind::not_equal: return "!=";
    case MatchKind::matches: return "=~";
    case MatchKind::matches_not: return "!~";
  }
  return "";
}

MatchKind kind_in(const Fields& fields) {
  const std::string sign = fields.text("is");
  for (const MatchKind kind :
       {MatchKind::equal, MatchKind::not_equal, MatchKind::matches, MatchKind::matches_not}) {
    if (sign == sign_of(kind)) return kind;
  }
  fields.refuse("is", "it is none of = != =~ !~");
}

Document item_document(const Matcher& matcher) {
  Document document = Document::object();
  document.set("label", matcher.label);
  document.set("is", sign_of(matcher.kind));
  document.set("value", matcher.value);
  return document;
}

Matcher matcher_of(const Document& document, const std::string& place) {
  const Fields fields{document, place};
  Matcher matcher{fields.text("label"), kind_in(fields), fields.text("value")};
  if (!is_label_name(matcher.label)) fields.refuse("label", "that is no label's name");
  return matcher;
}

// "1111100": the days from Monday on.
std::string days_text(const std::array<bool, 7>& days) {
  std::string text;
  for (const bool is_in : days) text += is_in ? '1' : '0';
  return text;
}

Document item_document(const ScheduleRange& range) {
  Document document = Document::object();
  document.set("days", days_text(range.days));
  document.set("from_minute", range.from_minute);
  document.set("to_minute", range.to_minute);
  document.set("zone", range.zone);
  return document;
}

ScheduleRange range_of(const Document& document, const std::string& place) {
  const Fields fields{document, place};
  ScheduleRange range;
  const std::string days = fields.text("days");
  if (days.size() != range.days.size() || days.find_first_not_of("01") != std::string::npos) {
    fields.refuse("days", "it is not seven of 0 and 1");
  }
  for (std::size_t day = 0; day < days.size(); ++day) range.days[day] = days[day] == '1';
  range.from_minute = static_cast<int>(fields.whole("from_minute", 0, kMinutes - 1));
  range.to_minute = static_cast<int>(fields.whole("to_minute", 1, kMinutes));
  range.zone = fields.text("zone");
  return range;
}

template <typename Item>
Document list_of(const std::vector<Item>& items) {
  Document list = Document::array();
  for (const Item& item : items) list.add(item_document(item));
  return list;
}

template <typename Read>
auto items_in(const Fields& fields, std::string_view name, Read read) {
  std::vector<decltype(read(Document{}, std::string{}))> items;
  for (const Document& item : fields.list(name)) {
    items.push_back(read(item, fmt::format("{}[{}]", fields.place_of(name), items.size())));
  }
  if (items.empty()) fields.refuse(name, "it is empty");
  return items;
}

Document item_document(const Schedule& schedule) {
  Document document = Document::object();
  document.set("text", schedule.text);
  document.set("ranges", list_of(schedule.ranges));
  return document;
}

}  // namespace

Document to_document(const Silence& silence) {
  Document document = Document::object();
  document.set("id", silence.id);
  document.set("matchers", list_of(silence.matchers));
  document.set("starts_at", stored_time(silence.starts_at));
  if (silence.ends_at) document.set("ends_at", stored_time(*silence.ends_at));
  document.set("until_resolved", silence.until_resolved);
  if (silence.idle) document.set("idle_ms", std::int64_t{silence.idle->count()});
  if (silence.schedule) document.set("schedule", item_document(*silence.schedule));
  document.set("created_by", silence.created_by);
  document.set("comment", silence.comment);
  if (silence.expired_at) document.set("expired_at", stored_time(*silence.expired_at));
  document.set("expired_why", silence.expired_why);
  if (silence.fitted_at) document.set("fitted_at", stored_time(*silence.fitted_at));
  return document;
}

Silence silence_of(const Document& document, const std::string& place) {
  const Fields fields{document, place};
  Silence silence;
  silence.id = fields.text("id");
  if (silence.id.empty()) fields.refuse("id", "it is empty");
  silence.matchers = items_in(fields, "matchers", matcher_of);
  silence.starts_at = fields.time("starts_at");
  silence.ends_at = fields.maybe_time("ends_at");
  silence.until_resolved = fields.flag("until_resolved");
  if (fields.find("idle_ms") != nullptr) {
    silence.idle = std::chrono::milliseconds{fields.whole("idle_ms", 0, kIdleMaxMs)};
  }
  if (fields.find("schedule") != nullptr) {
    const Fields schedule = fields.object("schedule");
    silence.schedule = Schedule{items_in(schedule, "ranges", range_of), schedule.text("text")};
  }
  silence.created_by = fields.text("created_by");
  silence.comment = fields.text("comment");
  silence.expired_at = fields.maybe_time("expired_at");
  silence.expired_why = fields.text("expired_why");
  silence.fitted_at = fields.maybe_time("fitted_at");
  return silence;
}

}  // namespace pcx::alert
