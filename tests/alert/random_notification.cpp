#include "tests/alert/random_notification.h"

#include <array>
#include <cmath>
#include <limits>
#include <string_view>

namespace pcx::alert {
namespace {

std::string random_piece(Random& random) {
  constexpr std::array<std::string_view, 14> kPieces{
      "\u00e9", "\u2026",     "\u202e", "\U0001f408", "\U0010ffff", "\"",   "\\",
      "</a>",   "<!channel>", "&amp;",  "=?UTF-8?Q?", "\r\nBcc: x", "\x7f", "\u2028"};
  switch (random.below(5)) {
    case 0: return std::string(1, static_cast<char>(random.below(0x20)));
    case 1: return std::string(1, static_cast<char>(random.below(256)));
    case 2: return std::string{kPieces[random.below(kPieces.size())]};
    default: return std::string(1, static_cast<char>(0x20 + random.below(0x5f)));
  }
}

Severity random_severity(Random& random) { return static_cast<Severity>(random.below(4)); }

Time random_time(Random& random) {
  return Time{std::chrono::seconds{1'700'000'000} +
              std::chrono::milliseconds{random.below(100'000'000'000)}};
}

double random_value(Random& random) {
  switch (random.below(6)) {
    case 0: return std::numeric_limits<double>::quiet_NaN();
    case 1: return std::numeric_limits<double>::infinity();
    case 2: return -std::numeric_limits<double>::infinity();
    case 3: return std::ldexp(random.unit(), 900);
    default: return static_cast<double>(random.below(1000)) / 8;
  }
}

Labels random_labels(Random& random) {
  constexpr std::array<const char*, 9> kNames{"alertname",     "class",     "group",
                                              "component",     "tenant",    "runbook_url",
                                              "dashboard_url", "image_url", "summary"};
  Labels labels;
  for (std::uint64_t n = random.below(9); n > 0; --n) {
    std::string value = random_text(random, 400);
    if (random.below(3) == 0) value = "https://example.org/" + value;
    if (random.below(6) == 0) value = "https://example.org/a?b=c#d";
    labels[kNames[random.below(kNames.size())]] = value;
  }
  return labels;
}

Member random_member(Random& random) {
  return {.alert_id = random_text(random, 60),
          .rule = random_text(random, 60),
          .labels = random_labels(random),
          .annotations = random_labels(random),
          .value = random_value(random),
          .active_since = random_time(random),
          .severity = random_severity(random)};
}

}  // namespace

std::string random_text(Random& random, std::size_t characters_max) {
  std::string text;
  for (std::uint64_t n = random.below(characters_max + 1); n > 0; --n) text += random_piece(random);
  return text;
}

Notification random_notification(Random& random) {
  Notification made{.action = static_cast<Action>(random.below(3)),
                    .dedup_key = "k" + random_text(random, 40),
                    .severity = random_severity(random),
                    .summary = random_text(random, random.below(4) == 0 ? 3000 : 80),
                    .at = random_time(random),
                    .began_at = random_time(random),
                    .why = random_text(random, 40)};
  for (std::uint64_t n = random.below(random.below(10) == 0 ? 40 : 4); n > 0; --n) {
    made.members.push_back(random_member(random));
  }
  if (!made.members.empty() && random.below(50) == 0) {
    made.members.front().annotations["description"] =
        std::string(random.below(1'000'000), random.below(2) == 0 ? 'x' : '\x01');
  }
  return made;
}

}  // namespace pcx::alert
