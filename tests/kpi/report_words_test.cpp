#include "kpi/report_words.h"

#include <gtest/gtest.h>

#include "core/time.h"
#include "tests/kpi/sample_report.h"

namespace pcx::kpi {
namespace {

Definition of(Kind kind, Better better = Better::more) {
  Definition definition;
  definition.kind = kind;
  definition.better = better;
  definition.unit = kind == Kind::count ? "patient" : "";
  return definition;
}

TEST(ReportWords, WriteANumberByItsKind) {
  const struct {
    Kind kind;
    const char *digits, *expected;
  } cases[] = {
      {Kind::count, "0", "0"},
      {Kind::count, "1234567", "1,234,567"},
      {Kind::money, "0.00", "0.00 USD"},
      {Kind::money, "-1250.50", "-1,250.50 USD"},
      {Kind::money, "12345678901234567890.12", "12,345,678,901,234,567,890.12 USD"},
      {Kind::duration, "0", "0 s"},
      {Kind::duration, "59", "59 s"},
      {Kind::duration, "752", "12 min 32 s"},
      {Kind::duration, "3720", "1 h 02 min"},
      {Kind::duration, "-75", "-1 min 15 s"},
      {Kind::ratio, "0.1250", "12.5 %"},
      {Kind::ratio, "0.0001", "0.01 %"},
      {Kind::ratio, "0", "0.0 %"},
      {Kind::ratio, "1", "100.0 %"},
      {Kind::ratio, "-0.5", "-50.0 %"},
      {Kind::ratio, "12.3456", "1,234.56 %"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(digits_text(one.digits, of(one.kind), "usd"), one.expected) << one.digits;
  }
}

TEST(ReportWords, WriteWhatWasReckoned) {
  EXPECT_EQ(number_text(12.5, of(Kind::count), "usd"), "12.5");
  EXPECT_EQ(number_text(1200, of(Kind::count), "usd"), "1,200");
  EXPECT_EQ(number_text(99.999, of(Kind::money), "eur"), "100.00 EUR");
  EXPECT_EQ(number_text(61.4, of(Kind::duration), "usd"), "1 min 01 s");
  EXPECT_EQ(number_text(0.125, of(Kind::ratio), "usd"), "12.5 %");
}

TEST(ReportWords, NameTheUnit) {
  EXPECT_EQ(unit_text(of(Kind::count), "usd"), "patient");
  EXPECT_EQ(unit_text(of(Kind::money), "eur"), "EUR");
  EXPECT_EQ(unit_text(of(Kind::duration), "usd"), "seconds");
  EXPECT_EQ(unit_text(of(Kind::ratio), "usd"), "ratio");
}

Value known(const char* digits) { return {State::known, digits, "", {}}; }

struct Change {
  Kind kind;
  Value now, then;
  std::optional<double> change;
  bool is_new;
  const char* expected;
};

TEST(ReportWords, WriteAChange) {
  const Change cases[] = {
      {Kind::count, known("23"), known("20"), 0.15, false, "+15.0 %"},
      {Kind::count, known("20"), known("23"), -0.13043, false, "-13.0 %"},
      {Kind::count, known("20"), known("20"), 0.0, false, "same"},
      {Kind::count, known("0"), known("0"), {}, false, "same"},
      {Kind::count, known("4"), known("0"), {}, true, "new"},
      {Kind::ratio, known("0.10"), known("0.12"), -0.02, false, "-2.0 pp"},
      {Kind::count, known("4"), {State::no_data, "", "", {}}, {}, false, "n/a"},
      {Kind::count, known("4"), {State::not_kept, "", "", {}}, {}, false, "not kept"},
      {Kind::count, known("4"), {State::failed, "", "", {}}, {}, false, "failed"},
      {Kind::count, {State::failed, "", "", {}}, known("4"), {}, false, ""},
  };
  for (const Change& one : cases) {
    const Definition definition = of(one.kind);
    Result result;
    result.definition = &definition;
    result.value = one.now;
    const Comparison comparison{Basis::previous_day, {}, one.then, one.change, one.is_new};
    EXPECT_EQ(change_text(result, comparison), one.expected);
  }
}

TEST(ReportWords, KnowWhatIsGood) {
  const struct {
    Better better;
    double change;
    Tone tone;
  } cases[] = {{Better::more, 0.1, Tone::good},       {Better::more, -0.1, Tone::bad},
               {Better::fewer, 0.1, Tone::bad},       {Better::fewer, -0.1, Tone::good},
               {Better::neither, 0.1, Tone::neither}, {Better::more, 0, Tone::neither}};
  for (const auto& one : cases) {
    const Definition definition = of(Kind::count, one.better);
    Result result;
    result.definition = &definition;
    result.value = known("5");
    EXPECT_EQ(tone_of(result, {Basis::previous_day, {}, known("4"), one.change, false}), one.tone);
  }
}

TEST(ReportWords, TakeWhatIsNewBySign) {
  const Definition definition = of(Kind::money);
  Result result;
  result.definition = &definition;
  result.value = known("-5.00");
  const Comparison comparison{Basis::previous_day, {}, known("0.00"), {}, true};
  EXPECT_EQ(direction_of(result, comparison), Direction::down);
  EXPECT_EQ(tone_of(result, comparison), Tone::bad);
}

TEST(ReportWords, WriteSharesWithoutZerosAtTheEnd) {
  EXPECT_EQ(share_digits(0.15), "0.15");
  EXPECT_EQ(share_digits(-11.505), "-11.505");
  EXPECT_EQ(share_digits(1.0 / 3), "0.333333");
  EXPECT_EQ(share_digits(2), "2");
  EXPECT_EQ(share_digits(-1e-9), "0");
  EXPECT_EQ(share_digits(100), "100");
}

TEST(ReportWords, NameTheTenant) {
  EXPECT_EQ(tenant_title({"t1", "north", "North Clinic", "UTC"}), "North Clinic (north)");
  EXPECT_EQ(tenant_title({"t1", "", "", "UTC"}), "t1");
  EXPECT_EQ(tenant_title({std::nullopt, "", "", "UTC"}), "Without a tenant");
}

TEST(ReportWords, NameTheDay) {
  const Report report = sample_report();
  DayReport day = report.days[0];
  EXPECT_EQ(day_line(day, report.tenants[0]), "2026-03-08, Sunday, America/New_York, 23 hours");
  day.day.to = day.day.from + std::chrono::hours{24};
  day.until = *parse_rfc3339("2026-03-08T18:05:59Z");
  EXPECT_EQ(day_line(day, report.tenants[0]),
            "2026-03-08, Sunday, America/New_York, compared until 2026-03-08 18:05 UTC");
  day.day.to = day.until = day.day.from + std::chrono::minutes{24 * 60 + 30};
  EXPECT_EQ(day_line(day, report.tenants[0]), "2026-03-08, Sunday, America/New_York, 24.5 hours");
}

TEST(ReportWords, NoteWhatIsRemarkable) {
  const Report report = sample_report();
  EXPECT_EQ(note_text(report.days[0].results[0], "usd"), "high, usually 12.5");
  EXPECT_EQ(note_text(report.days[0].results[1], "usd"), "");
  EXPECT_EQ(note_text(report.days[0].results[2], "usd"), "n = 0; no transitions of this day");
}

TEST(NoteText, SaysWhatIsComparedOfADayThatIsNotOver) {
  Report report = sample_report();
  Result result = report.days[0].results[0];
  result.anomaly = {};
  result.so_far = result.value;
  EXPECT_EQ(note_text(result, "usd"), "");
  result.so_far = Value{.state = State::known, .digits = "12"};
  EXPECT_EQ(note_text(result, "usd"), "12 so far");
}

}  // namespace
}  // namespace pcx::kpi
