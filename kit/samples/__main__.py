"""``python -m kit.samples OUT [--seed 2026]``: make the sample schools' files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kit.samples.write import write
from kit.text import tr, trn


def main(arguments: list[str] | None = None) -> int:
    """Write the files, say how many and how large; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m kit.samples", description=tr("Make the files of the invented sample schools.")
    )
    parser.add_argument("out", type=Path, metavar="OUT", help=tr("the folder to write into"))
    parser.add_argument(
        "--seed", type=int, default=2026, help=tr("the same number gives the same files (default: 2026)")
    )
    options = parser.parse_args(arguments)
    paths = write(options.out, options.seed)
    megabytes = sum(path.stat().st_size for path in paths) / 1e6
    sentence = trn("{n} file was written, {mb} MB in all.", "{n} files were written, {mb} MB in all.",
                   len(paths), mb=f"{megabytes:.1f}")  # fmt: skip
    sys.stdout.write(f"{sentence}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
