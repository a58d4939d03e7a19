"""Lists side by side: seen, not seen, and nobody knows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit.analysis import checklists
from kit.errors import AnalysisError, UsageError
from tests.analysis.test_counting_species import A, B, C, D, sightings


def three() -> pd.DataFrame:
    """A complete list of three species, one that is not complete, a complete one with a noted presence."""
    rows = [("a", "1", A, 3), ("a", "1", B, 1), ("a", "1", C, 2), ("a", "2", B, 2), ("a", "3", B, np.nan),
            ("a", "3", D, 4)]  # fmt: skip
    table = sightings(rows)
    table["eventDate"] = ["2026-05-01"] * 3 + ["2026-05-03"] + ["2026-05-02"] * 2
    table["complete"] = [True] * 3 + [False] + [True] * 2
    return table


def test_what_a_list_says_of_what_is_not_on_it() -> None:
    found = checklists(three())
    assert found.lists["date"].tolist() == ["2026-05-01", "2026-05-02", "2026-05-03"], "oldest first"
    assert found.lists["complete"].tolist() == [True, True, False]
    assert found.lists["species"].tolist() == [3, 2, 1]
    assert {name: row.tolist() for name, row in found.marks.iterrows()} == {
        B: ["1", "X", "2"], D: ["0", "4", "?"], A: ["3", "0", "?"], C: ["2", "0", "?"],
    }  # fmt: skip
    assert found.marks.index[0] == B, "on most lists"
    assert found.completeness == pytest.approx(2 / 3)
    assert found.sentence("en") == "3 surveys of a name 4 species in all: 1 on every list, 3 on only one."
    assert "nobody can say" in found.remarks("en")[0]
    assert checklists(three(), last=1).lists["survey"].tolist() == ["a 2"]
    assert checklists(three()[lambda t: t["complete"]]).remarks("en") == []


def test_the_table_is_read_in_the_readers_language() -> None:
    shown = checklists(three()).shown_table("et").set_index("mis")
    assert shown.columns.tolist() == ["1. mai 2026", "2. mai 2026", "3. mai 2026"]
    assert shown.loc["täielik nimekiri"].tolist() == ["jah", "jah", "ei"]
    assert shown.loc["harakas"].tolist() == ["1", "X", "2"]
    assert shown.loc["mitu liiki"].tolist() == ["3", "2", "1"]
    assert shown.loc["vaatlejaid"].tolist() == ["–", "–", "–"]


def test_a_failed_sighting_makes_a_list_incomplete_and_is_not_shown() -> None:
    table = three()
    table.loc[0, "flag"] = 4
    found = checklists(table)
    assert A not in found.marks.index
    assert found.lists["complete"].tolist() == [False, True, False]
    assert found.marks.loc[D].tolist() == ["?", "4", "?"]


def test_animals_in_captivity_absences_and_wider_names_are_no_species_seen() -> None:
    rows = [
        ("a", "1", A, 1),
        ("a", "1", B, 0),
        ("a", "1", "Turdus sp.", 1),
        ("a", "1", C, 1),
        ("a", "2", "", np.nan),
    ]
    table = sightings(rows)
    table.loc[3, "degreeOfEstablishment"] = "captive"
    found = checklists(table)
    assert found.marks.to_dict("index") == {A: {"a 1": "1", "a 2": "0"}}
    assert found.lists["species"].tolist() == [1, 0], "an empty complete list is a list"


def test_places_and_days_are_told_apart() -> None:
    rows = [("a", "1", A, 1), ("b", "1", B, 1), ("b", "2", B, 1)]
    table = sightings(rows)
    table["eventDate"] = "2026-05-01"
    table.attrs["station_names"] = {"a": "Roof", "b": "Yard"}
    named = checklists(table).headings_of("en")
    assert named == ["Roof, May 1, 2026", "Yard, May 1, 2026 (2)", "Yard, May 1, 2026 (3)"]


def test_without_a_survey_nothing_is_shown() -> None:
    loose = sightings([("a", "", A, 1)])
    with pytest.raises(AnalysisError) as caught:
        checklists(loose)
    assert caught.value.code == "no-complete-lists"
    with pytest.raises(UsageError, match="one survey or more"):
        checklists(three(), last=0)
    with pytest.raises(UsageError, match="Sightings are needed here"):
        checklists(3)  # type: ignore[arg-type]


def test_a_list_of_an_incomplete_name_has_no_species() -> None:
    found = checklists(sightings([("a", "1", "Turdus sp.", 2)]))
    assert found.marks.empty
    assert found.lists["species"].tolist() == [0]
    assert found.sentence("en").startswith("1 survey of a name 0 species")
