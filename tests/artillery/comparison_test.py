#!/usr/bin/python3 -B
"""That the comparison sees what differs, and that the server records what was sent."""

import http.client
import pathlib
import re
import tempfile
import unittest

from answers import to_scripts
from comparison import (Plainer, differences_of_reports, differences_of_users, users_of)
from recording_server import RecordingServer, Request
from table import read_table
from tools import HERE, SCRIPTS

PORT = 4000
HOST = ("Host", f"127.0.0.1:{PORT}")


def request(line: str = "GET /a", *headers: tuple[str, str], body: bytes = b"",
            connection: int = 0) -> Request:
    method, target = line.split(" ", 1)
    return Request(connection, method, target, (HOST, *headers), body)


def differ(theirs: list[Request], ours: list[Request], drawn: tuple[str, ...] = (),
           is_one: bool = True) -> list[str]:
    plainer = Plainer(PORT, [re.compile(pattern) for pattern in drawn])
    return differences_of_users(users_of(theirs, plainer, is_one), users_of(ours, plainer, is_one))


class Requests(unittest.TestCase):
    def test_differences_are_told(self) -> None:
        sent = request("POST /a", ("X-A", "1"), ("Content-Length", "1"), body=b"x")
        for other, told in (
                (request("PUT /a", *sent.headers[1:], body=b"x"), "POST /a != PUT /a"),
                (request("POST /b", *sent.headers[1:], body=b"x"), "POST /a != POST /b"),
                (request("POST /a", ("x-a", "2"), ("Content-Length", "1"), body=b"x"),
                 "POST /a: x-a 1 != 2"),
                (request("POST /a", ("Content-Length", "1"), body=b"x"),
                 "POST /a: x-a 1 != nothing"),
                (request("POST /a", *sent.headers[1:], body=b"y"), "POST /a: body x != y"),
                (request("POST /a", ("X-A", "1"), body=b"x"), "POST /a: length told != not told")):
            self.assertEqual(differ([sent], [other]), [told])

    def test_order_and_number_of_requests_count(self) -> None:
        one, two = request("GET /1"), request("GET /2")
        self.assertEqual(differ([one, two], [two, one]), ["GET /1 != GET /2"])
        self.assertEqual(differ([one, two], [one]), ["GET /2 != nothing"])
        self.assertEqual(differ([one], [one, two]), ["nothing != GET /2"])

    def test_order_of_users_does_not(self) -> None:
        theirs = [request("GET /1", connection=0), request("GET /2", connection=1)]
        ours = [request("GET /2", connection=0), request("GET /1", connection=1)]
        self.assertEqual(differ(theirs, ours, is_one=False), [])
        self.assertEqual(differ(theirs, ours[:1], is_one=False), ["users: 2 != 1"])
        mixed = [request("GET /1", connection=0), request("GET /2", connection=0)]
        self.assertEqual(differ(theirs, mixed, is_one=False), ["users: 2 != 1"])

    def test_users_are_told_by_their_header(self) -> None:
        sent = [request("GET /1", ("X-User", user), connection=0) for user in ("a", "b")]
        self.assertEqual(len(users_of(sent, Plainer(PORT, []), False)), 2)

    def test_what_http_leaves_free_is_equal(self) -> None:
        theirs = request("GET /a", ("B", "2"), ("A", "1"), ("Accept-Encoding", "gzip, br"),
                         ("Connection", "close"))
        ours = request("GET /a", ("a", "1"), ("b", "2"), ("accept-encoding", "br,gzip"))
        self.assertEqual(differ([theirs], [ours]), [])
        theirs = request("GET /a", ("a", "1"), ("a", "2"))
        self.assertNotEqual(differ([theirs], [request("GET /a", ("a", "1"))]), [])

    def test_drawn_parts_are_equal_when_both_match(self) -> None:
        def drawn(one: str, two: str) -> list[str]:
            return differ([request(f"GET /{one}")], [request(f"GET /{two}")], (r"^GET /\d{3}$",))
        self.assertEqual(drawn("123", "456"), [])
        self.assertNotEqual(drawn("123", "45"), [])

    def test_forms_are_compared_part_by_part(self) -> None:
        def form(boundary: str, name: str, value: str) -> Request:
            body = (f"--{boundary}\r\n{name}: form-data; name=\"a\"\r\n\r\n{value}\r\n"
                    f"--{boundary}--\r\n")
            kind = ("Content-Type", f"multipart/form-data; boundary={boundary}")
            return request("POST /a", kind, body=body.encode())
        first = form("xx", "Content-Disposition", "v\r\nw")
        self.assertEqual(differ([first], [form("yyy", "content-disposition", "v\r\nw")]), [])
        self.assertEqual(len(differ([first], [form("xx", "content-disposition", "v")])), 1)


class Reports(unittest.TestCase):
    def report(self, **counters: int) -> dict:
        def period(of: object) -> dict:
            summaries = {"s": {"count": 1, "min": 0.5}}
            return {"counters": counters, "summaries": summaries, "period": of}
        return {"aggregate": period(1), "intermediate": [period("1")]}

    def differ(self, theirs: dict, ours: dict, uncounted: tuple[str, ...] = ()) -> list[str]:
        plainer = Plainer(PORT, [])
        patterns = [re.compile(pattern) for pattern in uncounted]
        return differences_of_reports(theirs, ours, (plainer, plainer), patterns)

    def test_keys_types_and_counts(self) -> None:
        theirs = self.report(a=1)
        self.assertEqual(self.differ(theirs, self.report(a=1)), [])
        self.assertEqual(self.differ(theirs, self.report(a=2)), ["a: 1 != 2"])
        self.assertEqual(self.differ(theirs, self.report(a=2), ("a",)), [])
        self.assertEqual(self.differ(theirs, self.report(a=1, b=1)),
                         ["report.aggregate.counters: only ours has b",
                          "report.intermediate[].counters: only ours has b"])
        ours = self.report(a=1)
        ours["aggregate"]["period"] = "1"
        self.assertEqual(self.differ(theirs, ours), ["report.aggregate.period: number != text"])
        ours = self.report(a=1)
        ours["intermediate"][0]["summaries"]["s"]["min"] = None
        self.assertEqual(self.differ(theirs, ours),
                         ["report.intermediate[].summaries.s.min: number != null"])

    def test_periods_are_taken_together(self) -> None:
        theirs, ours = self.report(a=1), self.report(a=1)
        ours["intermediate"].append({**ours["intermediate"][0], "summaries": {}})
        self.assertEqual(self.differ(theirs, ours), [])

    def test_names_of_pcx_are_its_own(self) -> None:
        ours = self.report(**{"a": 1, "pcx.x": 5, "pcxx": 1})
        self.assertEqual(len(self.differ(self.report(a=1), {**ours, "pcx": {}})), 2)


class Recording(unittest.TestCase):
    def test_requests_are_kept_as_they_came(self) -> None:
        with RecordingServer(to_scripts) as server:
            client = http.client.HTTPConnection("127.0.0.1", server.port)
            client.request("POST", "/json?a=%20", b"x\xff", {"X-A": "1"})
            self.assertEqual(client.getresponse().read()[:7], b'{"id": ')
            client.request("PUT", "/b", iter([b"in ", b"pieces"]), {"Transfer-Encoding": "chunked"},
                           encode_chunked=True)
            client.getresponse().read()
            client.close()
            first, second = server.requests
        self.assertEqual((first.method, first.target), ("POST", "/json?a=%20"))
        self.assertEqual(first.body, b"x\xff")
        self.assertIn(("X-A", "1"), first.headers)
        self.assertEqual((second.connection, second.body), (0, b"in pieces"))


class Table(unittest.TestCase):
    def read(self, text: str) -> list:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(text)
            file.flush()
            return read_table(pathlib.Path(file.name))

    def test_lines_that_are_none_are_refused(self) -> None:
        for text in ("  with -q\n", "run a a.yml\n", "run a a.yml: b\n  wih -q\n",
                     "run a a.yml: b\n  drawn (\n", "run a a.yml: b\n  ends 1\n",
                     "run a a.yml: b\nrun a a.yml: b\n"):
            with self.assertRaises(SystemExit, msg=text):
                self.read(text)

    def test_every_script_is_run(self) -> None:
        run = {(SCRIPTS / name).resolve() for each in read_table(HERE / "runs.txt")
               for name in (each.script, *each.arguments)}
        there = {path for suffix in ("yml", "json") for path in SCRIPTS.glob(f"*.{suffix}")}
        self.assertEqual(there - run, set())
        self.assertGreaterEqual(len(there), 24)


if __name__ == "__main__":
    unittest.main()
