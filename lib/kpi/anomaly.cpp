#include "kpi/anomaly.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <vector>

#include "kpi/shown_units.h"

namespace pcx::kpi {

namespace {

using Verdict = Anomaly::Verdict;

constexpr double kOfMad = 0.6745;       // the 0.75 quantile of the standard normal distribution
constexpr double kOfMeanAd = 1.253314;  // sqrt(pi / 2)

std::vector<double> known_units(Kind kind, std::span<const Value> values) {
  std::vector<double> units;
  for (const Value& value : values) {
    if (value.state == State::known) units.push_back(shown_units(kind, value));
  }
  return units;
}

// REQUIRES: not empty
double median_of(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  const std::size_t half = numbers.size() / 2;
  if (numbers.size() % 2 == 1) return numbers[half];
  return (numbers[half - 1] + numbers[half]) / 2;
}

double mean_of(const std::vector<double>& numbers) {
  double sum = 0;
  for (const double number : numbers) sum += number;
  return sum / static_cast<double>(numbers.size());
}

std::vector<double> deviations_of(const std::vector<double>& numbers, double middle) {
  std::vector<double> deviations;
  for (const double number : numbers) deviations.push_back(std::abs(number - middle));
  return deviations;
}

Verdict side_of(double difference) {
  if (difference == 0) return Verdict::usual;
  return difference > 0 ? Verdict::high : Verdict::low;
}

Verdict verdict_of_score(double score) {
  return std::abs(score) > kAnomalyScoreMax ? side_of(score) : Verdict::usual;
}

Verdict verdict_of_poisson(double count, double median) {
  if (count == median) return Verdict::usual;
  const double mean = count > median ? median + std::numbers::ln2 : std::max(0.0, median - 1.0 / 3);
  const double limit = std::erfc(kAnomalyScoreMax / std::numbers::sqrt2);
  return 2 * poisson_tail(count, mean) < limit ? side_of(count - median) : Verdict::usual;
}

// In units of `kind`. The score where there is one, else the verdict by other means.
void judge_known(Anomaly& anomaly, Kind kind, double now, double median,
                 const std::vector<double>& deviations) {
  const double mad = median_of(deviations);
  const double mean_ad = mean_of(deviations);
  if (mad > 0) {
    anomaly.score = kOfMad * (now - median) / mad;
  } else if (kind == Kind::count) {
    anomaly.verdict = verdict_of_poisson(now, median);
    return;
  } else if (mean_ad > 0) {
    anomaly.score = (now - median) / (kOfMeanAd * mean_ad);
  } else {
    anomaly.verdict = side_of(now - median);
    return;
  }
  anomaly.verdict = verdict_of_score(*anomaly.score);
}

// The term of `count`. lgamma() would write a global variable that threads share.
double poisson_term(double count, double mean) {
  if (mean == 0) return count == 0 ? 1 : 0;
  int sign = 0;
  return std::exp(count * std::log(mean) - mean - ::lgamma_r(count + 1, &sign));
}

}  // namespace

Anomaly judge(Kind kind, const Value& current, std::span<const Value> past) {
  const std::vector<double> points = known_units(kind, past);
  Anomaly anomaly{.points = static_cast<int>(points.size())};
  if (points.empty()) return anomaly;
  const double median = median_of(points);
  anomaly.median = median / units_in_one(kind);
  if (anomaly.points < kAnomalyPointsMin || current.state != State::known) return anomaly;
  judge_known(anomaly, kind, shown_units(kind, current), median, deviations_of(points, median));
  return anomaly;
}

double poisson_tail(double count, double mean) {
  if (count < 0) return 0;
  const bool upper = count > mean;
  double term = poisson_term(count, mean);
  double sum = 0;
  for (double at = count; at >= 0 && sum + term > sum; at += upper ? 1 : -1) {
    sum += term;
    term *= upper ? mean / (at + 1) : at / mean;
  }
  return sum;
}

}  // namespace pcx::kpi
