// 10,000 random questions: what pcx finds is what SQL finds that was written another way, and
// nothing of a question is ever run.
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "audit/calendar.h"
#include "audit/query.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/time.h"
#include "tests/audit/random_question.h"
#include "tests/audit/trail_rows.h"

namespace pcx::audit {
namespace {

constexpr int kRows = 150;  // of each source
constexpr int kShards = 4;
constexpr int kQuestions = 10'000 / kShards;  // of each
constexpr int kQuestionsATransaction = 250;
constexpr const char* kZone = "Europe/Berlin";

class RandomQuery : public RandomTrailFixture, public ::testing::WithParamInterface<unsigned> {
 protected:
  void SetUp() override {
    RandomTrailFixture::SetUp();
    fill(kRows);
    run(kAddressFunction);
    run(kReferenceView);
    run("CREATE TABLE public.canary (alive boolean)");
    run("INSERT INTO public.canary VALUES (true)");
    run("CREATE SEQUENCE public.canary_seq");
    run("ALTER ROLE postgres SET search_path = public, pg_catalog");
  }

  void TearDown() override { run("ALTER ROLE postgres RESET search_path"); }

  void expect_canary_alive() {
    EXPECT_EQ(sql("SELECT count(*) FROM public.canary WHERE alive"), "1");
    EXPECT_EQ(sql("SELECT is_called FROM public.canary_seq"), "f");
  }

  // Ids, page after page.
  static std::vector<std::string> found(db::Transaction& tx, const Expression& expression,
                                        std::int64_t limit, std::int64_t few, std::int64_t skip) {
    SystemClock clock;
    Question question{.filter = expression, .sources = {Source::app, Source::trigger}};
    question.limit = limit;
    question.few_rows = few;
    question.skip = skip;
    std::vector<std::string> ids;
    for (;;) {
      const Page page = read_page(tx, question, clock);
      for (const Event& event : page.events) ids.push_back(event.id);
      if (!page.next) return ids;
      question.skip = 0;
      question.after = parse_cursor(to_text(*page.next, "filter"), "filter");
    }
  }

  static std::vector<std::string> expected(db::Transaction& tx, const std::string& condition) {
    const std::string text = "SELECT v.record FROM public.reference AS v WHERE " + condition +
                             " ORDER BY v.at DESC, v.src, CASE v.src WHEN 1 THEN v.record END "
                             "DESC, v.seq DESC";
    std::vector<std::string> ids;
    const db::Result rows = tx.query(db::Statement{"reference", text});
    for (const db::Row row : rows) ids.push_back(row[0].as<std::string>());
    return ids;
  }

  static Expression read(db::Transaction& tx, const std::string& text) {
    Expression expression = parse_expression(text);
    resolve_times(tx, expression, *parse_rfc3339("2026-03-20T12:00:00Z"), kZone);
    return expression;
  }
};

TEST_P(RandomQuery, FindsWhatTheReferenceFinds) {
  RandomQuestions dice{20260331 + GetParam()};
  std::size_t matched = 0;
  for (int done = 0; done < kQuestions; done += kQuestionsATransaction) {
    db::Transaction tx = database().begin(db::Access::read_write, db::Isolation::repeatable_read);
    for (int i = 0; i < kQuestionsATransaction; ++i) {
      const RandomQuestion question = dice.next();
      SCOPED_TRACE(question.expression);
      SCOPED_TRACE(question.condition);
      auto wanted = expected(tx, question.condition);
      const std::int64_t limit =
          dice.once_in(5) ? static_cast<std::int64_t>(1 + wanted.size() / 4) : kPageRowsMax;
      const std::size_t skip = dice.once_in(5) ? dice.below(wanted.size() + 2) : 0;
      wanted.erase(wanted.begin(),
                   wanted.begin() + static_cast<std::ptrdiff_t>(std::min(skip, wanted.size())));
      const auto ids = found(tx, read(tx, question.expression), limit,
                             dice.once_in(2) ? 0 : kFewRows, static_cast<std::int64_t>(skip));
      ASSERT_EQ(ids, wanted);
      if (!ids.empty() && ids.size() < 2 * kRows) ++matched;
    }
    tx.commit();
  }
  EXPECT_GT(matched, kQuestions / 2u);  // or they would say little
  expect_canary_alive();
}

TEST_P(RandomQuery, GarbageIsRefusedOrAnswered) {
  RandomQuestions dice{4711 + GetParam()};
  int refused = 0;
  for (int done = 0; done < kQuestions; done += kQuestionsATransaction) {
    db::Transaction tx = database().begin(db::Access::read_write, db::Isolation::repeatable_read);
    for (int i = 0; i < kQuestionsATransaction; ++i) {
      const std::string text = dice.garbage();
      SCOPED_TRACE(text);
      std::optional<Expression> expression;
      try {
        expression = read(tx, text);
      } catch (const Error& error) {
        ASSERT_EQ(error.reason(), "expression") << error.what();
        ASSERT_GT(error.location().column, 0);
        ++refused;
        continue;
      }
      ASSERT_NO_THROW(found(tx, *expression, kPageRowsMax, dice.once_in(2) ? 0 : kFewRows, 0));
    }
    tx.commit();
  }
  EXPECT_GT(refused, kQuestions / 4);
  EXPECT_LT(refused, kQuestions * 9 / 10);
  expect_canary_alive();
}

INSTANTIATE_TEST_SUITE_P(Shards, RandomQuery, ::testing::Range(0u, unsigned{kShards}));

}  // namespace
}  // namespace pcx::audit
