// Takes secrets out of text and trees before they are shown or logged.
#pragma once

#include <string>
#include <string_view>

#include "core/document.h"

namespace pcx {

// True for names of secrets, however they are written: "password", "PGPASSWORD", "api-key",
// "routingKey". Not for "password_encryption": the name must end with what is secret.
bool names_secret(std::string_view key);

// Text with these replaced by "***": passwords in URLs ("postgresql://user:***@host"), values of
// key=value pairs and quoted "key": "value" pairs whose key names a secret, in the query of a URL
// also of "?code=", "&key=", "&X-Amz-Signature=" and their like, the constant behind the word
// PASSWORD of SQL, all of an Authorization or Cookie header, bearer tokens, the secret part of pcx
// API keys. In doubt too much is taken: give the whole text, not its lines, and a value alone.
std::string redact(std::string_view text);

// A tree as the application's logger shows it (its `redactDeep`, known answers in
// tests/data/validation-vectors.json): secrets and medical facts become "[REDACTED]", emails
// "j***@example.com", telephone numbers "***0100". Only exact keys, in any case, count, down to the
// eighth level: it is the application's view of its own records, no protection for unknown trees.
Document redact_deep(const Document& document);

}  // namespace pcx
