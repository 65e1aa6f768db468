// Paper: documents with signatures, templates, policies, incidents, reports and imports.
#include <fmt/format.h>

#include "sandbox/seed_writers.h"

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

Tenant tenant_of_paper(std::int64_t number) {
  return number % 3 == 2 ? Tenant::second : Tenant::first;
}

void write_signature(Seeding& seeding, const SampleId& document, std::int64_t client,
                     const Authorship& by) {
  std::string address;
  RowText& row = seeding.rows.row(TableId::document_signatures);
  row.id(seeding.practice.id(TableId::document_signatures, client)).id(document);
  row.id(seeding.practice.id(TableId::clients, client)).plain("J. O&#x27;Brien");
  row.plain(fmt::format("signer{}@example.com", client))
      .plain("data:image&#x2F;png;base64,iVBORw0KGgo=");
  row.time(by.created + minutes{3}).plain(mapped_address(by.author, address));
  row.time(by.created + minutes{3}).sign(by).end();
}

// The consent form of a client, and its way through the office.
void write_document(Seeding& seeding, std::int64_t client) {
  const Practice& practice = seeding.practice;
  const Tenant tenant = practice.tenant_of_client(client);
  const Authorship by = written(practice, practice.client_since(client) + hours{1}, 4, tenant);
  const SampleId id = practice.id(TableId::documents, client);
  const std::string file = fmt::format("consent-{}.pdf", client);
  RowText& row = seeding.rows.row(TableId::documents);
  row.id(id).plain("Consent &amp; privacy").plain("consent");
  row.plain("https:&#x2F;&#x2F;files.example.com&#x2F;" + file).plain(file).number(48'211 + client);
  row.plain("application/pdf").plain("Client").id(practice.id(TableId::clients, client));
  row.id(by.author).time(by.created).list({"consent", "signed"}).stamp(by).end();
  write_signature(seeding, id, client, by);
  if (client % 16 != 0) return;
  const bool is_done = client % 32 == 0;
  RowText& flow = seeding.rows.row(TableId::document_workflows);
  flow.id(practice.id(TableId::document_workflows, client)).id(id).plain("Countersign");
  flow.number(is_done ? 2 : 1).number(2).plain(R"(["sign","countersign"])");
  flow.plain(is_done ? "completed" : "in_progress");
  flow.time(is_done ? std::optional{by.created + days{1}} : std::nullopt).stamp(by).end();
}

void write_templates(Seeding& seeding, std::int64_t number) {
  const Practice& practice = seeding.practice;
  const Authorship by = written(practice, practice.first_day(), 0, tenant_of_paper(number));
  const Case& kind = cases()[static_cast<std::size_t>(number)];
  RowText& clinical = seeding.rows.row(TableId::clinical_templates);
  clinical.id(practice.id(TableId::clinical_templates, number)).plain(kind.service);
  clinical.plain("exam").object([&](JsonText& json) { json.text("plan", kind.treatment); });
  clinical.plain("general").number(number * 11).stamp(by).end();
  RowText& paper = seeding.rows.row(TableId::document_templates);
  paper.id(practice.id(TableId::document_templates, number)).plain(kind.reason).plain("consent");
  paper.plain(R"({"body":"I, {{client}}, agree"})").number(number * 5).stamp(by).end();
}

void write_policy(Seeding& seeding, std::int64_t number) {
  constexpr std::string_view kTitles[] = {"Controlled drugs", "Radiation safety", "Data protection",
                                          "Needle sticks"};
  const Practice& practice = seeding.practice;
  const Authorship by =
      written(practice, practice.first_day() + days{number}, 4, tenant_of_paper(number));
  const SampleId id = practice.id(TableId::policies, number);
  RowText& row = seeding.rows.row(TableId::policies);
  row.id(id)
      .plain(kTitles[number % 4])
      .plain("safety")
      .text("1. Read this.\n2. Sign &amp; return it.");
  row.plain(number < 4 ? "1.0" : "1.1-draft").time(by.created).time(practice.now() + days{90});
  row.stamp(by).end();
  std::string address;
  for (std::int64_t staff = 0; staff < practice.staff_count(); ++staff) {
    if ((staff + number) % 3 == 0) continue;  // has not read it yet
    RowText& read = seeding.rows.row(TableId::policy_acknowledgments);
    read.id(practice.id(TableId::policy_acknowledgments, number * 10'000 + staff)).id(id);
    read.id(practice.user_of(staff)).time(by.created + days{1 + staff % 20});
    read.plain(mapped_address(practice.user_of(staff), address)).sign(by).end();
  }
}

void write_incident(Seeding& seeding, std::int64_t number) {
  constexpr std::string_view kStatuses[] = {"reported", "investigating", "resolved"};
  const Practice& practice = seeding.practice;
  const Instant at = practice.now() - days{11 * number + 2};
  RowText& row = seeding.rows.row(TableId::compliance_incidents);
  row.id(practice.id(TableId::compliance_incidents, number)).plain("controlled_substance");
  row.plain(number % 3 == 0 ? "high" : "low").plain("Ampoule broken &amp; recorded late").time(at);
  row.id(practice.user_of(8)).time(at + hours{5}).plain(kStatuses[number % 3]);
  row.stamp(written(practice, at + hours{5}, 8, tenant_of_paper(number))).end();
  RowText& rule = seeding.rows.row(TableId::regulatory_updates);
  rule.id(practice.id(TableId::regulatory_updates, number)).plain("Antibiotics reporting");
  rule.plain("pharmacy").plain("Monthly counts are due").time(at + days{60}).plain("medium");
  rule.plain(number == 0 ? "new" : "completed").time(at).time(at).end();
}

void write_report(Seeding& seeding, std::int64_t number) {
  const Practice& practice = seeding.practice;
  const Authorship by = written(practice, practice.first_day(), 4, tenant_of_paper(number));
  const SampleId id = practice.id(TableId::report_templates, number);
  RowText& row = seeding.rows.row(TableId::report_templates);
  row.id(id).plain(number % 2 == 0 ? "Daily takings" : "Stock to order").plain("financial");
  row.plain("management").plain(R"({"groupBy":"day"})").flag(true).number(number * 7).stamp(by);
  row.end();
  RowText& plan = seeding.rows.row(TableId::report_schedules);
  plan.id(practice.id(TableId::report_schedules, number)).id(id).plain("Every morning");
  plan.plain("daily").plain(R"({"hour":7})").list({"owner@example.org"});
  const Instant midnight = floor<days>(practice.now());
  plan.time(midnight - hours{17}).time(midnight + hours{31});
  plan.stamp(by).end();
}

void write_import(Seeding& seeding, std::int64_t number) {
  constexpr std::string_view kStatuses[] = {"completed", "failed", "pending"};
  const Practice& practice = seeding.practice;
  const std::string_view status = kStatuses[number % 3];
  const Instant at = practice.first_day() + days{number * 30};
  const bool is_over = status != "pending";
  RowText& row = seeding.rows.row(TableId::data_import_jobs);
  row.id(practice.id(TableId::data_import_jobs, number)).plain("clients").plain("old-system.csv");
  row.plain("https:&#x2F;&#x2F;files.example.com&#x2F;old-system.csv").number(1200);
  row.number(is_over ? 1200 : 0).number(status == "completed" ? 1200 : 0);
  row.number(status == "failed" ? 37 : 0).plain(status);
  row.time(is_over ? std::optional{at} : std::nullopt);
  row.time(is_over ? std::optional{at + minutes{6}} : std::nullopt);
  row.stamp(written(practice, at, 4, tenant_of_paper(number))).end();
  RowText& lab = seeding.rows.row(TableId::external_lab_integrations);
  lab.id(practice.id(TableId::external_lab_integrations, number));
  lab.plain(fmt::format("VetLab {}", number + 1)).plain("https:&#x2F;&#x2F;lab.example.com");
  lab.plain(number == 0 ? "active" : "inactive").plain(R"(["CBC","Chemistry"])").time(at);
  lab.stamp(written(practice, at, 4, tenant_of_paper(number))).end();
}

void write_breed(Seeding& seeding, std::size_t number) {
  const Practice& practice = seeding.practice;
  const Breed& breed = breeds()[number];
  RowText& row = seeding.rows.row(TableId::breed_information);
  row.id(practice.id(TableId::breed_information, static_cast<std::int64_t>(number)));
  row.plain(breed.breed)
      .plain(breed.species)
      .plain(R"(["Obesity"])")
      .plain(R"({"exercise":"daily"})");
  row.number(breed.lifespan_years)
      .plain("Friendly")
      .time(practice.opened())
      .time(practice.opened());
  row.end();
}

}  // namespace

void write_office(Seeding& seeding) {
  const Practice& practice = seeding.practice;
  for (std::int64_t client = 0; client < practice.scale().clients; client += 4) {
    write_document(seeding, client);
  }
  for (std::size_t breed = 0; breed < breeds().size(); ++breed) write_breed(seeding, breed);
  for (std::int64_t number = 0; number < 6; ++number) {
    write_templates(seeding, number);
    write_policy(seeding, number);
    write_incident(seeding, number);
    write_report(seeding, number);
    write_import(seeding, number);
  }
}

}  // namespace pcx::sandbox
