#include "load/histogram.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include "core/random.h"
#include "crypto/encoding.h"
#include "tests/support/data.h"
#include "tests/support/errors.h"

namespace pcx::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Bucket = Histogram::Bucket;

Histogram of(const std::vector<std::int64_t>& values, int digits = 3) {
  Histogram histogram{digits};
  for (const std::int64_t value : values) histogram.record(value);
  return histogram;
}

// As latencies are: of all magnitudes, the small ones more often.
std::vector<std::int64_t> latencies(std::size_t count, std::uint64_t seed) {
  SeededRandom random{seed};
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(static_cast<std::int64_t>(random.below(2 + (1ull << random.below(32)))));
  }
  return values;
}

std::string refusal_of(const std::string& packed) {
  return testing::error_of([&] { static_cast<void>(Histogram::unpack(packed)); }).what();
}
std::string base64_refusal_of(const std::string& text) {
  return testing::error_of([&] { static_cast<void>(Histogram::from_base64(text)); }).what();
}

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram histogram;
  EXPECT_TRUE(histogram.is_empty());
  EXPECT_EQ(histogram.digits(), 3);
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), 0);
  EXPECT_EQ(histogram.mean(), 0);
  EXPECT_EQ(histogram.percentile(99), 0);
  EXPECT_THAT(histogram.buckets(), ElementsAre());
}

TEST(Histogram, KeepsSmallValuesExactly) {
  const Histogram histogram = of({0, 1, 2047, 2047});
  EXPECT_THAT(histogram.buckets(),
              ElementsAre(Bucket{0, 0, 1}, Bucket{1, 1, 1}, Bucket{2047, 2047, 2}));
  EXPECT_EQ(histogram.count(), 4);
  EXPECT_EQ(histogram.sum(), 4095);
}

TEST(Histogram, KeepsLargerOnesToTheirDigits) {
  EXPECT_THAT(of({2048, 2049, 2050}).buckets(),
              ElementsAre(Bucket{2048, 2049, 2}, Bucket{2050, 2051, 1}));
  EXPECT_THAT(of({1'000'000}).buckets(), ElementsAre(Bucket{999'936, 1'000'447, 1}));
  EXPECT_THAT(of({1'000'000}, 2).buckets(), ElementsAre(Bucket{999'424, 1'003'519, 1}));
}

TEST(Histogram, CountsWhatIsOutOfRangeAtItsEnds) {
  const Histogram histogram = of({-5, Histogram::kHighest + 1, INT64_MAX});
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), Histogram::kHighest);
  EXPECT_EQ(histogram.count(), 3);
  EXPECT_EQ(histogram.percentile(100), Histogram::kHighest);
}

TEST(Histogram, CountsMoreThanFourBytesHold) {
  Histogram histogram;
  histogram.record(10, 5'000'000'000);
  histogram.add(histogram);
  EXPECT_EQ(histogram.count(), 10'000'000'000);
  EXPECT_THAT(histogram.buckets(), ElementsAre(Bucket{10, 10, 10'000'000'000}));
}

TEST(Histogram, IsEmptyAgainAfterClear) {
  Histogram histogram = of({5, 7});
  histogram.clear();
  EXPECT_EQ(histogram, Histogram{});
  histogram.record(9);
  EXPECT_EQ(histogram, of({9}));
}

TEST(Histogram, HasThePercentileOfItsRank) {
  std::vector<std::int64_t> values;
  for (int i = 1; i <= 1000; ++i) values.push_back(i);
  const Histogram histogram = of(values);
  EXPECT_EQ(histogram.percentile(0), 1);
  EXPECT_EQ(histogram.percentile(50), 500);
  EXPECT_EQ(histogram.percentile(50.01), 501);
  EXPECT_EQ(histogram.percentile(99.9), 999) << "not 1000, though 0.999 * 1000 may be above 999";
  EXPECT_EQ(histogram.percentile(100), 1000);
  EXPECT_EQ(histogram.percentile(150), 1000);
}

TEST(Histogram, HasNoPercentileAboveItsMaximum) {
  EXPECT_EQ(of({1'000'000}).percentile(50), 1'000'000);
  EXPECT_EQ(of({999'936, 1'000'400}).percentile(50), 1'000'400) << "one bucket";
}

TEST(Histogram, CountsWhatLiesAbove) {
  const Histogram histogram = of({5, 10, 11, 100'000});
  EXPECT_EQ(histogram.count_above(-1), 4);
  EXPECT_EQ(histogram.count_above(10), 2);
  EXPECT_EQ(histogram.count_above(99'000), 1);
  EXPECT_EQ(histogram.count_above(INT64_MAX), 0);
}

TEST(Histogram, PercentilesAreRightToTheirDigits) {
  for (const int digits : {2, 3}) {
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
      std::vector<std::int64_t> values = latencies(5000, seed);
      const Histogram histogram = of(values, digits);
      std::sort(values.begin(), values.end());
      for (const double p : {1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
        const auto rank = static_cast<std::size_t>(std::ceil(p * 50 - 1e-6));
        const auto exact = static_cast<double>(std::min(values[rank - 1], Histogram::kHighest));
        const auto found = static_cast<double>(histogram.percentile(p));
        EXPECT_GE(found, exact);
        EXPECT_LE(found, exact * (1 + std::pow(10, -digits))) << p << " of seed " << seed;
      }
    }
  }
}

TEST(Histogram, SumIsTheHistogramOfAllValues) {
  for (const int digits : {2, 3}) {
    const std::vector<std::int64_t> values = latencies(4000, 11);
    for (const std::size_t parts : {2u, 3u, 7u, 16u}) {
      std::vector<Histogram> shares(parts, Histogram{digits});
      for (std::size_t i = 0; i < values.size(); ++i) shares[i % parts].record(values[i]);
      Histogram forwards{digits};
      for (const Histogram& share : shares) forwards.add(share);
      Histogram backwards{digits};
      for (auto share = shares.rbegin(); share != shares.rend(); ++share) backwards.add(*share);
      EXPECT_EQ(forwards, of(values, digits)) << parts;
      EXPECT_EQ(backwards, forwards);
    }
  }
}

TEST(Histogram, SumWithAnEmptyOneChangesNothing) {
  Histogram histogram = of({5});
  histogram.add(Histogram{});
  EXPECT_EQ(histogram, of({5}));
  Histogram empty;
  empty.add(histogram);
  EXPECT_EQ(empty, of({5}));
}

// --- hdr-histogram-js: tests/data/README.md

std::int64_t whole(const Document& number) { return std::get<std::int64_t>(number.scalar()); }
double real(const Document& number) {
  const auto* const exact = std::get_if<std::int64_t>(&number.scalar());
  return exact != nullptr ? static_cast<double>(*exact) : std::get<double>(number.scalar());
}

Histogram recorded(const Document& known) {
  Histogram histogram{static_cast<int>(whole(*known.find("digits")))};
  for (const Document& value : known.find("values")->items()) histogram.record(whole(value));
  return histogram;
}

TEST(HistogramElsewhere, IsReadAndSaysTheSame) {
  const Document known = testing::data_json("load/hdr-histograms.json");
  for (const Document& one : known.find("histograms")->items()) {
    const Histogram read = Histogram::from_base64(*one.find("base64")->text());
    const Histogram own = recorded(one);
    EXPECT_EQ(read.digits(), own.digits());
    EXPECT_EQ(read.buckets(), own.buckets()) << *one.find("name")->text();
    for (const Document& pair : one.find("percentiles")->items()) {
      const double p = real(pair.items()[0]);
      EXPECT_EQ(own.percentile(p), std::min(whole(pair.items()[1]), own.max())) << p;
    }
  }
}

TEST(HistogramElsewhere, IsWrittenWithTheSameCounts) {
  const Document known = testing::data_json("load/hdr-histograms.json");
  for (const Document& one : known.find("histograms")->items()) {
    const std::string text = recorded(one).to_base64();
    EXPECT_THAT(text, ::testing::StartsWith("HISTFAAAA"));
    EXPECT_EQ(Histogram::from_base64(text).buckets(), recorded(one).buckets());
  }
}

// --- packed

TEST(HistogramPacked, IsReadBackExactly) {
  for (const int digits : {2, 3}) {
    EXPECT_EQ(Histogram::unpack(Histogram{digits}.pack()), Histogram{digits});
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
      const Histogram histogram = of(latencies(1 + 500 * seed, seed), digits);
      EXPECT_EQ(Histogram::unpack(histogram.pack()), histogram);
    }
  }
}

TEST(HistogramPacked, IsSmall) {
  SeededRandom random{5};
  Histogram histogram{2};
  for (int i = 0; i < 2000; ++i) {
    histogram.record(static_cast<std::int64_t>(400 + random.below(500)));
  }
  EXPECT_LT(histogram.pack().size(), 500u);
}

TEST(HistogramPacked, RefusesWhatPackCannotHaveMade) {
  const std::string good = of({5, 6}).pack();
  EXPECT_THAT(refusal_of(""), HasSubstr("does not begin"));
  EXPECT_THAT(refusal_of("\2\3"), HasSubstr("does not begin"));
  EXPECT_THAT(refusal_of("\1\4"), HasSubstr("does not begin"));
  EXPECT_THAT(refusal_of(good.substr(0, 4)), HasSubstr("ends in the middle"));
  EXPECT_THAT(refusal_of(good.substr(0, good.size() - 1)), HasSubstr("do not fit"));
  EXPECT_THAT(refusal_of(good + '\x02'), HasSubstr("do not fit")) << "one more value";
  EXPECT_THAT(refusal_of(good + "\xff\xff\xff\xff\xff\xff\xff\xff\xff"), HasSubstr("an hour"));
  EXPECT_THAT(refusal_of(good + "\xfe\xff\xff\xff\xff\xff\xff\xff\xff"), HasSubstr("too large"));
}

TEST(HistogramPacked, RefusesSumsThatDoNotFit) {
  EXPECT_THAT(refusal_of(std::string{"\1\3\0\0\2", 5}), HasSubstr("do not fit"));
  const std::string negative_minimum{"\1\3\1\0\0\2", 6};
  EXPECT_THAT(refusal_of(negative_minimum), HasSubstr("do not fit"));
}

TEST(HistogramBase64, RefusesWhatIsNone) {
  const std::string good = of({5, 6}).to_base64();
  EXPECT_THAT(base64_refusal_of("%"), HasSubstr("no base64"));
  EXPECT_THAT(base64_refusal_of(""), HasSubstr("does not begin"));
  EXPECT_THAT(base64_refusal_of("AAAA" + good), HasSubstr("does not begin"));
  EXPECT_THAT(base64_refusal_of(std::string(1'000'000, 'A')), HasSubstr("too long"));
  std::string bytes = crypto::from_base64(good).value();
  bytes[12] = static_cast<char>(~bytes[12]);
  EXPECT_THAT(base64_refusal_of(crypto::to_base64(crypto::bytes_of(bytes))),
              HasSubstr("does not inflate"));
}

}  // namespace
}  // namespace pcx::load
