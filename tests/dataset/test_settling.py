"""What is read is the same before and after settling, and when nothing settled is believed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.dataset import Dataset, create, open_dataset, settling
from kit.dataset.finals import Finals
from kit.dataset.parts import groups
from kit.model import Source, Station

NAMES = [f"EE-{letter}/roof" for letter in "ABCDE"]
FREQUENCIES = ("1h", "1D", "1M")


def place(number: int, **other: Any) -> Station:
    """Neighbours, 5 km apart."""
    facts = {"elevation": 50.0, "zone": "Europe/Tallinn", **other}
    return Station(NAMES[number], "EE-79", 58.378 + number * 0.05, 26.729, **facts)


def weather(seed: int, start: str, rows: int, off: float) -> bytes:
    """Three variables each half hour; directions are averaged with the help of speeds."""
    times = np.datetime64(start, "s") + np.arange(rows) * np.timedelta64(1800, "s")
    noise = np.random.default_rng(seed).normal(0, 1, rows)
    values = 10 + 5 * np.sin(np.arange(rows) / 48 * 2 * np.pi) + off + noise
    lines = [
        f"{t},{v:.1f},{(i * 7) % 360},{2 + i % 5}"
        for i, (t, v) in enumerate(zip(times.astype(str), values, strict=True))
    ]
    return ("time,temperature (°C),wind direction (°),wind speed (m/s)\n" + "\n".join(lines) + "\n").encode()


def upload(shared: Dataset, chance: random.Random, count: int = 1) -> None:
    for _ in range(count):
        number = len(shared.submissions())
        start = f"2024-{chance.randint(1, 2):02d}-{chance.randint(1, 27):02d}T00:00"
        data = weather(number, start, chance.choice([60, 500]), chance.choice([0, 0, 0, 30]))
        source = Source(f"a{number}.csv", data)
        shared.upload(source, answers={"station": chance.choice(NAMES), "zone": "Europe/Tallinn"})


def look(shared: Dataset) -> dict[str, Any]:
    """Everything that can be read, twice (what is kept in memory must not matter), and parts of it."""
    for _ in range(2):
        found: dict[str, Any] = {"long": shared.readings(freq=None)}
        found["not_run"] = found["long"].attrs["not_run"]
        found |= {
            freq: shared.readings(freq=freq, since="2024-01-10", until="2024-02-20") for freq in FREQUENCIES
        }
        found["one"] = shared.readings("temperature", station=NAMES[1], since="2024-02", freq=None)
        found["used"] = shared.readings("temperature", freq="1D", use=(1, 2))
    return found


def same(one: dict[str, Any], two: dict[str, Any]) -> None:
    pd.testing.assert_frame_equal(one["long"], two["long"])
    pd.testing.assert_frame_equal(one["one"], two["one"])
    assert one["not_run"] == two["not_run"]
    for name in (*FREQUENCIES, "used"):
        xr.testing.assert_identical(one[name].drop_attrs(), two[name].drop_attrs())


def nothing_believed(shared: Dataset) -> Dataset:
    fresh = open_dataset(shared.folder)
    version, state = fresh._now()
    assert version is not None
    fresh._known = Finals(fresh._store, version, state, settled=False)
    return fresh


def act(shared: Dataset, number: int, chance: random.Random) -> None:
    """One of the things that make settled rows stale."""
    acts: list[Callable[[], object]] = [
        lambda: upload(shared, chance, 2),
        lambda: shared.retract(chance.choice([one for one in shared.submissions() if not one.retracted]).id),
        lambda: shared.review(NAMES[1], "temperature", 4, "device", since=datetime(2024, 1, 15)),
        lambda: shared.add_station(place(2, zone="Europe/Helsinki", elevation=250.0)),
        lambda: shared.restore(next(one for one in shared.submissions() if one.retracted).id),
        lambda: shared.add_station(Station(NAMES[3], "EE-37", 59.4, 24.7, zone="Europe/Tallinn")),
    ]
    acts[number]()


@pytest.mark.parametrize("seed", range(2))
def test_the_same_before_and_after(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "PART", 700)  # several parts
    chance = random.Random(seed)
    shared = create(tmp_path / "shared", school="EE-A", region="EE-79")
    for number in range(len(NAMES)):
        shared.add_station(place(number))
    upload(shared, chance, 5)
    before = look(shared)
    assert shared.compact()
    assert not shared.compact()
    same(before, look(open_dataset(shared.folder)))
    for number in range(6):
        act(shared, number, chance)
        now = look(open_dataset(shared.folder))  # partly settled
        same(now, look(nothing_believed(shared)))
        if number % 2:
            assert shared.compact()
            same(now, look(open_dataset(shared.folder)))
    result = shared.verify()
    assert result["ok"], result["differences"]


def test_settling_that_is_stopped_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every step of it; the next one takes back what was left."""
    shared = create(tmp_path / "shared", school="EE-A", region="EE-79")
    for number in range(2):
        shared.add_station(place(number))
    monkeypatch.setattr(f"{__name__}.NAMES", NAMES[:2])
    chance = random.Random(3)
    upload(shared, chance, 1)
    steps: list[str] = []
    monkeypatch.setattr(settling, "on_step", steps.append)
    assert shared.compact()
    upload(shared, chance, 1)
    before = look(shared)
    for stop in range(len(steps)):
        left = iter(range(stop))

        def die(step: str, left: Any = left) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt

        monkeypatch.setattr(settling, "on_step", die)
        with pytest.raises(KeyboardInterrupt):
            open_dataset(shared.folder).compact()
        if stop % 5 == 0:
            same(before, look(open_dataset(shared.folder)))
    monkeypatch.setattr(settling, "on_step", lambda step: None)
    assert shared.compact()
    same(before, look(open_dataset(shared.folder)))
    assert shared.verify()["ok"]


def test_parts_hold_every_series_once(tmp_path: Path) -> None:
    shared = create(tmp_path / "shared", school="EE-A", region="EE-79")
    for number in range(len(NAMES)):
        shared.add_station(place(number))
    upload(shared, random.Random(5), 8)
    state = shared._now()[1]
    held = sorted({one for item in shared.submissions() for one in item.stations})
    for most, number in ((1, len(held)), (10**9, 1)):
        found = groups(state, "temperature", sorted(NAMES), most)
        assert [one for group in found for one in group] == held
        assert len(found) == number
    assert groups(state, "pm10", sorted(NAMES)) == []
