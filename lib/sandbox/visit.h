// One visit of a patient as a story: booked, confirmed, waited, treated, paid. A pure function of
// the practice and the visit's number; the rows of its tables are written from it.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "sandbox/opening_hours.h"
#include "sandbox/practice.h"
#include "sandbox/sample_texts.h"

namespace pcx::sandbox {

// A change of an appointment's status, as the audit log has it.
struct Transition {
  std::string_view status;
  Instant at;
};

struct Visit {
  std::int64_t number = 0;
  SampleId appointment;
  std::int64_t patient = 0;
  std::int64_t client = 0;
  Tenant tenant = Tenant::none;
  std::int64_t veterinarian = 0;  // numbers of Practice::staff()
  std::int64_t receptionist = 0;
  const Case* kind = nullptr;
  Instant booked;
  Instant start;
  Instant end;
  // In order of time, none after now; the last one's status is the appointment's, which is
  // "scheduled" when there is none.
  std::array<Transition, 4> transitions;
  int transition_count = 0;

  std::string_view status() const;
  Instant last_change() const;
  bool is_completed() const { return status() == "completed"; }
};

// `share` in [0, 1): the visit's place among those of its day.
Visit visit_of(const Practice& practice, std::int64_t number, std::chrono::sys_days day,
               double share, SeededRandom& dice);

}  // namespace pcx::sandbox
