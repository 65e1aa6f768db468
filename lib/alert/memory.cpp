#include "alert/memory.h"

#include <limits>

#include <fmt/format.h>

#include "alert/memory_fields.h"
#include "alert/memory_items.h"
#include "core/error.h"

namespace pcx::alert {
namespace {

constexpr std::int64_t kWholeMax = std::numeric_limits<std::int64_t>::max();

template <typename Item>
Document list_of(const std::vector<Item>& items) {
  Document list = Document::array();
  for (const Item& item : items) list.add(to_document(item));
  return list;
}

void require_count(std::string_view name, std::size_t count) {
  if (count <= kMemoryItemsMax) return;
  throw Error{ErrorCode::data,
              fmt::format("the memory of pcx alert would have {} {}, more than {}", count, name,
                          kMemoryItemsMax),
              "Narrow the rules: so many are not read by anybody."}
      .because("too_much");
}

template <typename Read>
auto items_in(const Fields& fields, std::string_view name, Read read) {
  std::vector<decltype(read(Document{}, std::string{}))> items;
  const Document::Array& list = fields.list(name);
  require_count(name, list.size());
  items.reserve(list.size());
  for (const Document& item : list) {
    items.push_back(read(item, fmt::format("{}[{}]", name, items.size())));
  }
  return items;
}

}  // namespace

Document head_of(const Memory& memory) {
  Document document = Document::object();
  document.set("origin", memory.origin);
  document.set("next_sequence", memory.next_sequence);
  if (memory.last_run) document.set("last_run", to_document(*memory.last_run));
  return document;
}

void read_head(const Document& document, const std::string& place, Memory& memory) {
  const Fields fields{document, place};
  if (fields.find("origin") != nullptr) memory.origin = fields.text("origin");
  memory.next_sequence = fields.whole("next_sequence", 1, kWholeMax);
  if (const Document* run = fields.find("last_run")) {
    memory.last_run = run_of(*run, fields.place_of("last_run"));
  }
}

Document to_document(const Memory& memory) {
  Document document = head_of(memory);
  document.set("generation", memory.generation);
  document.set("alerts", list_of(memory.alerts));
  document.set("incidents", list_of(memory.incidents));
  document.set("outbox", list_of(memory.outbox));
  document.set("silences", list_of(memory.silences));
  document.set("readings", list_of(memory.readings));
  document.set("new_events", list_of(memory.new_events));
  return document;
}

Memory memory_of(const Document& document) {
  const Fields fields{document, "memory"};
  Memory memory;
  read_head(document, "memory", memory);
  memory.generation = fields.whole("generation", 0, kWholeMax);
  memory.alerts = items_in(fields, "alerts", alert_of);
  memory.incidents = items_in(fields, "incidents", incident_of);
  memory.outbox = items_in(fields, "outbox", line_of);
  memory.silences = items_in(fields, "silences", silence_of);
  memory.readings = items_in(fields, "readings", reading_of);
  memory.new_events = items_in(fields, "new_events", event_of);
  return memory;
}

void require_limits(const Memory& memory) {
  require_count("alerts", memory.alerts.size());
  require_count("incidents", memory.incidents.size());
  require_count("lines of the outbox", memory.outbox.size());
  require_count("silences", memory.silences.size());
  require_count("readings", memory.readings.size());
  require_count("events", memory.new_events.size());
}

void forget_ended(Memory& memory, Time now) {
  std::erase_if(memory.outbox, [now](const OutboxLine& line) {
    return line.ended_at && *line.ended_at < now - kEndedLineStays;
  });
  std::erase_if(memory.silences, [now](const Silence& silence) {
    return silence.expired_at && *silence.expired_at < now - kEndedSilenceStays;
  });
}

}  // namespace pcx::alert
