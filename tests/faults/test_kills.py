"""Every act killed at a few random moments (the long form: ``python -m tests.faults --kills 500``)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.acts import ACTS
from tests.faults.killer import Killer, Tally

KILLS = 2


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_every_act_killed(tmp_path: Path) -> None:
    tallies = {name: Tally(name) for name in ACTS}
    Killer(tmp_path, seed=20261122).run(tallies, KILLS)
    assert all(one.ok for one in tallies.values()), [one for one in tallies.values() if not one.ok]
    assert all(one.kills == KILLS for one in tallies.values())
