"""Bytes per reading in the settled table: regular hourly data, and a city's archive of dust sensors.

The archive (sensors of Aberdeen for half a year, Sensor.Community) belongs to the field data
(``KIT_FIELD_DATA``); without it only the made-up data are measured. Everything else in the folder of the
dataset is printed too.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks import _big
from benchmarks._measure import FIELD_DATA
from kit.dataset import Dataset, create

NAME = "disk"
REGULAR, ARCHIVE = 2.0, 4.0
BIG = FIELD_DATA / "big" / "sensor_community_aberdeen_2019H1.tar.gz"
#: Files of the archive that a quick run takes.
FEW = 60


def run(quick: bool) -> dict[str, Any]:
    """Measure."""
    regular = told("made-up hourly readings", _big.dataset(_big.QUICK if quick else _big.LARGE))
    target, archive = f"<= {REGULAR}", 0.0
    if BIG.exists():
        with tempfile.TemporaryDirectory() as folder:
            shared = create(Path(folder) / "dataset", school="GB-ABD")
            archive = told("Aberdeen, Sensor.Community", _uploaded(shared, quick))
            target += f" (and of the archive {archive:.2f} <= {ARCHIVE})"
    else:
        print(f"{BIG.name} is not here: set KIT_FIELD_DATA")
    return {
        "name": NAME, "value": round(regular, 2), "unit": "bytes per reading", "target": target,
        "against": "nothing: an absolute figure", "ok": regular <= REGULAR and archive <= ARCHIVE,
    }  # fmt: skip


def _uploaded(shared: Dataset, quick: bool) -> Dataset:
    """Give every file of the archive, as a school would (each sensor is a station), and settle the tables."""
    stored = 0
    for receipt in shared.upload_all(BIG, answers={"station": "GB-ABD/*", "zone": "UTC"}, accept_likely=True):
        stored += receipt.status == "stored"
        if quick and stored == FEW:
            break
    print(f"{stored:,} files stored", flush=True)
    shared.compact()
    return shared


def told(what: str, shared: Dataset) -> float:
    """Print what takes how much room; return the bytes per reading in the table of readings."""
    version = shared._store.versions.newest()
    assert version is not None
    files = shared._store.tables["readings"].contents(version.settled.tables["readings"])
    rows = sum(one.rows for one in files)
    room = {"table of readings": sum(Path(one.path).stat().st_size for one in files)}
    for name in ("tables/days", "arrivals", "raw", "entries", "versions"):
        room[name] = sum(path.stat().st_size for path in (shared.folder / name).rglob("*") if path.is_file())
    room["journal"] = sum(path.stat().st_size for path in shared.folder.glob("journal.sqlite*"))
    print(f"{what}: {rows:,} rows")
    for name, size in room.items():
        print(f"  {name:20} {size / 2**20:8.2f} MiB {size / rows:8.3f} bytes per reading", flush=True)
    return room["table of readings"] / rows
