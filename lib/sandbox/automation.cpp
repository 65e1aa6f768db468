// What programs do by themselves: webhooks, workflows, push messages, shares for other clinics.
#include <fmt/format.h>

#include "sandbox/seed_writers.h"

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

constexpr std::int64_t kHooks = 3;
constexpr std::int64_t kDeliveries = 240;
constexpr std::int64_t kExecutions = 120;

void write_hook(Seeding& seeding, std::int64_t hook) {
  const Practice& practice = seeding.practice;
  SeededRandom dice = practice.dice(TableId::webhook_subscriptions, hook);
  const Instant at = practice.first_day() + days{hook * 50};
  RowText& row = seeding.rows.row(TableId::webhook_subscriptions);
  row.id(practice.id(TableId::webhook_subscriptions, hook)).plain("Bookkeeping");
  row.plain(fmt::format("https://hooks.example.com/{}", hook));
  row.list({"invoice.created", "medical_record.created"});
  row.plain(fmt::format("whsec_{:016x}{:016x}", dice.next(), dice.next())).flag(hook != 2);
  row.time(at).time(at).end();
}

// The application sends the decrypted record: plaintext of sealed fields lies here.
void write_delivery(Seeding& seeding, std::int64_t number) {
  const Practice& practice = seeding.practice;
  SeededRandom dice = practice.dice(TableId::webhook_deliveries, number);
  const Instant at = practice.now() - minutes{1 + 180 * number};
  const Case& kind = pick(cases(), dice);
  const auto fate = number < 3 ? 2 : number % 12 == 5 ? 1 : 0;
  constexpr std::string_view kStatuses[] = {"success", "failed", "pending"};
  RowText& row = seeding.rows.row(TableId::webhook_deliveries);
  row.id(practice.id(TableId::webhook_deliveries, number));
  row.id(practice.id(TableId::webhook_subscriptions, number % kHooks));
  row.plain("medical_record.created").object([&](JsonText& json) {
    json.text("chiefComplaint", kind.complaint).text("diagnosis", kind.diagnosis);
    json.text("treatment", kind.treatment);
  });
  row.plain(kStatuses[fate]);
  if (fate == 2) {
    row.null();
  } else {
    row.number(fate == 1 ? 503 : 200);
  }
  row.text_or_null(fate == 1 ? std::optional<std::string_view>{"HTTP 503"} : std::nullopt);
  row.number(fate == 1 ? 3 : 1).time(fate == 0 ? std::optional{at + seconds{1}} : std::nullopt);
  row.time(at).time(at + seconds{1}).end();
}

void write_step(Seeding& seeding, std::int64_t execution, std::int64_t step,
                std::string_view status, Instant at) {
  const Practice& practice = seeding.practice;
  const bool is_over = status != "running";
  RowText& row = seeding.rows.row(TableId::workflow_execution_steps);
  row.id(practice.id(TableId::workflow_execution_steps, execution * 2 + step));
  row.id(practice.id(TableId::workflow_executions, execution)).plain(fmt::format("a{}", step));
  row.plain(step == 0 ? "wait" : "send_email").plain("Remind the client");
  row.plain(R"({"template":"reminder"})").plain(status);
  row.text_or_null(status == "failed" ? std::optional<std::string_view>{"SMTP 451"} : std::nullopt);
  row.time(at)
      .time(is_over ? std::optional{at + seconds{2}} : std::nullopt)
      .time(at)
      .time(at)
      .end();
}

void write_execution(Seeding& seeding, std::int64_t number) {
  constexpr std::string_view kStatuses[] = {"completed", "completed", "failed", "running",
                                            "cancelled"};
  constexpr std::string_view kLastSteps[] = {"success", "success", "failed", "running", "skipped"};
  const Practice& practice = seeding.practice;
  const Instant at = practice.now() - hours{1 + 9 * number};
  const std::string_view status = kStatuses[number % 5];
  RowText& row = seeding.rows.row(TableId::workflow_executions);
  row.id(practice.id(TableId::workflow_executions, number));
  row.id(practice.id(TableId::workflow_templates, number % 2)).plain("Remind").plain("appointment");
  row.object([&](JsonText& json) {
    json.id("appointmentId", practice.id(TableId::appointments, number));
  });
  row.plain(status).time(at);
  row.time(status == "running" ? std::nullopt : std::optional{at + seconds{4}});
  row.text_or_null(status == "failed" ? std::optional<std::string_view>{"SMTP 451"} : std::nullopt);
  row.stamp(written(practice, at, 4, Tenant::first)).end();
  write_step(seeding, number, 0, "success", at);
  write_step(seeding, number, 1, kLastSteps[number % 5], at + seconds{2});
}

void write_flow(Seeding& seeding, std::int64_t number) {
  const Practice& practice = seeding.practice;
  RowText& row = seeding.rows.row(TableId::workflow_templates);
  row.id(practice.id(TableId::workflow_templates, number)).plain("Remind").plain("general");
  row.plain("appointment").plain(R"({"event":"appointment.created"})");
  row.plain(R"([{"id":"a0","type":"wait"},{"id":"a1","type":"send_email"}])")
      .number(kExecutions / 2);
  row.stamp(written(practice, practice.first_day(), 4, Tenant::first)).end();
}

void write_push(Seeding& seeding, std::int64_t staff) {
  const Practice& practice = seeding.practice;
  RowText& row = seeding.rows.row(TableId::push_subscriptions);
  row.id(practice.id(TableId::push_subscriptions, staff)).id(practice.user_of(staff));
  row.plain(fmt::format("https://push.example.com/{}", staff))
      .plain(R"({"p256dh":"BNc","auth":"tBH"})");
  row.plain("mobile").stamp(
      written(practice, practice.first_day() + days{9}, staff, Tenant::first));
  row.end();
}

// The record of the visit with this number may not exist; shares have no foreign key.
void write_share(Seeding& seeding, std::int64_t number) {
  const Practice& practice = seeding.practice;
  const Instant at = practice.now() - days{5 + 12 * number};
  RowText& row = seeding.rows.row(TableId::medical_record_shares);
  row.id(practice.id(TableId::medical_record_shares, number));
  row.id(practice.id(TableId::medical_records, number * 7)).plain("clinic@example.net");
  row.id(practice.user_of(0)).plain("email").plain("read").time(at + days{30});
  row.time(number % 2 == 0 ? std::optional{at + hours{2}} : std::nullopt);
  row.stamp(written(practice, at, 0, Tenant::first)).end();
}

}  // namespace

void write_automation(Seeding& seeding) {
  for (std::int64_t hook = 0; hook < kHooks; ++hook) write_hook(seeding, hook);
  for (std::int64_t number = 0; number < kDeliveries; ++number) write_delivery(seeding, number);
  for (std::int64_t number = 0; number < 2; ++number) write_flow(seeding, number);
  for (std::int64_t number = 0; number < kExecutions; ++number) write_execution(seeding, number);
  for (std::int64_t staff = 0; staff < 12; ++staff) write_push(seeding, staff);
  for (std::int64_t number = 0; number < 20; ++number) write_share(seeding, number);
}

}  // namespace pcx::sandbox
