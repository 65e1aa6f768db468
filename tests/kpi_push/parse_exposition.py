#!/usr/bin/python3
"""Reads expositions of pcx with Prometheus' own Python client, strictly, and compares the two formats.

usage: tests/kpi_push/parse_exposition.py PROMETHEUS_FILE OPENMETRICS_FILE NUMBERS_FILE
"""
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_prometheus

STATES = ("pcx_kpi_error", "pcx_kpi_unknown")


def read(name):
    with open(name, encoding="utf-8", newline="") as file:
        return file.read()


def series(families):
    """{(name, labels): value}; a series that comes twice is an error."""
    found = {}
    for family in families:
        assert family.type == "gauge", family
        assert family.documentation, family
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found, key
            assert sample.timestamp is None, key
            found[key] = sample.value
    return found


def values_of(found, metric):
    return {dict(labels)["tenant"]: value for (name, labels), value in found.items() if name == metric}


def check_numbers(found, lines):
    """Every number is there, and no other."""
    wanted = {}
    for line in lines:
        metric, tenant, value = line.rstrip("\n").split("\t")
        wanted.setdefault(metric, {})[tenant] = float(value)
    for metric, values in wanted.items():
        assert values_of(found, metric) == values, metric
    kpis = {dict(labels)["kpi"] for (name, labels) in found if name == STATES[0]}
    assert len(kpis) == len(wanted), (kpis, wanted)


def check_states(found):
    """Zero, no data, not kept and failed are four different things."""
    def state(kpi, metric):
        labels = {"tenant": "north", "kpi": kpi}
        unknown = [dict(of).get("reason") for (name, of) in found
                   if name == STATES[1] and labels.items() <= dict(of).items()]
        return (values_of(found, metric).get("north"), unknown,
                found[(STATES[0], tuple(sorted(labels.items())))])

    assert state("appointments_cancelled", "pcx_kpi_appointments_cancelled") == (0.0, [], 0.0)
    assert state("average_wait", "pcx_kpi_average_wait_seconds") == (None, ["no_data"], 0.0)
    assert state("low_stock", "pcx_kpi_low_stock") == (None, ["not_kept"], 0.0)
    assert state("revenue", "pcx_kpi_revenue_usd") == (None, [], 1.0)


def main():
    prometheus, openmetrics, numbers = (read(name) for name in sys.argv[1:])
    found = series(parse_prometheus(prometheus))
    assert found == series(parse_openmetrics(openmetrics))
    check_numbers(found, numbers.splitlines())
    check_states(found)
    print(f"prometheus_client: {len(found)} series in both formats")


main()
