"""Chromium without a window, driven through a pipe: Chrome DevTools Protocol, JSON messages that
end in NUL, on its file descriptors 3 and 4.

Fonts, colours and time are the same on every machine: fontconfig knows DejaVu Sans only, letters
are neither hinted nor coloured at their edges. Everything it writes is in a folder that is taken
away.
"""

import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time

SECONDS_MAX = 30  # for any answer; a machine under load is slow, not broken

# Two files of fonts-dejavu-core: nothing else that happens to be installed can be taken.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts/truetype/dejavu</dir>
  <cachedir>{cache}</cachedir>
  <selectfont>
    <rejectfont><glob>*</glob></rejectfont>
    <acceptfont>
      <glob>*/DejaVuSans.ttf</glob>
      <glob>*/DejaVuSans-Bold.ttf</glob>
    </acceptfont>
  </selectfont>
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
"""

FLAGS = [
    "--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--disable-dev-shm-usage",
    "--disable-lcd-text", "--font-render-hinting=none", "--force-color-profile=srgb",
    "--force-device-scale-factor=1", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
    "--disable-sync", "--disable-extensions", "--disable-breakpad", "--metrics-recording-only",
    "--no-default-browser-check", "--password-store=basic", "--use-mock-keychain",
]


def can_have_sandbox() -> bool:
    """Chromium's needs a user namespace, and refuses to run as root."""
    if os.geteuid() == 0:
        return False
    return subprocess.run(["unshare", "--user", "true"], stderr=subprocess.DEVNULL).returncode == 0


class ProtocolError(Exception):
    pass


class Browser:
    """A context manager: at its end no process and no file is left."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pcx-browser-"))
        self.process = None
        self.buffer = b""
        self.last_id = 0
        self.listeners = {}  # session -> function(method, params)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        binary = shutil.which(os.environ.get("PCX_CHROMIUM", "chromium"))
        if binary is None:
            raise FileNotFoundError("no chromium: ./scripts/setup --tests installs it")
        fonts = self.folder / "fonts.conf"
        fonts.write_text(FONTS.format(cache=self.folder / "fontconfig"))
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
                       "TZ": "UTC", "FONTCONFIG_FILE": str(fonts), "TMPDIR": str(self.folder)}
        flags = FLAGS + [f"--user-data-dir={self.folder / 'profile'}"]
        if not can_have_sandbox():
            flags.append("--no-sandbox")
        # Above what the shell moves them to.
        from_us, self.write_end = [self.moved(fd) for fd in os.pipe()]
        self.read_end, to_us = [self.moved(fd) for fd in os.pipe()]
        script = f'exec 3<&{from_us} 4>&{to_us} {from_us}<&- {to_us}>&-; exec "$@"'
        self.log = open(self.folder / "chromium.log", "wb")
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", script, "chromium", binary, *flags, "about:blank"],
            pass_fds=(from_us, to_us), env=environment, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, start_new_session=True)
        os.close(from_us)
        os.close(to_us)
        self.version = self.call("Browser.getVersion")["product"]

    @staticmethod
    def moved(fd: int) -> int:
        above = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20)
        os.close(fd)
        return above

    def receive(self, deadline: float) -> dict:
        while b"\0" not in self.buffer:
            rest = deadline - time.monotonic()
            if rest <= 0 or not select.select([self.read_end], [], [], rest)[0]:
                raise TimeoutError(f"no answer from Chromium in {SECONDS_MAX} s")
            data = os.read(self.read_end, 1 << 20)
            if not data:
                log = (self.folder / "chromium.log").read_text(errors="replace")
                raise ProtocolError("Chromium ended:\n" + log[-3000:])
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def dispatch(self, message: dict) -> None:
        listener = self.listeners.get(message.get("sessionId"))
        if listener is not None and "method" in message:
            listener(message["method"], message.get("params", {}))

    def call(self, method: str, session: str = None, **params) -> dict:
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        self.send(message)
        deadline = time.monotonic() + SECONDS_MAX
        while True:
            answer = self.receive(deadline)
            if answer.get("id") != message["id"]:
                self.dispatch(answer)
            elif "error" in answer:
                raise ProtocolError(f"{method}: {answer['error']}")
            else:
                return answer["result"]

    def send(self, message: dict) -> None:
        data = memoryview(json.dumps(message).encode() + b"\0")
        while data:
            data = data[os.write(self.write_end, data):]

    def wait_for(self, is_there) -> None:
        """Takes events until is_there() is true."""
        deadline = time.monotonic() + SECONDS_MAX
        while not is_there():
            self.dispatch(self.receive(deadline))

    def close(self) -> None:
        if self.process is not None:
            try:
                self.send({"id": 0, "method": "Browser.close"})
                self.process.wait(timeout=SECONDS_MAX)
            except (OSError, subprocess.TimeoutExpired):
                pass  # it has ended already, or is ended below
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # as it should be
            self.process.wait()
            os.close(self.write_end)
            os.close(self.read_end)
            self.log.close()
        shutil.rmtree(self.folder)
