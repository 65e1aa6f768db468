#!/usr/bin/python3
"""Quantiles of histograms as promtool's own histogram_quantile() has them.

usage: tests/alert/oracle/histogram_quantile.py PROGRAM [COUNT [SEED]]     PROGRAM is alert_formats

One file of rule tests: promtool compares each histogram's quantile with the number that pcx gave, to the last
bit. What pcx calls no number promtool must call so, too.
"""
import json
import math
import random
import subprocess
import sys
import tempfile

BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]  # the application's
IN_A_FILE = 500


def random_buckets(chance):
    bounds = sorted(chance.sample(BOUNDS, chance.randint(1, len(BOUNDS))))
    if chance.random() < 0.1:
        bounds.insert(0, -1.0)
    count, buckets = 0, []
    for bound in bounds:
        count += chance.choice([0, 0, 1, chance.randint(0, 1000)])
        falls = count > 0 and chance.random() < 0.05
        buckets.append((repr(float(bound)), count - 1 if falls else count))
    if chance.random() < 0.97:
        buckets.append(("inf", count + chance.choice([0, 0, chance.randint(0, 50)])))
    return buckets


def answers_of(program, cases):
    questions = "".join(json.dumps({"quantile": repr(q), "buckets": {b: str(c) for b, c in buckets}}) + "\n"
                        for q, buckets in cases)
    run = subprocess.run([program, "quantiles"], input=questions, capture_output=True, encoding="utf-8", check=True)
    return [float(json.loads(line)["value"]) for line in run.stdout.splitlines()[1:]]


def rule_test(quantile, cases, answers):
    """JSON is YAML."""
    series = [{"series": f'h_bucket{{case="{i}",le="{"+Inf" if b == "inf" else b}"}}', "values": str(c)}
              for i, buckets in cases for b, c in buckets]
    known = [{"labels": f'{{case="{i}"}}', "value": answers[i]} for i, _ in cases if not math.isnan(answers[i])]
    ask = f"histogram_quantile({quantile!r}, h_bucket)"
    nan = sorted(i for i, _ in cases if math.isnan(answers[i]))
    tests = [{"expr": f"{ask} == {ask}", "eval_time": "0s", "exp_samples": known},
             {"expr": f"count({ask} != {ask}) or vector(0)", "eval_time": "0s",
              "exp_samples": [{"labels": "{}", "value": len(nan)}]}]
    return {"evaluation_interval": "1m", "tests": [{"input_series": series, "promql_expr_test": tests}]}


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    no_number = 0
    for begin in range(0, count, IN_A_FILE):
        quantile = chance.choice([0.95, 0.95, 0.5, 0.99, 0.0, 1.0, chance.random()])
        cases = list(enumerate(random_buckets(chance) for _ in range(min(IN_A_FILE, count - begin))))
        answers = answers_of(program, [(quantile, buckets) for _, buckets in cases])
        assert len(answers) == len(cases)
        no_number += sum(math.isnan(a) for a in answers)
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            json.dump(rule_test(quantile, cases, answers), file)
            file.flush()
            run = subprocess.run(["promtool", "test", "rules", file.name], capture_output=True, encoding="utf-8")
        if run.returncode != 0:
            sys.exit(f"quantile {quantile}: {(run.stdout + run.stderr)[:3000]}")
    print(f"{count} histograms ({no_number} without a quantile): all as promtool has them")


main()
