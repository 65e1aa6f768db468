#include "audit/query.h"

#include <gmock/gmock.h>

#include "audit/advice.h"
#include "audit/calendar.h"
#include "audit/event_place.h"
#include "audit/stats.h"
#include "core/clock.h"
#include "core/time.h"
#include "tests/audit/trail_rows.h"
#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AuditQuery : public RandomTrailFixture {
 protected:
  db::Transaction begin() {
    return database().begin(db::Access::read_only, db::Isolation::repeatable_read);
  }

  void add(const std::string& id, const std::string& user, const std::string& at,
           const std::string& changes = "{}") {
    database().query(
        db::Statement{"test", R"(INSERT INTO public.audit_logs VALUES ($1, $2, 'Patient.update',
            'Patient', 'p1', $3::jsonb, NULL, NULL, NULL, $4::timestamp, 't1'))"},
        {id, user, changes, at});
  }

  void add_many(int rows, const std::string& user) {
    run(fmt::format(R"(INSERT INTO public.audit_logs SELECT '{0}' || n, '{0}', 'Patient.update',
        'Patient', 'p1', '{{}}', NULL, NULL, NULL, timestamp '2026-01-01' + n * interval '1 s', NULL
        FROM generate_series(1, {1}) AS n)",
                    user, rows));
    run("ANALYZE public.audit_logs");
  }

  std::vector<std::string> ids(Question question, Explanation* explanation = nullptr) {
    db::Transaction tx = begin();
    resolve_times(tx, question.filter, SystemClock{}.wall_now(), "UTC");
    std::vector<std::string> found;
    for (const Event& event : read_page(tx, question, clock_, explanation).events) {
      found.push_back(event.id);
    }
    return found;
  }

  std::vector<std::string> ids(const std::string& expression) {
    return ids(Question{.filter = parse_expression(expression), .sources = {Source::app}});
  }

  static std::vector<std::string> purposes(const Explanation& explanation) {
    std::vector<std::string> all;
    for (const Step& step : explanation.steps) all.push_back(step.purpose);
    return all;
  }

  SystemClock clock_;
};

TEST_F(AuditQuery, WorksWithTheApplicationAlone) {
  run("DROP SCHEMA pcx CASCADE");
  add("a", "u1", "2026-03-01");
  db::Transaction tx = begin();
  EXPECT_THAT(find_sources(tx), ElementsAre(Source::app));
  const Page page = read_page(tx, {.filter = {}, .sources = {Source::app}}, clock_);
  EXPECT_THAT(page.events, SizeIs(1));
  EXPECT_THAT(read_places(tx, page.events.front()), IsEmpty());
}

TEST_F(AuditQuery, SaysThatThereIsNoTrail) {
  run("DROP SCHEMA pcx CASCADE");
  run("DROP TABLE public.audit_logs");
  db::Transaction tx = begin();
  EXPECT_EQ(testing::error_of([&] { find_sources(tx); }).reason(), "no_audit_logs");
}

TEST_F(AuditQuery, IsNewestFirstAndThenById) {
  add("a", "u1", "2026-03-01");
  add("c", "u1", "2026-03-02");
  add("b", "u1", "2026-03-02");
  EXPECT_THAT(ids(""), ElementsAre("c", "b", "a"));
}

TEST_F(AuditQuery, TimesWithoutAnEndAreTimes) {
  add("late", "u1", "infinity");
  add("early", "u1", "-infinity");
  add("old", "u1", "0044-03-15 BC");
  add("plain", "u1", "2026-03-01 10:00:00.5");
  Question question{.filter = {}, .sources = {Source::app}};
  question.limit = 1;
  std::vector<std::string> found;
  db::Transaction tx = begin();
  do {
    const Page page = read_page(tx, question, clock_);
    found.push_back(time_text(page.events.at(0)));
    question.after = page.next;
  } while (question.after);
  EXPECT_THAT(found, ElementsAre("infinity", "2026-03-01T10:00:00.5Z", "0044-03-15 00:00:00 BC",
                                 "-infinity"));
}

TEST_F(AuditQuery, AValueThatFewHaveIsFoundByItsIndex) {
  add_many(3000, "often");
  add("rare", "u1", "2025-01-01");
  Question question{.filter = parse_expression("user:u1"), .sources = {Source::app}};
  Explanation explanation;
  EXPECT_THAT(ids(question, &explanation), ElementsAre("rare"));
  EXPECT_THAT(explanation.indexes, Contains(HasSubstr("userId")));
  EXPECT_THAT(explanation.steps.back().purpose, HasSubstr("by an index"));
  EXPECT_EQ(explanation.advice, std::nullopt);
}

TEST_F(AuditQuery, AValueThatManyHaveIsFoundBackInTime) {
  add_many(3000, "often");
  Question question{.filter = parse_expression("user:often"), .sources = {Source::app}};
  question.few_rows = 1000;
  Explanation explanation;
  EXPECT_THAT(ids(question, &explanation), SizeIs(50));
  EXPECT_THAT(explanation.steps.back().plan, Contains(HasSubstr("Index Scan Backward")));
}

TEST_F(AuditQuery, AValueThatThousandsHaveIsLookedForNearFirst) {
  add_many(9000, "often");
  Question question{.filter = parse_expression("user:often"), .sources = {Source::app}};
  Explanation explanation;
  EXPECT_EQ(ids(question, &explanation).front(), "often9000");
  EXPECT_EQ(explanation.steps.back().purpose, "back in time, not far");
  add_many(30'000, "oftener");
  run("UPDATE public.audit_logs SET \"timestamp\" = '2020-01-01' WHERE \"userId\" = 'often'");
  run("ANALYZE public.audit_logs");
  explanation = {};
  EXPECT_EQ(ids(question, &explanation).front(), "often999");  // of one time the last as text
  EXPECT_EQ(explanation.steps.back().purpose, "by an index, then in order");
}

TEST_F(AuditQuery, ValuesOfLongAgoAreNotLookedForNear) {
  add_many(9000, "often");
  run("UPDATE public.audit_logs SET \"timestamp\" = \"timestamp\" - interval '1 year'");
  add_many(30'000, "oftener");
  Question question{.filter = parse_expression("user:often"), .sources = {Source::app}};
  Explanation explanation;
  EXPECT_EQ(ids(question, &explanation).front(), "often9000");
  EXPECT_THAT(purposes(explanation),
              ElementsAre("how many rows have the value", "how far back that would be",
                          "by an index, then in order"));
}

TEST_F(AuditQuery, ARangeIsReadAsItLiesWhenItsNewestRowsDoNotFillThePage) {
  add_many(9000, "often");
  add("old", "u1", "2026-01-01 00:00:00.5", R"({"status": "x"})");
  Question question{.filter = parse_expression("changes.status:x since:2026-01-01"),
                    .sources = {Source::app}};
  Explanation explanation;
  EXPECT_THAT(ids(question, &explanation), ElementsAre("old"));
  EXPECT_EQ(explanation.steps.back().purpose, "all of the range, then in order");
  EXPECT_THAT(explanation.steps.back().plan, Contains(HasSubstr("Bitmap Heap Scan")));
  question.filter = parse_expression("id:p1 since:2026-01-01");
  explanation = {};
  EXPECT_THAT(ids(question, &explanation), SizeIs(50));
  EXPECT_EQ(explanation.steps.back().purpose, "back in time, not far");
}

TEST_F(AuditQuery, ALargeRangeIsReadBackInTime) {
  add_many(300'000, "often");
  Question question{.filter = parse_expression("changes.status:x since:2026-01-01"),
                    .sources = {Source::app}};
  Explanation explanation;
  EXPECT_THAT(ids(question, &explanation), IsEmpty());
  EXPECT_EQ(explanation.steps.back().purpose, "back in time");
}

TEST_F(AuditQuery, AnIndexWithTheOrderIsUsedWhereItIs) {
  add_many(3000, "often");
  Question question{.filter = parse_expression("tenant:t1"), .sources = {Source::app}};
  Explanation explanation;
  ids(question, &explanation);
  EXPECT_THAT(explanation.steps, SizeIs(1));
  EXPECT_THAT(explanation.indexes, Contains(HasSubstr("tenantId")));
}

TEST_F(AuditQuery, NamesTheIndexThatWouldHelp) {
  add("a", "u1", "2026-03-01");
  const auto advice_for = [&](const std::string& text) {
    Explanation explanation;
    ids({.filter = parse_expression(text), .sources = {Source::app}}, &explanation);
    return explanation.advice ? explanation.advice->sql : "none";
  };
  EXPECT_EQ(advice_for("id:p1"),
            "CREATE INDEX CONCURRENTLY \"audit_logs_resourceId_timestamp_id_idx\" ON "
            "public.audit_logs (\"resourceId\", \"timestamp\" DESC, id DESC);");
  EXPECT_THAT(advice_for("correlation:c"), HasSubstr("((metadata ->> 'correlationId')"));
  EXPECT_EQ(advice_for("changes.a:b"), "");
  EXPECT_EQ(advice_for("since:-7d"), "none");
  EXPECT_EQ(advice_for("user:u1"), "none");
}

TEST_F(AuditQuery, WhatAnIndexOnlyIncludesIsNoOrder) {
  const auto in_order = [&] {
    db::Transaction tx = database().begin();
    return read_indexes(tx).in_order(Field::id);
  };
  EXPECT_FALSE(in_order());
  sql("CREATE INDEX ON public.audit_logs (\"resourceId\") INCLUDE (\"timestamp\", id)");
  EXPECT_FALSE(in_order());
  sql("CREATE INDEX ON public.audit_logs (\"resourceId\", \"timestamp\")");
  EXPECT_TRUE(in_order());
}

TEST_F(AuditQuery, TheIndexThatWouldHelpHelps) {
  add("a", "u1", "2026-03-01");
  for (const char* const text : {"id:p1", "correlation:c"}) {
    Question question{.filter = parse_expression(text), .sources = {Source::app}};
    Explanation explanation;
    ids(question, &explanation);
    run(explanation.advice.value().sql);
    Explanation after;
    ids(question, &after);
    EXPECT_EQ(after.advice, std::nullopt) << text;
    EXPECT_THAT(after.steps, SizeIs(1)) << text;
  }
}

TEST_F(AuditQuery, StatementsThatTakeTooLongEnd) {
  add("a", "u1", "2026-03-01");
  db::Transaction tx = begin();
  limit_reading(tx, std::chrono::milliseconds{20});
  const Error error = testing::error_of([&] {
    tx.query(db::Statement{"test", "SELECT pg_sleep(5)"});
  });
  EXPECT_EQ(error.code(), ErrorCode::busy);
}

TEST_F(AuditQuery, ReadsTheBeginningOfLongTexts) {
  add("a", "u1", "2026-03-01", "{\"a\": \"" + std::string(10'000, 'x') + "\"}");
  db::Transaction tx = begin();
  Question question{.filter = {}, .sources = {Source::app}};
  question.chars_max = 100;
  const Page page = read_page(tx, question, clock_);
  EXPECT_EQ(page.events.at(0).changes->text.size(), 100u);
  EXPECT_EQ(page.events.at(0).changes->bytes, 10'009);
  EXPECT_FALSE(read_event(tx, Source::app, "a").value().changes->is_cut());
}

TEST_F(AuditQuery, CountsAddUp) {
  fill(60);
  for (const char* const text :
       {"", "user:u1", "source:trigger", "-op:insert", "source:app op:insert"}) {
    db::Transaction tx = begin();
    const Stats stats = read_stats(tx, {.filter = parse_expression(text),
                                        .sources = {Source::app, Source::trigger},
                                        .by = {std::begin(kDimensions), std::end(kDimensions)},
                                        .top = 2,
                                        .time_zone = "Europe/Berlin"});
    Question question{.filter = parse_expression(text), .sources = {Source::app, Source::trigger}};
    question.limit = kPageRowsMax;
    EXPECT_EQ(stats.events,
              static_cast<std::int64_t>(read_page(tx, question, clock_).events.size()));
    for (const Tally& tally : stats.tallies) {
      std::int64_t sum = tally.others + tally.timeless;
      for (const Count& count : tally.top) sum += count.events;
      if (tally.dimension == Dimension::hour) {
        sum = tally.timeless;
        for (const std::int64_t hour : tally.hours) sum += hour;
      }
      EXPECT_EQ(sum, tally.total) << to_string(tally.dimension);
      if (tally.dimension != Dimension::field) {
        EXPECT_EQ(tally.total, stats.events);
      }
    }
  }
}

TEST_F(AuditQuery, HoursAreThoseOfTheTimeZone) {
  add("a", "u1", "2026-07-01 22:30");  // a Wednesday; 0:30 on Thursday in Berlin
  add("b", "u1", "infinity");
  db::Transaction tx = begin();
  const Stats stats = read_stats(tx, {.filter = {},
                                      .sources = {Source::app},
                                      .by = {Dimension::hour},
                                      .top = 1,
                                      .time_zone = "Europe/Berlin"});
  EXPECT_EQ(stats.tallies.at(0).hours.at(3 * 24), 1);
  EXPECT_EQ(stats.tallies.at(0).timeless, 1);
  EXPECT_EQ(stats.events, 2);
}

TEST_F(AuditQuery, FieldsAreThoseOfUpdates) {
  add("a", "u1", "2026-03-01", R"({"status": 1, "version": 2})");
  add("b", "u1", "2026-03-02", R"({"status": 1})");
  add("c", "u1", "2026-03-02", R"(["no", "object"])");
  run("UPDATE public.audit_logs SET action = 'Patient.create' WHERE id = 'b'");
  db::Transaction tx = begin();
  const Stats stats = read_stats(tx, {.filter = {},
                                      .sources = {Source::app},
                                      .by = {Dimension::field},
                                      .top = 9,
                                      .time_zone = "UTC"});
  EXPECT_THAT(stats.tallies.at(0).top, SizeIs(2));
  EXPECT_EQ(stats.tallies.at(0).total, 2);
  EXPECT_EQ(stats.events, 3);
}

TEST_F(AuditQuery, DaysAreThoseOfTheTimeZone) {
  db::Transaction tx = begin();
  const auto instant = [&](const std::string& text) {
    Expression expression = parse_expression(text);
    resolve_times(tx, expression, *parse_rfc3339("2026-03-29T22:30:00Z"), "Europe/Berlin");
    return expression.term.instant;
  };
  EXPECT_EQ(instant("since:2026-03-29"), "2026-03-28T23:00:00.000000Z");
  EXPECT_EQ(instant("until:2026-03-29"), "2026-03-29T22:00:00.000000Z");  // a day of 23 hours
  EXPECT_EQ(instant("since:today"), "2026-03-29T22:00:00.000000Z");       // 0:30 on the 30th
  EXPECT_EQ(instant("since:yesterday"), "2026-03-28T23:00:00.000000Z");
  EXPECT_EQ(instant("until:2026-03-29T10:00"), "2026-03-29T08:00:00.000000Z");
  EXPECT_EQ(instant("since:-2h"), "2026-03-29T20:30:00.000000Z");
  EXPECT_EQ(instant("since:2026-03-29T10:00:00+02:00"), "2026-03-29T08:00:00.000000Z");
  EXPECT_TRUE(needs_zone(parse_expression("a OR -since:today")));
  EXPECT_FALSE(needs_zone(parse_expression("since:-2h")));
  EXPECT_EQ(testing::error_of([&] { require_time_zone(tx, "Mars/Olympus"); }).reason(),
            "time_zone");
}

TEST(AuditCursor, IsItsText) {
  for (const Cursor& cursor :
       {Cursor{Source::app, "2026-03-01 10:00:00.5", "id"}, Cursor{Source::app, "-infinity", ""},
        Cursor{Source::trigger, "0044-03-15 00:00:00 BC", "3.700.12"}}) {
    EXPECT_EQ(parse_cursor(to_text(cursor, "f"), "f"), cursor);
    EXPECT_EQ(testing::error_of([&] { parse_cursor(to_text(cursor, "f"), "g"); }).reason(),
              "other_filter");
  }
}

TEST(AuditCursor, IsNothingElse) {
  const std::string good = to_text({Source::trigger, "2026-03-01", "3.700.12"}, "f");
  std::vector<std::string> bad = {"",
                                  "A",
                                  "!!!!",
                                  std::string(5000, 'A'),
                                  good + "=",
                                  to_text({Source::trigger, "2026-03-01", "3.700"}, "f"),
                                  to_text({Source::trigger, "2026-03-01", "3.-7.1"}, "f"),
                                  to_text({Source::app, "now'; DROP", "x"}, "f"),
                                  to_text({Source::app, "2026-03-01", "\xff"}, "f"),
                                  to_text({Source::app, "2026-03-01", std::string(1, '\0')}, "f")};
  for (std::size_t cut = 1; cut < 12; ++cut) bad.push_back(good.substr(0, cut));
  for (const std::string& text : bad) {
    EXPECT_EQ(testing::error_of([&] { parse_cursor(text, "f"); }).reason(), "cursor") << text;
  }
}

}  // namespace
}  // namespace pcx::audit
