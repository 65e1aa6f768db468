#!/usr/bin/python3
"""Judges series of numbers as lib/kpi/anomaly.h says, by other means: exact fractions, and decimals
of 50 digits for Poisson's distribution.

Reads lines "kind current past...", where a number that is not known is "-"; writes for each
"verdict points median score", where a score that is not told is "-".

usage: tests/kpi/anomaly_reference.py SERIES ANSWERS
"""

import decimal
import fractions
import statistics
import sys

decimal.getcontext().prec = 50
LN_2 = decimal.Decimal(2).ln()
LIMIT = decimal.Decimal("0.000465258")  # erfc(3.5 / sqrt 2)


def cdf(count, mean):
    """P(X <= count) of Poisson's distribution."""
    if count < 0:
        return decimal.Decimal(0)
    term = total = (-mean).exp()
    for i in range(1, count + 1):
        term *= mean / i
        total += term
    return total


def is_rare(count, median):
    if count > median:
        return 2 * (1 - cdf(count - 1, median + LN_2)) < LIMIT
    return 2 * cdf(count, max(decimal.Decimal(0), median - decimal.Decimal(1) / 3)) < LIMIT


def side_of(difference):
    return "high" if difference > 0 else "low" if difference < 0 else "usual"


def judge(kind, current, points):
    if not points:
        return "insufficient", fractions.Fraction(0), None
    median = statistics.median(points)
    if len(points) < 5 or current is None:
        return "insufficient", median, None
    deviations = [abs(point - median) for point in points]
    spread = statistics.median(deviations) / fractions.Fraction("0.6745")
    if not spread and kind == "count":
        rare = current != median and is_rare(int(current), decimal.Decimal(int(median)))
        return side_of(current - median) if rare else "usual", median, None
    if not spread:
        spread = statistics.mean(deviations) * fractions.Fraction("1.253314")
    if not spread:
        return side_of(current - median), median, None
    score = (current - median) / spread
    return side_of(score) if abs(score) > fractions.Fraction("3.5") else "usual", median, score


def answer_of(line):
    kind, *texts = line.split()
    current, *past = [None if text == "-" else fractions.Fraction(text) for text in texts]
    points = [number for number in past if number is not None]
    verdict, median, score = judge(kind, current, points)
    return verdict, len(points), float(median), "-" if score is None else float(score)


def main():
    _, series, answers = sys.argv
    with open(series, encoding="ascii") as lines, open(answers, "w", encoding="ascii") as target:
        for line in lines:
            print(*answer_of(line), file=target)


main()
