"""What the recording server answers: to scripts of tests/data/load/artillery, and as the API."""

import gzip
import json
import pathlib
import re
import zlib

from recording_server import Answer, Answers, Request

RECORDINGS = "load/api-recordings.jsonl"

DOCUMENT = {
    "id": 7, "word": "w", "zero": 0, "no": False, "nothing": None, "blank": "", "ratio": 0.5,
    "user": {"name": "Ada", "tags": ["a", "b"], "more": {"deep": "d"}},
    "list": [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}],
}
JSON = ("Content-Type", "application/json; charset=utf-8")
PLAIN = ("Content-Type", "text/plain")
SEEN = (("X-Request-Id", "r-1"), ("X-Cache", "HIT from here"), ("X-Upper", "Case"))


def as_json(value: object, *headers: tuple[str, str], **more) -> Answer:
    return Answer(headers=(JSON, *headers), body=json.dumps(value).encode(), **more)


def redirect(status: int, location: str, *headers: tuple[str, str]) -> Answer:
    return Answer(status, (("Location", location), *headers), b"elsewhere")


def compressed(encoding: str, body: bytes) -> Answer:
    return Answer(headers=(JSON, ("Content-Encoding", encoding)), body=body)


def cookies(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple(("Set-Cookie", value) for value in values)


SET = cookies("session=s-1; Path=/; HttpOnly", "theme=dark; Max-Age=3600", "below=b; Path=/path",
              "gone=g; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
DELETE = cookies("session=; Path=/; Max-Age=0", "theme=; Expires=Thu, 01 Jan 1970 00:00:00 GMT")

FIXED = {
    "/json": as_json(DOCUMENT, *SEEN),
    "/text": Answer(headers=(PLAIN,), body=b"order=4711; state=open; csrf='Xy-12'; order=2"),
    "/login": as_json({"token": "t0k3n"}),
    "/bad-json": Answer(headers=(JSON,), body=b'{"id": 7,'),
    "/gzip": compressed("gzip", gzip.compress(b'{"word": "zipped"}')),
    "/deflate": compressed("deflate", zlib.compress(b'{"word": "deflated"}')),
    "/br": compressed("br", bytes.fromhex("0b06807b22776f7264223a226272227d03")),
    "/zstd": compressed("zstd", bytes.fromhex("28b52ffd200f7900007b22776f7264223a227a737464227d")),
    "/chunked": as_json({"word": "in-pieces"}, framing="chunked"),
    "/until-closed": as_json({"word": "to-the-end"}, framing="close"),
    "/cut": as_json(DOCUMENT, framing="cut"),
    "/reset": Answer(resets=True),
    "/hang": Answer(after_s=3600),
    "/timed": as_json({}, ("Server-Timing", "db;dur=5, total;dur=12.5")),
    "/cookies/set": as_json({}, *SET),
    "/cookies/foreign": as_json({}, *cookies("a=1; Domain=example.org", "b=2")),
    "/cookies/delete": as_json({}, *DELETE),
    "/cookies/redirect": redirect(302, "/landed", *cookies("hop=h; Path=/")),
    "/redirect-loop": redirect(302, "/redirect-loop"),
    "/hops/0": as_json({"hops": 1}),
    "/hops/1/relative": redirect(302, "../0"),
}


def to_scripts(request: Request) -> Answer:
    path = request.target.partition("?")[0]
    if path in FIXED:
        return FIXED[path]
    if number := re.fullmatch(r"/redirect/(\d+)", path):
        return redirect(int(number[1]), f"/landed/{number[1]}")
    if number := re.fullmatch(r"/hops/(\d+)", path):
        return redirect(302, f"/hops/{int(number[1]) - 1}")
    if number := re.fullmatch(r"/status/(\d+)", path):
        return Answer(int(number[1]), (JSON,), b'{"status": "so"}')
    if number := re.fullmatch(r"/slow/(\d+)", path):
        return as_json({"slow": int(number[1])}, after_s=int(number[1]) / 1000)
    return as_json({"ok": True})


def recorded_api(recordings: pathlib.Path, checks: bool) -> Answers:
    """As the API answered when it was recorded, to whatever patient is asked for.

    With `checks` it wants a token and all that a patient needs, as the API does; without it takes
    what it is given. A patient is updated and deleted as clients were when that was recorded.
    """
    lines = [json.loads(line) for line in recordings.read_text().splitlines()]
    by_note = {line["note"]: line for line in lines}

    def answer_of(note: str) -> Answer:
        line = by_note[note]
        said = json.dumps(line["response"], ensure_ascii=False) if line["response"] else ""
        return Answer(line["status"], tuple(line["headers"].items()), said.encode())

    notes = {"POST": "patient, ISO", "GET": "patient with nested medicalRecords",
             "PUT": "update client", "DELETE": "delete client (status)"}
    needed = set(by_note["patient, ISO"]["body"])

    def answer(request: Request) -> Answer:
        if not request.target.startswith("/api/v1/patients"):
            return answer_of("404 outside api prefix")
        if checks and not request.header("authorization"):
            return answer_of("401 no token")
        if checks and request.method == "POST" and needed - set(json.loads(request.body)):
            return answer_of("400 missing fields")
        return answer_of(notes[request.method])

    return answer


def answers_named(name: str, data: pathlib.Path) -> Answers:
    if name == "scripts":
        return to_scripts
    return recorded_api(data / RECORDINGS, checks={"api": True, "api_without_checks": False}[name])
