#include "alert/notification_hold.h"

#include <algorithm>

#include <fmt/format.h>

namespace pcx::alert {
namespace {

constexpr std::size_t kShownOfId = 8;

std::string told(const Silence& silence) {
  const std::string_view id = silence.id;
  return fmt::format("silenced by {}{} ({}{}{})", id.substr(0, kShownOfId),
                     id.size() > kShownOfId ? "\xe2\x80\xa6" : "", silence.created_by,
                     silence.comment.empty() ? "" : ": ", silence.comment);
}

}  // namespace

std::string described(const Labels& labels) {
  Labels rest = labels;
  const auto name = rest.extract("alertname");
  const std::string begin = name.empty() ? std::string{} : name.mapped();
  return rest.empty() && !begin.empty() ? begin : begin + to_string(rest);
}

Holds::Holds(const NotificationInputs& inputs, const std::vector<const Alert*>& firing)
    : inputs_(inputs), inhibitors_(inputs.inhibitions, firing) {
  for (const Silence& silence : inputs.silences) {
    if (!has_known_zones(silence, inputs.zones)) continue;
    silences_.push_back(
        {&silence, Matchers{silence.matchers}, is_active(silence, inputs.zones, inputs.now)});
  }
  std::ranges::sort(silences_, {}, [](const Compiled& one) { return one.silence->id; });
}

Hold Holds::of(const Alert& alert, const Rule& rule) const {
  if (const Silence* const silence = silence_of(alert)) return {true, told(*silence)};
  if (const Alert* const source = inhibitors_.inhibitor_of(alert.labels)) {
    return {false, "inhibited by " + described(source->labels)};
  }
  if (rule.schedule && !is_inside(*rule.schedule, inputs_.zones, inputs_.now)) {
    return {false, "outside of its schedule"};
  }
  return {};
}

bool Holds::was_silenced_from_the_start(const Alert& alert) const {
  return std::ranges::any_of(silences_, [&](const Compiled& one) {
    return one.matchers.match(alert.labels) &&
           is_active(*one.silence, inputs_.zones, alert.fired_at.value_or(alert.active_since));
  });
}

const Silence* Holds::silence_of(const Alert& alert) const {
  const auto found = std::ranges::find_if(silences_, [&](const Compiled& one) {
    return one.is_active && one.matchers.match(alert.labels);
  });
  return found == silences_.end() ? nullptr : found->silence;
}

}  // namespace pcx::alert
