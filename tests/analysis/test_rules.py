"""Own rules beside kit's flags: counted again with loops, and wrong input refused in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit.analysis import rules
from kit.errors import UsageError


def table(values: list[float], flags: list[int]) -> pd.DataFrame:
    times = pd.date_range("2026-03-01", periods=len(values), freq="h").as_unit("us")
    return pd.DataFrame({"time": times, "value": values, "flag": flags})


def some(n: int = 400) -> pd.DataFrame:
    random = np.random.default_rng(4)
    value = random.normal(10, 3, n).round(1)
    value[random.choice(n, 12, replace=False)] = 90.0
    value[100:120] = 8.8
    return table(list(value), list(random.choice([1, 1, 1, 3, 4], n)))


def by_hand(rows: pd.DataFrame, high: float, jump: float, same: int) -> list[bool]:
    """The three rules together, value by value."""
    v = rows["value"].tolist()
    marked = []
    for k, x in enumerate(v):
        far = 0 < k < len(v) - 1 and (
            (x - v[k - 1] > jump and x - v[k + 1] > jump) or (v[k - 1] - x > jump and v[k + 1] - x > jump)
        )
        first = last = k
        while first and v[first - 1] == x:
            first -= 1
        while last < len(v) - 1 and v[last + 1] == x:
            last += 1
        marked.append(x > high or far or last - first + 1 >= same)
    return marked


def test_the_counts_are_those_of_a_loop_over_the_values() -> None:
    rows = some()
    found = rules(rows, high=50, jump=8, same=5)
    mine = by_hand(rows, 50, 8, 5)
    doubts = [flag in (3, 4) for flag in rows["flag"]]
    last = found.tried.iloc[-1]
    assert list(found.tried["rule"])[-1] == "all of these rules together"
    assert last["marked"] == sum(mine)
    assert last["hits"] == sum(a and b for a, b in zip(mine, doubts, strict=True))
    assert last["misses"] == sum(b and not a for a, b in zip(mine, doubts, strict=True))
    assert last["extra"] == sum(a and not b for a, b in zip(mine, doubts, strict=True))
    assert (found.n, found.doubtful) == (400, sum(doubts))
    apart = [k for k, (a, b) in enumerate(zip(mine, doubts, strict=True)) if a != b]
    assert found.disagreements["time"].tolist() == rows["time"].iloc[apart].tolist()


def test_the_order_of_the_rows_does_not_matter_and_own_marks_go_with_their_rows() -> None:
    rows = some()
    mixed = rows.sample(frac=1, random_state=1)
    one = rules(rows, {"mine": rows["value"] > 50}, jump=8)
    other = rules(mixed, {"mine": mixed["value"] > 50}, jump=8)
    pd.testing.assert_frame_equal(one.tried, other.tried)
    pd.testing.assert_frame_equal(one.disagreements, other.disagreements)


def test_values_across_a_gap_or_of_another_sensor_are_no_neighbours() -> None:
    rows = table([5, 5, 50, 5, 5, 5], [1] * 6)
    assert rules(rows, jump=10).tried["marked"].tolist() == [1]
    later = rows.assign(time=rows["time"] + pd.to_timedelta([0, 0, 0, 9, 9, 9], unit="h"))
    assert rules(later, jump=10).tried["marked"].tolist() == [0]
    assert rules(rows, same=3).tried["marked"].tolist() == [3]
    assert rules(rows.assign(sensor=list("111122")), same=3).tried["marked"].tolist() == [0]


def test_missing_values_are_left_out() -> None:
    rows = table([5, np.nan, -999, 70, 5], [1, 9, 9, 3, 1])
    found = rules(rows, low=0, high=60)
    assert (found.n, found.completeness) == (3, 0.6)
    assert found.tried["marked"].tolist() == [0, 1, 1]
    assert found.sentence("en").startswith("Kit doubts 1 of 3 values. The rule “all of these rules together”")


@pytest.mark.parametrize("lang", ["en", "et"])
def test_words_and_numbers_are_those_of_the_language(lang: str) -> None:
    found = rules(some(), high=[50, 12.5])
    shown = found.shown_table(lang)
    assert (
        shown.iloc[:, 0].tolist()[:2]
        == {"en": ["above 50", "above 12.5"], "et": ["üle 50", "üle 12,5"]}[lang]
    )
    assert found.caution(lang)
    assert "{" not in found.sentence(lang)


def test_what_cannot_be_judged_is_refused_in_words() -> None:
    rows = some()
    with pytest.raises(UsageError, match="No rule was given"):
        rules(rows)
    with pytest.raises(UsageError, match="Readings one by one are needed"):
        rules(rows.drop(columns="flag"), high=5)
    with pytest.raises(UsageError, match="Readings one by one are needed"):
        rules(rows.assign(value=np.nan), high=5)
    with pytest.raises(UsageError, match="one variable at a time"):
        rules(rows.assign(variable=["pm25", "humidity"] * 200), high=5)
    with pytest.raises(UsageError, match="does not say yes or no"):
        rules(rows, {"mine": rows["value"]})
    with pytest.raises(UsageError, match="does not say yes or no"):
        rules(rows, {"mine": rows["value"].head(3) > 2})
    nothing = rules(rows, {"nothing yet": rows["value"] == ...})
    assert nothing.tried["marked"].tolist() == [0]
