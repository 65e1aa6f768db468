#include "kpi/anomaly.h"

#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/file.h"
#include "core/random.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace pcx::kpi {
namespace {

using Verdict = Anomaly::Verdict;

// "-" is not known.
Value value(const std::string& digits) {
  if (digits == "-") return {.state = State::no_data, .reason = "nothing to average"};
  return {.state = State::known, .digits = digits};
}

// "12 13 - 14": the past, by spaces.
Anomaly judge(Kind kind, const std::string& current, const std::string& past) {
  std::vector<Value> values;
  std::istringstream words{past};
  for (std::string word; words >> word;) values.push_back(value(word));
  return judge(kind, value(current), values);
}

struct Case {
  Kind kind;
  const char* current;
  const char* past;
  Verdict verdict;
};

void expect_verdicts(std::span<const Case> cases, bool have_scores) {
  for (const Case& c : cases) {
    const Anomaly anomaly = judge(c.kind, c.current, c.past);
    EXPECT_STREQ(to_string(anomaly.verdict), to_string(c.verdict)) << c.current << " of " << c.past;
    EXPECT_EQ(anomaly.score.has_value(), have_scores) << c.current << " of " << c.past;
  }
}

TEST(Anomaly, IsTheModifiedScore) {
  // Median 20.5, deviations .5 .5 .5 1.5 1.5 2.5 3.5 79.5: MAD 1.5.
  const Anomaly anomaly = judge(Kind::count, "30", "20 21 22 19 18 24 100 20");
  EXPECT_EQ(anomaly.verdict, Verdict::high);
  EXPECT_EQ(anomaly.points, 8);
  EXPECT_EQ(anomaly.median, 20.5);
  ASSERT_TRUE(anomaly.score.has_value());
  EXPECT_DOUBLE_EQ(*anomaly.score, 0.6745 * 9.5 / 1.5);
}

TEST(Anomaly, IsMoreThanThreeAndAHalfOnEitherSide) {
  constexpr Case kCases[] = {
      // median 1000.00, MAD 67.45: 350 away is 3.5
      {Kind::money, "1350.00", "932.55 932.55 1067.45 1067.45 1000", Verdict::usual},
      {Kind::money, "1350.01", "932.55 932.55 1067.45 1067.45 1000", Verdict::high},
      {Kind::money, "650.00", "932.55 932.55 1067.45 1067.45 1000", Verdict::usual},
      {Kind::money, "649.99", "932.55 932.55 1067.45 1067.45 1000", Verdict::low},
      {Kind::money, "1000.00", "932.55 932.55 1067.45 1067.45 1000", Verdict::usual},
      {Kind::ratio, "0.9", "0.05 0.06 0.07 0.04 0.03", Verdict::high},
      {Kind::duration, "10", "600 610 620 590 580 600 605 615", Verdict::low},
  };
  expect_verdicts(kCases, true);
}

TEST(Anomaly, OfACountThatIsMostlyTheSameIsPoissons) {
  constexpr Case kCases[] = {
      {Kind::count, "5", "0 0 0 0 0 0 0 0", Verdict::usual},
      {Kind::count, "6", "0 0 0 0 0 0 0 0", Verdict::high},
      {Kind::count, "0", "0 0 0 0 0 0 0 0", Verdict::usual},
      {Kind::count, "6", "0 0 0 0 0 3 4 1", Verdict::high},
      {Kind::count, "0", "8 8 8 8 8 8 8 8", Verdict::usual},
      {Kind::count, "0", "9 9 9 9 9 9 9 9", Verdict::low},
      {Kind::count, "20", "20 20 20 20 20 21 19 40", Verdict::usual},
      {Kind::count, "38", "20 20 20 20 20 21 19 40", Verdict::usual},
      {Kind::count, "39", "20 20 20 20 20 21 19 40", Verdict::high},
      {Kind::count, "6", "20 20 20 20 20 21 19 40", Verdict::usual},
      {Kind::count, "5", "20 20 20 20 20 21 19 40", Verdict::low},
      {Kind::count, "-1", "0 0 0 0 0 0 0 0", Verdict::low},
      {Kind::count, "1000000", "20 20 20 20 20", Verdict::high},
      {Kind::count, "1000001000", "1000000000 1000000000 1000000000 1000000000 1000000000",
       Verdict::usual},
  };
  expect_verdicts(kCases, false);
}

TEST(Anomaly, OfAnythingElseThatIsMostlyTheSameIsByTheMeanDeviation) {
  constexpr Case kCases[] = {
      // mean deviation 10.00: 43.86599 away is 3.5
      {Kind::money, "143.86", "100 100 100 100 100 100 60 140", Verdict::usual},
      {Kind::money, "143.87", "100 100 100 100 100 100 60 140", Verdict::high},
      {Kind::money, "56.13", "100 100 100 100 100 100 60 140", Verdict::low},
      {Kind::duration, "61", "60 60 60 60 60 60 64 60", Verdict::usual},
  };
  expect_verdicts(kCases, true);
}

TEST(Anomaly, OfWhatNeverDifferedIsAnyDifference) {
  constexpr Case kCases[] = {
      {Kind::money, "0.00", "0 0.00 0 0 0 0 0 0", Verdict::usual},
      {Kind::money, "0.01", "0 0.00 0 0 0 0 0 0", Verdict::high},
      {Kind::money, "-0.01", "0 0.00 0 0 0 0 0 0", Verdict::low},
      {Kind::ratio, "0.0500", "0 0 0 0 0", Verdict::high},
      {Kind::ratio, "0.00004", "0 0 0 0 0", Verdict::usual},  // 0.00 % as it is shown
  };
  expect_verdicts(kCases, false);
}

// In doubles the median of 0.1 and 0.2 is 0.15000000000000002, and 0.15 would deviate from it.
TEST(Anomaly, IsNotMadeByRounding) {
  const Anomaly anomaly = judge(Kind::money, "0.16", "0.1 0.2 0.15 0.15 0.15 0.15 0.15 0.15");
  EXPECT_EQ(anomaly.verdict, Verdict::usual);
  EXPECT_EQ(anomaly.median, 0.15);
}

TEST(Anomaly, NeedsFivePoints) {
  for (const char* past : {"", "-", "1", "1 2 3 4", "1 2 - 3 - 4 - -"}) {
    const Anomaly anomaly = judge(Kind::count, "1000", past);
    EXPECT_EQ(anomaly.verdict, Verdict::insufficient) << past;
    EXPECT_EQ(anomaly.score, std::nullopt) << past;
    EXPECT_LT(anomaly.points, kAnomalyPointsMin) << past;
  }
  EXPECT_EQ(judge(Kind::count, "1000", "1 2 - 3 - 4 -").median, 2.5);
  EXPECT_EQ(judge(Kind::count, "1000", "1 2 - 3 - 4 5 -").verdict, Verdict::high);
}

TEST(Anomaly, NeedsANumberToJudge) {
  const Anomaly anomaly = judge(Kind::money, "-", "1 2 3 4 5 6 7 8");
  EXPECT_EQ(anomaly.verdict, Verdict::insufficient);
  EXPECT_EQ(anomaly.points, 8);
  EXPECT_EQ(anomaly.median, 4.5);
  EXPECT_EQ(anomaly.score, std::nullopt);
}

TEST(PoissonTail, BeginsWithTheCount) {
  EXPECT_DOUBLE_EQ(poisson_tail(0, 1), std::exp(-1));
  EXPECT_DOUBLE_EQ(poisson_tail(1, 1), 2 * std::exp(-1));
  EXPECT_NEAR(poisson_tail(2, 1), 1 - 2 * std::exp(-1), 1e-15);
  EXPECT_EQ(poisson_tail(0, 0), 1);
  EXPECT_EQ(poisson_tail(1, 0), 0);
  EXPECT_EQ(poisson_tail(-1, 3), 0);
  EXPECT_EQ(poisson_tail(0, 1e6), 0);
  EXPECT_NEAR(poisson_tail(1e8, 1e8), 0.5, 1e-4);
}

// A series in words of the reference: mostly the same numbers, or spread ones; some not known.
std::string random_series(SeededRandom& random) {
  constexpr const char* kKinds[] = {"count", "money", "duration", "ratio"};
  constexpr const char* kEndings[] = {"", ".25", "", "e-4"};
  const std::size_t kind = random.below(4);
  const std::uint64_t middle = random.below(60);
  const std::uint64_t spread = 1 + random.below(2) * random.below(30);
  std::string line = kKinds[kind];
  const auto add = [&](std::uint64_t number) {
    line += random.below(12) == 0 ? " -" : ' ' + std::to_string(number) + kEndings[kind];
  };
  add(random.below(3) * middle + random.below(2 * spread));
  for (int week = 0; week < kAnomalyWeeks; ++week) {
    add(middle + (random.below(3) == 0 ? random.below(spread + 1) : 0));
  }
  return line;
}

Anomaly judge_line(const std::string& line) {
  const std::map<std::string, Kind> kinds = {{"count", Kind::count},
                                             {"money", Kind::money},
                                             {"duration", Kind::duration},
                                             {"ratio", Kind::ratio}};
  std::istringstream words{line};
  std::string kind, current, past;
  words >> kind >> current;
  std::getline(words, past);
  return judge(kinds.at(kind), current, past);
}

void expect_as_told(const Anomaly& anomaly, const std::string& answer) {
  std::istringstream words{answer};
  std::string verdict, score;
  int points = -1;
  double median = -1;
  words >> verdict >> points >> median >> score;
  EXPECT_EQ(to_string(anomaly.verdict), verdict);
  EXPECT_EQ(anomaly.points, points);
  EXPECT_NEAR(anomaly.median, median, 1e-9);
  ASSERT_EQ(anomaly.score.has_value(), score != "-") << answer;
  if (anomaly.score) {
    EXPECT_NEAR(*anomaly.score, std::stod(score), 1e-9);
  }
}

TEST(Anomaly, IsWhatTheReferenceFinds) {
  SeededRandom random{8};
  std::vector<std::string> series(2000);
  std::string text;
  for (std::string& line : series) text += (line = random_series(random)) + '\n';
  const testing::TemporaryFolder folder;
  const auto answers = folder.path() / "answers";
  const auto program = testing::source_folder() / "tests/kpi/anomaly_reference.py";
  testing::run_program({program, folder.write("series", text), answers});
  std::istringstream lines{read_file(answers)};
  std::map<Verdict, int> verdicts;
  for (const std::string& line : series) {
    SCOPED_TRACE(line);
    std::string answer;
    ASSERT_TRUE(std::getline(lines, answer));
    const Anomaly anomaly = judge_line(line);
    ++verdicts[anomaly.verdict];
    ASSERT_NO_FATAL_FAILURE(expect_as_told(anomaly, answer));
  }
  for (const auto& [verdict, times] : verdicts) EXPECT_GT(times, 50) << to_string(verdict);
  EXPECT_EQ(verdicts.size(), 4u);
}

}  // namespace
}  // namespace pcx::kpi
