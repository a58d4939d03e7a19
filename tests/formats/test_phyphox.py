"""Recordings of phyphox: the phone's clock in the archive answers when the measurement started."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kit.formats import open_source
from kit.ingest import understand
from kit.model import Source, Station

ROOF = Station("school/roof", latitude=58.38, longitude=26.722, zone="Europe/Tallinn")
CLOCK = (
    '"event","experiment time","system time","system time text"\n'
    '"START",0.000000000E0,1.772353200000E9,"2026-03-01 10:20:00.000 UTC+02:00"\n'
    '"PAUSE",2.000000000E0,1.772353202000E9,"2026-03-01 10:20:02.000 UTC+02:00"\n'
    '"START",2.000000000E0,1.772356800000E9,"2026-03-01 11:20:00.000 UTC+02:00"\n'
)
DEVICE = '"property","value"\n"deviceModel","A phone"\n'
TABLE = '"Time (s)","Pressure (hPa)"\n5.0E-1,1.0151E3\n1.5E0,1.0152E3\n2.5E0,1.0153E3\n'


def packed(folder: Path, files: dict[str, str]) -> Path:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    path = folder / "Pressure 2026-03-01 10-20-00.zip"
    path.write_bytes(out.getvalue())
    return path


def in_german(text: str) -> str:
    return text.replace(",", ";").replace(".", ",")


@pytest.mark.parametrize("write", [str, in_german], ids=["comma", "semicolon and decimal comma"])
def test_the_phones_clock_gives_the_times_across_a_pause(tmp_path: Path, write: type[str]) -> None:
    files = {"Raw Data.csv": TABLE, "meta/device.csv": DEVICE, "meta/time.csv": CLOCK}
    sources = open_source(packed(tmp_path, {name: write(text) for name, text in files.items()}))
    assert [source.name.rsplit("/", 1)[-1] for source in sources] == ["Raw Data.csv"]
    report = understand(sources[0], {"station": "school/roof"}, [ROOF])
    assert report.questions == ()
    assert report.readings["value"].tolist() == [1015.1, 1015.2, 1015.3]
    times = ["2026-03-01 08:20:00.5", "2026-03-01 08:20:01.5", "2026-03-01 09:20:00.5"]
    assert report.readings["time"].tolist() == [pd.Timestamp(time) for time in times]


def test_without_a_readable_clock_the_start_is_asked_for(tmp_path: Path) -> None:
    files = {"Raw Data.csv": TABLE, "meta/device.csv": DEVICE, "meta/time.csv": "damaged\n"}
    sources = open_source(packed(tmp_path, files))
    report = understand(sources[0], {"station": "school/roof"}, [ROOF])
    assert (len(sources), [question.id for question in report.questions]) == (1, ["start"])


def test_a_workbook_has_its_clock_in_a_sheet(workbook: Any) -> None:
    def cells(text: str) -> list[list[str]]:
        return [line.replace('"', "").split(",") for line in text.strip().split("\n")]

    sheets = {"Raw Data": cells(TABLE), "Metadata Device": cells(DEVICE), "Metadata Time": cells(CLOCK)}
    report = understand(Source("Pressure.xlsx", workbook(sheets)), {"station": "school/roof"}, [ROOF])
    assert report.questions == ()
    times = ["2026-03-01 08:20:00.5", "2026-03-01 08:20:01.5", "2026-03-01 09:20:00.5"]
    assert report.readings["time"].tolist() == [pd.Timestamp(time) for time in times]
    assert b"A phone" not in report.kept.data
    again = understand(report.kept, report.answers, report.stations)
    pd.testing.assert_frame_equal(again.readings, report.readings)
