"""A process that has everything loaded and forks a child for each order it reads.

deltalake does not survive a fork once it has worked (its runtime has threads), so the tests' own process
cannot fork; starting Python anew for each crash would take a second each. Orders are lines of JSON:
``{"do": "flush", "folder", "step"}`` dies at the step; ``{"do": "give", "folder", "texts"}``, several at once
in a list, acknowledges and flushes. The answer is a line with the exit codes.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import conftest as acts
import deltalake  # noqa: F401
import filelock  # noqa: F401
import polars  # noqa: F401

from kit.store import flush as flushing


def flush(order: dict[str, Any]) -> None:
    def die(name: str) -> None:
        if name == order["step"]:
            os._exit(9)

    flushing.on_step = die
    flushing.flush(flushing.parts(Path(order["folder"]), acts.derive))


def give(order: dict[str, Any]) -> None:
    store = flushing.parts(Path(order["folder"]), acts.derive)
    for text in order["texts"]:
        made = acts.draft(text)
        store.journal.add([made], key=str(made.content["key"]))
        flushing.flush(store)


def child(order: dict[str, Any]) -> int:
    number = os.fork()
    if number:
        return number
    try:
        {"flush": flush, "give": give}[order["do"]](order)
    except BaseException:  # noqa: BLE001  (a panic of deltalake is no Exception)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main() -> None:
    for line in sys.stdin:
        children = [child(order) for order in json.loads(line)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) for number in children]
        sys.stdout.write(json.dumps(codes) + "\n")
        sys.stdout.flush()


main()
