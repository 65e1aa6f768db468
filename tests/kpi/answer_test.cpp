#include "kpi/answer.h"

#include <gmock/gmock.h>

#include "tests/kpi/report_fixture.h"

namespace pcx::kpi {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kDefinitions = R"(
sources:
  rows:
    help: rows
    rows: day
    tables: [appointments]
    sql: SELECT w.n, NULL::text AS tenant, '' AS kind, '' AS place FROM windows w
kpis:
  number:
    {title: A, kind: count, unit: row, better: more, from: rows, value: count(*), by: kind, help: a}
  cents:
    {title: B, kind: money, better: more, from: rows, value: sum(n), sample: count(*), by: place,
     help: b}
  share:
    {title: C, kind: ratio, better: more, from: rows, value: avg(n), sample: count(*), help: c}
  mean:
    {title: D, kind: duration, better: more, from: rows, value: avg(n), help: d}
  counted:
    {title: E, kind: count, unit: row, better: more, from: rows, value: max(n), empty: none,
     help: e}
)";

class AnswerTest : public KpiFixture {
 protected:
  static constexpr const char* kShape =
      "SELECT 0 AS source, n, tenant, part, label, texts FROM (VALUES ";

  // (n, tenant, part, label, ARRAY[number, '', cents, sample, share, sample, mean, '', counted,
  // ''])
  Answers answers_of(const std::string& rows) {
    Answers answers{*catalog_};
    answers.add({0, 1, 2, 3, 4},
                database().query(db::Statement{
                    "test", std::string{kShape} + rows + ") v(n, tenant, part, label, texts)"}));
    return answers;
  }
  static std::vector<std::string> shown_all(const Answers& answers, std::optional<int> n,
                                            const std::optional<std::string>& tenant) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < 5; ++i) all.push_back(shown(answers.find(i, n, tenant).value));
    return all;
  }

 private:
  std::shared_ptr<const Catalog> catalog_ = catalog_of(kDefinitions);
};

constexpr const char* kRow =
    "(1, 't', 0, NULL, "
    "ARRAY['3', '', '-12.50', '4', '0.2500', '8', '61', '', '7', ''])";

TEST_F(AnswerTest, HasEveryValueAndItsSample) {
  const Answers answers = answers_of(kRow);
  EXPECT_THAT(shown_all(answers, 1, "t"), ElementsAre("3", "-12.50", "0.2500", "61", "7"));
  EXPECT_EQ(answers.find(0, 1, "t").value.sample, std::nullopt);
  EXPECT_EQ(answers.find(1, 1, "t").value.sample, 4);
  EXPECT_EQ(answers.find(2, 1, "t").value.sample, 8);
  EXPECT_THAT(answers.tenants(), ElementsAre(std::optional<std::string>{"t"}));
}

// Counts and amounts of nothing are 0, in the digits of their kind; all others are not known.
TEST_F(AnswerTest, TellsZeroFromNothingWhereThereAreNoRows) {
  const Answers answers = answers_of(kRow);
  const auto nothing = ElementsAre("0", "0.00", "no_data", "no_data", "no_data");
  EXPECT_THAT(shown_all(answers, 2, "t"), nothing);
  EXPECT_THAT(shown_all(answers, 1, "other"), nothing);
  EXPECT_THAT(shown_all(answers, 1, std::nullopt), nothing);
  EXPECT_THAT(shown_all(answers, std::nullopt, "t"), nothing);
  EXPECT_EQ(answers.find(2, 2, "t").value.reason, "nothing to compute it from");
}

// Rows without a value say nothing: `empty: zero` is of no rows.
TEST_F(AnswerTest, TellsZeroFromNothingWhereAValueIsEmpty) {
  const Answers answers =
      answers_of("(1, NULL, 0, NULL, ARRAY['', '', '', '0', '', '0', '', '', '', ''])");
  EXPECT_THAT(shown_all(answers, 1, std::nullopt),
              ElementsAre("no_data", "no_data", "no_data", "no_data", "no_data"));
  EXPECT_EQ(answers.find(2, 1, std::nullopt).value.sample, 0);
  EXPECT_THAT(answers.tenants(), ElementsAre(std::nullopt));
}

TEST_F(AnswerTest, FailsWhatIsNoDecimalNumber) {
  for (const char* const text : {"NaN", "Infinity", "-Infinity"}) {
    const Answers answers = answers_of(std::string{"(1, 't', 0, NULL, ARRAY['3', '', '"} + text +
                                       "', '4', '0.5', '8', '61', '', '7', ''])");
    EXPECT_THAT(shown_all(answers, 1, "t"), ElementsAre("3", "failed", "0.5", "61", "7"));
    const Value value = answers.find(1, 1, "t").value;
    EXPECT_EQ(value.reason, std::string{"it is "} + text + ", which is no amount");
    EXPECT_EQ(value.sample, 4);
  }
}

// Of each definition by its own column, by label in the order of bytes.
TEST_F(AnswerTest, HasPartsByTheirLabels) {
  const Answers answers = answers_of(
      "(1, 't', 0, NULL, ARRAY['6', '', '9.00', '1', '', '', '', '', '', '']), "
      "(1, 't', 1, 'b', ARRAY['1', '', '5.00', '1', '', '', '', '', '', '']), "
      "(1, 't', 1, NULL, ARRAY['2', '', '5.00', '1', '', '', '', '', '', '']), "
      "(1, 't', 1, 'A', ARRAY['3', '', '5.00', '1', '', '', '', '', '', '']), "
      "(1, 't', 2, 'x', ARRAY['8', '', '9.00', '1', '', '', '', '', '', '']), "
      "(1, 't', 2, 'y', ARRAY['8', '', '', '1', '', '', '', '', '', ''])");
  EXPECT_EQ(shown(answers.find(0, 1, "t").parts), "(none) 2, A 3, b 1");
  EXPECT_EQ(shown(answers.find(1, 1, "t").parts), "x 9.00");
  EXPECT_EQ(shown(answers.find(2, 1, "t").parts), "");
  EXPECT_EQ(shown(answers.find(0, 1, "t").value), "6");
}

// Whatever was found of it before.
TEST_F(AnswerTest, FailsADefinitionForEveryWindowAndTenant) {
  Answers answers = answers_of(kRow);
  answers.fail(1, "out of memory");
  for (const char* const tenant : {"t", "other"}) {
    const Answer answer = answers.find(1, 1, tenant);
    EXPECT_EQ(answer.value.state, State::failed);
    EXPECT_EQ(answer.value.reason, "out of memory");
    EXPECT_TRUE(answer.parts.empty());
  }
  EXPECT_EQ(shown(answers.find(0, 1, "t").value), "3");
}

}  // namespace
}  // namespace pcx::kpi
