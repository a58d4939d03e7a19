"""Stations compared at equal effort: which surveys count, and what is said about the rest."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kit.analysis import diversity
from kit.errors import AnalysisError, UsageError
from kit.model import SIGHTINGS, empty


def sightings(rows: list[tuple], **defaults: object) -> pd.DataFrame:
    """Rows of (station, survey, species, count); every column of SIGHTINGS is there."""
    table = empty(SIGHTINGS).reindex(range(len(rows)))
    table[["station", "eventID", "scientificName", "individualCount"]] = pd.DataFrame(rows)
    table["individualCount"] = table["individualCount"].astype(float)
    usual = {"complete": True, "effort_minutes": 10.0, "occurrenceStatus": "present", "flag": 1} | defaults
    for name, value in usual.items():
        table[name] = value
    return table


A, B, C, D = "Parus major", "Pica pica", "Sturnus vulgaris", "Apus apus"


def test_more_surveys_are_no_advantage() -> None:
    """Station a found 4 species in 4 surveys, b found 3 in 2: at 2 surveys a has fewer."""
    lists = [{A}, {A, B}, {A, C}, {A, D}]
    rows = [("a", f"a{i}", name, 1) for i, names in enumerate(lists) for name in sorted(names)]
    rows += [("b", "b0", A, 1), ("b", "b0", B, 2), ("b", "b1", A, 1), ("b", "b1", C, 1)]
    found = diversity(sightings(rows))
    at = found.table.set_index("station")["at_equal_effort"]
    pairs = [len(lists[i] | lists[j]) for i, j in combinations(range(4), 2)]
    assert at["a"] == pytest.approx(np.mean(pairs))
    assert at["b"] == 3.0
    assert found.table["station"].tolist() == ["b", "a"]
    assert (found.effort, found.effort_unit, found.n, found.completeness) == (20.0, "minutes", 6, 1.0)
    assert found.sentence("en") == (
        "With 20 minutes of searching, most species are found here: b (3.0). The fewest: a (2.5)."
    )
    assert "20 minutit otsimist" in found.sentence("et")


def test_minutes_count_not_surveys() -> None:
    rows = [("a", "a0", A, 1), ("a", "a0", B, 1), ("b", "b0", A, 1), ("b", "b1", B, 1)]
    table = sightings(rows)
    table.loc[table["eventID"] == "a0", "effort_minutes"] = 20.0
    by_minutes, by_surveys = diversity(table), diversity(table, effort="surveys")
    assert by_minutes.table["at_equal_effort"].tolist() == [2.0, 2.0]
    assert by_surveys.table.set_index("station")["at_equal_effort"].to_dict() == {"a": 2.0, "b": 1.0}
    table.loc[0, "effort_minutes"] = table.loc[1, "effort_minutes"] = np.nan
    found = diversity(table)
    assert found.effort_unit == "surveys"
    assert any("do not say how long they took: 1." in text for text in found.remarks("en"))


def test_incomplete_lists_and_loose_sightings_are_left_out_and_named() -> None:
    table = sightings(
        [("a", "a0", A, 1), ("a", "a1", B, 1), ("a", "", C, 1), ("b", "b0", A, 1), ("b", "b1", D, 1)]
    )
    table.loc[1, "complete"] = False
    table.loc[4, "flag"] = 4
    found = diversity(table)
    assert found.table.set_index("station")["found"].to_dict() == {"a": 1, "b": 1}
    assert found.table.set_index("station")["surveys"].to_dict() == {
        "a": 1,
        "b": 1,
    }  # the list of b1 is not whole without the sighting that failed
    assert found.completeness == pytest.approx(2 / 4)
    words = found.remarks("en")
    assert "Left out, surveys whose list is not complete: 1." in words
    assert "Left out, sightings that belong to no survey: 1." in words
    assert any(text.startswith("Left out, surveys with a sighting that failed a check") for text in words)
    assert found.sentence("en").endswith("equally many species are found in all that are compared: 1.")
    with pytest.raises(AnalysisError, match="complete list"):
        diversity(table[table["eventID"] == "a1"])
    with pytest.raises(AnalysisError, match="complete list"):
        diversity(sightings([("a", "", A, 1)]))
    with pytest.raises(UsageError, match="mood"):
        diversity(table, by="mood")


def test_x_is_a_presence_and_never_a_number() -> None:
    table = sightings([("a", "a0", A, np.nan), ("a", "a0", B, 5), ("a", "a1", A, 2), ("a", "a1", B, 2)])
    row = diversity(table).table.iloc[0]
    assert row["found"] == 2
    assert (row["counted_surveys"], row["individuals"], row["hill1"]) == (1, 4, pytest.approx(2.0))
    assert any("only noted as present: 1." in text for text in diversity(table).remarks("en"))
    only_x = diversity(sightings([("a", "a0", A, np.nan)])).table.iloc[0]
    assert np.isnan(only_x["hill1"])
    assert only_x["found"] == 1


def test_empty_complete_lists_are_effort() -> None:
    rows = [("a", "a0", A, 1), ("a", "a1", "", np.nan), ("b", "b0", A, 1)]
    table = sightings(rows)
    table.loc[1, "occurrenceStatus"] = "absent"
    found = diversity(table).table.set_index("station")
    assert found.loc["a", "at_equal_effort"] == 0.5
    assert found.loc["b", "at_equal_effort"] == 1.0
    table.loc[0, "individualCount"] = 0  # counted: none
    assert diversity(table).table.set_index("station").loc["a", "found"] == 0


def test_names_above_species_are_not_species() -> None:
    found = diversity(sightings([("a", "a0", A, 1), ("a", "a0", "Parus", 1), ("a", "a0", "Larus sp.", 1)]))
    assert found.table.loc[0, "found"] == 1
    assert any("less exactly than a species: 2." in text for text in found.remarks("en"))


@pytest.mark.fielddata
def test_complete_checklists_of_ebird(field_data: Path) -> None:
    """Real checklists: species per checklist group from the zero-fill pair, only complete ones."""
    seen = pd.read_csv(field_data / "bio/ebird/zerofill-ex_ebd.txt", sep="\t", dtype=str)
    visits = pd.read_csv(field_data / "bio/ebird/zerofill-ex_sampling.txt", sep="\t", dtype=str)
    event = "SAMPLING EVENT IDENTIFIER"
    both = visits.merge(seen[[event, "SCIENTIFIC NAME", "OBSERVATION COUNT"]], on=event, how="left")
    rows = list(zip(both["STATE CODE"], both[event], both["SCIENTIFIC NAME"].fillna(""),
                    pd.to_numeric(both["OBSERVATION COUNT"], errors="coerce"), strict=True))  # fmt: skip
    table = sightings(rows)
    table["complete"] = (both["ALL SPECIES REPORTED"] == "1").to_numpy()
    table["effort_minutes"] = pd.to_numeric(both["DURATION MINUTES"]).to_numpy()
    table.loc[table["scientificName"] == "", "occurrenceStatus"] = "absent"
    found = diversity(table, effort="surveys")
    complete = visits[visits["ALL SPECIES REPORTED"] == "1"]
    assert found.n == len(complete)
    assert (
        found.table.set_index("station")["surveys"].to_dict()
        == complete["STATE CODE"].value_counts().to_dict()
    )
    assert (found.table["at_equal_effort"] <= found.table["found"] + 1e-9).all()


def test_stations_may_number_their_surveys_alike() -> None:
    """Survey 1 of a (10 minutes, 2 species) and survey 1 of b (30 minutes, 1 species) are two surveys."""
    table = sightings([("a", "1", A, 1), ("a", "1", B, 1), ("b", "1", A, 1)])
    table.loc[2, "effort_minutes"] = 30.0
    table.loc[2, "complete"] = True
    found = diversity(table)
    assert (found.n, found.completeness, found.effort) == (2, 1.0, 10.0)
    assert found.table.set_index("station")["minutes"].to_dict() == {"a": 10.0, "b": 30.0}
    table.loc[2, "complete"] = False  # says nothing about the survey of a
    assert diversity(table).table["station"].tolist() == ["a"]


def test_nothing_that_can_be_compared() -> None:
    table = sightings([("a", "1", A, 1), ("b", "2", B, 1)])
    for nothing in (table.iloc[:0], table.assign(flag=4)):
        with pytest.raises(AnalysisError, match="No survey here has a complete list"):
            diversity(nothing)
    with pytest.raises(AnalysisError, match="what it is to be compared by: station"):
        diversity(table.assign(station=None))


def test_names_and_version_come_with_the_sightings() -> None:
    table = sightings([("EE-A/1", "1", A, 1), ("EE-A/1", "1", B, 1), ("EE-B/1", "1", A, 1)])
    table.attrs = {"version": "3f9ac2d41b07/1", "station_names": {"EE-A/1": "Roof", "EE-B/1": "Yard"}}
    found = diversity(table)
    assert found.version == "3f9ac2d41b07/1"
    assert "are found here: Roof (2.0). The fewest: Yard (1.0)." in found.sentence("en")
    table.attrs["station_names"]["EE-B/1"] = "Roof"
    assert "The fewest: Roof (EE-B/1)" in diversity(table).sentence("en")


def test_seasons_and_schools_are_compared_at_equal_effort() -> None:
    rows = [("EE-A/1", "1", A, 1), ("EE-A/1", "2", B, 1), ("EE-A/2", "3", A, 1), ("EE-B/1", "4", C, 1)]
    table = sightings(rows)
    table["eventDate"] = ["2026-01-10", "2026-05-03", "2026-06", "2026"]
    found = diversity(table, by="school")
    assert found.table.set_index("school")["surveys"].to_dict() == {"EE-A": 3, "EE-B": 1}
    found = diversity(table, by=("school", "season"))
    assert sorted(found.table["group"]) == ["EE-A · spring", "EE-A · summer", "EE-A · winter"]
    assert "EE-A · talv" in diversity(table.iloc[[0]], by=("school", "season")).sentence("et")


def test_indices_of_counts_and_of_lists() -> None:
    """Chao2 by hand: 3 species in 3 surveys, 2 of them once, none twice."""
    rows = [("a", "1", A, 6), ("a", "2", A, 1), ("a", "2", B, 2), ("a", "3", A, 1), ("a", "3", C, 1)]
    row = diversity(sightings(rows)).table.iloc[0]
    assert row["chao2"] == pytest.approx(3 + 2 / 3 * 2 / 2)
    assert row["berger_parker"] == pytest.approx(8 / 11)
    assert row["good_coverage"] == pytest.approx(10 / 11)
    assert row["at_equal_effort_low"] < row["at_equal_effort"] == 3 < row["at_equal_effort_high"]


def test_the_table_names_what_is_compared() -> None:
    table = sightings([("a", "1", A, 1), ("a", "2", B, 1)])
    table["eventDate"] = ["2026-01-05", "2026-05-05"]
    shown = diversity(table, by="season").shown_table("en")
    assert sorted(shown["place or time"]) == ["spring", "winter"]
    assert "season" in diversity(table, by="season").table.columns
    assert diversity(table).shown_table("et").columns[0] == "jaam"
