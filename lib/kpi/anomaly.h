// Whether a number is unusual for its weekday. Pure.
//
// The modified z-score of Iglewicz and Hoaglin ("How to Detect and Handle Outliers", ASQC 1993):
//   0.6745 (x - median) / MAD,   MAD = median |x_i - median|
// Unusual is more than 3.5 on either side: median and MAD bear three wild days among eight, where
// mean and standard deviation bear none.
//
// When most points are equal, MAD is 0:
// - A count is judged by Poisson's distribution: it is unusual when twice the tail that begins with
// it
//   is less than what lies beyond 3.5 standard deviations of a normal distribution on both sides,
//   0.000465 (erfc(3.5 / sqrt 2)). Of the means that have this median m the one is taken that finds
//   less: m + ln 2 above it, m - 1/3 (or 0) below it (K. P. Choi, "On the medians of gamma
//   distributions and an equation of Ramanujan", Proc. AMS 121, 1994). After eight Sundays without
//   an appointment 6 are unusual, 5 are not.
// - Anything else is judged by the mean absolute deviation, as the same authors have it:
//   (x - median) / (1.253314 MeanAD). When that is 0, too, no point ever differed, and a number
//   that does is unusual.
#pragma once

#include <span>

#include "kpi/report.h"

namespace pcx::kpi {

inline constexpr int kAnomalyWeeks = 8;      // same weekdays that a number is judged by
inline constexpr int kAnomalyPointsMin = 5;  // of them known, else: insufficient
inline constexpr double kAnomalyScoreMax = 3.5;

// `past`: the same weekday of the weeks before, in any order. Those that are not known are no
// points; without enough points, or when `current` is not known, the verdict is insufficient.
// Numbers are judged as they are shown (digits_of()). No score is told where none is the reason:
// insufficient, Poisson, and points without any deviation.
Anomaly judge(Kind kind, const Value& current, std::span<const Value> past);

// P(X >= count) for count > mean, else P(X <= count), of Poisson's distribution: the sum of its
// terms. Relative error below 1e-6 for means up to 1e8.
//
// REQUIRES: mean >= 0 and finite; count is a whole number
double poisson_tail(double count, double mean);

}  // namespace pcx::kpi
