"""A process with everything loaded that forks a ``kit`` command for each order it reads.

An order is a line of JSON: ``{"arguments": [...], "output": path}``. The answer is a line with the child's
process id; when the child has ended, a line with its exit code follows (negative: the signal).
"""

from __future__ import annotations

import json
import os
import sys

import deltalake  # noqa: F401
import filelock  # noqa: F401
import polars  # noqa: F401

import kit.cli.files  # noqa: F401
from kit.__main__ import main


def child(order: dict[str, list[str] | str]) -> int:
    number = os.fork()
    if number:
        return number
    output = os.open(str(order["output"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    code = 99
    try:
        code = main(list(order["arguments"]))
    finally:
        sys.stdout.flush()
        os._exit(code)


def say(value: int) -> None:
    sys.__stdout__.write(f"{value}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


for line in sys.stdin:
    numbers = [child(order) for order in json.loads(line)]
    for number in numbers:
        say(number)
    for number in numbers:
        say(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]))
