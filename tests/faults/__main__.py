"""``python -m tests.faults [--kills 500]``: kills every act again and again and prints what came of it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from tests.faults.killing import ACTS, Killer, Tally


def tell(text: str, where: TextIO = sys.stdout) -> None:
    where.write(f"{text}\n")
    where.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="in all (default 500)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--act", action="append", choices=sorted(ACTS), help="only this act")
    options = parser.parse_args()
    names = options.act or list(ACTS)
    tallies = {name: Tally(name) for name in names}
    place = Path(tempfile.mkdtemp(prefix="kit-faults-"))
    Killer(place, options.seed).run(
        tallies, -(-options.kills // len(names)), lambda text: tell(text, sys.stderr)
    )
    tell(f"{'act':10}{'kills':>8}{'unfinished':>12}{'lost':>8}{'doubled':>9}{'needed manual repair':>22}")
    total = Tally("all")
    for one in [*tallies.values(), total]:
        tell(f"{one.act:10}{one.kills:8}{one.open:12}{one.lost:8}{one.doubled:9}{one.repair:22}")
        for name in ("kills", "open", "lost", "doubled", "repair"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.notes += one.notes if one is not total else []
    for note in total.notes:
        tell(note)
    return 0 if total.ok else 1


if __name__ == "__main__":
    sys.exit(main())
