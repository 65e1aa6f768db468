"""A private PostgreSQL 15 for benchmarks, on tmpfs unless another place is named: started, used, removed."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile


def server_binaries() -> pathlib.Path:
    """The newest installed server's folder of programs."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise SystemExit("bench: no PostgreSQL server found. Run: ./scripts/setup --bench")
    return found[-1].parent


class PrivatePostgres:
    """Use with `with`: the server and its files are gone afterwards."""

    def __init__(self, settings: str = "-c max_wal_size=4GB", place: str | None = None) -> None:
        self.settings = settings
        self.bin = server_binaries()
        base = place or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pcxb", dir=base))
        # initdb refuses root: the server then runs as Debian's own user.
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            owner = pwd.getpwnam(self.user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)

    def _run(self, *argv: str) -> None:
        subprocess.run(argv, user=self.user, cwd="/", check=True, stdout=subprocess.DEVNULL)

    def __enter__(self) -> "PrivatePostgres":
        data = self.folder / "data"
        self._run(str(self.bin / "initdb"), "--auth=trust", "--username=bench", "--no-sync",
                  "--encoding=UTF8", "--locale=C.UTF-8", f"--pgdata={data}")
        options = f"-k {self.folder} -c listen_addresses='' {self.settings}"
        self._run(str(self.bin / "pg_ctl"), "start", "--wait", f"--pgdata={data}",
                  f"--log={self.folder / 'log'}", f"--options={options}")
        return self

    def __exit__(self, *_: object) -> None:
        self._run(str(self.bin / "pg_ctl"), "stop", "--wait", "--mode=immediate",
                  f"--pgdata={self.folder / 'data'}")
        shutil.rmtree(self.folder)

    def psql(self, database: str, *argv: str) -> None:
        subprocess.run([str(self.bin / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
                        f"--host={self.folder}", "--username=bench", f"--dbname={database}", *argv],
                       check=True, stdout=subprocess.DEVNULL)

    def fresh_database(self, name: str) -> None:
        self.psql("postgres", f"--command=DROP DATABASE IF EXISTS {name}")
        self.psql("postgres", f"--command=CREATE DATABASE {name}")

    def url(self, database: str) -> str:
        return f"postgresql://bench@/{database}?host={self.folder}"
