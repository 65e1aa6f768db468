// What a visit leaves in the medical files: the record with its sealed fields, prescriptions and
// laboratory tests.
#include <fmt/format.h>

#include "sandbox/seed_writers.h"

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

// The four sealed fields as they are stored. Before encryption was switched on, and through
// createMany, plaintext came in.
struct Fields {
  std::string complaint;
  std::string diagnosis;
  std::string treatment;
  std::optional<std::string> notes;  // '' is stored as it is
};

constexpr days kLegacyDays{45};

bool is_legacy(const Practice& practice, const Visit& visit) {
  return visit.start < practice.first_day() + kLegacyDays ? visit.number % 4 == 0
                                                          : visit.number % 400 == 0;
}

Fields fields_of(const Seeding& seeding, const Visit& visit, bool is_plain, SeededRandom& dice) {
  const auto stored = [&](std::string_view text) {
    return is_plain ? std::string{text} : seeding.seal(text);
  };
  Fields fields{stored(visit.kind->complaint), stored(visit.kind->diagnosis),
                stored(visit.kind->treatment), std::nullopt};
  const auto fate = dice.below(20);
  if (fate == 0) fields.notes = "";
  if (fate > 8) fields.notes = stored(pick(record_notes(), dice));
  return fields;
}

void write_vital_signs(JsonText& json, std::uint64_t draw) {
  json.cents("temp", 3780 + static_cast<Cents>(draw % 160));
  json.number("heartRate", 60 + static_cast<std::int64_t>(draw % 97));
  json.text("note", "a&#x2F;b");
}

void audit_record(Seeding& seeding, const Visit& visit, const AuditEvent& event,
                  const Fields& fields, std::uint64_t vital_draw, SeededRandom& dice) {
  audit_create(seeding.rows, dice, event, [&](JsonText& json) {
    if (fields.notes) json.text("notes", *fields.notes);
    json.text("diagnosis", fields.diagnosis).text("treatment", fields.treatment);
    json.id("patientId", seeding.practice.id(TableId::patients, visit.patient));
    json.time("visitDate", visit.start).text("chiefComplaint", fields.complaint);
    json.object("vitalSigns", [&](JsonText& signs) { write_vital_signs(signs, vital_draw); });
    json.id("veterinarianId", seeding.practice.id(TableId::staff, visit.veterinarian));
  });
}

void write_record(Seeding& seeding, const Visit& visit, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const bool is_plain = is_legacy(practice, visit);
  Fields fields = fields_of(seeding, visit, is_plain, dice);
  const std::uint64_t vital_draw = dice.next();
  const SampleId id = practice.id(TableId::medical_records, visit.number);
  const Instant written_at = visit.last_change() - minutes{2};
  Instant changed = written_at;
  AuditEvent event{"MedicalRecord", id, practice.user_of(visit.veterinarian), visit.tenant,
                   written_at};
  // createMany leaves no trace in the audit log.
  if (!is_plain) audit_record(seeding, visit, event, fields, vital_draw, dice);
  const bool is_amended = !is_plain && dice.below(8) == 0;
  if (is_amended) {
    changed = event.at = visit.last_change();
    fields.diagnosis = seeding.seal("Corrected: see the laboratory&#x27;s report");
    audit_update(seeding.rows, dice, event,
                 [&](JsonText& json) { json.text("diagnosis", fields.diagnosis); });
  }
  RowText& row = seeding.rows.row(TableId::medical_records);
  row.id(id).id(practice.id(TableId::patients, visit.patient)).time(visit.start);
  row.text(fields.complaint).text(fields.diagnosis).text(fields.treatment);
  row.text_or_null(fields.notes).id(practice.id(TableId::staff, visit.veterinarian));
  row.object([&](JsonText& signs) { write_vital_signs(signs, vital_draw); });
  row.time(visit.number % 90 == 4 ? std::optional{changed} : std::nullopt);
  row.number(is_amended ? 2 : 1).time(written_at).time(changed);
  if (is_plain) {
    row.null().null();
  } else {
    row.id(event.user).id(event.user);
  }
  row.tenant(visit.tenant).end();
}

void log_controlled(Seeding& seeding, const Visit& visit, std::size_t drug, const SampleId& script,
                    SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  RowText& row = seeding.rows.row(TableId::controlled_substance_logs);
  row.id(sample_id(dice)).id(practice.id(TableId::medications, static_cast<std::int64_t>(drug)));
  row.plain("dispensed").cents(50 + 10 * static_cast<Cents>(dice.below(20))).plain("ml");
  row.id(script).id(practice.id(TableId::patients, visit.patient));
  row.id(practice.id(TableId::staff, visit.veterinarian));
  row.id(practice.id(TableId::staff, practice.staff(Job::technician, visit.tenant, dice)));
  row.plain("Analgesia").time(visit.end);
  row.sign(written(practice, visit.end, visit.veterinarian, visit.tenant)).end();
}

void write_prescription(Seeding& seeding, const Visit& visit, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const std::size_t drug = dice.below(drugs().size());
  const auto refills = static_cast<std::int64_t>(dice.below(4));
  const SampleId id = practice.id(TableId::prescriptions, visit.number);
  const SampleId medication = practice.id(TableId::medications, static_cast<std::int64_t>(drug));
  const Authorship by = written(practice, visit.last_change(), visit.veterinarian, visit.tenant);
  const Instant expires = visit.start + days{180};
  RowText& row = seeding.rows.row(TableId::prescriptions);
  row.id(id).id(practice.id(TableId::patients, visit.patient)).id(medication);
  row.plain("1 per 10 kg").plain("twice daily").plain("7 days");
  row.text("Give with food &#x2F; not on an empty stomach").number(refills).number(refills / 2);
  row.id(practice.id(TableId::staff, visit.veterinarian)).time(by.created).time(expires);
  row.plain(expires < practice.now() ? "expired" : "active").number(1).stamp(by).end();
  const AuditEvent event{"Prescription", id, by.author, visit.tenant, by.created};
  audit_create(seeding.rows, dice, event, [&](JsonText& json) {
    json.text("dosage", "1 per 10 kg").text("duration", "7 days").text("frequency", "twice daily");
    json.id("medicationId", medication).number("refillsAllowed", refills);
    json.id("patientId", practice.id(TableId::patients, visit.patient));
    json.time("expirationDate", expires);
  });
  if (!drugs()[drug].schedule.empty()) log_controlled(seeding, visit, drug, id, dice);
}

void write_lab_test(Seeding& seeding, const Visit& visit, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const SampleId id = practice.id(TableId::lab_tests, visit.number);
  const Instant ordered = visit.last_change() - minutes{4};
  const Instant done = ordered + hours{2 + static_cast<std::int64_t>(dice.below(48))};
  const bool is_done = done <= practice.now() && dice.below(40) != 0;
  const bool is_external = dice.below(3) == 0;
  RowText& row = seeding.rows.row(TableId::lab_tests);
  row.id(id).id(practice.id(TableId::patients, visit.patient)).plain("blood");
  row.plain("Complete blood count").id(practice.id(TableId::staff, visit.veterinarian));
  row.time(ordered).plain(is_external ? "external" : "in_house");
  row.text_or_null(is_external ? std::optional<std::string_view>{"VetLab North"} : std::nullopt);
  row.plain(is_done ? "completed" : "ordered").plain(fmt::format("S-{:07}", visit.number));
  row.time(ordered + minutes{3}).time(is_done ? std::optional{done} : std::nullopt);
  if (is_done) {
    row.object(
        [&](JsonText& json) { json.cents("WBC", 600 + static_cast<Cents>(dice.below(900))); });
  } else {
    row.null();
  }
  row.text_or_null(is_done ? std::optional<std::string_view>{"WBC &gt; 5.5: within limits"}
                           : std::nullopt);
  row.plain(dice.below(15) == 0 ? "stat" : "routine").number(is_done ? 2 : 1);
  const Authorship by{ordered, is_done ? done : ordered, practice.user_of(visit.veterinarian),
                      visit.tenant};
  row.stamp(by).end();
  AuditEvent event{"LabTest", id, by.author, visit.tenant, ordered};
  audit_create(seeding.rows, dice, event, [&](JsonText& json) {
    json.text("testName", "Complete blood count").text("testType", "blood");
    json.id("patientId", practice.id(TableId::patients, visit.patient));
  });
  if (!is_done) return;
  event.at = done;
  audit_update(seeding.rows, dice, event, [](JsonText& json) { json.text("status", "completed"); });
}

}  // namespace

void write_clinic(Seeding& seeding, const Visit& visit, SeededRandom& dice) {
  if (visit.kind->appointment_type == "grooming") return;
  write_record(seeding, visit, dice);
  if (dice.below(10) < 4) write_prescription(seeding, visit, dice);
  if (dice.below(10) < 2) write_lab_test(seeding, visit, dice);
}

}  // namespace pcx::sandbox
