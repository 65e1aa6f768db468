#!/usr/bin/python3 -B
"""Runs the production readiness guide's load test, gap 10, as it is: its own phases, four minutes.

usage: guide_test.py PCX FOLDER
"""

import pathlib
import sys
from collections import Counter

from table import Run
from tools import Pcx, run_with

USERS = 60 * 10 + 120 * 50 + 60 * 100
STEPS = ("POST", "GET", "PUT", "DELETE")
PLACE = "/api/v1/patients"
ID = "289be98d-092e-4637-a345-82e7039910c9"  # that the recorded answer gives


def main() -> int:
    program, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    run = Run("guide_long", "../clean/guide.yml", "as it is", 0, answers="api_without_checks",
              arguments=["-t", "$TARGET"])
    ran = run_with(Pcx(program, strict=False), run, folder, seconds_max=400)
    users: dict[int, list[str]] = {}
    for request in ran.requests:
        place = PLACE if request.method == "POST" else f"{PLACE}/{ID}"
        users.setdefault(request.connection, []).append(
            request.method if request.target == place else f"{request.method} {request.target}")
    flows = Counter(map(tuple, users.values()))
    found = [f"{count} users sent {' '.join(flow)}" for flow, count in flows.items()
             if flow != STEPS]
    counters = ran.report["aggregate"]["counters"] if ran.report else {}
    for name, wanted in (("vusers.created", USERS), ("vusers.completed", USERS),
                         ("http.requests", 4 * USERS), ("http.codes.201", USERS),
                         ("http.codes.200", 2 * USERS), ("http.codes.204", USERS)):
        if counters.get(name) != wanted:
            found.append(f"{name} is {counters.get(name)} instead of {wanted}")
    for line in found:
        print(line)
    print(ran.output)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
