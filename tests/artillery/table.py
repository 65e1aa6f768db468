"""Reads runs.txt: which scripts are run, how, and what may differ. Its top says what lines mean."""

import dataclasses
import pathlib
import re
import shlex


@dataclasses.dataclass
class Run:
    name: str
    script: str
    shows: str
    line: int
    arguments: list[str] = dataclasses.field(default_factory=list)
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    answers: str = "scripts"
    is_secure: bool = False
    is_sample: bool = False
    by_connection: bool = False
    drawn: list[re.Pattern] = dataclasses.field(default_factory=list)
    left_out: list[re.Pattern] = dataclasses.field(default_factory=list)
    uncounted: list[re.Pattern] = dataclasses.field(default_factory=list)
    says: list[str] = dataclasses.field(default_factory=list)
    exits: tuple[int, int] = (0, 0)
    differs: list[str] = dataclasses.field(default_factory=list)
    is_strict: bool = False
    meant: list[str] = dataclasses.field(default_factory=list)


def read_table(path: pathlib.Path) -> list[Run]:
    runs: list[Run] = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            if begin := re.fullmatch(r"run (\w+) ([\w./-]+): (.+)", line):
                runs.append(Run(begin[1], begin[2], begin[3], number))
            else:
                add(runs[-1], *re.fullmatch(r"  (\w+) ?(.*)", line).groups())
        except (IndexError, ValueError, KeyError, AttributeError, re.error) as error:
            raise SystemExit(f"{path}:{number}: this is no line of the table: {error}") from None
    names = [run.name for run in runs]
    if twice := {name for name in names if names.count(name) > 1}:
        raise SystemExit(f"{path}: {', '.join(sorted(twice))} is there twice")
    return runs


def add(run: Run, word: str, rest: str) -> None:
    """One line below `run`."""
    if word == "with":
        run.arguments += shlex.split(rest)
    elif word == "environment":
        name, value = rest.split("=", 1)
        run.environment[name] = value
    elif word == "answers":
        run.answers = rest
    elif word in ("drawn", "left_out", "uncounted"):
        getattr(run, word).append(re.compile(rest))
    elif word in ("says", "differs", "meant"):
        getattr(run, word).append(rest)
    elif word == "ends":
        artillery, pcx = rest.split()
        run.exits = (int(artillery), int(pcx))
    elif word == "by_connection":
        run.by_connection = True
    elif word == "sample":
        run.is_sample = True
    elif word == "over_tls":
        run.is_secure = True
    elif word == "strictly":
        run.is_strict = True
    else:
        raise ValueError(word)
