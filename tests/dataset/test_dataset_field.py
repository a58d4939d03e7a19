"""Real files of many kinds in one dataset: stored once, read back, derived again to the same bits."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.dataset import create
from kit.errors import AnswerNeeded, FileError
from kit.model import Station

pytestmark = pytest.mark.fielddata
FILES = [
    "air/sensor_community/daily/2017-09-2*.csv",
    "air/sensor_community/daily/2019-03-30_bme280*.csv",
    "air/uci_airquality/AirQualityUCI.csv",
    "weather/hobo/*.csv",
    "bio/inaturalist/*.csv",
    "bio/ebird/*",
]


@pytest.mark.slow
def test_real_files_once_and_again(tmp_path: Path, field_data: Path) -> None:
    shared = create(tmp_path / "shared", school="XX-field", zone="Europe/Rome")
    shared.add_station(Station("XX-field/site", "IT-25", 45.46, 9.19, zone="Europe/Rome"))
    paths = [path for pattern in FILES for path in sorted(field_data.glob(pattern)) if path.is_file()]
    assert len(paths) > 8
    given = {}
    for path in paths:
        try:
            given[path] = shared.upload(path, accept_likely=True)
        except (FileError, AnswerNeeded):
            continue  # told in words; what formats and ingest take is their tests' business
    stored = {path: receipt for path, receipt in given.items() if receipt.status == "stored"}
    assert len(stored) > 6
    for receipt in given.values():
        total = receipt.accepted + receipt.flagged + receipt.rejected + receipt.duplicate
        assert total == receipt.rows
    version = shared.version
    for path, receipt in stored.items():
        again = shared.upload(path, accept_likely=True)
        assert (again.status, again.submission) == ("already", receipt.submission), path.name
        assert shared.upload(path, answers=receipt.record["answers"]).status == "already"
    assert shared.version == version
    result = shared.verify()
    assert result["ok"], result["differences"]
    shared.rebuild()
    assert shared.verify()["tables"] == result["tables"]
    table = shared.readings(freq=None)
    identity = ["station", "sensor", "variable", "time", "period"]
    assert not table.duplicated(identity).any()
    assert set(table["submission"]) <= {receipt.submission for receipt in stored.values()}
    assert shared.readings("temperature", freq="1D").sizes["station"] >= 1
