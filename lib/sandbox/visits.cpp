#include "sandbox/seed_writers.h"

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

constexpr days kDaysAhead{30};

// "room-3"
std::string_view room_of(const Visit& visit) {
  constexpr std::string_view kRooms[] = {"room-1", "room-2", "room-3", "room-4", "surgery"};
  return visit.kind->appointment_type == "surgery" ? kRooms[4] : kRooms[visit.veterinarian % 4];
}

void audit_appointment(Seeding& seeding, const Visit& visit, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  AuditEvent event{"Appointment", visit.appointment, practice.user_of(visit.receptionist),
                   visit.tenant, visit.booked};
  audit_create(seeding.rows, dice, event, [&](JsonText& json) {
    json.text("reason", visit.kind->reason).time("endTime", visit.end);
    json.id("clientId", practice.id(TableId::clients, visit.client));
    json.id("patientId", practice.id(TableId::patients, visit.patient));
    json.time("startTime", visit.start);
    json.id("veterinarianId", practice.id(TableId::staff, visit.veterinarian));
    json.text("appointmentType", visit.kind->appointment_type);
  });
  for (int i = 0; i < visit.transition_count; ++i) {
    const Transition& transition = visit.transitions[static_cast<std::size_t>(i)];
    const bool by_vet = transition.status == "in_progress" || transition.status == "completed";
    event.user = practice.user_of(by_vet ? visit.veterinarian : visit.receptionist);
    event.at = transition.at;
    audit_update(seeding.rows, dice, event,
                 [&](JsonText& json) { json.text("status", transition.status); });
  }
}

void write_reminder(Seeding& seeding, const Visit& visit, SeededRandom& dice) {
  const Instant due = visit.start - days{1};
  if (due < visit.booked) return;
  const bool is_sent = due <= seeding.practice.now();
  RowText& row = seeding.rows.row(TableId::appointment_reminders);
  row.id(sample_id(dice)).id(visit.appointment).plain(dice.below(3) == 0 ? "sms" : "email");
  row.time(due).flag(is_sent);
  row.time(is_sent ? std::optional{due + seconds{dice.below(90)}} : std::nullopt);
  row.time(visit.booked).end();
}

void write_message(Seeding& seeding, const Visit& visit, SeededRandom& dice) {
  const Instant sent = visit.booked + seconds{5 + dice.below(60)};
  if (sent > seeding.practice.now()) return;
  RowText& row = seeding.rows.row(TableId::communications);
  row.id(sample_id(dice)).id(seeding.practice.id(TableId::clients, visit.client));
  row.plain("email").plain("outbound").plain("Your appointment");
  row.text("Dear client,\nwe&#x27;ll see you &amp; your pet soon 🐾").time(sent);
  const bool is_read = dice.below(3) != 0;
  row.time(sent + seconds{2});
  row.time(is_read ? std::optional{sent + minutes{1 + dice.below(600)}} : std::nullopt);
  row.plain(is_read ? "read" : "delivered").time(sent);
  row.sign(written(seeding.practice, sent, visit.receptionist, visit.tenant));
  row.end();
}

}  // namespace

Authorship written(const Practice& practice, Instant at, std::int64_t staff, Tenant tenant) {
  return {at, at, practice.user_of(staff), tenant};
}

void write_appointment(Seeding& seeding, const Visit& visit, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  // A soft delete is not audited and changes neither version nor author.
  const bool is_deleted = visit.status() == "cancelled" && dice.below(12) == 0;
  const Instant changed = visit.last_change();
  RowText& row = seeding.rows.row(TableId::appointments);
  row.id(visit.appointment).id(practice.id(TableId::patients, visit.patient));
  row.id(practice.id(TableId::clients, visit.client)).plain(visit.kind->appointment_type);
  row.time(visit.start).time(visit.end).plain(visit.status()).plain(visit.kind->reason);
  if (dice.below(6) == 0) {
    row.text(pick(record_notes(), dice));
  } else {
    row.null();
  }
  row.id(practice.id(TableId::staff, visit.veterinarian)).plain(room_of(visit));
  row.time(is_deleted ? std::optional{changed} : std::nullopt);
  row.number(1 + visit.transition_count);
  row.stamp({visit.booked, changed, practice.user_of(visit.receptionist), visit.tenant}).end();

  audit_appointment(seeding, visit, dice);
  write_reminder(seeding, visit, dice);
  if (dice.below(10) < 6) write_message(seeding, visit, dice);
}

void write_visits(Seeding& seeding) {
  const Practice& practice = seeding.practice;
  const auto first = floor<days>(practice.first_day());
  const auto today = floor<days>(practice.now());
  const int day_count = static_cast<int>((today - first + kDaysAhead).count()) + 1;
  const VisitDays calendar{first, day_count, today, practice.scale().visits};
  for (int day = 0; day < day_count; ++day) {
    const std::int64_t begin = calendar.first_of(day);
    const std::int64_t end = calendar.first_of(day + 1);
    for (std::int64_t number = begin; number < end; ++number) {
      SeededRandom dice = practice.dice(TableId::appointments, number);
      const double place = static_cast<double>(number - begin) + dice.unit();
      const double share = place / static_cast<double>(end - begin);
      const Visit visit = visit_of(practice, number, calendar.date(day), share, dice);
      write_appointment(seeding, visit, dice);
      if (!visit.is_completed()) continue;
      write_clinic(seeding, visit, dice);
      write_bill(seeding, visit, dice);
    }
  }
}

}  // namespace pcx::sandbox
