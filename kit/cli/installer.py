"""``kit installer``: a folder for a stick that installs kit on computers without the internet."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from kit.cli.show import print_json
from kit.errors import UsageError
from kit.lab import installer as making
from kit.text import number, tr

#: A gigabyte: what a folder for several kinds of computers may need.
ROOM = 10**9


def installer(options: Namespace) -> int:
    """Write the folder and say what it holds."""
    out = Path(options.out).absolute()
    platforms = list(dict.fromkeys(options.platform or [making.this_platform()]))
    pythons = list(dict.fromkeys(options.python or [f"{sys.version_info[0]}.{sys.version_info[1]}"]))
    if out.is_dir() and any(out.iterdir()) and not (out / "wheels").is_dir():
        raise UsageError(
            "The folder {folder} holds other things.",
            do="Name a folder of its own, for instance {folder}/kit", code="not-empty", folder=out,
        )  # fmt: skip
    if making.room(out) < ROOM / 4 * len(platforms):
        raise UsageError(
            "There is too little room in {folder}.", why="About 250 MB are needed for each kind of computer.",
            do="Use a larger stick.", code="no-room", folder=out,
        )  # fmt: skip
    if not options.json:
        print(tr("The packages are being downloaded; this takes some minutes the first time."), flush=True)
    made = making.write(out, platforms, pythons)
    if options.json:
        print_json({"folder": str(made.folder), "packages": made.packages, "bytes": made.size})
        return 0
    print(
        tr(
            "{folder} is ready: {n} packages, {size} MB.",
            folder=out,
            n=made.packages,
            size=number(made.size / 1e6),
        )
    )
    print(
        tr("It installs kit without the internet on:"),
        "; ".join(making.PLATFORMS[one].name for one in platforms),
    )
    print(tr("Copy the whole folder to a stick; README.txt in it says how to go on."))
    return 0
