// What receivers are told under silences, worked out the simple way: for each alert and receiver by
// itself, looking through the whole history, with clock changes written down by hand. Shares
// nothing with lib/alert but its values.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace pcx::alert {

using Minutes = std::int64_t;  // since 1970-01-01T00:00Z: scenarios are in whole minutes

// A zone's minutes ahead of UTC, and since when in 2026, as zdump -v tells. The first is
// 2026-03-08T07:00Z.
struct ModelZone {
  const char* name;
  int before;
  std::array<std::pair<Minutes, int>, 2> changes;
};

inline constexpr ModelZone kModelZones[] = {
    {"America/New_York", -300, {{{29549220, -240}, {29891880, -300}}}},
    {"Europe/Paris", 60, {{{29579100, 120}, {29881500, 60}}}},
    {"Australia/Lord_Howe", 660, {{{29588580, 630}, {29850690, 660}}}},
    {"America/Santiago", -180, {{{29589300, -240}, {29811120, -180}}}},
    {"Africa/Casablanca", 60, {{{29518680, 0}, {29569080, 60}}}},
};

struct ModelSchedule {
  const ModelZone* zone;
  std::array<bool, 7> days;  // Monday first
  int from, to;              // of the day; `to` not after `from`: of the next

  bool has(Minutes at) const {
    constexpr Minutes kDay = 1440;
    constexpr Minutes kWeek = 7 * kDay;
    int ahead = zone->before;
    for (const auto& [since, minutes] : zone->changes) {
      if (at >= since) ahead = minutes;
    }
    // 1970-01-01 was a Thursday.
    const Minutes of_week = (at + ahead + 3 * kDay) % kWeek;
    for (Minutes day = 0; day < 7; ++day) {
      if (!days.at(static_cast<std::size_t>(day))) continue;
      const Minutes begin = day * kDay + from;
      const Minutes end = day * kDay + to + (to <= from ? kDay : 0);
      // A range from Sunday into Monday is also one that began before this week.
      for (const Minutes shift : {Minutes{0}, kWeek}) {
        if (of_week + shift >= begin && of_week + shift < end) return true;
      }
    }
    return false;
  }
};

enum class ModelPhase { none, pending, firing, resolved };

struct ModelAlert {
  std::string name, tenant, severity;
  std::vector<ModelPhase> phases;  // at each run
  std::optional<ModelSchedule> schedule;
  std::vector<std::string> receivers;
  Minutes repeat = 0;

  bool is_open(std::size_t run) const {
    return phases[run] == ModelPhase::pending || phases[run] == ModelPhase::firing;
  }
};

struct ModelSilence {
  // Empty: whatever it is.
  std::string name, tenant, not_severity;
  Minutes starts_at = 0;
  std::optional<Minutes> ends_at, by_hand;
  bool until_resolved = false;
  std::optional<Minutes> idle;
  std::optional<ModelSchedule> schedule;

  bool fits(const ModelAlert& alert) const {
    return (name.empty() || alert.name == name) && (tenant.empty() || alert.tenant == tenant) &&
           (not_severity.empty() || alert.severity != not_severity);
  }
};

struct ModelTold {
  std::size_t run;
  std::string receiver, alert, words;  // "trigger, fired"
  auto operator<=>(const ModelTold&) const = default;
};

struct Model {
  std::vector<Minutes> runs;
  std::vector<ModelAlert> alerts;
  std::vector<ModelSilence> silences;

  // When it was over; std::nullopt: never.
  std::optional<Minutes> end_of(const ModelSilence& silence) const {
    std::optional<Minutes> last_fit;
    for (std::size_t run = 0; run < runs.size(); ++run) {
      const Minutes now = runs[run];
      if (now < silence.starts_at) continue;
      if (silence.by_hand && now >= *silence.by_hand) return now;
      bool fits = false;
      for (const ModelAlert& alert : alerts) fits |= alert.is_open(run) && silence.fits(alert);
      std::vector<Minutes> ends;
      if (silence.ends_at) ends.push_back(*silence.ends_at);
      if (!fits && silence.until_resolved && last_fit) ends.push_back(now);
      if (!fits && silence.idle)
        ends.push_back(last_fit.value_or(silence.starts_at) + *silence.idle);
      const auto first = std::min_element(ends.begin(), ends.end());
      if (first != ends.end() && *first <= now) return *first;
      if (fits) last_fit = now;
    }
    return std::nullopt;
  }

  // At each run.
  std::vector<bool> silenced(const ModelAlert& alert) const {
    std::vector<bool> result(runs.size());
    for (const ModelSilence& silence : silences) {
      if (!silence.fits(alert)) continue;
      const auto end = end_of(silence);
      for (std::size_t run = 0; run < runs.size(); ++run) {
        const Minutes now = runs[run];
        const bool is_on = now >= silence.starts_at && (!end || now < *end);
        if (is_on && (!silence.schedule || silence.schedule->has(now))) result[run] = true;
      }
    }
    return result;
  }

  void tell(const ModelAlert& alert, const std::string& receiver,
            std::vector<ModelTold>& told) const {
    const std::string key = alert.name + "/" + alert.tenant + "/" + alert.severity;
    const std::vector<bool> silent = silenced(alert);
    std::optional<Minutes> last;  // told of what fires
    std::size_t fired = 0;
    bool was_silent = false;
    for (std::size_t run = 0; run < runs.size(); ++run) {
      const bool fires = alert.phases[run] == ModelPhase::firing;
      if (fires && (run == 0 || alert.phases[run - 1] != ModelPhase::firing)) fired = run;
      if (!fires) {
        if (last) told.push_back({run, receiver, key, "resolve, resolved"});
        last.reset();
        was_silent = false;
        continue;
      }
      if (silent[run]) was_silent = true;
      if (silent[run] || (alert.schedule && !alert.schedule->has(runs[run]))) continue;
      const char* why = "";
      if (!last) why = silent[fired] ? "silence ended" : "fired";
      if (last && was_silent) why = "silence ended";
      if (last && !was_silent && alert.repeat > 0 && runs[run] - *last >= alert.repeat)
        why = "repeat";
      if (*why == '\0') continue;
      told.push_back({run, receiver, key, std::string{"trigger, "} + why});
      last = runs[run];
      was_silent = false;
    }
  }

  std::vector<ModelTold> all_told() const {
    std::vector<ModelTold> told;
    for (const ModelAlert& alert : alerts) {
      for (const std::string& receiver : alert.receivers) tell(alert, receiver, told);
    }
    std::sort(told.begin(), told.end());
    return told;
  }
};

}  // namespace pcx::alert
