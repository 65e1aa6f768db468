"""A server that keeps every request as it came, for the comparison of what two clients send.

HTTP/1.1 on 127.0.0.1, with connections that stay open. Nothing of a request is put in order: names
of headers have their case, headers their order, bodies their bytes.
"""

import asyncio
import dataclasses
import pathlib
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Request:
    connection: int  # by the order in which they were opened, from 0
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first of that name, which is in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    after_s: float = 0
    # How the body's end is told: "length", "chunked", "close"; "cut": shorter than its length says.
    framing: str = "length"
    resets: bool = False  # the connection, instead of an answer


Answers = Callable[[Request], Answer]


class RecordingServer:
    """Listens on any port that is free, from the beginning of the block to its end."""

    def __init__(self, answers: Answers, security: ssl.SSLContext | None = None):
        self.requests: list[Request] = []
        self.port = 0
        self._answers = answers
        self._security = security
        self._connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "RecordingServer":
        self._thread.start()
        start = asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20, backlog=1024,
                                     ssl=self._security)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    @property
    def url(self) -> str:
        return f"{'https' if self._security else 'http'}://127.0.0.1:{self.port}"

    def __exit__(self, *_) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = self._connections
        self._connections += 1
        try:
            while await self._serve_one(connection, reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over: what was sent whole is kept
        finally:
            writer.close()

    async def _serve_one(self, connection: int, reader: asyncio.StreamReader,
                         writer: asyncio.StreamWriter) -> bool:
        request = await read_request(connection, reader)
        self.requests.append(request)
        answer = self._answers(request)
        await asyncio.sleep(answer.after_s)
        if answer.resets:
            at_once = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            writer.transport.abort()
            return False
        writer.write(bytes_of(answer, request.method))
        await writer.drain()
        asked_to_close = (request.header("connection") or "").lower() == "close"
        return answer.framing in ("length", "chunked") and not asked_to_close


def own_certificate(folder: pathlib.Path) -> ssl.SSLContext:
    """Signed by itself, for 127.0.0.1; its files stay in `folder`."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj",
                    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
                    "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def read_request(connection: int, reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    method, target, _ = first.split(" ")
    headers = tuple((name, value.strip(" \t"))
                    for name, _, value in (line.partition(":") for line in lines))
    request = Request(connection, method, target, headers)
    if request.header("transfer-encoding"):
        return dataclasses.replace(request, body=await read_chunks(reader))
    length = int(request.header("content-length") or 0)
    return dataclasses.replace(request, body=await reader.readexactly(length))


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


def bytes_of(answer: Answer, method: str) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} Answer"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    body = answer.body
    if answer.status in (204, 304):
        body = b""
    elif answer.framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
        halves = (body[:len(body) // 2], body[len(body) // 2:])
        body = b"".join(b"%x\r\n%s\r\n" % (len(half), half) for half in halves) + b"0\r\n\r\n"
    elif answer.framing == "close":
        lines.append("Connection: close")
    else:
        more = 10 if answer.framing == "cut" else 0
        lines.append(f"Content-Length: {len(body) + more}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return head + (b"" if method == "HEAD" else body)
