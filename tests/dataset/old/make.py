"""Make ``layout-2.zip``, a small dataset as this kit writes it, and ``layout-2.json``, what it says.

    python -m tests.dataset.old.make FOLDER

The two files are made once for each layout and then stay as they are: later kits must open them. All of it is
made up. ``layout-1.zip`` was made in the same way by the last kit of that layout.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kit.dataset import Dataset, create
from kit.dataset.packing import packing
from kit.model import Source, Station

ROOF = Station("EE-A/roof", "EE-79", 58.378, 26.729, zone="Europe/Tallinn", exposure="roof", name="Katus")
YARD = Station("EE-B/yard", "EE-79", 58.401, 26.752, zone="Europe/Tallinn", exposure="garden", name="Õu")
BIRDS = "date,species,count,complete\n2024-05-01,Parus major,3,yes\n2024-05-01,Pica pica,1,yes\n"


def table(start: str, values: Any) -> bytes:
    """A file of temperatures, a row every half hour."""
    times = np.datetime64(start, "s") + np.arange(len(values)) * np.timedelta64(1800, "s")
    rows = [f"{time},{value:.1f}" for time, value in zip(times.astype(str), values, strict=True)]
    return ("time,temperature (°C)\n" + "\n".join(rows) + "\n").encode()


def fill(shared: Dataset) -> None:
    """Give a dataset something of every kind."""
    moment = datetime(2024, 6, 1, tzinfo=UTC)
    step = timedelta(minutes=1)
    wave = 10 + 5 * np.sin(np.arange(480) / 48 * 2 * np.pi)
    for station in (ROOF, YARD):
        shared.add_station(station, now=moment)
    for number, station in enumerate((ROOF, YARD), start=1):
        source = Source(f"may-{number}.csv", table("2024-05-01T00:00", wave + number))
        shared.upload(source, station=station.id, accept_likely=True, now=moment + number * step)
    peak = wave.copy()
    peak[100] = 45.0
    given = shared.upload(
        Source("again.csv", table("2024-05-05T00:00", peak[:120])), station=ROOF.id, accept_likely=True,
        now=moment + 3 * step,
    )  # fmt: skip
    wrong = shared.upload(
        Source("wrong.csv", table("2024-05-02T00:00", wave[:48] + 20)), station=YARD.id, accept_likely=True,
        now=moment + 4 * step,
    )  # fmt: skip
    shared.retract(wrong.submission, "wrong station", now=moment + 5 * step)
    if hasattr(shared, "review"):  # layout 1 knew neither reviews nor citations nor settling
        shared.review(ROOF.id, "temperature", 4, "device", since=datetime(2024, 5, 9), now=moment + 6 * step)
    shared.annotate(given.submission, "a new battery", now=moment + 7 * step)
    if hasattr(shared, "cite"):
        shared.cite("for the poster", now=moment + 8 * step)
        shared.compact()
    birds = Source("birds.csv", BIRDS.encode())
    shared.upload(birds, station=ROOF.id, accept_likely=True, now=moment + 9 * step)
    late = Source("late.csv", table("2024-05-11T00:00", wave[:60]))
    shared.upload(late, station=YARD.id, accept_likely=True, now=moment + 10 * step)


def said(shared: Dataset) -> dict[str, Any]:
    """What a dataset says, as far as later kits must say the same."""
    days = shared.readings("temperature", freq="1D")
    temperature = days["temperature"]
    long = shared.readings("temperature", freq=None)
    return {
        "version": shared.version,
        "versions": [item.id for item in shared.versions()],
        "stations": [station.to_dict() for station in shared.stations()],
        "submissions": {item.file: item.retracted for item in shared.submissions()},
        "readings": len(long),
        "flags": {str(flag): int(n) for flag, n in long["flag"].value_counts().sort_index().items()},
        "sum": round(float(long["value"].sum()), 6),
        "days": {
            name: [None if np.isnan(one) else round(float(one), 6) for one in temperature.sel(station=name)]
            for name in days["station"].values.tolist()
        },
        "sightings": shared.sightings()["scientificName"].tolist(),
    }  # fmt: skip


def main(folder: Path) -> None:
    """Write both files."""
    from kit.dataset.settings import LAYOUT

    with tempfile.TemporaryDirectory() as place:
        shared = create(Path(place) / "old", school="EE-A", region="EE-79")
        fill(shared)
        found = said(shared)
        shared.close()
        with packing(folder / f"layout-{LAYOUT}.zip") as pack:
            for path in sorted(shared.folder.rglob("*")):
                if path.is_file() and path.suffix != ".lock":
                    pack.put(path.relative_to(shared.folder).as_posix(), path.read_bytes())
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (folder / f"layout-{LAYOUT}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
