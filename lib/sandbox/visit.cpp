#include "sandbox/visit.h"

#include <algorithm>

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

milliseconds up_to(milliseconds span, SeededRandom& dice) {
  return milliseconds{
      dice.below(static_cast<std::uint64_t>(std::max<std::int64_t>(span.count(), 1)))};
}

// What becomes of a thousand visits, by place: exact shares, so that every status is met even in a
// small sample.
std::string_view fate_of(std::int64_t number) {
  struct Share {
    int until;
    std::string_view status;
  };
  static constexpr Share kShares[] = {
      {820, "completed"}, {900, "cancelled"}, {945, "no_show"},    {975, "rescheduled"},
      {985, "scheduled"}, {992, "confirmed"}, {996, "checked_in"}, {1000, "in_progress"}};
  const int place = static_cast<int>(number * 619 % 1000);  // 619 and 1000 share no factor
  for (const Share& share : kShares) {
    if (place < share.until) return share.status;
  }
  return "completed";
}

// Adds a change unless it is still to come.
void change(Visit& visit, Instant now, std::string_view status, Instant at) {
  const Instant earliest = visit.last_change() + seconds{1};
  const Instant when = std::max(at, earliest);
  if (when > now) return;
  visit.transitions[static_cast<std::size_t>(visit.transition_count++)] = {status, when};
}

void book(Visit& visit, const Practice& practice, SeededRandom& dice) {
  const bool is_urgent = visit.kind->appointment_type == "emergency";
  const Instant latest = std::min(visit.start - minutes{20}, practice.now() - minutes{1});
  visit.booked = latest - up_to(is_urgent ? milliseconds{hours{1}} : milliseconds{days{21}}, dice);
}

void live_through(Visit& visit, const Practice& practice, SeededRandom& dice) {
  const Instant now = practice.now();
  const std::string_view fate = fate_of(visit.number);
  const Instant before = visit.booked + up_to(visit.start - visit.booked, dice);
  if (fate == "scheduled") return;
  if (fate == "cancelled" || fate == "rescheduled") return change(visit, now, fate, before);
  if (dice.below(10) < 7) change(visit, now, "confirmed", before);
  if (fate == "confirmed") return;
  if (fate == "no_show") return change(visit, now, fate, visit.start + minutes{30});
  const Instant arrival = visit.start - minutes{12} + up_to(minutes{20}, dice);
  const Instant call = std::max(arrival, visit.start) + up_to(minutes{22}, dice);
  change(visit, now, "checked_in", arrival);
  if (fate == "checked_in") return;
  change(visit, now, "in_progress", call);
  if (fate == "in_progress") return;
  change(visit, now, "completed", call + (visit.end - visit.start) + up_to(minutes{10}, dice));
}

}  // namespace

std::string_view Visit::status() const {
  return transition_count == 0 ? "scheduled"
                               : transitions[static_cast<std::size_t>(transition_count - 1)].status;
}

Instant Visit::last_change() const {
  return transition_count == 0 ? booked
                               : transitions[static_cast<std::size_t>(transition_count - 1)].at;
}

Visit visit_of(const Practice& practice, std::int64_t number, sys_days day, double share,
               SeededRandom& dice) {
  Visit visit;
  visit.number = number;
  visit.appointment = practice.id(TableId::appointments, number);
  // Patients that were there before the first moment somebody can have booked.
  const auto known = practice.patients_before(std::min(Instant{day}, practice.now()) - days{22});
  visit.patient = static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(known)));
  visit.client = practice.owner_of(visit.patient);
  visit.tenant = practice.tenant_of_client(visit.client);
  visit.veterinarian = practice.staff(Job::veterinarian, visit.tenant, dice);
  visit.receptionist = practice.staff(Job::receptionist, visit.tenant, dice);
  visit.kind = &pick(cases(), dice);
  const minutes local{visit_minute(weekday{day}, share)};
  visit.start = Instant{day} + local - utc_offset(visit.tenant, day);
  visit.end = visit.start + minutes{visit.kind->minutes};
  book(visit, practice, dice);
  live_through(visit, practice, dice);
  return visit;
}

}  // namespace pcx::sandbox
