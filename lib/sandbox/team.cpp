// The people who work in the practice: accounts, rosters, clocks, courses and reviews.
#include <fmt/format.h>

#include "sandbox/seed_writers.h"

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

constexpr int kClockedDays = 30;

struct Member {
  std::int64_t number;
  SampleId id;
  Job job;
  const PersonName* first;
  const PersonName* last;
  std::string mail;
  Authorship by;
};

std::string_view role_of(Job job) {
  constexpr std::string_view kRoles[] = {"Veterinarian", "Receptionist", "Technician"};
  return kRoles[static_cast<std::size_t>(job)];
}

// The enum "Role" of accounts.
std::string_view account_role_of(const Member& member) {
  if (member.number == 4) return "ADMIN";
  constexpr std::string_view kRoles[] = {"VET", "RECEPTIONIST", "TECH"};
  return kRoles[static_cast<std::size_t>(member.job)];
}

Member member_of(const Practice& practice, std::int64_t number, SeededRandom& dice) {
  const Instant hired = practice.opened() + days{dice.below(300)};
  Member member{number,
                practice.id(TableId::staff, number),
                practice.job_of(number),
                &pick(first_names(), dice),
                &pick(last_names(), dice),
                {},
                written(practice, hired, 4, practice.tenant_of_staff(number))};
  member.mail = fmt::format("{}.{}{}@example.org", member.first->mail, member.last->mail, number);
  return member;
}

void write_member(Seeding& seeding, const Member& member, SeededRandom& dice) {
  const bool is_vet = member.job == Job::veterinarian;
  RowText& row = seeding.rows.row(TableId::staff);
  row.id(member.id).plain(member.first->text).plain(member.last->text).plain(member.mail);
  row.plain(fmt::format("555-{:04}", member.number)).plain(role_of(member.job));
  if (is_vet) {
    row.plain(member.number % 2 == 0 ? "Surgery" : "Dermatology");
    row.plain(fmt::format("VET-{:05}", member.number)).time(seeding.practice.now() + days{200});
  } else {
    row.null().null().null();
  }
  row.plain(member.number % 5 == 0 ? "Part-time" : "Full-time").time(member.by.created).null();
  row.plain(member.number % 12 == 10 ? "inactive" : "active").number(1).stamp(member.by).end();
  const AuditEvent event{"Staff", member.id, member.by.author, member.by.tenant, member.by.created};
  audit_create(seeding.rows, dice, event, [&](JsonText& json) {
    json.text("role", role_of(member.job)).text("email", member.mail);
    json.time("hireDate", member.by.created).text("lastName", member.last->text);
    json.text("firstName", member.first->text).text("employmentType", "Full-time");
  });
}

void write_account(Seeding& seeding, const Member& member, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const SampleId user = practice.user_of(member.number);
  const Instant login = practice.now() - minutes{dice.below(3000)};
  const bool is_locked = member.number % 12 == 7;
  RowText& row = seeding.rows.row(TableId::users);
  row.id(user).plain(member.mail).plain(kNoPassword).plain(account_role_of(member));
  row.plain(member.first->text).plain(member.last->text).id(member.id).time(login);
  row.number(is_locked ? 5 : 0);
  row.time(is_locked ? std::optional{practice.now() + minutes{9}} : std::nullopt);
  row.time(member.by.created).time(login).tenant(member.by.tenant).end();
  std::string address;
  for (int session = 0; session < 3; ++session) {
    const Instant at = login - days{7 * session};
    RowText& token = seeding.rows.row(TableId::refresh_tokens);
    token.id(sample_id(dice)).id(user);
    token.plain(fmt::format("{:016x}{:016x}{:016x}{:016x}", dice.next(), dice.next(), dice.next(),
                            dice.next()));
    token.time(at + days{7}).time(session == 0 ? std::nullopt : std::optional{at + days{6}});
    token.plain(mapped_address(user, address)).plain(user_agents()[user.low & 3]).time(at).end();
  }
}

void write_roster(Seeding& seeding, const Member& member, SeededRandom& dice) {
  for (int day = 1; day <= 6; ++day) {
    if (day == 6 && member.number % 2 == 0) continue;  // every other person works on Saturdays
    RowText& row = seeding.rows.row(TableId::staff_schedules);
    row.id(sample_id(dice)).id(member.id).number(day).plain(day == 6 ? "09:00" : "08:00");
    row.plain(day == 6 ? "13:00" : "18:00").time(member.by.created).sign(member.by).end();
  }
  RowText& row = seeding.rows.row(TableId::time_blocks);
  const Instant start = floor<days>(seeding.practice.now()) + days{member.number % 9} + hours{18};
  row.id(sample_id(dice)).id(member.id).plain("meeting").plain("Team meeting &amp; cake");
  row.time(start).time(start + hours{1}).flag(true).plain("FREQ=WEEKLY").stamp(member.by).end();
}

void write_attendance(Seeding& seeding, const Member& member, SeededRandom& dice) {
  const auto today = floor<days>(seeding.practice.now());
  for (int ago = 1; ago <= kClockedDays; ++ago) {
    const sys_days date = today - days{ago};
    if (weekday{date} == Sunday) continue;
    const Instant in = Instant{date} + hours{8} - minutes{dice.below(12)};
    const std::int64_t worked = 7 * 60 + 30 + static_cast<std::int64_t>(dice.below(90));
    RowText& row = seeding.rows.row(TableId::time_attendance);
    row.id(sample_id(dice)).id(member.id).time(in).time(in + minutes{worked + 45});
    row.time(in + hours{4}).time(in + hours{4} + minutes{45}).cents(worked * 100 / 60);
    row.cents(worked > 480 ? (worked - 480) * 100 / 60 : 0).plain("completed");
    row.stamp(
        {in, in + minutes{worked + 45}, seeding.practice.user_of(member.number), member.by.tenant});
    row.end();
  }
}

void write_growth(Seeding& seeding, const Member& member, SeededRandom& dice) {
  const Practice& practice = seeding.practice;
  const Instant at = practice.now() - days{90 + dice.below(200)};
  RowText& course = seeding.rows.row(TableId::continuing_education);
  course.id(sample_id(dice)).id(member.id).plain("Pain management in small animals");
  course.plain("Vet Academy &amp; Partners").time(at).time(at + days{2}).cents(750);
  course.plain("clinical").plain("completed").stamp(member.by).end();
  RowText& review = seeding.rows.row(TableId::performance_reviews);
  review.id(sample_id(dice)).id(member.id).time(at - days{365}).time(at).time(at + days{5});
  review.id(practice.id(TableId::staff, 4)).number(3 + static_cast<std::int64_t>(dice.below(3)));
  review.plain(R"({"skill":4,"teamwork":5})").plain("completed").stamp(member.by).end();
}

}  // namespace

std::vector<TenantZone> seed_tenants() {
  return {{std::string{tenant_id_text(Tenant::first)}, "Default Practice", "America/Chicago"},
          {std::string{tenant_id_text(Tenant::second)}, "Tierklinik am Kanal", "Europe/Berlin"}};
}

void write_tenants(Seeding& seeding, bool has_first) {
  const Instant at = seeding.practice.first_day();
  RowText& row = seeding.rows.row(TableId::tenants);
  const std::vector<TenantZone> tenants = seed_tenants();
  if (!has_first) {
    row.plain(tenants[0].id).plain(tenants[0].name).plain("default").time(at).time(at).end();
  }
  row.plain(tenants[1].id).plain(tenants[1].name).plain("tierklinik").time(at).time(at).end();
}

void write_team(Seeding& seeding) {
  const Practice& practice = seeding.practice;
  for (std::int64_t number = 0; number < practice.staff_count(); ++number) {
    SeededRandom dice = practice.dice(TableId::staff, number);
    const Member member = member_of(practice, number, dice);
    write_member(seeding, member, dice);
    write_account(seeding, member, dice);
    write_roster(seeding, member, dice);
    write_attendance(seeding, member, dice);
    write_growth(seeding, member, dice);
  }
}

}  // namespace pcx::sandbox
