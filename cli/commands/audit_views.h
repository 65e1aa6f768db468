// Events of the trail as commands of `pcx audit` show them. Their texts are data of others: for
// people control characters are escaped and long values cut, which is said; for programs they are
// whole. Encrypted values are never shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/event.h"
#include "audit/query.h"
#include "cli/command.h"

namespace pcx::cli {

// `cursor`: what its row ends with (for programs).
View events_view(const std::vector<audit::Event>& events);
View events_csv(const std::vector<audit::Event>& events, const std::vector<std::string>& cursors);
Document event_document(const audit::Event& event);

// What a page was read by.
std::string explanation_text(const audit::Explanation& explanation);
Document explanation_document(const audit::Explanation& explanation);

// A text for people: without control characters, ciphertexts, and what goes beyond `columns_max`
// characters, in whose place its size stands.
std::string shown(const std::optional<std::string>& text, std::size_t columns_max);

// JSON as a document, without ciphertexts.
Document shown_json(const std::optional<audit::LongText>& text);

}  // namespace pcx::cli
