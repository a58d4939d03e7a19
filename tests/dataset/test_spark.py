"""The recipe of docs/beyond-one-machine.md: Spark SQL (Sail) reads what kit settled, and finds the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kit.dataset import Dataset, create
from kit.model import Source, Station

ROOT = Path(__file__).resolve().parents[2]
#: The Python of the environment of requirements-sail.lock; KIT_SAIL names another one.
SAIL = Path(os.environ.get("KIT_SAIL", ROOT / ".venv-sail" / "bin" / "python"))
VARIABLE = "temperature"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SAIL.exists(), reason="needs .venv-sail: see docs/beyond-one-machine.md"),
]


def asked(shared: Dataset, tmp_path: Path) -> dict[str, Any]:
    """Return what the script of the document prints."""
    text = (ROOT / "docs" / "beyond-one-machine.md").read_text(encoding="utf-8")
    found = re.search(r"```python months\.py\n(.*?)```", text, re.DOTALL)
    assert found
    script = tmp_path / "months.py"
    script.write_text(found[1], encoding="utf-8")
    helper = Path(__file__).with_name("serving_spark.py")
    command = [str(SAIL), "-W", "ignore", str(helper), str(script), str(shared.folder), VARIABLE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def file(start: str, days: int, seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    times = np.datetime64(start, "s") + np.arange(days * 24) * np.timedelta64(3600, "s")
    values = np.round(rng.normal(10, 3, len(times)), 1)
    values[rng.random(len(times)) < 0.02] = np.nan
    values[100] = 99.0  # impossible: flag 4
    said = "".join(f"{t},{'' if np.isnan(v) else v},0.2\n" for t, v in zip(times, values, strict=True))
    return ("time,temperature (°C),rain (mm)\n" + said).encode()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Three stations; files that overlap, one taken back, one overruled; settled."""
    made = create(tmp_path_factory.mktemp("spark") / "ds", school="EE-A")
    for number, zone in enumerate(("Europe/Tallinn", "Europe/Berlin", "UTC")):
        made.add_station(Station(f"EE-A/p{number}", "EE-79", 50 + number * 3, 26.0, zone=zone))
        for part, start in enumerate(("2024-01-01", "2024-01-20", "2024-03-01")):
            source = Source(f"{number}-{part}.csv", file(start, 45, number * 10 + part))
            said = {"station": f"EE-A/p{number}", "zone": "UTC"}
            assert made.upload(source, answers=said, accept_likely=True).status == "stored"
    made.retract(made.submissions()[-1].id)
    made.review("EE-A/p0", VARIABLE, 4, "device", until=datetime(2024, 1, 16))
    made.compact()
    return made


def test_counts_and_monthly_means_are_those_of_kit(shared: Dataset, tmp_path: Path) -> None:
    said = asked(shared, tmp_path)
    assert (said["version"], said["entries since settling"]) == (shared.version, 0)
    rows = shared.readings(freq=None)
    usable = rows[rows["flag"].isin([1, 2, 3]) & rows["value"].notna()]
    for one in said["counts"]:
        name = one["variable"]
        assert one["counting"] == (rows["variable"] == name).sum()
        assert one["usable"] == (usable["variable"] == name).sum()
        assert one["given"] == 9 * 45 * 24  # overlapping and retracted files are in the table, too
    assert {one["variable"] for one in said["counts"]} == set(rows["variable"])

    ours = shared.readings(VARIABLE, freq="1M")[VARIABLE].to_series().dropna()
    ours.index = pd.MultiIndex.from_tuples([(name, f"{time:%Y-%m}") for name, time in ours.index])
    theirs = {(one["station"], one["month"]): one["mean"] for one in said["months"]}
    assert set(theirs) == set(ours.index)
    assert len(theirs) > 3
    for key, value in theirs.items():
        assert value == pytest.approx(ours[key], rel=1e-12)


def test_what_came_since_settling_is_told(shared: Dataset, tmp_path: Path) -> None:
    text = b"time,temperature\n2024-07-01T00:00:00,3.5\n2024-07-01T01:00:00,4.5\n"
    said = {"station": "EE-A/p1", "zone": "UTC", "unit.temperature": "Cel"}
    shared.upload(Source("late.csv", text), answers=said)
    shared.retract(shared.submissions()[0].id)
    found = asked(shared, tmp_path)
    assert found["version"] == shared.version
    assert (found["entries since settling"], found["rows since settling"]) == (2, 2)
