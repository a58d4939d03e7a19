"""Context flags in a dataset: neighbours, file borders, moved stations, in any order of arrival."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kit.dataset import create
from kit.dataset.local import Dataset
from kit.model import Source, Station

PLACES = [(58.38, 26.72), (58.40, 26.70), (58.36, 26.75), (58.35, 26.68)]
STATIONS = [
    Station(f"EE-A/p{n}", "EE-79", lat, lon, elevation=40.0 + 5 * n, zone="Etc/GMT-2", exposure="garden")
    for n, (lat, lon) in enumerate(PLACES)
]
FAULT = slice(200, 212)


def hourly(place: int, start: str = "2026-05-01", days: int = 12, fault: bool = False) -> Source:
    """A station's hours: the same weather for all, a little of its own; the fault lasts 12 hours."""
    rng = np.random.default_rng([7, place])
    times = pd.date_range(start, periods=24 * days, freq="h")
    weather = 12 + 5 * np.sin((times.hour.to_numpy() - 9) / 24 * 2 * np.pi)
    values = weather + 0.4 * place + rng.normal(0, 0.3, len(times))
    if fault:
        values[FAULT] += np.linspace(5.5, 11, 12)
    lines = ["time;temperature (°C)"] + [
        f"{t:%Y-%m-%d %H:%M};{v:.1f}" for t, v in zip(times, values, strict=True)
    ]
    return Source(f"p{place}_{start}.csv", "\n".join(lines).encode())


def filled(folder: Path, order: list[int], fault: int | None = 2) -> Dataset:
    shared = create(folder, school="EE-A", region="EE-79", zone="Etc/GMT-2")
    for station in STATIONS:
        shared.add_station(station)
    for place in order:
        shared.upload(hourly(place, fault=place == fault), station=STATIONS[place].id)
    return shared


def long(shared: Dataset, **asked: str) -> pd.DataFrame:
    return shared.readings("temperature", freq=None, **asked)


def test_a_station_that_leaves_its_neighbours_is_suspect_whatever_came_first(tmp_path: Path) -> None:
    one, other = filled(tmp_path / "a", [0, 1, 2, 3]), filled(tmp_path / "b", [2, 3, 1, 0])
    keys = ["station", "time"]
    tables = [long(shared).sort_values(keys, ignore_index=True) for shared in (one, other)]
    said = [table.loc[table["reason"].str.contains("neighbours"), [*keys, "flag"]] for table in tables]
    pd.testing.assert_frame_equal(*said)
    assert set(said[0]["station"]) == {"EE-A/p2"}
    assert set(said[0]["flag"]) == {3}
    hours = (said[0]["time"] - pd.Timestamp("2026-04-30T22:00")) / pd.Timedelta("1h")
    assert set(hours) <= set(range(FAULT.start, FAULT.stop))
    assert len(hours) >= 9


def test_what_is_asked_for_does_not_change_a_flag(tmp_path: Path) -> None:
    shared = filled(tmp_path / "a", [0, 1, 2, 3])
    whole = long(shared).query("station == 'EE-A/p2' and time >= '2026-05-08T22:00'")
    part = long(shared, station="EE-A/p2", since="2026-05-09")
    assert (part["flag"] == 3).sum() >= 9
    assert part["flag"].tolist() == whole["flag"].tolist()
    assert part["reason"].tolist() == whole["reason"].tolist()
    day = shared.readings("temperature", station="EE-A/p2", since="2026-05-09", freq="1h")
    assert int(day["temperature_flag"].max()) == 3


def test_verify_and_older_versions_stay_what_they_were(tmp_path: Path) -> None:
    shared = filled(tmp_path / "a", [0, 1])
    before = shared.version
    for place in (2, 3):
        shared.upload(hourly(place, fault=place == 2), station=STATIONS[place].id)
    assert long(shared)["reason"].str.contains("neighbours").any()
    assert not long(shared.at(before))["reason"].str.contains("neighbours").any()
    assert shared.verify()["ok"]


def test_too_few_neighbours_are_told(tmp_path: Path) -> None:
    shared = filled(tmp_path / "a", [0, 1, 2])
    not_run = [n for n in long(shared).attrs["not_run"] if n.check == "neighbours"]
    assert {n.station for n in not_run} == {"EE-A/p0", "EE-A/p1", "EE-A/p2"}
    assert not_run[0].to_dict("en")["why"].startswith("Only 2 other stations within 60 km")
    assert not_run[0].to_dict("et")["why"] != not_run[0].to_dict("en")["why"]


def test_a_retracted_neighbour_does_not_forecast(tmp_path: Path) -> None:
    shared = filled(tmp_path / "a", [0, 1, 2, 3])
    gone = next(s for s in shared.submissions() if s.stations == ("EE-A/p3",))
    shared.retract(gone.id)
    assert not long(shared)["reason"].str.contains("neighbours").any()


def test_indoor_stations_are_left_out(tmp_path: Path) -> None:
    shared = create(tmp_path / "a", school="EE-A", region="EE-79", zone="Etc/GMT-2")
    for place, station in enumerate(STATIONS):
        shared.add_station(replace(station, exposure="indoor" if place == 3 else "garden"))
        shared.upload(hourly(place, fault=place == 2), station=station.id)
    found = long(shared)
    assert not found["reason"].str.contains("neighbours").any()


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_a_jump_from_one_file_to_the_next_is_seen(tmp_path: Path, order: list[int]) -> None:
    shared = create(tmp_path / "a", school="EE-A", region="EE-79", zone="Etc/GMT-2")
    shared.add_station(STATIONS[0])
    text = [
        "time;temperature (°C)\n" + "".join(f"2026-05-01 {h:02d}:00;{v + h / 10:.1f}\n" for h in hours)
        for v, hours in ((10.0, range(12)), (22.0, range(12, 24)))
    ]
    for n in order:
        receipt = shared.upload(Source(f"{n}.csv", text[n].encode()), station=STATIONS[0].id)
        assert receipt.flagged == 0
    table = long(shared)
    assert table.loc[table["flag"] == 3, ["time", "reason"]].astype(str).values.tolist() == [
        ["2026-05-01 10:00:00", "rate-of-change"]
    ]
    assert shared.verify()["ok"]


def test_readings_of_a_station_that_moved_later_are_suspect(tmp_path: Path) -> None:
    shared = create(tmp_path / "a", school="EE-A", region="EE-79", zone="Etc/GMT-2")
    shared.add_station(STATIONS[0])
    shared.upload(hourly(0, days=2), station=STATIONS[0].id)
    shared.add_station(replace(STATIONS[0], latitude=58.5))
    shared.upload(hourly(0, start="2026-06-01", days=2), station=STATIONS[0].id)
    table = long(shared)
    old = table["time"] < "2026-05-15"
    assert set(table.loc[old, "reason"]) == {"station-moved"}
    assert set(table.loc[~old, "flag"]) == {1}
