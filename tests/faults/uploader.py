"""A process with everything loaded that forks a child for each order it reads, and tells how it ended.

An order is a line of JSON. ``{"arguments": [...], "output": path}`` is a ``kit`` command; ``{"folder": path,
"calls": [[name, argument ... {keyword: argument}] ...], "output": path}`` opens a dataset and calls methods
(``unpack`` restores a backup), one line of JSON each. The answer is a line with the child's process id; when
the child has ended, a line with its exit code follows (negative: the signal). What else may stand there:

* ``die_at``: the child kills itself before its so-manieth change of a file of Python's (Rust's are not seen);
* ``ops``: a file into which the child writes how many such changes there were;
* ``hold``: nothing is brought into a version, what is given waits in the journal;
* ``clock``: so many seconds are added to the clock.
"""

from __future__ import annotations

import datetime as real
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import deltalake  # noqa: F401
import filelock  # noqa: F401
import polars  # noqa: F401

import kit.cli.files
import kit.dataset.citing
import kit.dataset.correcting
import kit.dataset.finals
import kit.dataset.merging
import kit.dataset.settling
import kit.dataset.verifying  # noqa: F401
from kit.__main__ import main
from kit.dataset import open_dataset
from kit.dataset.backing import restore
from kit.errors import DatasetError, KitError
from kit.store import flush as flushing

CHANGES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect"}
WRITES = os.O_WRONLY | os.O_RDWR


def count_changes(die_at: int) -> list[int]:
    """Count changes of files from now on; die before number ``die_at``."""
    done = [0]

    def look(event: str, values: tuple[Any, ...]) -> None:
        if event in CHANGES or (event == "open" and values[2] & WRITES):
            done[0] += 1
            if done[0] == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)
    return done


def hold() -> None:
    def held(*_: object, **__: object) -> None:
        # One of the errors with which a dataset opens all the same.
        raise DatasetError("nothing is brought into a version now", code="object-missing")

    flushing.flush = held  # type: ignore[assignment]


def set_clock(seconds: float) -> None:
    """Let every module of kit see another time."""
    now, past = time.time, real.timedelta(seconds=seconds)

    class Clock(real.datetime):
        @classmethod
        def now(cls, tz: real.tzinfo | None = None) -> Clock:
            return cls.fromtimestamp(real.datetime.now(real.UTC).timestamp(), tz) + past  # type: ignore[return-value]

    time.time = lambda: now() + seconds
    for name, module in list(sys.modules.items()):
        if name.startswith("kit.") and getattr(module, "datetime", None) is real.datetime:
            module.datetime = Clock  # type: ignore[attr-defined]


def tell(said: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def moments(named: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments with times where they are about times."""
    times = {name: real.datetime.fromisoformat(named[name]) for name in ("since", "until") if name in named}
    return {**named, **times}


def unpack(backup: str, folder: str) -> str:
    return restore(Path(backup), Path(folder)).version


def call(order: dict[str, Any]) -> int:
    """Call methods of a dataset; 4 when one of them fails in words."""
    try:
        shared = open_dataset(order["folder"])
        for name, *arguments in order["calls"]:
            named = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
            do = unpack if name == "unpack" else getattr(shared, name)
            made = do(*arguments, **moments(named))
            said: dict[str, Any] = {"did": name}
            if name == "upload":
                said |= {"file": made.file, "submission": made.submission, "status": made.status}
                if made.trouble:
                    said |= {"trouble": made.trouble.code, "words": made.trouble.words("en")}
            elif name == "review":
                said |= {"since": named["since"]}
            elif isinstance(made, bool | str):
                said |= {"gave": made}
            tell(said)
    except KitError as error:
        tell({"error": error.code, "words": error.words("en")})
        return 4
    return 0


def child(order: dict[str, Any]) -> int:
    number = os.fork()
    if number:
        return number
    output = os.open(str(order["output"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    code = 99
    try:
        if order.get("hold"):
            hold()
        if order.get("clock"):
            set_clock(order["clock"])
        done = count_changes(order.get("die_at", 0))
        code = call(order) if "calls" in order else main(list(order["arguments"]))
        if order.get("ops"):
            with open(order["ops"], "w") as file:  # noqa: PTH123
                file.write(str(done[0]))
    except BaseException:  # noqa: BLE001  (a panic of deltalake is no Exception)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def say(value: int) -> None:
    sys.__stdout__.write(f"{value}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    for line in sys.stdin:
        numbers = [child(order) for order in json.loads(line)]
        for number in numbers:
            say(number)
        for number in numbers:
            say(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]))
