"""``python -m tests.faults [--kills 500]``: kills every act again and again and prints what came of it."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from tests.faults.acts import ACTS
from tests.faults.killer import Killer, Tally


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
    each = -(-options.kills // len(names))
    with suppress(KeyboardInterrupt):  # then the table has what was done until now
        Killer(place, options.seed).run(tallies, each, lambda text: tell(text, sys.stderr))
    counts = ("kills", "acknowledged", "lost", "doubled", "repair")
    total = Tally("all", *(sum(getattr(one, name) for one in tallies.values()) for name in counts))
    tell(f"{'stage':10}{'kills':>8}{'acknowledged':>14}{'lost':>8}{'doubled':>9}{'repaired by hand':>18}")
    for one in [*tallies.values(), total]:
        tell(f"{one.act:10}{one.kills:8}{one.acknowledged:14}{one.lost:8}{one.doubled:9}{one.repair:18}")
        total.notes += one.notes if one is not total else []
    for note in total.notes:
        tell(note)
    if total.ok:
        shutil.rmtree(place)
    return 0 if total.ok and total.kills == each * len(names) else 1


if __name__ == "__main__":
    sys.exit(main())
