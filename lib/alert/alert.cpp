#include "alert/alert.h"

#include <algorithm>
#include <iterator>

namespace pcx::alert {

namespace {

constexpr const char* kPhases[] = {"pending", "firing", "resolved"};
constexpr std::string_view kKeyPrefix = "pcx/";

std::string label_of(const Labels& labels, const std::string& name) {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string{} : found->second;
}

}  // namespace

Severity Alert::severity() const {
  return parse_severity(label_of(labels, "severity")).value_or(Severity::warning);
}

std::string Alert::id() const { return rule + "#" + digest_of(labels); }

std::string_view cut_to_bytes(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  const auto is_continuation = [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
  };
  while (bytes_max > 0 && is_continuation(text[bytes_max])) --bytes_max;
  return text.substr(0, bytes_max);
}

std::string dedup_key_of(const std::string& environment, const Labels& labels,
                         const LabelNames& volatile_labels) {
  LabelNames but = volatile_labels;
  but.insert("severity");
  std::string key{kKeyPrefix};
  key += cut_to_bytes(environment, kKeyEnvironmentBytesMax);
  key += '/';
  const std::string end = "/" + digest_of(labels, but);
  key += cut_to_bytes(label_of(labels, "alertname"), kDedupKeyBytesMax - key.size() - end.size());
  return key + end;
}

const char* to_string(Phase phase) noexcept { return kPhases[static_cast<std::size_t>(phase)]; }

std::optional<Phase> parse_phase(std::string_view word) {
  const auto found = std::ranges::find(kPhases, word);
  if (found == std::end(kPhases)) return std::nullopt;
  return static_cast<Phase>(found - std::begin(kPhases));
}

}  // namespace pcx::alert
