// How the practice speaks to all of its clients: segments, campaigns, posts, surveys.
#include <algorithm>

#include "sandbox/seed_writers.h"

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

constexpr Tenant kTenants[] = {Tenant::first, Tenant::second};

void write_segment(Seeding& seeding, std::int64_t number, Tenant tenant) {
  const Practice& practice = seeding.practice;
  const Authorship by = written(practice, practice.first_day() + days{40}, 4, tenant);
  RowText& row = seeding.rows.row(TableId::client_segments);
  row.id(practice.id(TableId::client_segments, number)).plain("Cat people").null();
  row.plain(R"({"species":"Cat","minVisits":2})").number(practice.scale().clients / 5);
  row.time(practice.now() - days{1}).stamp(by).end();
}

void write_campaign(Seeding& seeding, std::int64_t number, Tenant tenant) {
  constexpr std::string_view kStatuses[] = {"draft", "scheduled", "active", "completed"};
  const Practice& practice = seeding.practice;
  const Instant start = practice.now() - days{60 * number} + days{30};
  RowText& row = seeding.rows.row(TableId::marketing_campaigns);
  row.id(practice.id(TableId::marketing_campaigns, number)).plain("Dental month 🦷");
  row.plain("seasonal").list({"email", "sms"}).time(start).time(start + days{30});
  row.plain(R"({"subject":"20 % off &amp; more"})")
      .plain(kStatuses[std::min(number, std::int64_t{3})]);
  row.stamp(written(practice, std::min(start, practice.now()) - days{10}, 4, tenant)).end();
}

void write_post(Seeding& seeding, std::int64_t number, Tenant tenant) {
  const Practice& practice = seeding.practice;
  const Instant at = practice.now() - days{9 * number + 1};
  RowText& row = seeding.rows.row(TableId::social_media_posts);
  row.id(practice.id(TableId::social_media_posts, number));
  row.plain(number % 2 == 0 ? "facebook" : "instagram").text("Meet Balu 🐕\nAdopt, don&#x27;t shop");
  row.time(at).plain("published").stamp(written(practice, at, 5, tenant)).end();
}

void write_survey(Seeding& seeding, std::int64_t number, Tenant tenant) {
  const Practice& practice = seeding.practice;
  const Authorship by = written(practice, practice.now() - days{100 + number}, 4, tenant);
  const SampleId id = practice.id(TableId::surveys, number);
  RowText& row = seeding.rows.row(TableId::surveys);
  row.id(id).plain("How was your visit?").null();
  row.plain(R"([{"id":"q1","type":"rating"},{"id":"q2","type":"text"}])").plain("published");
  row.time(by.created).stamp(by).end();
  SeededRandom dice = practice.dice(TableId::surveys, number);
  for (std::int64_t client = number; client < practice.scale().clients; client += 24) {
    RowText& answer = seeding.rows.row(TableId::survey_responses);
    answer.id(sample_id(dice)).id(id).id(practice.id(TableId::clients, client));
    answer.object([&](JsonText& json) {
      json.number("q1", 1 + static_cast<std::int64_t>(dice.below(5)));
      json.text("q2", "It&#x27;s all good");
    });
    answer.time(by.created + days{dice.below(90)}).sign(by).end();
  }
}

}  // namespace

void write_outreach(Seeding& seeding) {
  for (std::int64_t number = 0; number < 8; ++number) {
    const Tenant tenant = kTenants[number % 2];
    write_segment(seeding, number, tenant);
    write_campaign(seeding, number, tenant);
    write_post(seeding, number, tenant);
    if (number < 4) write_survey(seeding, number, tenant);
  }
}

}  // namespace pcx::sandbox
