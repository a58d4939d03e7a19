"""Species survey by survey against vegan and the enumeration of all orders."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata

from kit.stats import accumulation
from kit.stats.drawing import missed


@pytest.mark.fielddata
def test_exact_as_vegan(field_data: Path) -> None:
    """The mean is vegan's. Its spread is another one: as if the correlation of two species' presences were
    that of finding them in t plots; done in that way, it comes out, too.
    """
    known = pd.read_csv(field_data / "known/reference_values/vegan_specaccum_exact_BCI.csv")
    plots = rdata.read_rda(field_data / "known/vegan/BCI.rda")["BCI"].to_numpy() > 0
    mean, sd = accumulation.exact(plots)
    assert mean == pytest.approx(known["richness"].to_numpy(), rel=1e-12)
    with np.errstate(invalid="ignore"):
        together = np.nan_to_num(np.corrcoef(plots.T.astype(float)))
    np.fill_diagonal(together, 1.0)
    chance = 1 - missed(plots.sum(axis=0)[None, :], 50, np.arange(1, 51)[:, None])
    spread = np.sqrt(chance * (1 - chance))
    theirs = np.sqrt(np.einsum("ti,ij,tj->t", spread, together, spread))
    assert theirs == pytest.approx(known["sd"].to_numpy(), rel=1e-6, abs=1e-4)
    assert sd[:49] == pytest.approx(theirs[:49], rel=0.1)
    drawn = accumulation.shuffled(plots, 2000)
    assert drawn.mean(axis=0) == pytest.approx(mean, abs=0.6)
    assert drawn[:, :45].std(axis=0) == pytest.approx(sd[:45], rel=0.06)


def test_exact_is_over_all_draws() -> None:
    rng = np.random.default_rng(3)
    seen = rng.random((6, 9)) < 0.3
    mean, sd = accumulation.exact(seen)
    for t in range(1, 7):
        found = [seen[list(pick)].any(axis=0).sum() for pick in combinations(range(6), t)]
        assert mean[t - 1] == pytest.approx(np.mean(found))
        assert sd[t - 1] == pytest.approx(np.std(found), abs=1e-6)


def test_in_order_counts_what_is_new() -> None:
    rng = np.random.default_rng(4)
    seen = rng.random((30, 12)) < 0.1
    by_hand = [seen[: i + 1].any(axis=0).sum() for i in range(30)]
    assert accumulation.in_order(seen).tolist() == by_hand
    assert accumulation.in_order(np.zeros((3, 2))).tolist() == [0, 0, 0]
