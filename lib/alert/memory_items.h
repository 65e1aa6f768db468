// What the memory is made of, as JSON: one object each. PostgreSQL and files have the same.
//
// Those that read throw Error{data} that names `place` and the field: "alerts[3].phase: ...".
#pragma once

#include <string>
#include <string_view>

#include "alert/memory.h"
#include "core/document.h"

namespace pcx::alert {

Document to_document(const Alert& alert);
Document to_document(const Incident& incident);
Document to_document(const OutboxLine& line);
Document to_document(const Silence& silence);
Document to_document(const Reading& reading);
Document to_document(const RunSummary& run);
Document to_document(const Event& event);

Alert alert_of(const Document& document, const std::string& place);
Incident incident_of(const Document& document, const std::string& place);
OutboxLine line_of(const Document& document, const std::string& place);
Silence silence_of(const Document& document, const std::string& place);
Reading reading_of(const Document& document, const std::string& place);
RunSummary run_of(const Document& document, const std::string& place);
Event event_of(const Document& document, const std::string& place);

// What of a memory is in none of its lists, but for the generation.
Document head_of(const Memory& memory);
void read_head(const Document& document, const std::string& place, Memory& memory);

const char* to_string(Delivery delivery) noexcept;  // "queued", "delivered", "dead"

// As text that PostgreSQL takes, too: NUL and invalid bytes become U+FFFD.
std::string stored_text(std::string_view text);
// to_json() of it, its texts being such texts.
std::string stored_json(const Document& document);

}  // namespace pcx::alert
