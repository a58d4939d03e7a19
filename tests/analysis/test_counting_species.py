"""Places compared at equal completeness, lists compared, maps, accumulation and ranks: rules and words."""

from __future__ import annotations

import pickle
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kit.analysis import accumulation, dissimilarity, ordination, rank_abundance, rarefaction
from kit.errors import AnalysisError, UsageError
from kit.model import SIGHTINGS, empty
from kit.stats import hill

A, B, C, D = "Parus major", "Pica pica", "Sturnus vulgaris", "Apus apus"


def sightings(rows: list[tuple], **defaults: object) -> pd.DataFrame:
    """Rows of (station, survey, species, count); every column of SIGHTINGS is there."""
    table = empty(SIGHTINGS).reindex(range(len(rows)))
    table[["station", "eventID", "scientificName", "individualCount"]] = pd.DataFrame(rows)
    table["individualCount"] = table["individualCount"].astype(float)
    usual = {"complete": True, "effort_minutes": 10.0, "occurrenceStatus": "present", "flag": 1} | defaults
    for name, value in usual.items():
        table[name] = value
    return table


def region(schools: int = 3, surveys: int = 12, species: int = 15, seed: int = 1) -> pd.DataFrame:
    """Schools that find each species with the same chances, except that the last one lacks half of them."""
    rng = np.random.default_rng(seed)
    chance = np.geomspace(0.8, 0.05, species)
    rows = []
    for school in range(schools):
        here = chance * (np.arange(species) % 2 == 0) if school == schools - 1 else chance
        for survey in range(surveys):
            found = np.flatnonzero(rng.random(species) < here)
            rows += [(f"EE-{school}/1", str(survey), f"Genus species{'abcdefghijklmnopqrst'[i]}", 1.0 + i)
                     for i in found]  # fmt: skip
            if not len(found):
                rows.append((f"EE-{school}/1", str(survey), "", np.nan))
    return sightings(rows)


def test_schools_are_compared_where_all_are_equally_complete() -> None:
    table = region()
    found = rarefaction(table)
    assert found.base == "coverage"
    for row in found.table.itertuples():
        here = table[table["station"] == row.group]
        counts = here[here["scientificName"] != ""].groupby("scientificName").size()
        surveys = here["eventID"].nunique()
        assert row.units == surveys
        assert row.coverage == pytest.approx(hill.coverage(counts, surveys))
        assert row.whole0 == pytest.approx(hill.chao(counts, units=surveys))
        assert row.size <= 2 * surveys + 1e-6
        assert row.hill0_low < row.hill0 < row.hill0_high
    curve = found.curve[(found.curve["order"] == 0) & (found.curve["group"] == "EE-0/1")]
    assert curve["stage"].value_counts()["observed"] == 1
    assert curve["size"].max() == 24
    assert found.table["group"].iloc[-1] == "EE-2/1"
    assert found.differ() is True
    assert found.sentence("en").startswith(f"Where all lists are {100 * found.level:.0f} % complete, most")
    assert found.sentence("en").endswith("Chance alone hardly makes such a difference.")
    assert "Ainult juhus" in found.sentence("et")
    assert rarefaction(region(2, seed=3)).differ() is not None


def test_equal_size_and_individuals() -> None:
    table = region()
    found = rarefaction(table, base="size", level=12, orders=[1])
    assert found.orders == (0.0, 1.0)
    observed = table[table["scientificName"] != ""].groupby("station")["scientificName"].nunique()
    assert found.table.set_index("group")["hill0"].to_dict() == pytest.approx(observed.to_dict())
    assert set(found.table["stage"]) == {"observed"}
    assert found.sentence("en").startswith("With 12 surveys, most species")
    counted = rarefaction(table, datatype="abundance", base="size", replicates=0)
    numbers = table.groupby("station")["individualCount"].sum()
    assert found.table["units"].tolist() == [12, 12, 12]
    assert counted.table.set_index("group")["units"].to_dict() == numbers.to_dict()
    assert counted.level == 2 * numbers.min()
    assert counted.differ() is None
    assert counted.sentence("en").count("(") == 0
    assert "individuals, most species are expected" in counted.sentence("en")


def test_presences_are_no_counts_and_few_surveys_say_so() -> None:
    table = region()
    table.loc[table["station"] == "EE-0/1", "individualCount"] = np.nan
    found = rarefaction(table, datatype="abundance", replicates=0)
    assert set(found.table["group"]) == {"EE-1/1", "EE-2/1"}
    assert "EE-0/1 was left out: too few surveys or individuals (0)." in found.remarks("en")
    assert len(rarefaction(table, replicates=0).table) == 3
    few = table[(table["station"] != "EE-1/1") | (table["eventID"].isin(["0", "1"]))]
    found = rarefaction(few, replicates=0)
    assert "EE-1/1 jäi välja: liiga vähe vaatlusi või isendeid (2)." in found.remarks("et")
    assert pickle.loads(pickle.dumps(found)).remarks("en") == found.remarks("en")
    with pytest.raises(AnalysisError, match="Too few complete lists"):
        rarefaction(few[few["station"] == "EE-1/1"])
    with pytest.raises(AnalysisError, match="Beyond twice the sample"):
        rarefaction(table, base="size", level=25)
    with pytest.raises(UsageError, match="incidence, abundance"):
        rarefaction(table, datatype="counts")
    with pytest.raises(UsageError, match="orders from 0"):
        rarefaction(table, orders=[-1])


def test_a_school_where_nothing_or_one_thing_was_found_is_left_out() -> None:
    rows = [("EE-9/1", str(i), "", np.nan) for i in range(6)] + [
        ("EE-8/1", str(i), "", np.nan) for i in range(5)
    ]
    rows.append(("EE-8/1", "5", A, 1.0))
    table = pd.concat([region(), sightings(rows)], ignore_index=True)
    found = rarefaction(table, replicates=0)
    assert len(found.table) == 3
    assert sum("so little was found" in text for text in found.remarks("en")) == 2
    lists = dissimilarity(table, shuffles=0)
    assert any("EE-9/1 was left out: nothing was found there." in text for text in lists.remarks("en"))
    assert len(lists.matrix) == 4


def test_one_school_alone() -> None:
    found = rarefaction(region(1), replicates=20)
    assert found.differ() is None
    assert "with the missed ones there are probably at least" in found.sentence("en")
    whole = found.to_dict("et")
    assert whole["groups"][0]["found"] == found.table["found"].iloc[0]


def test_by_season_and_school() -> None:
    table = region(2)
    table["eventDate"] = np.where(table["eventID"].astype(int) < 6, "2026-01-15", "2026-05")
    found = rarefaction(table, by=("school", "season"), replicates=0)
    assert set(found.table["group"]) == {
        f"EE-{i} · {season}" for i in (0, 1) for season in ("winter", "spring")
    }
    assert "EE-0 · kevad" in found.sentence("et") or "EE-1 · kevad" in found.sentence("et")


def test_lists_are_compared_by_the_share_of_surveys() -> None:
    """a: A in 2 of 2, B in 1; b: A in 1 of 4, C in 4. Shares 1, .5, 0 and .25, 0, 1."""
    rows = [("a", "1", A, 1), ("a", "1", B, 3), ("a", "2", A, 1)]
    rows += [("b", "1", A, 2)] + [("b", str(i), C, 1) for i in range(1, 5)]
    table = sightings(rows)
    found = dissimilarity(table)
    assert found.table["dissimilarity"].tolist() == [pytest.approx((0.75 + 0.5 + 1) / 2.75)]
    assert found.values.loc["b"].to_dict() == {A: 0.25, B: 0.0, C: 1.0}
    of_counts = dissimilarity(table, of="counts", measure="jaccard").matrix.loc["a", "b"]
    assert of_counts == pytest.approx(1 - 0.5 / (1 + 1.5 + 1))
    presence = dissimilarity(table, of="presence", measure="jaccard").matrix.loc["a", "b"]
    lists = [{A, C}, {C}, {C}, {C}]
    chance_of_a = np.mean([A in one | other for one, other in combinations(lists, 2)])
    assert presence == pytest.approx(1 - chance_of_a / 3)
    other = dissimilarity(table, of="presence").matrix.loc["a", "b"]
    assert other == pytest.approx(presence / (2 - presence))
    assert found.sentence("en").startswith("a and b differ by 0.82")


def test_more_surveys_are_no_difference() -> None:
    """Two schools with the same birds, one with four times as many surveys: all is chance."""
    rng, chance = np.random.default_rng(7), np.linspace(0.1, 0.8, 10)
    rows = [("a" if i < 10 else "b", str(i), f"Genus species{'abcdefghij'[k]}", 1)
            for i in range(50) for k in np.flatnonzero(rng.random(10) < chance)]  # fmt: skip
    for of in ("frequency", "presence"):
        row = dissimilarity(sightings(rows), of=of).table.iloc[0]
        assert row["by_chance"] / 2 < row["dissimilarity"] < row["by_chance_high"] * 1.2
    apart = dissimilarity(region()).table
    assert apart.iloc[-1]["dissimilarity"] > apart.iloc[-1]["by_chance_high"]


def test_what_cannot_be_compared() -> None:
    with pytest.raises(AnalysisError, match="Fewer than two"):
        dissimilarity(region(1))
    with pytest.raises(UsageError, match="bray-curtis, jaccard"):
        dissimilarity(region(), measure="euclid")
    with pytest.raises(AnalysisError, match="any map is perfect"):
        ordination(region())
    with pytest.raises(AnalysisError, match="All places or times differ equally"):
        ordination(sightings([(place, "1", A, 1) for place in "abcdef"]))
    for by in ("weekday", "region"):
        with pytest.raises(AnalysisError, match=f"compared by: {by}"):
            accumulation(region(), by=by)
    with pytest.raises(UsageError, match="orders from 0"):
        rarefaction(region(), orders=[float("inf")])
    with pytest.raises(UsageError, match="nmds, pcoa"):
        ordination(region(), kind="pca")


@pytest.mark.parametrize("kind", ["nmds", "pcoa"])
def test_a_map_puts_like_to_like(kind: str) -> None:
    found = ordination(region(6, 20), kind=kind)
    places = found.points.set_index("group")[["axis1", "axis2"]].to_numpy()
    apart = np.sqrt(((places[:, None] - places) ** 2).sum(axis=2))
    assert apart.mean(axis=1).argmax() == 5
    assert "farthest apart" in found.sentence("en")
    assert "EE-5/1" in found.sentence("en").split("farthest")[1]
    assert len(found.species) == 15
    assert found.differences.shape == (6, 6)
    low, high = places.min(axis=0) - 1e-9, places.max(axis=0) + 1e-9
    assert ((found.species[["axis1", "axis2"]] >= low) & (found.species[["axis1", "axis2"]] <= high)).all(
        axis=None
    )
    assert "telgedel" in found.caution("et").lower()
    words = found.sentence("en")
    assert ("stress" in words) == (kind == "nmds")


def test_species_add_up() -> None:
    rows = [("a", "1", A, 1), ("a", "1", B, 1), ("a", "2", A, 1), ("a", "3", C, 1), ("a", "3", A, 1)]
    table = sightings(rows)
    table["eventDate"] = ["2026-03-01", "2026-03-01", "2026-02-01", "2026-01-01", "2026-01-01"]
    found = accumulation(table)
    lists = [{A, B}, {A}, {A, C}]
    for n in (1, 2, 3):
        means = np.mean([len(set().union(*pick)) for pick in combinations(lists, n)])
        assert found.curve["species"].iloc[n - 1] == pytest.approx(means)
    assert found.curve["as_it_was"].tolist() == [2, 2, 3]
    assert (found.curve["low"] <= found.curve["species"]).all()
    assert found.sentence("en") == (
        "a: on average 1.7 species are found in 1 survey, and 3 in 3 surveys. "
        "The last survey added 0.7 species on average: more surveys would find more."
    )


def test_rows_may_have_any_index_and_order() -> None:
    table = region()
    other = table.sample(frac=1, random_state=1)
    other.index = [0] * len(other)
    known = rarefaction(table, replicates=0).table
    pd.testing.assert_frame_equal(rarefaction(other, replicates=0).table, known)


def test_regions_are_compared() -> None:
    table = region()
    table.attrs = {"station_regions": {"EE-0/1": "EE-37", "EE-1/1": "EE-37", "EE-2/1": "EE-79"}}
    found = rarefaction(table, by="region", replicates=0)
    assert found.table.set_index("group")["units"].to_dict() == {"EE-37": 24, "EE-79": 12}


def test_ranks() -> None:
    rows = [("a", "1", A, 6), ("a", "1", B, 2), ("a", "2", B, 1), ("a", "3", C, np.nan)]
    by_lists, by_number = (
        rank_abundance(sightings(rows), datatype=kind) for kind in ("incidence", "abundance")
    )
    assert by_lists.table["name"].tolist() == [B, A, C]
    assert by_lists.table["share"].tolist() == pytest.approx([2 / 3, 1 / 3, 1 / 3])
    assert by_number.table["found"].tolist() == [6.0, 3.0]
    assert by_number.n == 2
    assert any("only noted as present: 1." in text for text in by_number.remarks("en"))
    assert by_lists.sentence("en") == "a: the commonest of 3 species is magpie (67 % of the lists)."
    with pytest.raises(AnalysisError, match="No survey here counted"):
        rank_abundance(sightings([("a", "1", A, np.nan)]), datatype="abundance")
    with pytest.raises(UsageError, match="incidence, abundance"):
        rank_abundance(sightings(rows), datatype="mass")


@pytest.mark.fielddata
def test_butterfly_transects(field_data: Path) -> None:
    """Real transects, every visit being a complete list with counts, against formulas written out here."""
    counts = pd.read_csv(field_data / "bio/butterfly_rbms_m_count.csv")
    visits = pd.read_csv(field_data / "bio/butterfly_rbms_m_visit.csv").drop_duplicates()
    sites = visits["SITE_ID"].value_counts().index[:3]
    both = visits[visits["SITE_ID"].isin(sites)].merge(counts, on=["SITE_ID", "DATE"], how="left")
    both = both[both["COUNT"].isna() | (both["COUNT"] > 0)]
    names = [f"Papilio s{number:.0f}" if number == number else "" for number in both["SPECIES"]]
    table = sightings(list(zip(both["SITE_ID"].astype(str), both["DATE"], names, both["COUNT"], strict=True)))
    table["eventDate"] = both["DATE"].to_numpy()
    found = rarefaction(table, replicates=0, base="size").table.set_index("group")
    assert len(found) == 3
    for site in sites:
        part = both[(both["SITE_ID"] == site) & both["COUNT"].notna()]
        held = part.groupby("SPECIES")["DATE"].nunique()
        n, once, twice = (
            visits[visits["SITE_ID"] == site]["DATE"].nunique(),
            (held == 1).sum(),
            (held == 2).sum(),
        )
        unseen = (n - 1) / n * (once**2 / (2 * twice) if twice else once * (once - 1) / 2)
        assert found.loc[str(site), "units"] == n
        assert found.loc[str(site), "whole0"] == pytest.approx(len(held) + unseen)
    seasons = dissimilarity(table, by="season", shuffles=0)
    assert "winter" not in seasons.matrix.index or seasons.matrix.loc["winter"].max() <= 1
    assert len(accumulation(table).table) == sum(found["units"])


@pytest.mark.parametrize(
    "analysis",
    [rarefaction, dissimilarity, accumulation, rank_abundance, lambda s: ordination(s, kind="pcoa")],
)
def test_results_have_every_part_in_both_languages(analysis) -> None:
    found = analysis(region())
    for lang in ("en", "et"):
        assert found.sentence(lang)
        assert found.caution(lang)
        assert len(found.shown_table(lang).columns) >= 2
        assert found.to_dict(lang)["n"] > 0
    assert found.sentence("en") != found.sentence("et")
    assert "{" not in found.sentence("et") + found.caution("et")
    assert 0 < found.completeness <= 1
    assert "kit-result" in found._repr_html_()
