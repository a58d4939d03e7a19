"""A proxy on this computer that lets requests fail, as networks and servers do.

It speaks HTTP/1.1 with one connection to the server for each request. What fails is decided by ``plan``: a
function of the method and path of a request that returns one of :data:`FAULTS` or "" for none.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

#: ``503``: not passed on; ``lost``: passed on and done, the answer never comes; ``silent``: not passed on, no
#: answer for a while; ``refused``: the connection breaks at once.
FAULTS = ("503", "lost", "silent", "refused")
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
Plan = Callable[[str, str], str]


class Proxy:
    """A running proxy: its ``url``, the ``plan``, and what was ``asked`` as (method, path, fault)."""

    def __init__(self, target: str, silence: float) -> None:
        split = urlsplit(target)
        self._target = (split.hostname or "", split.port or 80)
        self._silence = silence
        self.url = ""
        self.plan: Plan = lambda method, path: ""
        self.asked: list[tuple[str, str, str]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        with suppress(asyncio.IncompleteReadError, ConnectionError, OSError):
            while await self._one(reader, writer):
                pass
        with suppress(OSError):
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        method, path = head.split(b" ", 2)[:2]
        body = await reader.readexactly(_length(head))
        fault = self.plan(method.decode(), path.decode())
        self.asked.append((method.decode(), path.decode(), fault))
        if fault in ("", "lost"):
            answer = await self._pass_on(head, body)
            if not fault:
                writer.write(answer)
                await writer.drain()
                return True
        elif fault == "503":
            writer.write(BUSY)
            await writer.drain()
        elif fault == "silent":
            await asyncio.sleep(self._silence)
        return False

    async def _pass_on(self, head: bytes, body: bytes) -> bytes:
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        lines.insert(1, b"Connection: close")
        reader, writer = await asyncio.open_connection(*self._target)
        try:
            writer.write(b"\r\n".join(lines) + body)
            await writer.drain()
            answer = await reader.read(-1)
        finally:
            writer.close()
        return answer.replace(b"\r\nConnection: close\r\n", b"\r\n", 1)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


@contextmanager
def proxied(target: str, silence: float = 5.0) -> Iterator[Proxy]:
    """Run a proxy in front of a server, in a thread."""
    proxy = Proxy(target, silence)
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def run() -> None:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=2**20)
        proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await stopped.wait()
        server.close()
        late = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    stopped = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    assert ready.wait(5)
    yield proxy
    loop.call_soon_threadsafe(stopped.set)
    thread.join(10)
