// What an operator tells pcx in a comment of a script: the mark "-- pcx:no-transaction".
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "migrate/migration.h"

namespace pcx::migrate {

// Alone in a line comment before the first statement: the script runs in steps.
inline constexpr std::string_view kStepsMark = "pcx:no-transaction";

bool has_steps_mark(const std::string& text);

// Whether a comment begins with "pcx:", in any case: then it is meant for pcx.
bool is_for_pcx(std::string_view comment);

// Throws Error{data} with reason "unknown_mark" and the place of a comment that is meant for pcx
// and is not the mark in its place: it must not count for nothing without a word.
void check_marks(const Script& script);

// For a script that cannot run in steps: throws for the mark, too.
void refuse_steps_mark(const Script& script);

// An error of a script that ran in one transaction; where the mark would have helped, its hint says
// so.
Error hint_at_mark(const Error& error, const Script& script);

}  // namespace pcx::migrate
