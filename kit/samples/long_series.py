"""The long series, 2019-2025: four stations, each with another device, hour by hour."""

from __future__ import annotations

import numpy as np

from kit.samples.devices import clock, fixed, gz, lines
from kit.samples.fields import Array, stream
from kit.samples.places import site
from kit.samples.plan import SampleFile, Slice, cut, sheet
from kit.samples.sheet import Defect, Sheet
from kit.samples.simulation import Simulation

FIRST, LAST = "2019-01-01", "2025-12-31"


def long_series(world: Simulation) -> list[SampleFile]:
    """Return the files of the stations whose trend is shown."""
    return [*plain_estonian(world), *sensor_community(world), *opensensemap(world), ecowitt_german(world)]


def plain_estonian(world: Simulation) -> list[SampleFile]:
    """A school's own table in Estonian: semicolons, decimal commas, local clock with summer time.

    The seven years are in windows-1257 (the Baltic code page); December 2025 was exported a second time, by
    another program, in UTF-8 with a byte-order mark: every row of it is in the first file already.
    """
    station, path = "EE-TRT-7k2p/roof", "tartu-a/ilmajaam_2019-2025.csv.gz"
    hours = cut(world, station, FIRST, LAST)
    local = hours.local
    warm, damp, fine = "Õhutemperatuur (°C)", "Õhuniiskus (%)", "PM2,5 (µg/m³)"
    columns = {
        "Kuupäev": clock(local, "%d.%m.%Y"),
        "Kellaaeg": clock(local, "%H:%M"),
        warm: fixed(hours.values["temperature"], 1, ","),
        damp: fixed(hours.values["humidity"], 0),
        fine: fixed(hours.values["pm25"], 1, ","),
    }
    table = sheet(world, path, columns)
    table.note("repeated-hour", hours.repeated())
    for length in (264, 30, 30, 30):
        table.gap(length)
    table.put("missing-code", fine, "-999", 60)
    table.put("missing-code", warm, "", 25)
    table.change("spike", warm, lambda text: _add(text, 28), 6)
    table.change("spike", fine, lambda text: _add(text, 640), 5)
    table.hold("flat-line", warm, 36)
    table.hold("flat-line", warm, 48)
    table.repeat("duplicate-row", 24)
    rows = table.rows()
    start, end = hours.span()
    variables = ("temperature", "humidity", "pm25")
    text = lines(list(columns), rows, ";", "\r\n")
    first = SampleFile(
        path, gz(text.encode("cp1257")), station, {"station": station}, "plain",
        "weather station, the school's own table", "et", len(rows), start, end, variables, table.defects(),
    )  # fmt: skip

    again = [row for row in rows if row[0].endswith(".12.2025")]
    text = lines(list(columns), again, ";", "\r\n")
    second = SampleFile(
        "tartu-a/ilmajaam_2025-12.csv", text.encode("utf-8-sig"), station, {"station": station},
        "plain", "weather station, the school's own table", "et", len(again),
        "2025-11-30T22:00:00Z", end, variables,
        [Defect("overlap", len(again), value=path, runs=[[1, len(again)]])],
    )  # fmt: skip
    return [first, second]


def _add(text: str, amount: float) -> str:
    """Add to a number as it is written, keeping its digits and decimal sign."""
    mark = "," if "," in text else "."
    digits = len(text.partition(mark)[2])
    return f"{float(text.replace(',', '.')) + amount:.{digits}f}".replace(".", mark)


def sensor_community(world: Simulation) -> list[SampleFile]:
    """A Sensor.Community kit that sends once an hour: SDS011 (particles) and DHT22; times are UTC."""
    station = "EE-TRT-m4x9/garden"
    hours = cut(world, station, FIRST, LAST)
    seconds = stream(world.seed, "seconds, Sensor.Community").integers(120, 180, len(hours.time))
    stamps = clock(hours.time + seconds.astype("timedelta64[s]"), "%Y-%m-%dT%H:%M:%S")
    return [_sds011(world, station, hours, stamps), _dht22(world, station, hours, stamps)]


def heading(station: str, sensor: str, kind: str, stamps: list[str]) -> dict[str, list[str]]:
    """Return the columns with which every row of a Sensor.Community file begins."""
    place = site(station).station
    n = len(stamps)
    return {
        "sensor_id": [sensor] * n, "sensor_type": [kind] * n, "location": ["99001"] * n,
        "lat": [f"{place.latitude:.3f}"] * n, "lon": [f"{place.longitude:.3f}"] * n, "timestamp": stamps,
    }  # fmt: skip


def _sds011(world: Simulation, station: str, hours: Slice, stamps: list[str]) -> SampleFile:
    path = "tartu-b/2019-2025_sds011_sensor_99101.csv.gz"
    empty = [""] * len(stamps)
    columns = heading(station, "99101", "SDS011", stamps) | {
        "P1": fixed(hours.values["pm10"], 2), "durP1": empty, "ratioP1": list(empty),
        "P2": fixed(hours.values["pm25"], 2), "durP2": list(empty), "ratioP2": list(empty),
    }  # fmt: skip
    table = sheet(world, path, columns)
    for length in (216, 20, 20):
        table.gap(length)
    _both(table, "error-code", ("P1", "P2"), ("1999.90", "999.90"), 12)
    _both(table, "no-location", ("lat", "lon"), ("0.000", "0.000"), 4)
    _both(table, "spike", ("P1", "P2"), ("655.30", "481.70"), 5)
    table.repeat("empty-row", 9, P1="", P2="")
    table.repeat("duplicate-row", 6)
    return sensor_file(table, path, station, hours, ("pm10", "pm25"))


def _both(table: Sheet, kind: str, columns: tuple[str, str], texts: tuple[str, str], count: int) -> None:
    rows = sorted(table.choose() for _ in range(count))
    for column, text in zip(columns, texts, strict=True):
        for row in rows:
            table.columns[column][row] = text
    if kind == "no-location":
        table.note(kind, rows)
        return
    for column, text in zip(columns, texts, strict=True):
        table.note(kind, rows, column=column, value=text)


def _dht22(world: Simulation, station: str, hours: Slice, stamps: list[str]) -> SampleFile:
    path = "tartu-b/2019-2025_dht22_sensor_99102.csv.gz"
    columns = heading(station, "99102", "DHT22", stamps) | {
        "temperature": fixed(hours.values["temperature"], 2), "humidity": fixed(hours.values["humidity"], 2),
    }  # fmt: skip
    table = sheet(world, path, columns)
    for length in (900, 640, 480, 400, 300):
        table.hold("stuck-humidity", "humidity", length, "99.90")
    for length in (216, 20):
        table.gap(length)
    table.put("error-code", "temperature", "-144.00", 3)
    table.hold("flat-line", "temperature", 40)
    table.repeat("empty-row", 9, temperature="", humidity="")
    return sensor_file(table, path, station, hours, ("temperature", "humidity"))


def sensor_file(
    table: Sheet, path: str, station: str, hours: Slice, variables: tuple[str, ...], part: str = "region"
) -> SampleFile:
    """Return a finished Sensor.Community file."""
    rows = table.rows()
    text = lines(list(table.columns), rows, ";")
    start, end = hours.span()
    return SampleFile(
        path, gz(text.encode()), station, {"station": station}, "sensor-community",
        "Sensor.Community kit sending every 60 minutes", "en", len(rows), start, end, variables,
        table.defects(), part=part,
    )  # fmt: skip


def opensensemap(world: Simulation) -> list[SampleFile]:
    """A senseBox on openSenseMap: one quoted download per sensor, UTC with milliseconds."""
    station = "EE-PRN-3v8d/roof"
    hours = cut(world, station, FIRST, LAST)
    millis = stream(world.seed, "milliseconds, openSenseMap").integers(4000, 9000, len(hours.time))
    stamps = np.datetime_as_string(hours.time + millis.astype("timedelta64[ms]"), unit="ms", timezone="UTC")
    made = []
    for variable, unit, sensor in (("pm25", "ug/m3", "PM2.5"), ("temperature", "Cel", "Temperature")):
        path = f"parnu-a/opensensemap_{sensor}_2019-2025.csv.gz"
        columns = {
            '"createdAt"': [f'"{text}"' for text in stamps.tolist()],
            '"value"': [f'"{text}"' for text in fixed(hours.values[variable], 2)],
        }
        table = sheet(world, path, columns)
        _opensensemap_defects(table, variable)
        rows = table.rows()
        start, end = hours.span()
        answers = {"station": station, "variable.value": variable, "unit.value": unit}
        made.append(SampleFile(
            path, gz(lines(list(columns), rows, ",").encode()), station, answers, "opensensemap",
            "senseBox, download from openSenseMap", "en", len(rows), start, end, (variable,), table.defects(),
        ))  # fmt: skip
    return made


def _opensensemap_defects(table: Sheet, variable: str) -> None:
    """Gaps, spikes, a sensor that stands still."""
    quoted = {"pm25": '"505.00"', "temperature": '"61.30"'}[variable]
    table.gap(288 if variable == "pm25" else 120)
    table.put("spike", '"value"', quoted, 5)
    table.hold("flat-line", '"value"', 32)
    table.repeat("duplicate-row", 10)


def ecowitt_german(world: Simulation) -> SampleFile:
    """An Ecowitt weather station with German words: units in the headers, ``--`` where a value is missing.

    Local clock with summer time; the rain column is a counter that starts again every local midnight.
    """
    station, path = "DE-ROS-8t3c/roof", "rostock-a/Wetterstation_2019-2025.csv.gz"
    hours = cut(world, station, FIRST, LAST)
    local = hours.local
    warm, fine = "Temperatur Aussen(℃)", "PM2.5(µg/m³)"
    columns = {
        "Zeit": clock(local, "%Y-%m-%d %H:%M"),
        warm: fixed(hours.values["temperature"], 1),
        "Luftfeuchtigkeit Aussen(%)": fixed(hours.values["humidity"], 0),
        "Wind(m/s)": fixed(hours.values["wind_speed"], 1),
        "Absoluter Luftdruck(hPa)": fixed(hours.values["pressure"], 1),
        "Tagesregen(mm)": fixed(day_counter(hours.values["rain"], clock(local, "%Y%m%d")), 1),
        fine: fixed(hours.values["pm25"], 1),
    }
    table = sheet(world, path, columns)
    table.note("repeated-hour", hours.repeated())
    for length in (240, 48):
        table.gap(length)
    table.put("missing-code", fine, "--", 80)
    table.put("missing-code", warm, "--", 20)
    table.change("spike", warm, lambda text: _add(text, 31), 4)
    table.hold("flat-line", fine, 40)
    rows = table.rows()
    start, end = hours.span()
    return SampleFile(
        path, gz(lines(list(columns), rows, ",").encode()), station, {"station": station}, "ecowitt",
        "Ecowitt weather station, export with German headers", "de", len(rows), start, end,
        ("temperature", "humidity", "wind_speed", "pressure", "rain", "pm25"), table.defects(),
    )  # fmt: skip


def day_counter(rain: Array, dates: list[str]) -> Array:
    """Return the rain since the last local midnight, as a counter shows it at the end of each hour."""
    total, day, counts = 0.0, "", []
    for amount, date in zip(np.round(rain, 1).tolist(), dates, strict=True):
        total = amount if date != day else total + amount
        day = date
        counts.append(total)
    return np.array(counts)
