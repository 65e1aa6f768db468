// Members of JSON objects as the type says: of notes, manifests, cursors. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audit/merkle.h"
#include "core/document.h"

namespace pcx::audit {

// std::nullopt when it is not there, or is something else.
std::optional<std::int64_t> integer_in(const Document& object, std::string_view key);
std::optional<std::string> text_in(const Document& object, std::string_view key);
std::optional<Hash> hash_in(const Document& object, std::string_view key);  // hexadecimal digits

// 0 and "" then.
std::int64_t number_at(const Document& object, std::string_view key);
std::string text_at(const Document& object, std::string_view key);

}  // namespace pcx::audit
