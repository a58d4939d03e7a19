"""Lesson 2, can it be right: answers from the file with pandas alone; the event stays, the error is found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kit
from kit.lesson import Running
from tests.lessons.conftest import Begin
from tests.lessons.executed import LESSONS

FILE = LESSONS / "02-can-it-be-right" / "data" / "meie_jaam_2025-11.csv"
ROOF, GARDEN = "EE-TRT-7k2p/roof", "EE-TRT-m4x9/garden"
FINE, WARM = "PM2,5 (µg/m³)", "Õhutemperatuur (°C)"
#: What the script put in: wrong values of PM2.5, the smoke of a fire, the hours at the window.
WRONG = (412.6, -63.0, 655.3)


def raw() -> pd.DataFrame:
    table = pd.read_csv(FILE, sep=";", decimal=",", na_values="-999")
    times = pd.to_datetime(table["Kuupäev"] + " " + table["Kellaaeg"], format="%d.%m.%Y %H:%M")
    return table.set_index(times)[[FINE, WARM]].astype(float)


def right(task: str, given: object) -> bool:
    return kit.answer(task, given).state == "right"


def begun(begin: Begin, depth: str, **chosen: str) -> Running:
    running = begin("02-can-it-be-right", depth=depth, **chosen)
    running.catch_up()
    return running


def test_impossible_stuck_and_the_means_by_hand(begin: Begin) -> None:
    begun(begin, "A")
    table = raw()
    fine, good = table[FINE].dropna(), table[FINE].dropna()[lambda v: ~v.isin(WRONG)]
    assert right("2", int((fine < -15).sum() + (table[WARM] > 60).sum()))
    runs = (table[WARM].diff() != 0).cumsum()
    assert right("4", int(runs.value_counts().max()))
    assert right("9", f"{abs(fine.mean() - good.mean()):.1f} µg/m³".replace(".", ","))
    assert right("10", abs(fine.median() - good.median()))
    assert right("3", "b")
    assert not right("3", "a")


def test_rules_counted_by_hand(begin: Begin) -> None:
    begun(begin, "B")
    fine = raw()[FINE].dropna()
    wrong = fine.isin(WRONG)
    assert right("11", int((wrong & ~(fine > 200)).sum()))
    assert right("12", int((~wrong & (fine > 50)).sum()))
    assert not right("12", int((fine > 50).sum()))


def test_the_fire_is_an_event_and_no_rule_of_kit_throws_it_away(begin: Begin) -> None:
    running = begun(begin, "A")
    fine = raw()[FINE].dropna()
    good = fine[~fine.isin(WRONG)]
    top = good.idxmax()
    assert (top.day, top.hour) == (8, 20)
    near = good[top - pd.Timedelta(hours=12) : top + pd.Timedelta(hours=12)]
    assert right("5", int((near >= good.max() / 2).sum()))
    assert right("6", "a")
    flags = running.readings("pm25").set_index("time")["flag"]
    assert set(flags[top - pd.Timedelta(hours=3) : top + pd.Timedelta(hours=3)]) == {1}


def neighbours(running: Running) -> pd.DataFrame:
    """Hours of the temperature at the two stations around, from readings one by one, local standard time."""
    found = {}
    for station in (ROOF, GARDEN):
        rows = running.shared.readings(
            "temperature", station=station, since="2025-11", until="2025-11", freq=None
        )
        rows = rows[rows["flag"].isin([1, 2, 3])]
        found[station] = rows.set_index(rows["time"] + pd.Timedelta(hours=2))["value"].resample("h").mean()
    return pd.DataFrame(found)


def test_only_the_neighbours_find_the_thermometer_at_the_window(begin: Begin) -> None:
    running = begun(begin, "C")
    ours = raw()[WARM].where(lambda v: v < 60)
    gap = (ours - neighbours(running).mean(axis=1)).abs()
    assert right("8", int((gap > 4).sum()))
    assert int((gap > 4).sum()) == 40
    days = gap.groupby(gap.index.normalize()).mean()
    assert right("7", int(days.idxmax().day))
    flags = running.readings("temperature").set_index("time")["flag"]
    assert set(flags["2025-11-18 20:00":"2025-11-20 11:00"]) == {1}, "no limit finds it"  # type: ignore[misc]


def test_disagreements_at_both_stations_by_hand(begin: Begin) -> None:
    running = begun(begin, "C")
    fine = raw()[FINE].dropna()
    assert right("14", int(((fine > 5 * fine.median()) != fine.isin(WRONG)).sum()))
    other = running.shared.readings("pm25", station=running.value("neighbour"), since="2025", freq=None)
    other = other[other["value"].notna() & (other["flag"] != 9)]
    doubted = other["flag"].isin([3, 4])
    by_hand = int(((other["value"] > 5 * other["value"].median()) != doubted).sum())
    assert running.value("neighbour") == ROOF
    assert right("15", by_hand)
    assert not right("15", by_hand + 1)


@pytest.mark.parametrize("station", [ROOF, GARDEN])
def test_another_station_has_its_own_answers(begin: Begin, station: str) -> None:
    running = begun(begin, "A", station=station)
    ours = running.readings("pm25")
    good = ours.loc[~ours["flag"].isin([3, 4]), "value"]
    assert right("9", abs(ours["value"].mean() - good.mean()))
    assert right("10", abs(ours["value"].median() - good.median()))
    assert np.isfinite(running.value("top")["value"])
    assert str(running.value("around")["station"].iloc[0]) == station
    assert right("12", int(((ours["value"] > 50) & ~ours["flag"].isin([3, 4])).sum()))
