#!/usr/bin/python3
"""Runs every command of a Markdown page, so that documentation is true.

```sh blocks run in order in one bash with the binary under test first in PATH and a home of its own;
`sh exit=N` means that the block's last command ends with N, `exit=any` that its code does not
matter. `<!-- prepare ... -->` comments hold commands that set the scene and must succeed. Blocks of
other languages are shown, not run.

usage: run_page.py PCX PAGE
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap

BLOCK = re.compile(r"^ *<!-- prepare\n(?P<prepare>.*?)^ *-->|"
                   r"^(?P<indent> *)```sh(?: exit=(?P<exit>\w+))?\n(?P<shell>.*?)^ *```",
                   re.MULTILINE | re.DOTALL)


def steps_of(page: str):
    """(line, commands, expected exit code or None) of each block."""
    for match in BLOCK.finditer(page):
        line = page.count("\n", 0, match.start()) + 1
        if match["prepare"] is not None:
            yield line, match["prepare"], "0"
        else:
            yield line, match["shell"], match["exit"] or "0"


def commands_of(block: str):
    """A command a line, with the lines of its here-document (<<'WORD') behind it."""
    commands = []
    end = None
    for line in textwrap.dedent(block).strip().splitlines():
        if end is not None:
            commands[-1].append(line)
            end = None if line == end else end
        elif line.strip():
            commands.append([line.strip()])
            begins = re.search(r"<<'(\w+)'", line)
            end = begins[1] if begins else None
    return commands


def script_of(page_path: pathlib.Path) -> str:
    parts = ["set -uo pipefail"]
    for line, commands, expected in steps_of(page_path.read_text()):
        place = f"{page_path.name}:{line}"
        *before, last = commands_of(commands)
        for command, *document in before:
            parts.append(f"{command} || {{ echo '{place}: failed: exit '$? >&2; exit 1; }}")
            parts += document
        parts += [*last, "code=$?"]
        if expected != "any":
            parts.append(f"[ $code -eq {expected} ] || "
                         f"{{ echo \"{place}: exit $code, expected {expected}\" >&2; exit 1; }}")
    return "\n".join(parts) + "\n"


def run(script: str, work: pathlib.Path, environment: dict) -> int:
    """In a session of its own: a page that fails leaves no server behind."""
    bash = subprocess.Popen(["/bin/bash", "-c", script], cwd=work, env=environment,
                            stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return bash.wait()
    finally:
        try:
            os.killpg(bash.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # as it should be


def main() -> int:
    pcx, page = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    if not any(True for _ in steps_of(page.read_text())):
        sys.exit(f"{page}: no commands found: the page or this test is broken")
    home = pathlib.Path(tempfile.mkdtemp(prefix="pcx-docs-"))
    work = home / "work"
    work.mkdir()
    environment = {"HOME": str(home), "PATH": f"{pcx.parent}:/usr/bin:/bin:/usr/sbin:/sbin",
                   "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(home / "state"),
                   "TERM": "dumb", "PCX_REPOSITORY": str(page.parents[0])}
    try:
        return run(script_of(page), work, environment)
    finally:
        subprocess.run([pcx, "sandbox", "destroy", "--yes", "--quiet"], env=environment,
                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(home, ignore_errors=False)


if __name__ == "__main__":
    sys.exit(main())
