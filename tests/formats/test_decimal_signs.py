"""Which sign stands before decimals, where thousands may be grouped too."""

from __future__ import annotations

import pytest

from kit.ingest import understand
from kit.model import Source, Station

ROOF = Station("T-1/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('time,p (Pa)\n2026-05-13 10:00,"101,325"\n2026-05-13 11:00,"101,300"\n', [1013.25, 1013.0]),
        ('time,lux (lx)\n2026-05-13 10:00,"12,345"\n2026-05-13 11:00,"1,234.5"\n', [12345.0, 1234.5]),
        ("time;lux (lx)\n13.05.2026 10:00;12.345\n13.05.2026 11:00;1.234,5\n", [12345.0, 1234.5]),
        ("time;CO2 (ppm)\n13.05.2026 10:00;1.012\n13.05.2026 11:00;999\n", [1012.0, 999.0]),
        ("time;temp (°C)\n13.05.2026 10:00;6,661\n13.05.2026 11:00;7,695\n", [6.661, 7.695]),
        ("time,temp (°C)\n2026-05-13 10:00,6.661\n2026-05-13 11:00,7.695\n", [6.661, 7.695]),
        ("t,T (C)\n2026-05-13 10:00,6.661\n2026-05-13 11:00,7.6\n2026-05-13 12:00,100\n", [6.661, 7.6, 1e2]),
        ("time;temp (°C);p (hPa)\n13.05.2026 10:00;6,6;1 013,25\n", [6.6, 1013.25]),
    ],
)  # fmt: skip
def test_decimals_and_thousands(text: str, values: list[float]) -> None:
    answers = {"station": ROOF.id, "variable.p (Pa)": "pressure", "variable.p (hPa)": "pressure"}
    report = understand(Source("a.csv", text.encode()), answers, [ROOF])
    assert report.readings["value"].tolist() == pytest.approx(values)
