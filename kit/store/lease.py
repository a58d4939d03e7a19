"""One computer at a time: a small object in a bucket says who settles its tables.

A lock of files keeps the processes of one computer apart; of a dataset in a folder that is all it takes. In
a bucket whoever creates the object first has it, writes it anew every minute, and removes it. Of a computer
that died it runs out. Nothing rests on it alone: whoever settles also finds out when another one wrote in
between (:class:`kit.store.tables.Outrun`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from kit.errors import DatasetError
from kit.store.space import Space

FOLDER = "leases"
NAME = f"{FOLDER}/settle"
#: It runs out when it was not written anew for so long, and is written anew so often (seconds).
LASTS, ANEW = 300.0, 60.0
#: Whoever waits looks so often (seconds).
LOOK = 0.5


class Taken(Exception):
    """Another computer has it."""


@contextmanager
def leased(space: Space, holder: str, patience: float) -> Iterator[None]:
    """Hold the lease of a bucket; of a folder there is none.

    The caller holds the lock of this computer, so that a lease of the same ``holder`` is one that was left
    behind. Raises :class:`Taken` when it was another's for ``patience`` seconds.
    """
    if space.local is not None:
        yield
        return
    data, until = holder.encode(), time.monotonic() + patience
    while not space.create(NAME, data):
        if _has_run_out(space):
            space.delete([NAME])
        elif time.monotonic() > until:
            raise Taken
        else:
            time.sleep(LOOK)
    done = threading.Event()
    thread = threading.Thread(target=_write_anew, args=(space, data, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        with suppress(DatasetError, FileNotFoundError):
            if space.get(NAME) == data:
                space.delete([NAME])


def _has_run_out(space: Space) -> bool:
    written = [item.written for item in space.items(FOLDER) if item.name == NAME]
    return bool(written) and space.now() - written[0] > LASTS


def _write_anew(space: Space, data: bytes, done: threading.Event) -> None:
    while not done.wait(ANEW):
        with suppress(DatasetError):
            space.replace(NAME, data)
