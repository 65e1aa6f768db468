#!/usr/bin/python3
"""Ranges and performance data of pcx against python3-nagiosplugin's, under a locale with decimal commas.

usage: tests/alert/oracle/nagios_plugin.py PROGRAM [COUNT [SEED]]     PROGRAM is alert_formats

The locale is made in a temporary folder (localedef, LOCPATH): nothing is installed.
"""
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
from decimal import Decimal

import nagiosplugin
from nagiosplugin.performance import Performance

LOCALE = "de_DE.UTF-8"


def comma_environment(folder):
    made = os.path.join(folder, LOCALE)
    subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", made], check=True, stdout=subprocess.DEVNULL)
    return {"LOCPATH": folder, "LC_ALL": LOCALE, "PATH": os.environ["PATH"]}


def ask(program, what, questions, environment):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    run = subprocess.run([program, what], input=text, capture_output=True, encoding="utf-8", env=environment)
    if run.returncode != 0:
        sys.exit(f"{program} {what} ended with {run.returncode}: {run.stderr}")
    lines = run.stdout.splitlines()
    if lines[0] != ",":
        sys.exit(f"the locale has a decimal point {lines[0]!r}, not a comma: nothing would be shown")
    return [json.loads(line) for line in lines[1:]]


def fixed(value):
    """The fewest digits, no exponent."""
    text = format(Decimal(repr(float(value))), "f")
    text = re.sub(r"\.?0+$", "", text) if "." in text else text
    return "0" if text == "-0" else text


def random_number(chance):
    return chance.choice([
        lambda: str(chance.randint(0, 100)),
        lambda: str(chance.randint(-10**15, 10**15)),
        lambda: repr(round(chance.uniform(-100, 100), chance.randint(1, 6))),
        lambda: fixed(chance.uniform(-1, 1) * 10.0 ** chance.randint(-12, 14)),
        lambda: "%s%d.%de%d" % (chance.choice(["", "+", "-"]), chance.randint(0, 9), chance.randint(0, 99),
                                chance.randint(-300, 300)),
        lambda: chance.choice(["0", "-0", "-0.0", ".5", "5.", "007", " 7 ", "1_000", "1_0.2_5", "+3"]),
    ])()


def random_range(chance):
    if chance.random() < 0.25:
        return "".join(chance.choice("0123456789.:~@-+eE_ ,") for _ in range(chance.randint(0, 9)))
    start = chance.choice(["", "~:", ":", random_number(chance) + ":"])
    end = chance.choice(["", random_number(chance), random_number(chance)])
    return chance.choice(["", "@"]) + start + end


def numbers_in(text):
    for piece in re.split("[@:~]", text):
        try:
            yield float(piece)
        except ValueError:
            continue


def random_values(chance, text):
    values = [math.inf, -math.inf, math.nan, 0.0, chance.uniform(-1000, 1000)]
    for near in numbers_in(text):
        values += [near, math.nextafter(near, math.inf), math.nextafter(near, -math.inf)]
    return values


def expected_range(text):
    try:
        return nagiosplugin.Range(text)
    except ValueError:
        return None


def is_beyond_doubles(text):
    """Python turns them into infinity or zero; pcx refuses."""
    plain = text.replace("_", "")
    pieces = [piece for piece in re.split("[@:~]", plain) if "." in piece]
    for piece in pieces:
        try:
            value = float(piece)
        except ValueError:
            continue
        if math.isinf(value) or (value == 0 and re.search("[1-9]", re.split("[eE]", piece)[0])):
            return True
    return False


def range_fault(question, answer):
    text, ours, theirs = question["range"], answer, expected_range(question["range"])
    if is_beyond_doubles(text):
        return None if "error" in ours else "a number beyond doubles is taken"
    if theirs is None:
        return None if ours.get("error") == "data" else f"taken as {ours}, refused there"
    if "error" in ours:
        return f"refused ({ours['message']}), taken there as {theirs!r}"
    again = nagiosplugin.Range(ours["text"])
    for seen in ((ours["inverted"], float(ours["start"]), float(ours["end"])),
                 (again.invert, float(again.start), float(again.end))):
        if seen != (theirs.invert, float(theirs.start), float(theirs.end)):
            return f"{seen}, there {tuple(theirs)}"
    if re.search("[eE,]", ours["text"]):
        return f"written as {ours['text']}"
    alerts = [not theirs.match(float(value)) for value in question["values"]]
    return None if alerts == ours["alerts"] else f"alerts {ours['alerts']}, there {alerts}"


def random_perfdata(chance):
    def some_number():
        return repr(chance.choice([chance.uniform(-1e3, 1e3), chance.uniform(-1, 1) * 10.0 ** chance.randint(-300, 300),
                                   float(chance.randint(-10**6, 10**15)), 0.0, -0.0, 1e5, 5e-324, 1.7976931348623157e308]))

    def some_range():
        while True:
            text = random_range(chance)
            if expected_range(text) is not None and " " not in text:
                return text

    letters = "abcXYZ_019 /:.,;-%ä€\U0001f43e"
    return {"label": "".join(chance.choice(letters) for _ in range(chance.randint(0, 12))),
            "value": chance.choice(["", "nan", "inf"]) if chance.random() < 0.05 else some_number(),
            "warning": some_range() if chance.random() < 0.6 else "",
            "critical": some_range() if chance.random() < 0.6 else ""}


def perfdata_fault(question, answer):
    is_known = question["value"] not in ("", "nan", "inf")
    label = question["label"]
    theirs = str(Performance(label, fixed(question["value"]) if is_known else "U", "",
                             question["warning"], question["critical"]))
    if re.fullmatch(r"\w+", label) and not label.isascii():  # quoted here: not every reader knows such letters
        theirs = f"'{label}'" + theirs[len(label):]
    if answer["text"] == theirs:
        return None
    # Where doubles are further apart than 1, Decimal pads with zeros, to_chars with the real digits.
    number = r"-?[0-9]+(?:\.[0-9]+)?"
    ours_numbers, theirs_numbers = re.findall(number, answer["text"]), re.findall(number, theirs)
    same = [float(n) for n in ours_numbers] == [float(n) for n in theirs_numbers]
    shape_is_same = re.sub(number, "N", answer["text"]) == re.sub(number, "N", theirs)
    is_large = any(abs(float(n)) >= 2**53 for n in theirs_numbers)
    return None if same and shape_is_same and is_large else f"{answer['text']}, there {theirs}"


def compare(what, questions, answers, fault_of):
    if len(questions) != len(answers):
        sys.exit(f"{what}: {len(answers)} answers to {len(questions)} questions")
    faults = [(q, f) for q, a in zip(questions, answers) if (f := fault_of(q, a))]
    for question, fault in faults[:10]:
        print(f"{what}: {question}: {fault}")
    if faults:
        sys.exit(f"{what}: {len(faults)} of {len(questions)} differ")


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    with tempfile.TemporaryDirectory() as folder:
        environment = comma_environment(folder)
        ranges = [{"range": text, "values": [repr(v) for v in random_values(chance, text)]}
                  for text in (random_range(chance) for _ in range(count))]
        answers = ask(program, "ranges", ranges, environment)
        compare("ranges", ranges, answers, range_fault)
        perfdata = [random_perfdata(chance) for _ in range(count)]
        compare("perfdata", perfdata, ask(program, "perfdata", perfdata, environment), perfdata_fault)
    refused = sum("error" in answer for answer in answers)
    values = sum(len(a["alerts"]) for a in answers if "alerts" in a)
    print(f"{count} ranges ({refused} refused by both) with {values} values, {count} performance data: all equal")


main()
