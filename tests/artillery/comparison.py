"""Whether two clients sent the same, and reported the same.

What HTTP leaves free is taken for equal; README.md has the table of it, with reasons. Whatever else
differs is told in a line.
"""

import dataclasses
import email.parser
import email.policy
import json
import re
from collections import Counter
from collections.abc import Iterable

from recording_server import Request

# Said by the length of what is compared itself, or about the connection alone.
FRAMING = ("content-length", "transfer-encoding", "connection", "keep-alive")
# pcx's own names in a report.
OWN = re.compile(r"^pcx(\.|$)")


@dataclasses.dataclass(frozen=True)
class Plain:
    """A request without what HTTP leaves free."""

    line: str
    headers: tuple[tuple[str, str], ...]
    body: str
    length: str


class Plainer:
    """Makes requests of one server comparable with those of another."""

    def __init__(self, port: int, drawn: Iterable[re.Pattern]):
        self._own = re.compile(rf"\b127\.0\.0\.1(:|%3A){port}\b", re.IGNORECASE)
        self._drawn = list(drawn)

    def text(self, text: str) -> str:
        text = self._own.sub("TARGET", text)
        for number, pattern in enumerate(self._drawn, 1):
            text = pattern.sub(f"<{number}>", text)
        return text

    def request(self, request: Request) -> Plain:
        headers = sorted((name.lower(), self.header(name.lower(), value))
                         for name, value in request.headers if name.lower() not in FRAMING)
        line = self.text(f"{request.method} {request.target}")
        return Plain(line, tuple(headers), self.text(body_of(request)), length_of(request))

    def header(self, name: str, value: str) -> str:
        if name == "accept-encoding":
            return ", ".join(sorted(value.replace(" ", "").split(",")))
        if name == "content-type" and value.startswith("multipart/"):
            return re.sub(r"boundary=\S+", "boundary=...", value)
        return self.text(value)


def length_of(request: Request) -> str:
    """How the body's end was told; in pieces is as good as by number."""
    if request.header("transfer-encoding") == "chunked":
        return "told"
    return "told" if request.header("content-length") is not None else "not told"


def body_of(request: Request) -> str:
    kind = request.header("content-type") or ""
    if not kind.startswith("multipart/"):
        return request.body.decode("utf-8", "backslashreplace")
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    parts = []
    for part in message.iter_parts():
        headers = sorted((name.lower(), value) for name, value in part.items())
        parts.append([headers, part.get_payload(decode=True).decode("utf-8", "backslashreplace")])
    return json.dumps(parts, ensure_ascii=False)


# --- requests

def users_of(requests: list[Request], plainer: Plainer, is_one: bool,
             left_out: Iterable[re.Pattern] = ()) -> list[list[Plain]]:
    """What each user sent, in order; the users by what they sent.

    A user is a connection, unless its requests carry an x-user or all are of one.
    """
    users: dict[object, list[Plain]] = {}
    for request in requests:
        plain = plainer.request(request)
        if any(pattern.fullmatch(plain.line) for pattern in left_out):
            continue
        key = "all" if is_one else request.header("x-user") or request.connection
        users.setdefault(key, []).append(plain)
    return sorted(users.values(), key=repr)


def differences_of_users(theirs: list[list[Plain]], ours: list[list[Plain]]) -> list[str]:
    """One line each, once; both in the order of users_of()."""
    if len(theirs) != len(ours):
        return [f"users: {len(theirs)} != {len(ours)}"]
    found: list[str] = []
    for their_requests, our_requests in zip(theirs, ours):
        found += differences_of_requests(their_requests, our_requests)
    return list(dict.fromkeys(found))


def differences_of_requests(theirs: list[Plain], ours: list[Plain]) -> list[str]:
    found = []
    for their, our in zip(theirs, ours):
        if their.line != our.line:
            return [*found, f"{their.line} != {our.line}"]
        found += [f"{their.line}: {what}" for what in differences_of_request(their, our)]
    if len(theirs) > len(ours):
        found.append(f"{theirs[len(ours)].line} != nothing")
    elif len(ours) > len(theirs):
        found.append(f"nothing != {ours[len(theirs)].line}")
    return found


def differences_of_request(their: Plain, our: Plain) -> list[str]:
    found = []
    their_only = Counter(their.headers) - Counter(our.headers)
    our_only = Counter(our.headers) - Counter(their.headers)
    for name in sorted({name for name, _ in (their_only | our_only)}):
        values = [[value for key, value in side.elements() if key == name]
                  for side in (their_only, our_only)]
        found.append(f"{name} " + " != ".join(", ".join(one) or "nothing" for one in values))
    if their.body != our.body:
        found.append(f"body {their.body} != {our.body}")
    if their.length != our.length:
        found.append(f"length {their.length} != {our.length}")
    return found


# --- reports

def shape_of(value: object) -> object:
    """Names and types, at every level; what is in a list is the same for all of it."""
    if isinstance(value, dict):
        return {key: shape_of(item) for key, item in value.items() if not OWN.match(key)}
    if isinstance(value, list):
        merged: object = None
        for item in value:
            merged = merge_shapes(merged, shape_of(item))
        return [merged]
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return "null" if value is None else "text"


def merge_shapes(one: object, two: object) -> object:
    """Periods begin at every tenth second: what is in one may be in the next of another run."""
    if isinstance(one, dict) and isinstance(two, dict):
        return {key: merge_shapes(one.get(key), two.get(key)) for key in {**one, **two}}
    if one is None or one == two:
        return two
    return one if two is None else f"{one} or {two}"


def differences_of_shapes(theirs: object, ours: object, place: str = "report") -> list[str]:
    if isinstance(theirs, list) and isinstance(ours, list):
        return differences_of_shapes(theirs[0], ours[0], f"{place}[]")
    if not isinstance(theirs, dict) or not isinstance(ours, dict):
        return [] if theirs == ours else [f"{place}: {theirs} != {ours}"]
    found = []
    for key in sorted({**theirs, **ours}):
        if key not in ours:
            found.append(f"{place}: only theirs has {key}")
        elif key not in theirs:
            found.append(f"{place}: only ours has {key}")
        else:
            found += differences_of_shapes(theirs[key], ours[key], f"{place}.{key}")
    return found


def without(report: object, uncounted: Iterable[re.Pattern]) -> object:
    """Without members that depend on chance."""
    if isinstance(report, dict):
        return {key: without(value, uncounted) for key, value in report.items()
                if not any(pattern.fullmatch(key) for pattern in uncounted)}
    return [without(item, uncounted) for item in report] if isinstance(report, list) else report


def counts_of(report: dict) -> dict[str, int]:
    aggregate = report["aggregate"]
    counts = dict(aggregate["counters"])
    counts |= {f"{name}.count": value["count"] for name, value in aggregate["summaries"].items()}
    return {name: count for name, count in counts.items() if not OWN.match(name)}


def differences_of_reports(theirs: dict, ours: dict, plainers: tuple[Plainer, Plainer],
                           uncounted: Iterable[re.Pattern] = ()) -> list[str]:
    theirs, ours = (plain_names(without(report, uncounted), plainer)
                    for report, plainer in zip((theirs, ours), plainers))
    found = differences_of_shapes(shape_of(theirs), shape_of(ours))
    their_counts, our_counts = counts_of(theirs), counts_of(ours)
    for name in sorted(their_counts.keys() & our_counts.keys()):
        if their_counts[name] != our_counts[name]:
            found.append(f"{name}: {their_counts[name]} != {our_counts[name]}")
    return found


def plain_names(report: object, plainer: Plainer) -> object:
    if isinstance(report, dict):
        return {plainer.text(key): plain_names(value, plainer) for key, value in report.items()}
    return [plain_names(item, plainer) for item in report] if isinstance(report, list) else report
