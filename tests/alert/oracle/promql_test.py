#!/usr/bin/python3
"""Expressions of rules in pcx and in Prometheus: promtool judges the answers of pcx.

usage: tests/alert/oracle/promql_test.py PROGRAM FOLDER [COUNT [SEED]]     PROGRAM is alert_expressions

1. COUNT random expressions over random series: pcx evaluates them, `promtool test rules` is told that this is
   what comes out. Both refuse the same ones. What has data (present()) is judged by an expression in which
   every comparison is put as if it held.
2. COUNT damaged expressions: pcx takes none that Prometheus refuses, its answers to the others are judged as
   well, and what pcx alone refuses it refuses for a reason that its contract has.
3. foreign_promql.txt: Prometheus takes them all, pcx none. wrong_promql.txt: neither takes any.

promtool compares numbers exactly, and NaN with nothing: where an answer has NaN, E == E is judged in place of E,
and E != bool E says where it is. A number that differs in its last digits (means in another order, powers) is
counted, not accepted beyond a relative 1e-9; remainders of powers are not asked for.
"""

import json
import math
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from random_promql import MINUTES, Generator, random, series  # noqa: E402

CASES_A_FILE = 250
TOLERANCE = 1e-9
RESTRICTIONS = ("is not among what pcx evaluates", "is missing behind", "nested deeper than", "is not UTF-8",
                "is no number of 64 bits", "an operand is missing before")
KEYWORDS = ("by", "offset", "and", "or", "unless", "without")
FAILURE = re.compile(r'^    expr: ("(?:[^"\\]|\\.)*"), time: ([^,]+), ?(?:err: (.*))?$')
SAMPLE = re.compile(r'(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}) (\S+?)(?:, |$)')


class Pcx:
    def __init__(self, program):
        self.program = program

    def answers(self, requests):
        text = "".join(json.dumps(request) + "\n" for request in requests)
        done = subprocess.run([self.program], input=text, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{self.program} ended with {done.returncode}: {done.stderr}")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(requests)
        return answers


def number(text):
    return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}.get(text, text)


def label_text(labels):
    inner = ", ".join(f"{name}={json.dumps(value)}" for name, value in labels.items() if name != "__name__")
    name = labels.get("__name__", "")
    return name + (f"{{{inner}}}" if inner or not name else "")


class TestFile:
    """A file of promtool's, and what it says about it."""

    def __init__(self, path, inputs):
        self.path, self.tests, self.must_fail = path, [], set()
        self.inputs = [f"  - {{series: {json.dumps(name)}, values: {json.dumps(' '.join(values))}}}"
                       for name, values in inputs]

    def expect(self, expression, minute, samples):
        """`samples`: [(labels, value)]; None: promtool fails to evaluate it."""
        marked = f"{expression} # {len(self.tests)}"
        if samples is None:
            self.must_fail.add(len(self.tests))
            samples = []
        listed = ", ".join(f"{{labels: {json.dumps(label_text(labels))}, value: {number(value)}}}"
                           for labels, value in samples)
        self.tests.append((marked, minute,
                           f"  - {{expr: {json.dumps(marked)}, eval_time: {minute}m, exp_samples: [{listed}]}}"))

    def judge(self):
        """{"differ": [...], "rounded": n}"""
        lines = ["evaluation_interval: 1m", "tests:", "- interval: 1m", "  input_series:", *self.inputs,
                 "  promql_expr_test:", *(line for _, _, line in self.tests)]
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run(["promtool", "test", "rules", self.path], capture_output=True, text=True, check=False)
        failures = self.failures(done.stdout + done.stderr)
        if done.returncode not in (0, 1) or (done.returncode == 1 and not failures):
            sys.exit(f"promtool ended with {done.returncode}: {done.stdout}{done.stderr}")
        verdict = {"differ": [], "rounded": 0}
        for index, (marked, minute, _) in enumerate(self.tests):
            failure = failures.pop(index, None)
            if index in self.must_fail:
                if failure is None or failure["err"] is None:
                    verdict["differ"].append(f"{marked!r} at {minute}m: pcx refuses, promtool says {failure}")
            elif failure is not None and is_rounded(failure):
                verdict["rounded"] += 1
            elif failure is not None:
                verdict["differ"].append(f"{marked!r} at {minute}m: {failure}")
        assert not failures, failures
        return verdict

    @staticmethod
    def failures(output):
        found, current = {}, None
        for line in output.splitlines():
            head = FAILURE.match(line)
            if head:
                index = int(unquoted(head[1]).rsplit("# ", 1)[1])
                current = found[index] = {"err": head[3], "exp": None, "got": None}
            elif current is not None and line.startswith("        exp: "):
                current["exp"] = line[13:]
            elif current is not None and line.startswith("        got: "):
                current["got"] = line[13:]
        return found


def unquoted(text):
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), text[1:-1])


def is_rounded(failure):
    if failure["err"] is not None:
        return False
    expected, got = (dict(SAMPLE.findall(failure[side] or "")) for side in ("exp", "got"))
    return expected.keys() == got.keys() and len(expected) > 0 and all(
        math.isclose(float(expected[key]), float(got[key]), rel_tol=TOLERANCE) for key in expected)


def expect_answer(file, expression, minute, answer):
    if "refused" in answer or "failed" in answer:
        file.expect(expression, minute, None)
        return
    if "number" in answer:
        if answer["number"] == "nan":
            file.expect(f"({expression}\n) != bool ({expression}\n)", minute, [({}, "1")])
        else:
            file.expect(expression, minute, [({}, answer["number"])])
        return
    samples = [(labels, value) for labels, value in answer["samples"]]
    if all(value != "nan" for _, value in samples):
        file.expect(expression, minute, samples)
        return
    bare = [tuple(item for item in labels.items() if item[0] != "__name__") for labels, _ in samples]
    if len(set(bare)) < len(bare):
        return  # E == E would match many to many
    file.expect(f"({expression}\n) == ({expression}\n)", minute, [each for each in samples if each[1] != "nan"])
    file.expect(f"({expression}\n) != bool ({expression}\n)", minute,
                [(dict(labels), "1" if value == "nan" else "0") for labels, (_, value) in zip(bare, samples)])


def expect_presence(file, tree, minute, answer):
    if "present" not in answer or "__name__" in tree.sure:
        return
    file.expect(f"count by (a, b, c, d) ({tree.held})", minute, [(labels, "1") for labels in answer["present"]])


def accepted_by_promtool(folder, expressions):
    """Whether each of them is one for `promtool check rules`."""
    path = folder / "rules.yml"
    rules = "\n".join(f"  - {{alert: A{index}, expr: {json.dumps(expression)}}}"
                      for index, expression in enumerate(expressions))
    path.write_text(f"groups:\n- name: g\n  rules:\n{rules}\n", encoding="utf-8")
    done = subprocess.run(["promtool", "check", "rules", path], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    wrong = {int(index) for index in re.findall(r'"A(\d+)": (?:could not parse|field)', said)}
    assert done.returncode in (0, 1, 3) and (done.returncode == 0) == (not wrong), said[:2000]
    return [index not in wrong for index in range(len(expressions))]


class Counts(dict):
    def add(self, name, more=1):
        self[name] = self.get(name, 0) + more


def kind_of(answer):
    for kind in ("refused", "failed", "number"):
        if kind in answer:
            return kind
    has_nan = any(value == "nan" for _, value in answer["samples"])
    return "samples with NaN" if has_nan else "samples" if answer["samples"] else "no samples"


def batches(count):
    return [min(CASES_A_FILE, count - start) for start in range(0, count, CASES_A_FILE)]


def judge_random(pcx, folder, count, rng, is_damaged, differences):
    counts = Counts()
    generator = Generator(rng)
    for size in batches(count):
        inputs = series(rng)
        trees = [generator.expression() for _ in range(size)]
        texts = [generator.damaged(tree.sure) if is_damaged else rng.choice((tree.text, tree.text, tree.sure))
                 for tree in trees]
        minutes = [rng.randrange(MINUTES + 4) for _ in trees]
        requests = [{"series": "\n".join(f"{name} {' '.join(values)}" for name, values in inputs)}]
        requests += [{"expr": text, "minute": minute} for text, minute in zip(texts, minutes)]
        answers = pcx.answers(requests)[1:]
        file = TestFile(folder / "test.yml", inputs)
        for tree, text, minute, answer in zip(trees, texts, minutes, answers):
            counts.add(kind_of(answer))
            if is_damaged and "refused" in answer:
                continue
            expect_answer(file, text, minute, answer)
            if text == tree.sure:
                expect_presence(file, tree, minute, answer)
        verdict = file.judge()
        counts.add("verdicts of promtool", len(file.tests))
        counts.add("rounded", verdict["rounded"])
        differences += verdict["differ"]
        if is_damaged:
            check_refused(folder, texts, answers, counts, differences)
    return counts


def check_refused(folder, texts, answers, counts, differences):
    refused = [(text, answer["refused"]) for text, answer in zip(texts, answers) if "refused" in answer]
    for (text, why), accepted in zip(refused, accepted_by_promtool(folder, [text for text, _ in refused])):
        if not accepted:
            counts.add("refused by both")
            continue
        counts.add("refused by pcx alone")
        word = re.search(r'before "(\w+)"', why)
        is_operand = "an operand is missing" in why
        if not any(phrase in why for phrase in RESTRICTIONS) or (
                is_operand and (word is None or word[1].lower() not in KEYWORDS)):
            differences.append(f"{text!r}: promtool takes it, pcx says {why}")


def lines_of(name):
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def judge_lists(pcx, folder, differences):
    counts = Counts()
    for name, is_promql in (("foreign_promql.txt", True), ("wrong_promql.txt", False)):
        texts = lines_of(name)
        answers = pcx.answers([{"expr": text, "minute": 0} for text in texts])
        for text, answer, accepted in zip(texts, answers, accepted_by_promtool(folder, texts)):
            counts.add(name)
            if "refused" not in answer or answer["column"] < 1:
                differences.append(f"{text!r}: pcx says {answer}")
            if accepted != is_promql:
                differences.append(f"{text!r} is in {name}, but promtool says {accepted}")
    return counts


def main():
    if len(sys.argv) not in (3, 4, 5):
        sys.exit(__doc__)
    if shutil.which("promtool") is None:
        sys.exit("needs promtool: run scripts/setup --tests")
    folder = pathlib.Path(sys.argv[2])
    count, seed = (int(word) for word in (sys.argv[3:] + ["1000", "1"][len(sys.argv) - 3:]))
    folder.mkdir(parents=True, exist_ok=True)
    pcx, rng, differences = Pcx(sys.argv[1]), random.Random(seed), []
    for title, counts in (("random", judge_random(pcx, folder, count, rng, False, differences)),
                          ("damaged", judge_random(pcx, folder, count, rng, True, differences)),
                          ("lists", judge_lists(pcx, folder, differences))):
        print(f"{title}: " + ", ".join(f"{name} {number}" for name, number in sorted(counts.items())))
    for difference in differences[:20]:
        print(f"differs: {difference}")
    sys.exit(f"{len(differences)} differences" if differences else 0)


if __name__ == "__main__":
    main()
