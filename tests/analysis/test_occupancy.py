"""Occupancy of places by complete lists: which visits count, what is refused, and the words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit.analysis.occupancy import occupancy
from kit.errors import AnalysisError, UsageError

NEWT, FROG = "Triturus cristatus", "Rana temporaria"


def sightings(
    places: int = 24, visits: int = 4, psi: float = 0.6, p: float = 0.5, seed: int = 0
) -> pd.DataFrame:
    """Complete lists that all hold a frog, and a newt where it lives and was found."""
    rng = np.random.default_rng(seed)
    rows = []
    for place in range(places):
        lives = rng.random() < psi
        for visit in range(visits):
            day = f"2026-05-{1 + 7 * visit:02d}"
            for name in [FROG, NEWT] if lives and rng.random() < p else [FROG]:
                rows.append((f"EE-{place // 2:02d}/{place % 2}", day, name))
    frame = pd.DataFrame(rows, columns=["station", "eventDate", "scientificName"])
    frame = frame.assign(
        eventID=frame["eventDate"], eventTime="08:30", complete=True, individualCount=1.0, flag=1,
        effort_minutes=20.0, occurrenceStatus="present", vernacularName="",
    )  # fmt: skip
    frame.attrs = {"version": "3f9ac2d41b07/1", "station_names": {"EE-00/0": "Pond"}}
    return frame


def test_what_is_found_and_said() -> None:
    found = occupancy(sightings(), "triturus CRISTATUS")
    assert (found.places, found.n, found.version) == (24, 96, "3f9ac2d41b07/1")
    assert found.found / 24 <= found.occupied
    assert found.low < 0.6 < found.high
    text = found.sentence("en")
    assert f"was found at {found.found} of 24 places" in text
    assert f"at {100 * found.occupied:.0f} % of the places (between {100 * found.low:.0f} and" in text
    assert f"finds it in {100 * found.detection:.0f} of 100 cases" in text
    assert "kohas" in found.sentence("et")
    table = found.table
    assert table["station_name"].iloc[0] == "Pond"
    assert table["visits_with"].gt(0).sum() == found.found
    assert (table.loc[table["visits_with"] > 0, "chance"] == 1).all()
    missed = table.loc[table["visits_with"] == 0, "chance"].iloc[0]
    left = found.occupied * (1 - found.detection) ** 4
    assert missed == pytest.approx(left / (left + 1 - found.occupied))
    assert found.to_dict("en")["sites"][0]["visits"] == 4
    assert "how many there are" in found.caution("en")


def test_lists_of_one_day_are_one_visit_and_incomplete_ones_none() -> None:
    frame = sightings()
    again = frame[frame["eventDate"] == "2026-05-01"].assign(eventID="group 2")
    unfinished = frame[frame["eventDate"] == "2026-05-08"].assign(eventID="seen by chance", complete=False)
    nowhen = frame[frame["eventDate"] == "2026-05-15"].assign(eventID="some day", eventDate="2026-05")
    both = pd.concat([frame, again, unfinished, nowhen], ignore_index=True)
    found, plain = occupancy(both, NEWT), occupancy(frame, NEWT)
    assert (found.occupied, found.low, found.n) == (plain.occupied, plain.low, plain.n)
    assert found.remarks("en") == [
        "Left out, surveys whose list is not complete: 24.",
        "Left out, lists whose day is not known: 24.",
        "Lists of the same place and day, which are one visit: 24.",
    ]


def test_too_little_is_said_so() -> None:
    with pytest.raises(AnalysisError, match="looked for at 19 places with at least 3 visits; 20 are needed"):
        occupancy(sightings(places=19), NEWT)
    few = sightings()
    few = few[~((few["station"] == "EE-00/0") & (few["eventDate"] > "2026-05-10"))]
    assert "Left out, places with fewer than 3 visits: 1." in occupancy(few, NEWT).remarks("en")
    with pytest.raises(AnalysisError, match="0 places with at least 3 visits"):
        occupancy(sightings(visits=2), NEWT)
    with pytest.raises(AnalysisError, match="looked for at 12 places"):
        occupancy(sightings(), NEWT, place="school")
    with pytest.raises(
        AnalysisError, match=r"Bufo bufo stands on none of the 96 complete lists.*Rana temporaria"
    ):
        occupancy(sightings(), "Bufo bufo")
    with pytest.raises(AnalysisError, match="No survey here has a complete list"):
        occupancy(sightings().assign(complete=False), NEWT)
    with pytest.raises(AnalysisError, match="No survey here has a complete list"):
        occupancy(sightings().iloc[:0], NEWT)
    seldom = sightings(psi=0.0)
    once = seldom.iloc[:1].assign(station="EE-50/0", scientificName=NEWT)
    with pytest.raises(AnalysisError, match="was found at none of the 24 places"):
        occupancy(pd.concat([seldom, once], ignore_index=True), NEWT)
    with pytest.raises(UsageError, match="A place is one of station, school"):
        occupancy(sightings(), NEWT, place="pond")


def test_more_than_a_season() -> None:
    frame = sightings()
    later = frame.assign(eventDate=frame["eventDate"].str.replace("2026-05", "2026-11"))
    later["eventID"] = later["eventDate"]
    spread = pd.concat([frame, later], ignore_index=True)
    assert "there are 205 days" in occupancy(spread, NEWT).remarks("en")[0]
    next_year = frame.assign(eventDate=frame["eventDate"].str.replace("2026", "2027"))
    next_year["eventID"] = next_year["eventDate"]
    both = pd.concat([frame, next_year], ignore_index=True)
    with pytest.raises(AnalysisError, match="more than a year"):
        occupancy(both, NEWT)
    parts = occupancy(both, NEWT, by="year")
    assert list(parts) == ["2026", "2027"]


def test_at_the_border_it_is_told() -> None:
    frame = sightings(psi=0.0)
    seen = frame[frame["station"].isin(["EE-00/0", "EE-03/1", "EE-07/0"])].drop_duplicates("station")
    found = occupancy(pd.concat([frame, seen.assign(scientificName=NEWT)], ignore_index=True), NEWT)
    assert found.at_border
    assert "cannot rule out that it was at all of them" in found.sentence("en")
    assert "whether it is rare or only hard to find" in found.remarks("en")[-1]
    every = occupancy(frame, FROG)
    assert (every.found, every.high) == (24, 1.0)
    assert "Every list has it" in every.remarks("en")[0]
