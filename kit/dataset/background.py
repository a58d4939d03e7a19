"""Settling by itself: in a thread beside whoever uploads, so that nobody waits for it.

A thread starts after an upload when enough has arrived (:func:`kit.dataset.settling.is_due`). There is at
most one in a process, and a lock keeps two processes apart. What goes wrong is told by ``status()`` and
tried again later; it never reaches a lesson. A process that ends stops the thread between two parts: the
next settling takes back what this one left.
"""

from __future__ import annotations

import atexit
import threading
import time
from typing import TYPE_CHECKING

from kit.dataset.settling import Stopped, clean, is_due, settle
from kit.errors import KitError
from kit.store import folder as disk

if TYPE_CHECKING:
    from kit.dataset.view import View
    from kit.store.flush import Parts
    from kit.store.versions import Version

#: After an error nothing is tried for so long (seconds).
PAUSE = 600.0
#: After settling it rests so many times as long as it took: many large files are settled together.
REST = 4.0
#: A process that ends waits so long (seconds) for the thread to stop.
LAST_WAIT = 10.0

_one = threading.Lock()
_stop = threading.Event()
_all: set[threading.Thread] = set()


class Settler:
    """Settles the tables of one dataset in the background."""

    def __init__(self, store: Parts) -> None:
        self._store = store
        self._thread: threading.Thread | None = None
        self._not_before = float("-inf")
        self.trouble: KitError | None = None

    @property
    def running(self) -> bool:
        """Whether the tables are being settled now by this one."""
        return self._thread is not None and self._thread.is_alive()

    def look(self, shared: View, version: Version | None) -> bool:
        """Start if it is due in ``version``; return whether. No other thread may use ``shared``."""
        early = time.monotonic() < self._not_before
        if self.running or early or _stop.is_set() or not is_due(version):
            return False
        self._thread = threading.Thread(target=self._work, args=(shared,), name="kit-settling", daemon=True)
        _all.add(self._thread)
        self._thread.start()
        return True

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended, at most so long; return whether nothing is running."""
        if self._thread is not None:
            self._thread.join(seconds)
        return not self.running

    def _work(self, shared: View) -> None:
        start = time.monotonic()
        try:
            if _one.acquire(blocking=False):
                try:
                    settle(shared, self._store, stop=_stop.is_set)
                    clean(self._store)
                finally:
                    _one.release()
            self.trouble = None
        except Stopped:
            pass
        except KitError as error:
            self.trouble = None if error.code == "settling" else error
        except BaseException as error:  # noqa: BLE001  (a panic of deltalake is no Exception)
            self.trouble = disk.explain(Exception(str(error)), self._store.folder)
        finally:
            now = time.monotonic()
            self._not_before = now + (PAUSE if self.trouble else REST * (now - start))
            _all.discard(threading.current_thread())


def finish(seconds: float) -> bool:
    """Wait for every thread of this process, at most so long; return whether all have ended."""
    last = time.monotonic() + seconds
    for thread in list(_all):
        thread.join(max(0.0, last - time.monotonic()))
    return not any(thread.is_alive() for thread in _all)


@atexit.register
def _end() -> None:
    """Stop between two parts before Python takes itself apart."""
    _stop.set()
    finish(LAST_WAIT)
