"""Random series and expressions of the part of PromQL that pcx evaluates, and damaged ones."""

import random
import re

LABELS = {"a": ("1", "2", "3"), "b": ("p", "q"), "c": ("north",)}
SCHEMAS = {"m0": (), "m1": ("a",), "pcx_m2:5m": ("a", "b"), "m3": ("b",), "m4": ("a",), "m5": ("a", "b"), "m6": ()}
METRICS = tuple(SCHEMAS)
MINUTES = 20
PATTERNS = ("1|2", ".*", ".+", "", "[12]", "p.*", "(?i)P", "north", "[^1]", "1")
NUMBERS = ("0", "1", "-1", "2", "3", "0.5", ".25", "60", "120", "-60", "1e2", "0x3c", "010", "Inf", "NaN", "600")
DURATIONS = ("1m", "2m", "5m", "90s", "1m30s", "10m", "1h")
COMPARISONS = ("==", "!=", ">", ">=", "<", "<=")
ARITHMETIC = ("+", "-", "*", "/", "%", "^")
SETS = ("and", "or", "unless", "AND", "Or", "unLESS")
AGGREGATIONS = ("sum", "avg", "min", "max", "count")
TOKEN = re.compile(r"\s*(\"[^\"]*\"|'[^']*'|`[^`]*`|[a-zA-Z_:][\w:]*|[0-9.][\w.]*|[=!<>]=|[=!]~|\S)")
STRANGE = ("rate", "on", "ignoring", "group_left", "without", "by", "bool", "offset", "5m", "[", "]", "@", "{", "}",
           "(", ")", ",", "=", "==", "=~", "!", "topk", "'x'", "`y`", "atan2", "sum", "abs", "m0", "1", "-", "^", "#",
           "start", "\n", "and", "vector", "absent", "m1{}", "5m:1m", ";", "é", "1e", "0x", "nan", "__name__")


def values(rng):
    """Multiples of 60: sums and averages of six of them are exact, in whatever order."""
    kind = rng.random()
    found = []
    while len(found) < MINUTES:
        dice = rng.random()
        if dice < 0.08:
            found += ["_"] * rng.choice((1, 2, 7))
        elif dice < 0.14:
            found.append("stale")
        elif dice < (0.45 if kind < 0.15 else 0.2):
            found.append(rng.choice(("NaN", "NaN", "Inf", "-Inf", "0")))
        else:
            found.append(str(60 * rng.randint(-10, 10)))
    return found[:MINUTES]


def series(rng):
    """[(selector, values)]: some label sets of each metric; names of their own for one metric."""
    found = []
    for metric, schema in SCHEMAS.items():
        sets = [{}]
        for label in schema:
            sets = [{**labels, label: value} for labels in sets for value in LABELS[label]]
        if rng.random() < 0.3:
            sets.append({"c": "north"})
        for labels in sets:
            if rng.random() < 0.15:
                continue
            inner = ",".join(f'{name}="{value}"' for name, value in labels.items())
            found.append((metric + (f"{{{inner}}}" if inner else ""), values(rng)))
    return found


def is_exact(text):
    """Go's powers differ from C's in the last digit; a remainder of a large one makes all digits of it."""
    return not ("^" in text and "%" in text)


class Tree:
    """text: as written; sure: with every parenthesis; held: as if every comparison held, None for numbers."""

    def __init__(self, text, sure=None, held=None, is_vector=True, is_selector=False):
        self.text, self.sure, self.held = text, sure or text, held or sure or text
        self.is_vector, self.is_selector = is_vector, is_selector


class Generator:
    def __init__(self, rng):
        self.rng, self.metrics = rng, METRICS

    def blank(self):
        return self.rng.choice(("", " ", " ", " ", "  ", "\n", "\t", " # why\n"))

    def maybe(self, text):
        """Without parentheses often: what binds how is Prometheus's business."""
        return text if self.rng.random() < 0.55 else f"({self.blank()}{text}{self.blank()})"

    def matcher(self):
        label = self.rng.choice("aabbc")
        op = self.rng.choice(("=", "=", "!=", "=~", "!~"))
        if op in ("=", "!="):
            value = self.rng.choice((*LABELS[label], "", "9"))
        else:
            value = self.rng.choice(PATTERNS)
        quote = self.rng.choice("\"'`")
        return f"{label}{self.blank()}{op}{self.blank()}{quote}{value}{quote}"

    def selector(self):
        text = self.rng.choice(self.metrics) if self.rng.random() < 0.95 else "missing"
        if self.rng.random() < 0.3:
            inner = ",".join(self.matcher() for _ in range(self.rng.choice((0, 1, 1, 2, 3))))
            if inner and self.rng.random() < 0.1:
                inner += ","
            text += f"{{{inner}}}"
        if self.rng.random() < 0.2:
            text += f" {self.rng.choice(('offset', 'OFFSET'))} {self.rng.choice(DURATIONS)}"
        return Tree(text, is_selector=True)

    def number(self, depth):
        dice = self.rng.random()
        if depth <= 0 or dice < 0.6:
            text = self.rng.choice(NUMBERS)
            return Tree(text, is_vector=False)
        if dice < 0.7:
            inner = self.number(depth - 1)
            return Tree("-" + self.maybe(inner.text), f"(-({inner.sure}))", is_vector=False)
        left, right = self.number(depth - 1), self.number(depth - 1)
        op = self.rng.choice(ARITHMETIC) if dice < 0.9 else self.rng.choice(COMPARISONS) + " bool"
        return Tree(f"{self.maybe(left.text)} {op} {self.maybe(right.text)}",
                    f"(({left.sure}) {op} ({right.sure}))", is_vector=False)

    def vector(self, depth):
        if depth <= 0:
            return self.selector()
        make = self.rng.choices((self.selector, self.signed, self.arithmetic, self.comparison, self.set, self.grouped,
                                 self.absolute, self.absent), (10, 6, 18, 24, 16, 20, 6, 6))[0]
        return make() if make == self.selector else make(depth)

    def signed(self, depth):
        sign, inner = self.rng.choice("--+"), self.vector(depth - 1)
        return Tree(sign + self.maybe(inner.text), f"({sign}({inner.sure}))", f"({sign}({inner.held}))")

    def sides(self, depth):
        """Two sides, one of them a vector."""
        dice = self.rng.random()
        if dice < 0.4:
            return self.vector(depth - 1), self.number(depth - 2)
        if dice < 0.6:
            return self.number(depth - 2), self.vector(depth - 1)
        return self.vector(depth - 1), self.vector(depth - 1)

    def infix(self, left, op, right):
        text = f"{self.maybe(left.text)}{self.blank()} {op} {self.blank()}{self.maybe(right.text)}"
        return text, f"(({left.sure}) {op} ({right.sure}))"

    def arithmetic(self, depth):
        left, right = self.sides(depth)
        op = self.rng.choice(ARITHMETIC)
        text, sure = self.infix(left, op, right)
        return Tree(text, sure, f"(({left.held}) {op} ({right.held}))")

    def comparison(self, depth):
        left, right = self.sides(depth)
        op = self.rng.choice(COMPARISONS)
        if self.rng.random() < 0.25:
            op += self.rng.choice((" bool", " BOOL"))
            text, sure = self.infix(left, op, right)
            return Tree(text, sure, f"(({left.held}) {op} ({right.held}))")
        text, sure = self.infix(left, op, right)
        if left.is_vector and right.is_vector:
            return Tree(text, sure, f"(({left.held}) and ({right.held}))")
        return Tree(text, sure, left.held if left.is_vector else right.held)

    def set(self, depth):
        left, right = self.vector(depth - 1), self.vector(depth - 1)
        op = self.rng.choice(SETS)
        text, sure = self.infix(left, op, right)
        held = left.held if op.lower() == "unless" else f"(({left.held}) {op} ({right.held}))"
        return Tree(text, sure, held)

    def named_alone(self):
        """Samples of several metrics, which only their names tell apart: not to be calculated with."""
        metrics = self.rng.sample(METRICS, 3)
        text = f"sum by (__name__) ({' or '.join(metrics)})"
        return Tree(text)

    def grouped(self, depth):
        if self.rng.random() < 0.08:
            return self.named_alone()
        inner = self.vector(depth - 1)
        name = self.rng.choice(AGGREGATIONS)
        name = name.upper() if self.rng.random() < 0.1 else name
        labels = self.rng.sample(("a", "b", "c", "d"), self.rng.choice((0, 1, 1, 2)))
        if self.rng.random() < 0.08:
            labels.append("__name__")
        by = f" by ({', '.join(labels)}{',' if labels and self.rng.random() < 0.1 else ''})"
        dice = self.rng.random()
        if dice < 0.3:
            by = ""
        front, back = (by, "") if dice < 0.7 else ("", by)
        return Tree(*(f"{name}{front} ({part}){back}" for part in (inner.text, inner.sure, inner.held)))

    def absolute(self, depth):
        inner = self.vector(depth - 1)
        return Tree(*(f"abs({part})" for part in (inner.text, inner.sure, inner.held)))

    def absent(self, depth):
        inner = self.selector() if self.rng.random() < 0.7 else self.vector(depth - 1)
        # What is never there, with the matchers of a selector: absent() of it is always true.
        held = re.sub(r"^[\w:]+", "missing", inner.text)
        return Tree(f"absent({inner.text})", f"absent({inner.sure})",
                    f"absent({held if inner.is_selector else '-missing'})")

    def expression(self):
        """Mostly of metrics with the same labels: others have no pairs."""
        like = SCHEMAS[self.rng.choice(METRICS)]
        alike = tuple(metric for metric in METRICS if SCHEMAS[metric] == like)
        self.metrics = alike if self.rng.random() < 0.8 else METRICS
        depth = self.rng.choice((1, 2, 2, 3, 3, 4, 5))
        tree = self.number(depth) if self.rng.random() < 0.06 else self.vector(depth)
        return tree if is_exact(tree.sure) else self.expression()

    def damaged(self, text):
        """Some tokens changed: few of these are expressions."""
        damaged = self.damage(text)
        return damaged if is_exact(damaged) else self.damaged(text)

    def damage(self, text):
        tokens = TOKEN.findall(re.sub(r"#.*", "", text)) or ["m0"]
        for _ in range(self.rng.choice((1, 1, 1, 1, 2))):
            at = self.rng.randrange(len(tokens))
            dice = self.rng.random()
            if dice < 0.25 and len(tokens) > 1:
                del tokens[at]
            elif dice < 0.4:
                tokens.insert(at, tokens[self.rng.randrange(len(tokens))])
            elif dice < 0.6:
                tokens.insert(at, self.rng.choice(STRANGE))
            elif dice < 0.85:
                tokens[at] = self.rng.choice(STRANGE)
            else:
                other = self.rng.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
        return self.rng.choice((" ", " ", "")).join(tokens)
