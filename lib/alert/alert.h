// An alert: one label set for which a rule's condition is, or was, true. Values; the machine
// (machine.h) says how they change.
//
// All times are whole milliseconds: that is what is stored.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/labels.h"
#include "alert/rule.h"
#include "core/document.h"

namespace pcx::alert {

enum class Phase { pending, firing, resolved };

struct Alert {
  std::string rule;    // Rule::id()
  Labels labels;       // its own: those of the series, of the rule, and alertname
  Labels annotations;  // as rendered when `value` was found
  std::string
      dedup_key;     // pcx/<environment>/<alertname>/<digest>, 255 bytes at most: never changes
  double value = 0;  // of the last evaluation for which the condition was true
  Phase phase = Phase::pending;
  Time active_since{};           // the condition is true since; the pending timer's begin
  std::optional<Time> fired_at;  //
  // Firing though its condition is not true any more, since then: it is kept for keep_firing_for,
  // or it flaps.
  std::optional<Time> keep_firing_since;
  std::optional<Time> resolved_at;  //
  Time evaluated_at{};              // last time, with or without data
  bool no_data = false;             // at the last evaluation
  bool is_flapping = false;         // changed too often to be resolved, see Flap
  std::vector<Time> changes;  // when it began to fire and ended, for Flap; younger than its window
  std::string acked_by;       // empty: nobody
  std::optional<Time> acked_at;

  Severity severity() const;  // of its labels
  bool is_firing() const { return phase == Phase::firing; }
  // Which alert it is: rule, '#' and digest_of(labels).
  std::string id() const;
  bool operator==(const Alert&) const = default;
};

// Of all keys; what PagerDuty takes is no less (receiver_pagerduty.h).
inline constexpr std::size_t kDedupKeyBytesMax = 255;
inline constexpr std::size_t kKeyEnvironmentBytesMax = 100;  // of these, the environment's

// The beginning of a text, without a part of a character.
std::string_view cut_to_bytes(std::string_view text, std::size_t bytes_max);

// pcx/<environment>/<alertname>/<digest_of(labels but severity and volatile ones)>. `environment`
// and alertname are cut between characters so that it has kDedupKeyBytesMax at most; the digest is
// of the whole alertname. Severity is no part of it, so that warning and critical of one problem
// are one incident.
std::string dedup_key_of(const std::string& environment, const Labels& labels,
                         const LabelNames& volatile_labels);

const char* to_string(Phase phase) noexcept;
std::optional<Phase> parse_phase(std::string_view word);

}  // namespace pcx::alert
