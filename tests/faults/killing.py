"""A world in which acts on a shared dataset are killed, and what must hold in it afterwards.

A :class:`World` is two copies of a dataset and a plain account of what must be in them: for every file that
was ever given, in which states it may be. An act that was acknowledged before it was killed has happened; of
any other it is open whether it has. After each kill the dataset is opened as anybody would and compared.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kit.dataset import create, open_dataset
from kit.dataset.finals import Finals
from kit.dataset.local import Dataset
from kit.entry import version_id
from kit.model import Station
from kit.store.entries import Objects

HEAD = "sensor_id;sensor_type;location;lat;lon;timestamp;P1;durP1;ratioP1;P2;durP2;ratioP2"
ROOF = Station("EE-A/roof", "EE-79", 58.378, 26.729, zone="Europe/Tallinn")
GARDEN = Station("EE-A/garden", "EE-79", 58.379, 26.73, zone="Europe/Tallinn")
ABSENT, BACK, SAID = "absent", "taken back", "said"

#: Names of methods with their arguments (keywords in a dict at the end).
Calls = list[list[Any]]
#: What becomes of a file or a review: how it was, and how it is then.
Change = dict[str, tuple[str, str]]


class Uploader:
    """Runs acts in processes of their own, side by side, and kills them (see ``uploader.py``)."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("uploader.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, orders: list[dict[str, Any]], after: float | None = None) -> tuple[list[int], float]:
        """Start the acts, kill them ``after`` seconds (None: not); return exit codes and time."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(orders) + "\n")
        self.process.stdin.flush()
        numbers = [int(self.process.stdout.readline()) for _ in orders]
        start = time.monotonic()
        if after is not None:
            time.sleep(after)
            for number in numbers:
                with suppress(ProcessLookupError):  # it has ended already
                    os.kill(number, signal.SIGKILL)
        codes = [int(self.process.stdout.readline()) for _ in orders]
        return codes, time.monotonic() - start

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


@contextmanager
def uploading() -> Iterator[Uploader]:
    made = Uploader()
    try:
        yield made
    finally:
        made.close()


def write_file(folder: Path, number: int, rows: int) -> Path:
    """A file of its own hours: no two files (of up to 600 rows) share a time."""
    start = np.datetime64("2024-01-01T00:00", "s") + np.timedelta64(number * 600, "m")
    stamps = (start + np.arange(rows) * np.timedelta64(60, "s")).astype(str)
    lines = [f"7;SDS011;12;58.378;26.729;{t};{5 + n % 50};;;{4 + n % 50};;" for n, t in enumerate(stamps)]
    path = folder / f"day-{number:04}.csv"
    path.write_text("\n".join([HEAD, *lines]) + "\n")
    return path


def said(output: Path) -> list[dict[str, Any]]:
    """Return what a child printed whole, line by line."""
    return [json.loads(line) for line in output.read_text().split("\n")[:-1]]


class Broken(Exception):
    """What must hold does not: ``kind`` is lost, doubled or repair."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(what)
        self.kind = kind


class World:
    """Two copies of a dataset, the files that were given to them, and what must be in the first one."""

    def __init__(self, place: Path, chance: random.Random, uploader: Uploader) -> None:
        self.place, self.chance, self.uploader = place, chance, uploader
        self.folder, self.other, self.drop = (place / name for name in ("shared", "other", "files"))
        self.drop.mkdir(parents=True)
        self.rows: dict[str, int] = {}
        self.may: dict[str, set[str]] = {}
        self.elsewhere: dict[str, set[str]] = {}
        #: Reviews, by the time from which they hold.
        self.said: dict[str, set[str]] = {}
        self.erased: set[str] = set()
        self.outputs = 0
        for folder in (self.folder, self.other):
            shared = create(folder, school="EE-A", region="EE-79")
            for station in (ROOF, GARDEN):
                shared.add_station(station)
            shared.close()
        self.calm([["upload", path] for path in self.fresh(3)])
        for name in self.rows:
            self.may[name] = {ROOF.id}

    # --- running

    def fresh(self, count: int) -> list[str]:
        """Write new files; return their paths."""
        made = []
        for _ in range(count):
            rows = self.chance.choice([3, 30, 200])
            path = write_file(self.drop, len(self.rows), rows)
            self.rows[path.name] = rows
            made.append(str(path))
        return made

    def fresh_place(self, name: str) -> Path:
        """Return a path below the world's place at which nothing is."""
        path = self.place / name
        shutil.rmtree(path, ignore_errors=True)
        path.unlink(missing_ok=True)
        return path

    def order(self, calls: Calls, folder: Path | None = None, **more: Any) -> dict[str, Any]:
        self.outputs += 1
        output = self.place / f"{self.outputs}.jsonl"
        output.touch()
        return {"folder": str(folder or self.folder), "calls": calls, "output": str(output), **more}

    def calm(self, calls: Calls, folder: Path | None = None, **more: Any) -> list[dict[str, Any]]:
        """Let calls happen undisturbed; return what they said."""
        order = self.order(calls, folder, **more)
        codes, _ = self.uploader.run([order])
        found = said(Path(order["output"]))
        if codes != [0]:
            raise Broken("repair", f"{calls}: {codes} {found}")
        return found

    def note(self, change: Change, told: list[dict[str, Any]], sure: bool) -> None:
        """Note what may have become of what: what was told, and with ``sure`` all of it, has happened."""
        done = {item[key] for item in told for key in ("file", "since") if "did" in item and key in item}
        for name, (before, then) in change.items():
            account = self.said if name in self.said else self.may
            account[name] = {then} if sure or name in done else {before, then}

    def one(self, state: str | None = None) -> str:
        """Return the name of a file that is certainly there (in this state)."""
        sure = [name for name, may in self.may.items() if len(may) == 1 and may != {ABSENT}]
        return self.chance.choice([name for name in sure if state is None or state in self.may[name]] or sure)

    def submission(self, name: str) -> str:
        shared = open_dataset(self.folder)
        found = [item for item in shared.submissions() if item.file == name]
        shared.close()
        return ([item.id for item in found if not item.retracted] or [found[-1].id])[0]

    # --- looking

    def look(self) -> None:
        """Open the dataset as anybody would and compare; afterwards what is there is certain."""
        self.must(self._look)

    def must(self, do: Callable[[], None]) -> None:
        """Do what must be possible now without anybody's help."""
        try:
            do()
        except Broken:
            raise
        except Exception as error:
            raise Broken("repair", f"{type(error).__name__}: {error}") from error

    def _look(self) -> None:
        shared = open_dataset(self.folder)
        self._compare(shared)
        shared.close()

    def _compare(self, shared: Dataset) -> None:
        submissions = shared.submissions()
        live: dict[str, list[Any]] = {}
        known = {item.file for item in submissions}
        for item in submissions:
            if not item.retracted:
                live.setdefault(item.file, []).append(item)
        for name, may in self.may.items():
            here = live.get(name, [])
            if len(here) > 1:
                raise Broken("doubled", f"{name} counts {len(here)} times")
            state = here[0].stations[0] if here else BACK if name in known else ABSENT
            if state not in may:
                raise Broken("lost", f"{name} is {state}, not {may}")
            self.may[name] = {state}
        strange = {name for name in live if name not in self.may}
        if strange:
            raise Broken("doubled", f"never given: {strange}")
        self._rows(shared, {items[0].id: name for name, items in live.items()})
        self._reviews(shared)
        self._versions(shared)

    def _rows(self, shared: Dataset, files: dict[str, str]) -> None:
        table = shared.readings("pm10", freq=None)
        sums = table.groupby("submission")["value"].agg(["size", "sum"])
        found = {files.get(key, key): (n, total) for key, n, total in sums.itertuples()}
        wanted = {
            name: (self.rows[name], sum(5 + n % 50 for n in range(self.rows[name])))
            for name in files.values()
        }
        if found != wanted:
            fewer = sum(n for n, _ in found.values()) < sum(n for n, _ in wanted.values())
            raise Broken("lost" if fewer else "doubled", f"rows {found} not {wanted}")

    def _reviews(self, shared: Dataset) -> None:
        found = Counter(one.since for one in shared._now()[1].reviews)
        for since, may in self.said.items():
            state = SAID if found[since] else ABSENT
            if found[since] > 1:
                raise Broken("doubled", f"the review since {since} is there {found[since]} times")
            if state not in may:
                raise Broken("lost", f"the review since {since} is {state}")
            self.said[since] = {state}

    def _versions(self, shared: Dataset) -> None:
        versions = shared.versions()
        named = [entry for version in versions for entry in version.added]
        if len(named) != len(set(named)):
            raise Broken("doubled", "an entry stands in two versions")
        if not set(named) <= set(Objects(self.folder).entry_ids()):
            raise Broken("lost", "a version names an entry that is not there")
        if versions[-1].id != version_id(named):
            raise Broken("repair", "the newest version's id is not that of its entries")

    def examine(self) -> None:
        """Look at everything: what verify finds, settled tables, leftovers, both copies after merging."""
        self.look()
        self.calm([["merge", str(self.folder)], ["verify"]], self.other)
        self.calm([["merge", str(self.other)]])
        for name, may in self.elsewhere.items():
            if ABSENT in self.may[name] and name not in self.erased:
                self.may[name] = may
        self.look()
        copies = [open_dataset(folder) for folder in (self.folder, self.other)]
        for shared in copies:
            found = shared.verify()
            if not found["ok"]:
                raise Broken("repair", f"verify: {found['differences'][:3]}")
            if shared.status()["waiting"]:
                raise Broken("repair", "something waits for ever")
            settled_and_not_are_equal(shared)
        if copies[0].version != copies[1].version:
            raise Broken("lost", "two copies that merged have different versions")
        for shared in copies:
            shared.close()


def settled_and_not_are_equal(shared: Dataset) -> None:
    """What is read from settled tables is what follows from all that was given."""
    version, state = shared._now()
    assert version is not None
    before = shared.readings(freq=None)
    days = shared.readings("pm10", freq="1D")
    shared._known = Finals(shared._store, version, state, settled=False)
    try:
        pd.testing.assert_frame_equal(before, shared.readings(freq=None))
        assert days.drop_attrs().identical(shared.readings("pm10", freq="1D").drop_attrs())
    except AssertionError as error:
        raise Broken("repair", f"settled tables differ: {error}") from error
    finally:
        shared._known = None
