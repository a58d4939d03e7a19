"""Columns of few texts are numbered alike, whatever they are held in."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.checks.series import series_codes
from kit.ingest.cells import category, kinds

TEXTS = ["a", " a", "", "b ", "c", None]


@settings(deadline=None)
@given(st.lists(st.sampled_from(TEXTS), max_size=12), st.permutations(TEXTS[:-1]))
def test_categories_are_numbered_as_texts_are(cells: list[str | None], order: list[str]) -> None:
    plain = pd.Series(cells, dtype="str")
    few = pd.Series(pd.Categorical(cells, categories=pd.Index(order, dtype="str")))
    expected, texts = kinds(plain)
    codes, found = kinds(few)
    assert (codes.tolist(), found) == (expected.tolist(), texts)
    assert [found[code] for code in codes] == ["" if cell is None else cell.strip() for cell in cells]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), min_size=1, max_size=12))
def test_series_have_one_number_each(rows: list[tuple[str, int]]) -> None:
    names, periods = zip(*rows, strict=True)
    codes = np.array(["cab".index(name) for name in names])
    for station in (pd.Series(list(names), dtype="str"), pd.Series(category(codes, list("cab")))):
        frame = pd.DataFrame({"station": station, "period": np.array(periods, dtype=np.int32)})
        series, table = series_codes(frame, ("station", "period"))
        assert sorted(set(series.tolist())) == list(range(len(table)))
        told = [(table["station"][code], table["period"][code]) for code in series]
        assert told == rows
