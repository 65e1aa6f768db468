#!/usr/bin/python3
"""pcx's numbers at a real Pushgateway, in a real node_exporter and in the Prometheus that scrapes both.

usage: tests/kpi_push/daemons.py FOLDER KPI_PUSHER

Everything listens on free ports of the loopback and ends with this program, however it ends.
"""
import base64
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

SECONDS_MAX = 60


def die_with_parent():
    ctypes.CDLL("libc.so.6").prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Daemon:
    """A program of Prometheus' family; its log names the port that it took."""

    def __init__(self, folder, name, *options):
        self.name = name
        self.port = None
        self.log = open(os.path.join(folder, name + ".log"), "w", encoding="utf-8")
        self.listening = threading.Event()
        self.process = subprocess.Popen(
            [name, "--web.listen-address=127.0.0.1:0", *options], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=die_with_parent)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.log.write(line)
            found = re.search(r'msg="?Listening on"? address=127\.0\.0\.1:(\d+)', line)
            if found:
                self.port = int(found.group(1))
                self.listening.set()
        self.log.close()

    def url(self, path=""):
        if not self.listening.wait(SECONDS_MAX):
            raise SystemExit(f"{self.name} does not listen: see {self.log.name}")
        return f"http://127.0.0.1:{self.port}{path}"

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.reader.join()


def get(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read().decode()


def is_ready(daemon):
    try:
        return get(daemon.url("/-/ready"))
    except urllib.error.HTTPError:  # 503: it listens, and still reads what it has on disk
        return None


def eventually(what, ask):
    """The first answer of `ask` that is not false: scrapes come when they come."""
    deadline = time.monotonic() + SECONDS_MAX
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.1)
    raise SystemExit(f"{what}: not within {SECONDS_MAX} s")


def run(pusher, *words):
    done = subprocess.run([pusher, *words], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def wanted_numbers(pusher):
    """{(metric, tenant): value}"""
    wanted = {}
    for line in run(pusher, "numbers").splitlines():
        metric, tenant, value = line.split("\t")
        wanted[(metric, tenant)] = float(value)
    return wanted


def query(prometheus, expression):
    """[(labels, value)]"""
    path = "/api/v1/query?query=" + urllib.parse.quote(expression)
    answer = json.loads(get(prometheus.url(path)))
    return [(each["metric"], float(each["value"][1])) for each in answer["data"]["result"]]


def start_prometheus(folder, gateway, exporter):
    config = {"global": {"scrape_interval": "1s"}, "scrape_configs": [
        {"job_name": "gateway", "honor_labels": True,
         "static_configs": [{"targets": [f"127.0.0.1:{gateway.port}"]}]},
        {"job_name": "textfile", "static_configs": [{"targets": [f"127.0.0.1:{exporter.port}"]}]}]}
    path = os.path.join(folder, "prometheus.yml")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)
    return Daemon(folder, "prometheus", f"--config.file={path}",
                  "--storage.tsdb.path=" + os.path.join(folder, "tsdb"))


def check_gateway(gateway):
    """Every push was taken, and each group is a tenant."""
    groups = json.loads(get(gateway.url("/api/v1/metrics")))["data"]
    for group in groups:
        failed = group["push_failure_time_seconds"]["metrics"][0]["value"]
        assert float(failed) == 0, group
    return sorted(group["labels"]["tenant"] for group in groups)


def check_exporter(exporter):
    text = get(exporter.url("/metrics"))
    assert "\nnode_textfile_scrape_error 0\n" in text
    assert "\npcx_kpi_last_success_timestamp_seconds " in text


def check_prometheus(prometheus, job, wanted):
    """Prometheus has the numbers and no others. The label of no tenant is none."""
    def asks():
        result = query(prometheus, f'{{__name__=~"pcx_kpi_.*", job="{job}", status="", kpi=""}}')
        found = {(of["__name__"], of.get("tenant", "")): value for of, value in result
                 if not re.search("timestamp|duration|partial", of["__name__"])}
        return found if len(found) == len(wanted) else None

    found = eventually(f"numbers of {job}", asks)
    assert found == wanted, (found, wanted)
    errors = query(prometheus, f'pcx_kpi_error{{job="{job}"}} == 1')
    assert sorted(of.get("tenant", "") for of, _ in errors) == ["", "north"], errors
    parts = query(prometheus, f'pcx_kpi_appointments_by_status{{job="{job}", tenant="north"}}')
    assert {of["status"]: value for of, value in parts} == {"completed": 20, 'on "hold", <b>\n': 3}
    print(f"prometheus: {len(found)} numbers of {job}")


def check_deletion(pusher, gateway, prometheus, tenants):
    print(run(pusher, "push-pushgateway-again", gateway.url()), end="")
    assert check_gateway(gateway) == [tenant for tenant in tenants if tenant]
    eventually("the end of a group", lambda: not query(
        prometheus, 'pcx_kpi_appointments{job="pcx_kpi", tenant=""}'))


def ask(url, method, body=""):
    request = urllib.request.Request(url, body.encode(), method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.status


def check_refusal(pusher, gateway):
    """A group that contradicts another one: the Pushgateway says so, and pcx in its words."""
    for group in json.loads(get(gateway.url("/api/v1/metrics")))["data"]:
        tenant = base64.urlsafe_b64encode(group["labels"]["tenant"].encode()).decode()
        ask(gateway.url(f"/metrics/job/pcx_kpi/tenant@base64/{tenant}"), "DELETE")
    other = "# TYPE pcx_kpi_partial counter\npcx_kpi_partial 1\n"
    assert ask(gateway.url("/metrics/job/other"), "PUT", other) == 200
    done = subprocess.run([pusher, "push-pushgateway", gateway.url()], stderr=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, text=True)
    print(done.stderr, end="")
    assert done.returncode == 1
    assert f"{gateway.url()}: answered 400: pushed metrics are invalid" in done.stderr


def main():
    folder, pusher = sys.argv[1:]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "textfiles"))
    textfiles = os.path.join(folder, "textfiles")
    daemons = []
    try:
        gateway = Daemon(folder, "prometheus-pushgateway", "--persistence.file=")  # Debian has one
        daemons.append(gateway)
        exporter = Daemon(folder, "prometheus-node-exporter", "--collector.disable-defaults",
                          "--collector.textfile", f"--collector.textfile.directory={textfiles}")
        daemons.append(exporter)
        print(run(pusher, "push-textfile", os.path.join(textfiles, "pcx_kpi.prom")), end="")
        print(run(pusher, "push-pushgateway", gateway.url()), end="")
        tenants = check_gateway(gateway)
        assert len(tenants) == 3 and tenants[0] == "", tenants
        exporter.url()
        check_exporter(exporter)
        prometheus = start_prometheus(folder, gateway, exporter)
        daemons.append(prometheus)
        eventually("prometheus", lambda: is_ready(prometheus))
        wanted = wanted_numbers(pusher)
        check_prometheus(prometheus, "pcx_kpi", wanted)
        check_prometheus(prometheus, "textfile", wanted)
        check_deletion(pusher, gateway, prometheus, tenants)
        check_refusal(pusher, gateway)
    finally:
        for daemon in reversed(daemons):
            daemon.stop()
    shutil.rmtree(folder)


main()
