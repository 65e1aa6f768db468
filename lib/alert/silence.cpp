#include "alert/silence.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

// --- matchers

[[noreturn]] void refuse_matcher(std::string_view text, const std::string& why) {
  throw Error{ErrorCode::data, fmt::format("matcher '{}' {}", escape_controls(text), why),
              "Write a label, =, !=, =~ or !~, and a value: severity=warning, alertname=~Low.*"};
}

// Takes the operator off the beginning of `rest`.
std::optional<MatchKind> take_kind(std::string_view& rest) {
  constexpr std::pair<std::string_view, MatchKind> kKinds[] = {
      {"=~", MatchKind::matches},
      {"!~", MatchKind::matches_not},
      {"!=", MatchKind::not_equal},
      {"=", MatchKind::equal},
  };
  for (const auto& [sign, kind] : kKinds) {
    if (!rest.starts_with(sign)) continue;
    rest.remove_prefix(sign.size());
    return kind;
  }
  return std::nullopt;
}

// What stands between quotes, `rest` being what follows the first.
std::string unquoted(std::string_view rest, std::string_view text) {
  std::string value;
  while (!rest.empty() && rest.front() != '"') {
    char c = rest.front();
    rest.remove_prefix(1);
    if (c == '\\') {
      const auto known = std::string_view{"\"\\n"}.find(rest.empty() ? '\0' : rest.front());
      if (known == std::string_view::npos)
        refuse_matcher(text, "has an unknown escape in its quotes");
      c = "\"\\\n"[known];
      rest.remove_prefix(1);
    }
    value += c;
  }
  if (rest != "\"") refuse_matcher(text, "has a quote that does not end it");
  return value;
}

// --- ends

bool is_open(const Alert& alert) { return alert.phase != Phase::resolved; }

struct End {
  Time at{};
  const char* why = "";
};

// The first of the ends that has come; std::nullopt: none has. `fits`: an alert at `now`.
std::optional<End> end_of(const Silence& silence, bool fits, Time now) {
  std::optional<End> first;
  const auto consider = [&](Time at, const char* why) {
    if (at <= now && (!first || at < first->at)) first = End{at, why};
  };
  if (silence.ends_at) consider(*silence.ends_at, "its time was over");
  if (fits) return first;
  if (silence.until_resolved && silence.fitted_at) {
    consider(now, "what it was for has resolved");
  }
  if (silence.idle) {
    consider(silence.fitted_at.value_or(silence.starts_at) + *silence.idle, "idle");
  }
  return first;
}

Silence aged(Silence silence, const std::vector<Alert>& alerts, Time now) {
  const Matchers matchers{silence.matchers};
  const bool fits = std::ranges::any_of(
      alerts, [&](const Alert& alert) { return is_open(alert) && matchers.match(alert.labels); });
  const auto end = end_of(silence, fits, now);
  if (end) {
    silence.expired_at = end->at;
    silence.expired_why = end->why;
  } else if (fits) {
    silence.fitted_at = now;
  }
  return silence;
}

}  // namespace

Matcher parse_matcher(std::string_view text) {
  if (find_invalid_utf8(text) || text.find('\0') != std::string_view::npos) {
    refuse_matcher(text, "is no UTF-8 text");
  }
  const auto sign = std::min(text.find_first_of("=!"), text.size());
  std::string_view rest = text.substr(sign);
  const auto kind = take_kind(rest);
  if (!kind) refuse_matcher(text, "has none of =, !=, =~ and !~");
  Matcher matcher{std::string{trim(text.substr(0, sign))}, *kind, {}};
  if (!is_label_name(matcher.label))
    refuse_matcher(text, "does not begin with the name of a label");
  rest = trim(rest);
  matcher.value = rest.starts_with('"') ? unquoted(rest.substr(1), text) : std::string{rest};
  const Matchers checked{{matcher}};  // a pattern that is none
  return matcher;
}

bool fits(const Silence& silence, const Labels& labels) {
  return Matchers{silence.matchers}.match(labels);
}

bool has_known_zones(const Silence& silence, const ZoneClock& zones) {
  if (!silence.schedule) return true;
  try {
    require_zones(*silence.schedule, zones);
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::data) throw;
    return false;
  }
}

bool is_active(const Silence& silence, const ZoneClock& zones, Time now) {
  if (now < silence.starts_at) return false;
  if (silence.expired_at && now >= *silence.expired_at) return false;
  if (silence.ends_at && now >= *silence.ends_at) return false;
  return !silence.schedule || is_inside(*silence.schedule, zones, now);
}

std::vector<Silence> age_silences(const std::vector<Silence>& silences,
                                  const std::vector<Alert>& alerts, Time now) {
  std::vector<Silence> changed;
  for (const Silence& silence : silences) {
    if (silence.expired_at || now < silence.starts_at) continue;
    Silence after = aged(silence, alerts, now);
    if (after.expired_at || after.fitted_at != silence.fitted_at) {
      changed.push_back(std::move(after));
    }
  }
  return changed;
}

}  // namespace pcx::alert
