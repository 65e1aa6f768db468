#!/usr/bin/python3 -B
"""Runs the scripts of runs.txt with Artillery and with pcx, and compares what they sent and said.

usage: differential_test.py PCX FOLDER [sample|REGEX]

FOLDER keeps what is compiled and reported. sample: only runs that are marked so; REGEX: only those
whose name matches. All of them take minutes: Artillery starts for each.
"""

import concurrent.futures
import os
import pathlib
import re
import sys

from comparison import Plainer, differences_of_reports, differences_of_users, users_of
from table import Run, read_table
from tools import HERE, Artillery, Pcx, Ran, run_with


def created_by(ran: Ran) -> int:
    return ran.report["aggregate"]["counters"]["vusers.created"] if ran.report else 0


def differences(run: Run, theirs: Ran, ours: Ran) -> list[str]:
    plainers = (Plainer(theirs.port, run.drawn), Plainer(ours.port, run.drawn))
    is_one = not run.by_connection and created_by(theirs) == 1
    users = [users_of(ran.requests, plainer, is_one, run.left_out)
             for ran, plainer in zip((theirs, ours), plainers)]
    found = differences_of_users(*users)
    if found:
        return found  # the reports differ by the same
    if theirs.report is not None and ours.report is not None:
        found += differences_of_reports(theirs.report, ours.report, plainers, run.uncounted)
    elif (theirs.report is None) != (ours.report is None):
        found.append(f"report: only {'ours' if theirs.report is None else 'theirs'} is there")
    found += [f"says: only one has {text}" for text in run.says
              if (text in theirs.output) != (text in ours.output)]
    return found


def faults_of_ends(run: Run, theirs: Ran, ours: Ran) -> list[str]:
    """What the table itself says of a run, whatever the other tool does."""
    found = [f"Artillery did not say: {text}" for text in run.says if text not in theirs.output]
    if theirs.exit != run.exits[0]:
        found.append(f"Artillery ended with {theirs.exit} instead of {run.exits[0]}")
    # On a machine that is busy with other things, the verdict is of the machine.
    grade = ours.report["pcx"]["verdict"] if ours.report else "VALID"
    allowed = {run.exits[1]} | {"VALID": set(), "DEGRADED": {1}, "INVALID": {3}}[grade]
    if ours.exit not in allowed:
        found.append(f"pcx ended with {ours.exit} ({grade}) instead of {run.exits[1]}")
    return found


def unlike(found: list[str], listed: list[str]) -> list[str]:
    """What is only in one of the two."""
    return [line for line in found if line not in listed] + [
        f"no longer: {line}" for line in listed if line not in found]


def faults_of(run: Run, artillery: Artillery, program: pathlib.Path,
              folder: pathlib.Path) -> list[str]:
    (folder / "artillery").mkdir(parents=True, exist_ok=True)
    (folder / "pcx").mkdir(parents=True, exist_ok=True)
    theirs = run_with(artillery, run, folder / "artillery")
    ours = run_with(Pcx(program, run.is_strict), run, folder / "pcx")
    found = faults_of_ends(run, theirs, ours)
    found += unlike(differences(run, theirs, ours), run.differs)
    if run.is_strict:
        meant = differences(run, theirs, run_with(Pcx(program, False), run, folder / "pcx"))
        found += [f"without --artillery-strict: {line}" for line in unlike(meant, run.meant)]
    if found:
        found += ["Artillery said:", *theirs.output.splitlines()[-20:],
                  "pcx said:", *ours.output.splitlines()[-20:]]
    return found


def main() -> int:
    program, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    wanted = sys.argv[3] if len(sys.argv) > 3 else ""
    runs = [run for run in read_table(HERE / "runs.txt")
            if (run.is_sample if wanted == "sample" else re.search(wanted, run.name))]
    if not runs:
        sys.exit("no run has such a name")
    artillery = Artillery()
    failed = 0
    # Half of a run is waiting.
    with concurrent.futures.ThreadPoolExecutor(4 * (os.cpu_count() or 1)) as pool:
        results = pool.map(lambda run: faults_of(run, artillery, program, folder), runs)
        for run, found in zip(runs, results):
            failed += bool(found)
            print(f"{'FAILED' if found else 'ok':<7}{run.name}: {run.shows}", flush=True)
            for line in found:
                print(f"       runs.txt:{run.line}: {line}")
    print(f"{len(runs) - failed} of {len(runs)} runs are the same")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
