"""Complete lists of one taxon: which names count, what is a number, when a list was made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit.analysis.lists import lists_of
from kit.errors import AnalysisError


def sightings(*rows: tuple[str, str, float], **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["eventID", "scientificName", "individualCount"])
    usual = {
        "station": "EE-A/park", "eventDate": "2026-05-04", "eventTime": "08:30", "complete": True, "flag": 1,
        "effort_minutes": 20.0, "occurrenceStatus": "present", "vernacularName": "", "class": "Aves",
    }  # fmt: skip
    return frame.assign(**{**usual, **columns})


@pytest.mark.parametrize("taxon", ["Parus major", "parus MAJOR ", "great tit", "Rasvatihane", "Parus"])
def test_names_of_any_rank_and_language(taxon: str) -> None:
    found = lists_of(sightings(("1", "Parus major Linnaeus, 1758", 2), ("2", "Pica pica", 1)), taxon).table
    assert found["found"].tolist() == [True, False]
    assert found["count"].tolist() == [2.0, 0.0]


def test_a_class_is_on_every_list_and_is_said_to_be() -> None:
    found = lists_of(sightings(("1", "Parus major", 2), ("2", "Pica pica", 1)), "aves")
    assert found.table["found"].all()
    assert "Every list has it" in found.notes[-1][0]


def test_presence_without_a_number_is_no_number_and_zero_is_absence() -> None:
    rows = sightings(
        ("1", "Pica pica", np.nan), ("1", "Pica pica", 3), ("2", "Pica pica", 0), ("3", "Pica pica", 1),
        ("3", "Pica pica", 1),
    )  # fmt: skip
    found = lists_of(rows, "Pica pica").table
    assert found["found"].tolist() == [True, False, True]
    assert np.isnan(found["count"][0])
    assert found["count"].tolist()[1:] == [0.0, 2.0]
    absent = lists_of(sightings(("1", "Pica pica", 1), ("2", "", np.nan)).assign(
        occurrenceStatus=["present", "absent"]), "Pica pica")  # fmt: skip
    assert absent.table["length"].tolist() == [1, 0]
    tame = sightings(("1", "Pica pica", 1), ("2", "Pica pica", 1))
    wild = lists_of(tame.assign(degreeOfEstablishment=["captive", ""]), "Pica pica").table
    assert wild["found"].tolist() == [False, True]


def test_days_and_hours_only_where_they_are_known() -> None:
    dates = [
        "2026-05-04",
        "2026-05-04/2026-05-04",
        "2026-05",
        "2026",
        "2026-05-04/2026-05-06",
        "",
        "2026-02-30",
    ]
    times = ["08:30", "8:15:20", "23:59+03:00", "25:00", "morning", "", "00:00/01:00"]
    frame = sightings(*[(str(i), "Pica pica", 1.0) for i in range(7)]).assign(
        eventDate=dates, eventTime=times
    )
    found = lists_of(frame, "Pica pica").table
    assert found["date"].notna().tolist() == [True, True, False, False, False, False, False]
    assert found["clock"].round(2).fillna(-1).tolist() == [8.5, 8.25, 23.98, -1, -1, -1, 0]


def test_two_stations_may_number_their_surveys_alike_and_the_index_does_not_matter() -> None:
    frame = sightings(("1", "Pica pica", 1), ("1", "Parus major", 1)).assign(
        station=["EE-A/park", "EE-B/park"]
    )
    frame.index = [7, 7]
    found = lists_of(frame, "Pica pica").table
    assert found[["station", "found"]].values.tolist() == [["EE-A/park", True], ["EE-B/park", False]]


def test_anything_at_all() -> None:
    empty = sightings(("1", "Pica pica", 1), ("2", "", np.nan)).assign(occurrenceStatus=["present", ""])
    found = lists_of(empty)
    assert found.table["found"].tolist() == [True, False]
    assert lists_of(empty.iloc[1:]).table["length"].tolist() == [0]
    with pytest.raises(AnalysisError, match="stands on none of the 1 complete lists"):
        lists_of(empty.iloc[1:], "Pica pica")
