// What an answer says, for messages: whoever was asked may repeat what it was given.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/client.h"
#include "http/secret_header.h"

namespace pcx::http {

inline constexpr std::size_t kAnswerWordsMax = 200;  // characters

// A text as a phrase of one line: without `secrets` ("***"), without what else looks like one
// (redact()), without control characters, kAnswerWordsMax characters at most. Empty secrets count
// as none.
std::string phrase_of(std::string_view text, std::span<const std::string_view> secrets);

// What an answer's body says, as such a phrase: the message or error of a JSON object, with its
// errors, a JSON string, else its text. "" when it says nothing.
std::string words_of(const Response& response, std::span<const std::string_view> secrets);
std::string words_of(const Response& response, const std::vector<SecretHeader>& secrets);

}  // namespace pcx::http
