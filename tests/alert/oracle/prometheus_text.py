#!/usr/bin/python3
"""What pcx reads of Prometheus's text format against python3-prometheus-client and promtool.

usage: tests/alert/oracle/prometheus_text.py PROGRAM [COUNT [SEED]]     PROGRAM is alert_formats

The client reads sound texts as pcx does, label by label; it is lenient with others, where promtool (whose
parser is Prometheus's own, of Go) says what is taken: a hundredth of COUNT, a process each.
"""
import json
import math
import os
import random
import re
import subprocess
import sys

from prometheus_client.parser import text_string_to_metric_families

HAND_WRITTEN = [
    "", "\n", "# EOF\n", "#\n", "# HELP\n", "a 1\n", "a{} 1\n", "a{b=\"c\"} 1\n", "a{b=\"c\",} 1\n", "a 1 5\n",
    "a:b:c 1\n", ":a 1\n", "a NaN\n", "a +Inf\n", "a -Inf\n", "a\t1\n", " a  1 \n", "a{b=\"}\"} 1\n",
    "a{b=\"\\\\\\\"\\n\"} 1\n", "a{b=\"{,=# \"} 1\n", "a{b=\"\U0001f43eä\"} 1\n",
    # refused
    "a\n", "1a 1\n", "a 1", "a{b=\"c\" 1\n", "a{b='c'} 1\n", "a{b=\"c\"d=\"e\"} 1\n", "a{b} 1\n", "a{b=c} 1\n",
    "a 1 2 3\n", "a 1 x\n", "a x\n", "a 1e\n", "a --1\n", "a{b=\"c\",b=\"d\"} 1\n", "a{1=\"\"} 1\n", "a{,} 1\n",
    "a{b=\"c\",,} 1\n", "{b=\"c\"} 1\n", "a 1;\n", "a-b 1\n", "a 0x1p-2\n", "a 1_0\n", "a{b=\"\\t\"} 1\n", "a 1\r\n",
]


def name(chance, letters="abz_AZ"):
    return chance.choice(letters) + "".join(chance.choice(letters + "09") for _ in range(chance.randint(0, 6)))


def value(chance):
    return chance.choice([
        lambda: repr(chance.uniform(-1e6, 1e6)), lambda: str(chance.randint(-10**12, 10**12)),
        lambda: repr(chance.uniform(-1, 1) * 10.0 ** chance.randint(-300, 300)),
        lambda: chance.choice(["NaN", "+Inf", "-Inf", "0", "-0", "1e5", ".5", "5.", "1E-3"])])()


def label_value(chance):
    raw = "".join(chance.choice("ab \\\"\n{}=,#'ä\U0001f43e0") for _ in range(chance.randint(0, 8)))
    return raw.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def sample(chance):
    blank = lambda: chance.choice(["", "", " ", "\t"])  # noqa: E731
    names = sorted({name(chance) for _ in range(chance.randint(0, 4))})
    labels = [f"{n}{blank()}={blank()}\"{label_value(chance)}\"" for n in names]
    inside = f"{blank()},{blank()}".join(labels) + ("," if labels and chance.random() < 0.2 else "")
    braces = f"{{{inside}}}" if labels or chance.random() < 0.2 else ""
    timestamp = f" {chance.randint(-10**12, 10**13)}" if chance.random() < 0.2 else ""
    return f"{name(chance, 'abz_AZ:')}{braces} {value(chance)}{timestamp}\n"


def text(chance):
    others = ["\n", "# a comment\n", "#\n"]
    return "".join(chance.choice(others) if chance.random() < 0.2 else sample(chance)
                   for _ in range(chance.randint(0, 5)))


def broken(chance):
    """A text with one character removed, replaced or added."""
    whole = sample(chance) + sample(chance)
    at = chance.randrange(len(whole))
    put = "" if chance.random() < 0.4 else chance.choice("{}\"=,# \n\t\\a0.e-+:'")
    return whole[:at] + put + whole[at + chance.randint(0, 1):]


def same(left, right):
    return (math.isnan(left) and math.isnan(right)) or left == right


def client_samples(whole):
    # A family of the client gathers lines of one name that follow each other; their order stays.
    return [(s.name, {k: v for k, v in s.labels.items() if v != ""}, s.value)
            for family in text_string_to_metric_families(whole) for s in family.samples]


def client_fault(whole, answer):
    if "error" in answer:
        return f"refused: {answer['message']}"
    ours = [(n, labels, float(v)) for n, labels, v in answer["samples"]]
    theirs = client_samples(whole)
    is_same = len(ours) == len(theirs) and all(
        a[:2] == b[:2] and same(a[2], b[2]) for a, b in zip(ours, theirs))
    return None if is_same else f"{ours}, there {theirs}"


def promtool_takes(whole):
    """1: not parsed; 3: parsed, and something to complain about."""
    run = subprocess.run(["promtool", "check", "metrics"], input=whole.encode(), capture_output=True)
    return run.returncode != 1


def is_of_scraper(whole):
    """Prometheus's scraper (textparse) differs from promtool's library (expfmt): it reads no hexadecimal
    numbers, and does not mind blanks at the end of a line. pcx follows it."""
    return any(c in whole for c in "xXpP") or re.search("[ \\t]\n", whole) is not None


def ask(program, texts):
    run = subprocess.run([program, "metrics"], input="".join(json.dumps({"text": t}) + "\n" for t in texts),
                         capture_output=True, encoding="utf-8", check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    return [json.loads(line) for line in run.stdout.splitlines()[1:]]


def lint_health(program):
    """Names and helps of the health metrics, as Prometheus's linter wants them."""
    names = subprocess.run([program, "health"], capture_output=True, check=True).stdout
    assert names.count(b"# TYPE") > 30
    run = subprocess.run(["promtool", "check", "metrics"], input=names, capture_output=True)
    if run.returncode != 0 or run.stdout or run.stderr:
        sys.exit(f"promtool: {run.stdout.decode()}{run.stderr.decode()}")


def main():
    program = sys.argv[1]
    lint_health(program)
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    faults = []
    sound = [text(chance) for _ in range(count)]
    answers = ask(program, sound)
    assert len(answers) == len(sound)
    faults += [(t, f) for t, a in zip(sound, answers) if (f := client_fault(t, a))]

    doubtful = HAND_WRITTEN + sound[:count // 200] + [broken(chance) for _ in range(count // 100)]
    verdicts = [(t, "error" not in a, promtool_takes(t)) for t, a in zip(doubtful, ask(program, doubtful))]
    faults += [(t, f"{'taken' if ours else 'refused'}, by promtool not so") for t, ours, theirs in verdicts
               if ours != theirs and not is_of_scraper(t)]
    for whole, fault in faults[:10]:
        print(f"{whole!r}: {fault}")
    if faults:
        sys.exit(f"{len(faults)} texts differ")
    refused = sum(not ours for _, ours, _ in verdicts)
    print(f"{count} texts read as the client reads them; {len(verdicts)} judged as promtool does ({refused} refused)")


main()
