"""Whether two lists of times could be of one and the same thing.

Three questions, since each overlooks what another sees: the means (Welch's t-test, on what lies between the
5th and the 95th percentile of both together, as dudect does it: one pause of a millisecond weighs more than
a thousand samples), the ranks of all (Mann-Whitney, with ties), the shapes of all (Kolmogorov-Smirnov).

Threshold: |t| and |z| below 4.5, which dudect calls "no leak found" and which chance passes in fewer than
one of 100,000 tests; D below what chance passes in one of 100,000.
"""

import bisect
import math
import statistics

LIMIT = 4.5
KS_CHANCE = 1e-5


def quartiles(times: list[float]) -> tuple[float, float, float]:
    low, middle, high = statistics.quantiles(times, n=4)
    return low, middle, high


def trimmed(one: list[float], other: list[float]) -> tuple[list[float], list[float]]:
    cuts = statistics.quantiles(one + other, n=20)
    low, high = cuts[0], cuts[-1]
    return [x for x in one if low <= x <= high], [x for x in other if low <= x <= high]


def welch_t(one: list[float], other: list[float]) -> float:
    one, other = trimmed(one, other)
    error = math.sqrt(statistics.variance(one) / len(one) + statistics.variance(other) / len(other))
    return (statistics.fmean(one) - statistics.fmean(other)) / error


def mann_whitney_z(one: list[float], other: list[float]) -> float:
    every = sorted([(x, True) for x in one] + [(x, False) for x in other])
    ranks = ties = 0.0
    begin = 0
    while begin < len(every):
        end = begin
        while end < len(every) and every[end][0] == every[begin][0]:
            end += 1
        count = end - begin
        ranks += (begin + end + 1) / 2 * sum(is_one for _, is_one in every[begin:end])
        ties += count**3 - count
        begin = end
    n, m = len(one), len(other)
    total = n + m
    deviation = math.sqrt(n * m / 12 * (total + 1 - ties / (total * (total - 1))))
    return (ranks - n * (total + 1) / 2) / deviation


def kolmogorov_smirnov(one: list[float], other: list[float]) -> tuple[float, float]:
    """D, and what it may be at most."""
    one, other = sorted(one), sorted(other)
    distance = max(abs(bisect.bisect_right(one, x) / len(one) - bisect.bisect_right(other, x) / len(other))
                   for x in {*one, *other})
    most = math.sqrt(-math.log(KS_CHANCE / 2) / 2 * (len(one) + len(other)) / (len(one) * len(other)))
    return distance, most


def compare(title: str, one: list[float], other: list[float], one_name: str, other_name: str) -> bool:
    """Prints what was found; whether the two are indistinguishable."""
    t, z = welch_t(one, other), mann_whitney_z(one, other)
    distance, most = kolmogorov_smirnov(one, other)
    same = abs(t) < LIMIT and abs(z) < LIMIT and distance < most
    print(f"{title}: {one_name} and {other_name}")
    for name, times in ((one_name, one), (other_name, other)):
        low, middle, high = quartiles(times)
        print(f"  {name:10}{len(times):9,} samples   median {middle:11,.0f} ns   quartiles {low:,.0f} to {high:,.0f}")
    print(f"  Welch t {t:+.2f}   Mann-Whitney z {z:+.2f}   (both within {LIMIT})   "
          f"Kolmogorov-Smirnov D {distance:.4f} (below {most:.4f})")
    print(f"  {'indistinguishable' if same else 'DISTINGUISHABLE'}")
    return same
