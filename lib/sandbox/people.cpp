// Clients with their animals, and what hangs on a client: portal accounts, loyalty, waiting lists.
#include <fmt/format.h>

#include "sandbox/seed_writers.h"

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

struct Client {
  SampleId id;
  const PersonName* first;
  const PersonName* last;
  const Place* place;
  std::string mail;
  std::string phone;
  std::string address;
};

Client client_of(const Practice& practice, std::int64_t number, SeededRandom& dice) {
  Client client{practice.id(TableId::clients, number),
                &pick(first_names(), dice),
                &pick(last_names(), dice),
                &pick(places(), dice),
                {},
                {},
                {}};
  client.mail = fmt::format("{}.{}.{}@example.com", client.first->mail, client.last->mail, number);
  client.phone = fmt::format("+1-555-{:04}", number % 10'000);
  client.address = fmt::format("{} {}", 1 + number % 180, client.place->street);
  return client;
}

void audit_client(Seeding& seeding, const Client& client, const Authorship& by, bool is_inactive,
                  SeededRandom& dice) {
  const bool in_request = by.tenant != Tenant::none;
  AuditEvent event{"Client", client.id, by.author, by.tenant, by.created, in_request};
  audit_create(seeding.rows, dice, event, [&](JsonText& json) {
    json.text("city", client.place->city).text("email", client.mail).text("phone", client.phone);
    json.text("state", client.place->state).text("address", client.address);
    json.text("zipCode", client.place->zip_code).text("lastName", client.last->text);
    json.text("firstName", client.first->text).text("preferredContact", "email");
  });
  if (by.updated == by.created) return;
  event.at = by.updated;
  event.in_request = true;
  audit_update(seeding.rows, dice, event, [&](JsonText& json) {
    if (is_inactive) {
      json.text("status", "inactive");
    } else {
      json.text("phone", client.phone);
    }
  });
}

void write_client(Seeding& seeding, std::int64_t number, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const Client client = client_of(practice, number, dice);
  const Instant since = practice.client_since(number);
  const bool is_inactive = number % 17 == 5;
  const bool is_changed = is_inactive || number % 4 == 1;
  const Instant changed = is_changed ? since + (practice.now() - since) / 3 : since;
  const Tenant tenant = practice.tenant_of_client(number);
  const auto author = practice.staff(Job::receptionist, tenant, dice);
  const Authorship by{since, changed, practice.user_of(author), tenant};
  RowText& row = seeding.rows.row(TableId::clients);
  row.id(client.id).plain(client.first->text).plain(client.last->text).plain(client.mail);
  row.plain(client.phone);
  row.text_or_null(number % 5 == 0 ? std::optional<std::string_view>{"555 0199"} : std::nullopt);
  row.plain(client.address).plain(client.place->city).plain(client.place->state);
  row.plain(client.place->zip_code);
  row.text_or_null(number % 3 == 0 ? std::optional<std::string_view>{"Neighbour &lt;2nd floor&gt;"}
                                   : std::nullopt);
  row.null().plain(number % 6 == 0 ? "phone" : "email").plain(is_inactive ? "inactive" : "active");
  row.time(number % 70 == 22 ? std::optional{changed} : std::nullopt);
  row.number(is_changed ? 2 : 1).stamp(by).end();
  audit_client(seeding, client, by, is_inactive, dice);

  if (number % 3 == 0) {
    RowText& portal = seeding.rows.row(TableId::client_portal_access);
    portal.id(practice.id(TableId::client_portal_access, number)).id(client.id);
    portal.plain(client.mail).plain(kNoPassword).flag(number % 9 == 0).time(changed).number(0);
    portal.plain("active").stamp(by).end();
  }
}

void write_loyalty(Seeding& seeding, std::int64_t client, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const Instant joined = practice.client_since(client);
  const Tenant tenant = practice.tenant_of_client(client);
  const auto author = practice.staff(Job::receptionist, tenant, dice);
  const Authorship by = written(practice, joined, author, tenant);
  const SampleId id = practice.id(TableId::loyalty_programs, client);
  const auto points = static_cast<std::int64_t>(dice.below(40)) * 25;
  RowText& row = seeding.rows.row(TableId::loyalty_programs);
  row.id(id).id(practice.id(TableId::clients, client)).number(points);
  row.plain(points > 600 ? "gold" : points > 300 ? "silver" : "bronze").number(points);
  row.cents(points * 100).time(joined).time(joined).stamp(by).end();
  if (points == 0) return;
  RowText& earned = seeding.rows.row(TableId::loyalty_transactions);
  earned.id(practice.id(TableId::loyalty_transactions, client)).id(id).plain("earned");
  earned.number(points).plain("Visits").time(joined).sign(by).end();
}

void write_feedback(Seeding& seeding, std::int64_t client, SeededRandom& dice) {
  constexpr std::string_view kComments[] = {
      "Great with nervous cats 😻", "Waited 50 minutes &amp; nobody said why",
      "Dr. O&#x27;Brien is the best!", "Too expensive", "Sehr freundlich, danke!"};
  const Practice& practice = seeding.practice;
  const Tenant tenant = practice.tenant_of_client(client);
  const Instant at =
      practice.client_since(client) + (practice.now() - practice.client_since(client)) / 2;
  const auto author = practice.staff(Job::receptionist, tenant, dice);
  const auto score = static_cast<std::int64_t>(dice.below(11));
  RowText& row = seeding.rows.row(TableId::client_feedback);
  row.id(practice.id(TableId::client_feedback, client)).id(practice.id(TableId::clients, client));
  row.plain("visit").number(1 + score * 4 / 10).plain(kComments[dice.below(5)]).null().null();
  row.number(score).plain(score < 7 ? "new" : "reviewed");
  row.stamp(written(practice, at, author, tenant)).end();
}

struct Patient {
  SampleId id;
  const Breed* breed;
  std::string_view name;
  Instant born;
};

void audit_patient(Seeding& seeding, std::int64_t number, const Patient& patient,
                   const Authorship& by, SeededRandom& dice) {
  AuditEvent event{"Patient", patient.id, by.author, by.tenant, by.created};
  const SampleId owner = seeding.practice.id(TableId::clients, seeding.practice.owner_of(number));
  audit_create(seeding.rows, dice, event, [&](JsonText& json) {
    json.text("name", patient.name).text("breed", patient.breed->breed);
    json.text("gender", number % 2 == 0 ? "Male" : "Female").id("ownerId", owner);
    json.text("species", patient.breed->species).time("dateOfBirth", patient.born);
  });
  if (by.updated == by.created) return;
  event.at = by.updated;
  audit_update(seeding.rows, dice, event, [&](JsonText& json) {
    json.cents("weight", patient.breed->weight_hectograms * 10);
  });
}

void write_patient(Seeding& seeding, std::int64_t number, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const Instant since = practice.patient_since(number);
  const Tenant tenant = practice.tenant_of_patient(number);
  const auto author = practice.staff(Job::receptionist, tenant, dice);
  const bool is_changed = number % 3 == 0;
  const Authorship by{since, is_changed ? since + (practice.now() - since) / 2 : since,
                      practice.user_of(author), tenant};
  const Patient patient{practice.id(TableId::patients, number), &pick(breeds(), dice),
                        pick(pet_names(), dice), floor<days>(since) - days{60 + dice.below(4000)}};
  RowText& row = seeding.rows.row(TableId::patients);
  row.id(patient.id).plain(patient.name).plain(patient.breed->species).plain(patient.breed->breed);
  row.time(patient.born)
      .plain(number % 2 == 0 ? "Male" : "Female")
      .plain(pick(coat_colours(), dice));
  row.cents(patient.breed->weight_hectograms * 10);
  if (number % 4 == 0) {
    row.null();
  } else {
    row.plain(fmt::format("985{:012}", number));
  }
  if (number % 5 == 0) {
    row.plain("PetSure").plain(fmt::format("PS-{:06}", number));
  } else {
    row.null().null();
  }
  row.plain(number % 23 == 7 ? "inactive" : "active");
  row.id(practice.id(TableId::clients, practice.owner_of(number)));
  row.time(number % 60 == 11 ? std::optional{by.updated} : std::nullopt);
  row.number(is_changed ? 2 : 1).stamp(by).end();
  audit_patient(seeding, number, patient, by, dice);
}

void write_patient_reminder(Seeding& seeding, std::int64_t patient, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const Tenant tenant = practice.tenant_of_patient(patient);
  const Instant since = practice.patient_since(patient);
  const Instant due = practice.now() + days{60} - days{dice.below(200)};
  const bool is_done = due < practice.now() && dice.below(4) != 0;
  RowText& row = seeding.rows.row(TableId::patient_reminders);
  row.id(practice.id(TableId::patient_reminders, patient));
  row.id(practice.id(TableId::patients, patient)).plain("vaccination").time(due);
  row.plain("Rabies booster").flag(true).plain("yearly");
  row.plain(is_done ? "completed" : "pending").time(is_done ? std::optional{due} : std::nullopt);
  row.stamp(written(practice, since, practice.staff(Job::technician, tenant, dice), tenant)).end();
}

// Animals of one home. The pair is unique: each patient names the one before it.
void write_relationship(Seeding& seeding, std::int64_t patient, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const Tenant tenant = practice.tenant_of_patient(patient);
  const auto author = practice.staff(Job::receptionist, tenant, dice);
  RowText& row = seeding.rows.row(TableId::patient_relationships);
  row.id(practice.id(TableId::patient_relationships, patient));
  row.id(practice.id(TableId::patients, patient)).id(practice.id(TableId::patients, patient - 1));
  row.plain(patient % 3 == 0 ? "sibling" : "housemate");
  row.stamp(written(practice, practice.patient_since(patient), author, tenant)).end();
}

void write_waiting(Seeding& seeding, std::int64_t patient, SeededRandom& dice) {
  constexpr std::string_view kStatuses[] = {"active", "booked", "cancelled"};
  const Practice& practice = seeding.practice;
  const Tenant tenant = practice.tenant_of_patient(patient);
  const Instant asked = practice.now() - hours{1 + dice.below(24 * 40)};
  const Instant told = asked + (practice.now() - asked) / 3;
  const std::string_view status = kStatuses[dice.below(3)];
  RowText& row = seeding.rows.row(TableId::waitlist);
  row.id(practice.id(TableId::waitlist, patient)).id(practice.id(TableId::patients, patient));
  row.id(practice.id(TableId::clients, practice.owner_of(patient))).plain("dental");
  row.time(asked + days{14}).plain("morning").number(static_cast<std::int64_t>(dice.below(5)));
  row.plain("routine").plain("Dental cleaning").plain(status);
  row.time(status == "active" ? std::nullopt : std::optional{told});
  row.time(status == "booked" ? std::optional{told + minutes{40}} : std::nullopt);
  const auto author = practice.staff(Job::receptionist, tenant, dice);
  row.stamp(written(practice, asked, author, tenant)).end();
}

}  // namespace

void write_clients(Seeding& seeding) {
  const Practice& practice = seeding.practice;
  for (std::int64_t number = 0; number < practice.scale().clients; ++number) {
    SeededRandom dice = practice.dice(TableId::clients, number);
    write_client(seeding, number, dice);
    if (number % 3 == 1) write_loyalty(seeding, number, dice);
    if (number % 6 == 2) write_feedback(seeding, number, dice);
  }
  for (std::int64_t number = 0; number < practice.scale().patients; ++number) {
    SeededRandom dice = practice.dice(TableId::patients, number);
    write_patient(seeding, number, dice);
    if (number % 2 == 0) write_patient_reminder(seeding, number, dice);
    const bool has_company =
        number > 0 && practice.owner_of(number - 1) == practice.owner_of(number);
    if (has_company) write_relationship(seeding, number, dice);
    if (number % 25 == 3) write_waiting(seeding, number, dice);
  }
}

}  // namespace pcx::sandbox
