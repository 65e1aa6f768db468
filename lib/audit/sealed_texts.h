// Encrypted texts in a document of the application's trail: what a rotation of keys replaces. A
// leaf commits to them apart from the rest (audit/record.h), so that it can be computed again for
// what was there before, and so proves that nothing else was replaced.
//
// An encrypted text is a string that is a value, begins with "enc:v<digits>:" and has no escape in
// it. PostgreSQL writes a jsonb in one way only: a quote with no backslash before it begins or ends
// a string, and what a colon follows is a name. pcx.audit_masked() and pcx.audit_sealed() of
// lib/db/schema/006_audit.sql do the same, byte for byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/digest.h"

namespace pcx::audit {

// Keeps its context from document to document. For one thread at a time.
class SealedTexts {
 public:
  // The digest (SHA-256) of the encrypted texts of a jsonb as text, quotes included, one after the
  // other; `masked` becomes the document with the bare word sealed in the place of each, which is
  // no JSON, so no document can pretend to have it. std::nullopt when there are none; `masked` is
  // of no use then.
  std::optional<crypto::Sha256Digest> mask(std::string_view document, std::string& masked);

 private:
  crypto::Sha256 sha256_;
};

}  // namespace pcx::audit
