"""Traps of device files: zones in names, indoor devices, raw counts, labels that change the variable."""

from __future__ import annotations

import pytest

from kit.ingest import understand
from kit.model import Report, Source, Station

ROOF = Station("T-1/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")
SC = "sensor_id;sensor_type;location;lat;lon;timestamp;"


def read(name: str, text: str, stations: tuple[Station, ...] = (), **answers: str) -> Report:
    return understand(Source(name, text.encode()), answers, stations, school="T-1")


def hobo(title: str, *names: str) -> str:
    return f'"Plot Title: x"\n"#","{title}",' + ",".join(f'"{name}"' for name in names) + "\n"


@pytest.mark.parametrize(
    ("title", "utc"),
    [
        ("Date-Time (EET/EEST)", "2024-07-01 09:00"),
        ("Date-Time (EST/EDT)", "2024-07-01 16:00"),
        ("Date-Time (EDT)", "2024-07-01 16:00"),
        ("Date-Time (EST)", "2024-07-01 17:00"),
        ("Date-Time (GMT/BST)", "2024-07-01 11:00"),
        ("Date Time, GMT-04:00", "2024-07-01 16:00"),
    ],
)
def test_hobo_zones(title: str, utc: str) -> None:
    text = hobo(title, "Temp, °C (LGR S/N: 1)") + "1,07/01/2024 12:00:00,14.5\n2,07/14/2024 12:00:00,14.5\n"
    report = read("a.csv", text, (ROOF,), station=ROOF.id)
    assert report.questions == ()
    assert str(report.readings["time"][0])[:16] == utc


def test_hobo_names_with_channels_labels_and_lux() -> None:
    names = (
        "Ch: 1 - Temperature   (°C)", "Ch: 2 - RH   (%)", "Intensity, Lux (LGR S/N: 9, SEN S/N: 8)",
        "Abs Pres, kPa (LGR S/N: 9)", "Temp, °C (LGR S/N: 9, SEN S/N: 7, LBL: soil)",
        "Water Content, m³/m³ (LGR S/N: 9)", "Wind Direction, ø (LGR S/N: 9)",
    )  # fmt: skip
    text = hobo("Date Time, GMT+02:00", *names) + "1,07/14/24 12:00:00,14.5,60,1500,101.2,11,0.25,180\n"
    report = read("a.csv", text, (ROOF,), station=ROOF.id)
    found = dict(zip(report.readings["variable"], report.readings["value"], strict=True))
    assert found == pytest.approx({
        "temperature": 14.5, "humidity": 60.0, "illuminance": 1500.0, "pressure": 1012.0,
        "soil_temperature": 11.0, "soil_moisture": 25.0, "wind_direction": 180.0,
    })  # fmt: skip


def test_the_thermometer_of_an_oxygen_logger_is_in_the_water() -> None:
    names = ("DO conc, mg/L (LGR S/N: 9, SEN S/N: 9)", "Temp, °C (LGR S/N: 9, SEN S/N: 9)")
    text = hobo("Date Time, GMT+00:00", *names) + "1,2024-07-14 12:00,9.5,14.5\n"
    report = read("a.csv", text, (ROOF,), station=ROOF.id)
    assert set(report.readings["variable"]) == {"dissolved_oxygen", "water_temperature"}


def test_counts_of_particles_are_no_concentration() -> None:
    sds = "2;SDS011;9;58.380;26.720;2026-05-01T00:00:10;10;5\n"
    ppd = "1;PPD42NS;9;58.380;26.720;2026-05-01T00:00:10;1046.3;0.62\n"
    report = read("a.csv", SC + "P1;P2\n" + sds + ppd, (ROOF,))
    assert (report.rows, report.accepted, report.rejected) == (2, 1, 1)
    assert sorted(report.readings["value"]) == [5.0, 10.0]
    assert "PPD42NS counts particles" in report.problems[0].to_dict("en")["message"]
    with pytest.raises(ValueError, match="no column with readings"):
        read("a.csv", SC + "P1;P2\n" + ppd, (ROOF,))


def test_an_indoor_sensor_is_no_outdoor_air_and_no_outdoor_station() -> None:
    rows = "temperature;humidity\n5;DHT22;9;58.380;26.720;2026-05-01T00:00:10;22.1;40\n"
    report = read("2026-05-01_dht22_sensor_5_indoor.csv", SC + rows, (ROOF,))
    assert report.questions[0].likely == "T-1/location-9-indoor"
    report = read("2026-05-01_dht22_sensor_5_indoor.csv", SC + rows, (ROOF,), station="T-1/location-9-indoor")
    assert set(report.readings["variable"]) == {"temperature_indoor", "humidity_indoor"}
    assert report.stations[0].exposure == "indoor"


def test_boxes_of_opensensemap_indoors_and_outdoors() -> None:
    text = (
        "createdAt,value,unit,sensorId,phenomenon,boxId,lat,lon,exposure\n"
        "2026-05-01T10:05:00Z,12.5,°C,5a,Temperatur,b1,58.381,26.721,outdoor\n"
        "2026-05-01T10:05:00Z,22.5,°C,5d,Temperatur,b3,58.391,26.721,indoor\n"
        "2026-05-01T10:05:00Z,5,µg/m³,5e,PM2.5,b3,58.391,26.721,indoor\n"
    )
    report = read("a.csv", text, **{"station.b1": "T-1/b1", "station.b3": "T-1/b3"})
    found = report.readings[["station", "variable", "value"]].values.tolist()
    assert found == [
        ["T-1/b1", "temperature", 12.5],
        ["T-1/b3", "temperature_indoor", 22.5],
        ["T-1/b3", "pm25", 5.0],
    ]
    assert [station.exposure for station in report.stations] == ["", "indoor"]
    again = understand(report.kept, report.answers, report.stations, school="T-1")
    assert again.readings.equals(report.readings)
