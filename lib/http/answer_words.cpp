#include "http/answer_words.h"

#include "core/error.h"
#include "core/json.h"
#include "core/redact.h"
#include "core/text.h"

namespace pcx::http {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 * 1024;

std::string without_secrets(std::string text, std::span<const std::string_view> secrets) {
  for (const std::string_view secret : secrets) {
    if (secret.empty()) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
      text.replace(at, secret.size(), "***");
    }
  }
  return redact(text);
}

std::string cut(std::string text, std::size_t characters_max) {
  const std::size_t end = byte_offset_of_character(text, characters_max + 1);
  if (end >= text.size()) return text;
  text.resize(end);
  return text + "...";
}

// PagerDuty: {"message": "...", "errors": ["...", "..."]}
std::string with_errors(std::string message, const Document& answer) {
  const Document* const errors = answer.find("errors");
  if (errors == nullptr || !errors->is_array()) return message;
  for (const Document& each : errors->items()) {
    if (each.text() != nullptr) message += "; " + *each.text();
  }
  return message;
}

// {"message": "..."}, as OTLP's Status, {"error": "..."}, or "...".
std::string message_of(const std::string& body) {
  if (!body.starts_with('{') && !body.starts_with('"')) return body;
  try {
    const Document answer = parse_json(body, "answer", {.bytes_max = kAnswerBytesMax});
    if (answer.text() != nullptr) return *answer.text();
    for (const char* key : {"message", "error"}) {
      const Document* const found = answer.find(key);
      if (found && found->text()) return with_errors(*found->text(), answer);
    }
  } catch (const Error&) {
    return body;  // no JSON after all: its text says it as well
  }
  return body;
}

}  // namespace

std::string phrase_of(std::string_view text, std::span<const std::string_view> secrets) {
  const std::string clean = without_secrets(std::string{text.substr(0, kAnswerBytesMax)}, secrets);
  return cut(escape_controls(trim(clean)), kAnswerWordsMax);
}

std::string words_of(const Response& response, std::span<const std::string_view> secrets) {
  return phrase_of(message_of(response.body.substr(0, kAnswerBytesMax)), secrets);
}

std::string words_of(const Response& response, const std::vector<SecretHeader>& secrets) {
  std::vector<std::string_view> views;
  for (const SecretHeader& secret : secrets) views.push_back(secret.value.reveal_text());
  return words_of(response, views);
}

}  // namespace pcx::http
