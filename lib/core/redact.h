// Takes secrets out of text and trees before they are shown or logged.
#pragma once

#include <string>
#include <string_view>

#include "core/document.h"

namespace pcx {

// Text with passwords in URLs ("postgresql://user:***@host"), keyword=value pairs whose key names a
// secret, bearer tokens and pcx API keys replaced by "***".
std::string redact(std::string_view text);

// A tree as the application's logger shows it: the value of every key that names a secret becomes
// "[REDACTED]" (the application's `redactDeep`, tests/data/validation-vectors.json).
Document redact_deep(const Document& document);

}  // namespace pcx
