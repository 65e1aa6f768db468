"""A sandbox with a table whose rows are the numbers that rules look at, the files that pcx reads, and runs of it."""

import json
import os
import pathlib
import subprocess

PROBLEMS = 6
KEY = "0123456789abcdef0123456789abcdef"
DEFINITIONS = """
sources:
  probe_now:
    help: Numbers of the test.
    rows: state
    tables: [probe]
    sql: SELECT NULL::text AS tenant, p.name, p.value FROM probe p
kpis:
  probe:
    title: Probe
    kind: count
    unit: thing
    better: fewer
    from: probe_now
    by: name
    value: coalesce(sum(value), 0)
    help: A number of the test.
"""


class Practice:
    """A sandbox, the files that pcx reads, and runs of it."""

    def __init__(self, pcx: str, folder: pathlib.Path, receiver_url: str, rules: str) -> None:
        self.pcx, self.folder = pcx, folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("PCX_", "PG", "DATABASE_URL"))}
        self.environment |= {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")}
        self.call("sandbox", "up", "--seed", "small")
        for line in self.call("sandbox", "env").splitlines():
            if line.startswith("export PCX_DATABASE_URL="):
                self.environment["PCX_DATABASE_URL"] = line.split("=", 1)[1].strip("'\"")
        (folder / "kpi.d").mkdir()
        (folder / "kpi.d/probe.yaml").write_text(DEFINITIONS)
        (folder / "rules.yaml").write_text(rules)
        key = folder / "key"
        key.write_text(KEY)
        key.chmod(0o600)
        (folder / "config.yaml").write_text(json.dumps({
            "default_time_zone": "UTC", "kpi": {"definitions": str(folder / "kpi.d")},
            "alert": {"rules": str(folder / "rules.yaml"), "environment": "test",
                      "receivers": {"pd": {"kind": "pagerduty", "url": receiver_url, "secret_file": str(key),
                                           "timeout": "1s", "default": True}}}}))
        self.environment["PCX_CONFIG"] = str(folder / "config.yaml")
        self.sql("CREATE TABLE probe (name text, value integer)")
        self.sql(f"INSERT INTO probe SELECT 'p' || i, 0 FROM generate_series(1, {PROBLEMS}) i")

    def call(self, *argv: str) -> str:
        done = subprocess.run([self.pcx, *argv], env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"run: pcx {' '.join(argv)} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def alert(self, *argv: str) -> subprocess.CompletedProcess:
        return subprocess.run([self.pcx, "alert", *argv, "--state-dir", str(self.folder / "alert")],
                              env=self.environment, capture_output=True, text=True, check=False)

    def sql(self, text: str) -> str:
        return self.call("sandbox", "psql", "--", "-XAtqc", text)

    def start(self) -> subprocess.Popen:
        return subprocess.Popen([self.pcx, "alert", "check", "--deadline", "5s", "--state-dir",
                                 str(self.folder / "alert")],
                                env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self) -> None:
        """Also when a start has failed: its server would stay."""
        subprocess.run([self.pcx, "sandbox", "down"], env=self.environment, capture_output=True, check=False)
