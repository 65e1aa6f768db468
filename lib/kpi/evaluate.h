// Definitions are asked together, in one statement; one that fails hides no other.
#pragma once

#include "kpi/answer.h"
#include "kpi/question.h"
#include "kpi/snapshot.h"

namespace pcx::kpi {

// When the statement fails, each source is asked alone, and of a source that fails each definition:
// what fails then is found to be failed, with the server's words. A source that runs into the time
// limit fails as a whole. Throws as Snapshot::attempt() does.
Answers evaluate(Snapshot& snapshot, const Catalog& catalog, const Selection& selection,
                 const Span& span, const Scope& scope);

}  // namespace pcx::kpi
