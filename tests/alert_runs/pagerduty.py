"""PagerDuty on this machine: Events v2 as its documentation has it, and as badly as the network makes it.

Models incidents as PagerDuty does: a trigger opens one under (routing key, dedup key), or is another event of the one
that is open; a resolve closes it; one without an open incident is dropped. `trouble` is the share of requests that are
answered with 429 or 500, not at all, or only after they were processed.
"""

import json
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SEVERITIES = {"critical", "error", "warning", "info"}


def fault_of(event: dict) -> str | None:
    if len(event.get("routing_key", "")) != 32:
        return "Length of 'routing_key' is incorrect (should be 32 characters)"
    if event.get("event_action") not in {"trigger", "acknowledge", "resolve"}:
        return "'event_action' is invalid"
    if not 0 < len(event.get("dedup_key", "")) <= 255:
        return "'dedup_key' is missing or too long"
    if event["event_action"] != "trigger":
        return None
    payload = event.get("payload", {})
    if not 0 < len(payload.get("summary", "")) <= 1024:
        return "'payload.summary' is missing or too long"
    if not payload.get("source"):
        return "'payload.source' is missing"
    return None if payload.get("severity") in SEVERITIES else "'payload.severity' is invalid"


class PagerDuty:
    def __init__(self, seed: int, trouble: float) -> None:
        self.random, self.trouble = random.Random(seed), trouble
        self.lock = threading.Lock()
        self.events: list[dict] = []    # all that were processed, in their order
        self.open: dict[str, dict] = {}
        self.incidents: list[dict] = []
        self.faults: list[str] = []
        self.requests = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.answer(self, self.path, body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler, path: str, body: bytes) -> None:
        with self.lock:
            self.requests += 1
            kind = self.random.choice(["429", "500", "hang", "reset", "late"]) \
                if self.random.random() < self.trouble else "ok"
        if kind == "429":
            return self.reply(handler, 429, b"", {"Retry-After": "1"})
        if kind == "500":
            return self.reply(handler, 500, b"{}")
        if kind == "reset":
            handler.close_connection = True
            return None
        if kind == "hang":
            time.sleep(3)  # longer than the receiver's timeout: this is what is simulated
            handler.close_connection = True
            return None
        fault = self.process(path, json.loads(body))
        if kind == "late":  # processed, and nobody hears of it
            handler.close_connection = True
            return None
        if fault:
            return self.reply(handler, 400, json.dumps({"status": "invalid event", "errors": [fault]}).encode())
        return self.reply(handler, 202, b'{"status":"success","message":"Event processed","dedup_key":"k"}')

    def process(self, path: str, event: dict) -> str | None:
        with self.lock:
            fault = fault_of(event) if path == "/v2/enqueue" else f"no such path: {path}"
            if fault:
                self.faults.append(fault)
                return fault
            self.events.append(event)
            key = event["dedup_key"]
            if event["event_action"] == "trigger":
                if key not in self.open:
                    self.open[key] = {"key": key, "triggers": 0, "resolved": False}
                    self.incidents.append(self.open[key])
                self.open[key]["triggers"] += 1
            elif event["event_action"] == "resolve" and key in self.open:
                self.open.pop(key)["resolved"] = True
            return None

    @staticmethod
    def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict | None = None) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
