#!/usr/bin/python3
"""pcx's alerts at a real Alertmanager, whose own PagerDuty events are compared with pcx's; pcx's mails by
Python's parser.

usage: tests/alert_wire/wire.py FOLDER ALERT_SENDER PAGERDUTY_SERVER

Everything listens on free ports of the loopback and ends with this program, however it ends.
"""
import ctypes
import email
import email.header
import email.policy
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request

SECONDS_MAX = 60
KEY = "0123456789abcdef0123456789ABCDEF"
INTERVAL_S = 3


def die_with_parent():
    ctypes.CDLL("libc.so.6").prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def get_json(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.loads(response.read())


def eventually(what, ask):
    """The first answer of `ask` that is not false: groups are notified when they are."""
    deadline = time.monotonic() + SECONDS_MAX
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.1)
    raise SystemExit(f"{what}: not within {SECONDS_MAX} s")


class PagerDuty:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        preexec_fn=die_with_parent)
        self.url = self.process.stdout.readline().strip()

    def model(self):
        return get_json(self.url + "/model")

    def actions(self):
        """{dedup_key: [action, ...]}"""
        return {each["dedup_key"]: each["actions"] for each in self.model()["incidents"]}

    def stop(self):
        self.process.communicate()


class Alertmanager:
    def __init__(self, folder, name, pagerduty):
        path = os.path.join(folder, name)
        os.makedirs(path, exist_ok=True)
        config = {
            "route": {"receiver": "pd", "group_by": ["alertname", "tenant"], "group_wait": "0s",
                      "group_interval": "1s", "repeat_interval": "1h"},
            "receivers": [{"name": "pd", "pagerduty_configs": [
                {"routing_key": KEY, "url": pagerduty.url + "/v2/enqueue",
                 "severity": "{{ .CommonLabels.severity }}"}]}]}
        with open(os.path.join(path, "am.yml"), "w", encoding="utf-8") as file:
            json.dump(config, file)
        self.log_name = os.path.join(path, "log")
        self.process = subprocess.Popen(
            ["prometheus-alertmanager", f"--config.file={path}/am.yml", f"--storage.path={path}/data",
             "--web.listen-address=127.0.0.1:0", "--cluster.listen-address="],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=die_with_parent)
        self.port = None
        self.listening = threading.Event()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        if not self.listening.wait(SECONDS_MAX):
            raise SystemExit(f"Alertmanager does not listen: see {self.log_name}")
        self.url = f"http://127.0.0.1:{self.port}"

    def read(self):
        with open(self.log_name, "w", encoding="utf-8") as log:
            for line in self.process.stdout:
                log.write(line)
                found = re.search(r'msg="?Listening on"? address=127\.0\.0\.1:(\d+)', line)
                if found:
                    self.port = int(found.group(1))
                    self.listening.set()

    def alerts(self):
        return get_json(self.url + "/api/v2/alerts")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.reader.join()


class Sender:
    def __init__(self, program):
        self.program = program

    def send(self, kind, url, interval_s, action):
        subprocess.run([self.program, kind, url, str(round(interval_s * 1000)), action], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "PAGERDUTY_INTEGRATION_KEY": KEY})

    def mails(self, count):
        done = subprocess.run([self.program, "mails", str(count)], check=True, stdout=subprocess.PIPE, text=True)
        return [json.loads(line) for line in done.stdout.rstrip("\n").split("\n")]


def run_every_interval(sender, alertmanager, interval_told_s, runs):
    """As cron would, with one run that is missed; what Alertmanager has between runs is looked at."""
    active = []
    begun = time.monotonic()
    for number in range(runs):
        if number != 2:
            sender.send("alertmanager", alertmanager.url, interval_told_s, "trigger")
        while time.monotonic() < begun + (number + 1) * INTERVAL_S:
            active.append(len(alertmanager.alerts()))
            time.sleep(0.1)
    return active


def check_no_flapping(folder, sender, server):
    pagerduty = PagerDuty(server)
    alertmanager = Alertmanager(folder, "steady", pagerduty)
    active = run_every_interval(sender, alertmanager, INTERVAL_S, 6)
    assert active and set(active) == {1}, active
    actions = pagerduty.actions()
    assert list(actions.values()) == [["trigger"]], actions
    sender.send("alertmanager", alertmanager.url, INTERVAL_S, "resolve")
    eventually("the resolve", lambda: list(pagerduty.actions().values()) == [["trigger", "resolve"]])
    alertmanager.stop()
    model = pagerduty.model()
    pagerduty.stop()
    print(f"Alertmanager: active at all of {len(active)} looks, one trigger, one resolve")
    return model


def check_that_less_would_flap(folder, sender, server):
    """The same with an end one interval ahead: what the factor of three is for."""
    pagerduty = PagerDuty(server)
    alertmanager = Alertmanager(folder, "flapping", pagerduty)
    active = run_every_interval(sender, alertmanager, INTERVAL_S / 3, 6)
    eventually("an alert that ended between runs",
               lambda: "resolve" in [action for each in pagerduty.actions().values() for action in each])
    alertmanager.stop()
    pagerduty.stop()
    print(f"with an end one interval ahead: gone at {active.count(0)} of {len(active)} looks")


def shape(document):
    return {key: type(value).__name__ for key, value in document.items()}


def check_shapes(sender, server, alertmanagers):
    pagerduty = PagerDuty(server)
    for action in ("trigger", "resolve"):
        sender.send("pagerduty", pagerduty.url, 0, action)
    model = pagerduty.model()
    pagerduty.stop()
    for each in (model, alertmanagers):
        assert each["faults"] == [], each["faults"]
    theirs, ours = alertmanagers["bodies"][0], model["bodies"][0]
    assert theirs["event_action"] == ours["event_action"] == "trigger"
    mine = shape(ours)
    assert mine.pop("links") == "list"
    assert mine == shape(theirs), (mine, shape(theirs))
    their_payload, our_payload = shape(theirs["payload"]), shape(ours["payload"])
    assert their_payload.items() <= our_payload.items(), (their_payload, our_payload)
    assert alertmanagers["bodies"][1]["event_action"] == model["bodies"][1]["event_action"] == "resolve"
    assert shape(model["bodies"][1]).items() <= shape(alertmanagers["bodies"][1]).items()
    print(f"PagerDuty events of Alertmanager and pcx: both have {sorted(shape(theirs))}")


def without_controls(text):
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)


def check_mails(sender):
    mails = sender.mails(300)
    for each in mails:
        parsed = email.message_from_string(each["mail"], policy=email.policy.default)
        assert not parsed.defects, (parsed.defects, each)
        assert parsed["To"] == "a@example.org, b@example.org", parsed["To"]
        assert set(parsed.keys()) == {
            "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
            "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}, parsed.keys()
        legacy = email.message_from_string(each["mail"])  # RFC 2047 without the newer parser's leniency
        words = email.header.decode_header(legacy["Subject"])
        subject = "".join(part.decode(charset or "ascii") if isinstance(part, bytes) else part
                          for part, charset in words)
        assert subject == without_controls(each["subject"]), (subject, each["subject"])
        assert parsed.get_content() == each["text"], (parsed.get_content(), each["text"])
    print(f"Python's email: {len(mails)} mails with subject and text as they were")


def main():
    folder, program, server = sys.argv[1:]
    sender = Sender(program)
    check_mails(sender)
    alertmanagers = check_no_flapping(folder, sender, server)
    check_shapes(sender, server, alertmanagers)
    check_that_less_would_flap(folder, sender, server)


main()
