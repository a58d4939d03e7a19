"""The short series of 2025: a data logger, a weather station, and a table that pupils made by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit.samples.devices import Cell, clock, fixed, lines, xlsx
from kit.samples.fields import Array, stream
from kit.samples.plan import SampleFile, cut, sheet
from kit.samples.sheet import Defect, Sheet
from kit.samples.simulation import Simulation

COMPASS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")


def short_series(world: Simulation) -> list[SampleFile]:
    """Return the files of one year or one spring."""
    return [hobo(world), davis(world), by_hand(world)]


def hobo(world: Simulation) -> SampleFile:
    """A HOBO logger: byte-order mark, a title line, the fixed UTC offset and serial numbers in the headers.

    Rows of events (someone connected the logger) stand between the values.
    """
    station, path, serial = "EE-HRJ-q5n7/roof", "harju-a/hobo_20990001.csv", "20990001"
    hours = cut(world, station, "2025-01-01", "2025-12-31")
    here = f"LGR S/N: {serial}"
    temperature = f'"Temp, °C ({here}, SEN S/N: {serial})"'
    events = ("Coupler Detached", "Coupler Attached", "Host Connected", "Stopped", "End Of File")
    blank = [""] * len(hours.time)
    columns = {
        '"Date Time, GMT+02:00"': _twelve_hours(hours.time + np.timedelta64(2, "h")),
        temperature: fixed(hours.values["temperature"], 3),
    } | {f"{event} ({here})": list(blank) for event in events}
    table = sheet(world, path, columns)
    table.hold("flat-line", temperature, 40)
    table.change("spike", temperature, lambda text: f"{float(text) + 27:.3f}", 3)
    for length in (20, 6):
        table.gap(length)
    for event in ("Host Connected", "Coupler Detached", "Coupler Attached"):
        table.repeat("event-row", 2, **{temperature: "", f"{event} ({here})": "Logged"})
    rows = table.rows()
    rows.append([rows[-1][0], "", *["Logged" if e in ("Stopped", "End Of File") else "" for e in events]])
    defects = [*table.defects(), Defect("event-row", 1, runs=[[len(rows), len(rows)]])]
    text = f"Plot Title: {serial}" + "," * (len(columns)) + "\n"
    text += lines(["#", *columns], ([str(n), *row] for n, row in enumerate(rows, 1)), ",")
    start, end = hours.span()
    return SampleFile(
        path, text.encode("utf-8-sig"), station, {"station": station}, "hobo", "HOBO temperature logger",
        "en", len(rows), start, end, ("temperature",), defects,
    )  # fmt: skip


def _twelve_hours(time: npt.NDArray[np.datetime64]) -> list[str]:
    """Return times as the logger's program writes them, with English AM and PM in any language."""
    halves = ["AM" if hour < 12 else "PM" for hour in pd.DatetimeIndex(time).hour]
    return [f"{text} {half}" for text, half in zip(clock(time, "%m/%d/%y %I:%M:%S"), halves, strict=True)]


def davis(world: Simulation) -> SampleFile:
    """A Davis station exported from WeatherLink: semicolons, decimal commas, wind as a word, no units.

    One row an hour, stamped at the END of the hour on the local clock with summer time; wind in km/h, rain
    per hour in steps of 0.2 mm, barometer reduced to sea level; ``--`` where a value is missing.
    """
    station, path = "DE-NEU-k9f4/garden", "neustrelitz-a/weatherlink_2025.csv"
    hours = cut(world, station, "2025-01-01", "2025-12-31")
    stamps = pd.DatetimeIndex(hours.time + np.timedelta64(1, "h")).tz_localize("UTC").tz_convert(hours.zone)
    columns = {"time": clock(stamps.tz_localize(None), "%d/%m/%Y   %H:%M")} | _davis_columns(world, station)
    table = sheet(world, path, columns)
    ends = stamps.tz_localize(None)
    again = np.flatnonzero((ends[1:] - ends[:-1]).to_numpy() == np.timedelta64(0, "s"))
    table.note("repeated-hour", [int(row) + 1 for row in again])
    frozen = table.choose(11)
    for column in ("Wind Speed ", "Wind Direction", "High Wind Speed ", "High Wind   Direction"):
        table.columns[column][frozen : frozen + 11] = ["--"] * 11
        table.note("missing-code", range(frozen, frozen + 11), column=column, value="--")
    table.gap(50)
    table.change(
        "spike", "Temp ", lambda text: f"{float(text.replace(',', '.')) + 24:.1f}".replace(".", ","), 3
    )
    rows = table.rows()
    start, end = hours.span()
    variables = (
        "pressure_sea_level", "temperature", "humidity", "dew_point", "wind_speed",
        "wind_direction", "wind_gust", "rain", "rain_rate",
    )  # fmt: skip
    answers = {"station": station, "date_order": "dmy"}
    return SampleFile(
        path, lines(list(columns), rows, ";", "\r\n").encode(), station, answers, "weatherlink",
        "Davis weather station, WeatherLink export", "en", len(rows), start, end, variables, table.defects(),
    )  # fmt: skip


def _davis_columns(world: Simulation, station: str) -> dict[str, list[str]]:
    """Return the columns of the export but the first, in its order and with its spaces."""
    v = cut(world, station, "2025-01-01", "2025-12-31").values
    warm, damp, wind = v["temperature"], v["humidity"], v["wind_speed"] * 3.6
    spread = 0.3 + 0.4 * stream(world.seed, "within the hour").random(len(warm))
    sea = v["pressure"] * np.exp(9.80665 * 75 / (287.05 * (warm + 273.15)))
    rain = np.round(v["rain"] / 0.2) * 0.2
    calm = wind < 0.5
    towards = [COMPASS[int(k)] for k in np.round(v["wind_direction"] / 22.5) % 16]
    # wind chill of 2001 (Environment Canada and US National Weather Service), °C and km/h
    chill = 13.12 + 0.6215 * warm + (0.3965 * warm - 11.37) * np.maximum(wind, 4.8) ** 0.16
    chill = np.where((warm <= 10) & (wind > 4.8), chill, warm)

    def text(values: Array, digits: int = 1) -> list[str]:
        return fixed(values, digits, ",")

    return {
        "Barometer": text(sea), "Temp ": text(warm), "High Temp ": text(warm + spread),
        "Low Temp ": text(warm - spread), "Hum": text(damp), "Dew Point ": text(v["dew_point"]),
        "Wet   Bulb ": text(_wet_bulb(warm, damp)), "Wind Speed ": text(np.where(calm, 0, wind)),
        "Wind Direction": ["--" if still else word for still, word in zip(calm, towards, strict=True)],
        "Wind Run - km": text(np.where(calm, 0, wind), 2), "High Wind Speed ": text(v["wind_gust"] * 3.6),
        "High Wind   Direction": towards, "Wind Chill ": text(chill), "Heat Index ": text(warm),
        "THW Index ": text(chill), "Rain ": text(rain), "Rain Rate ": text(rain), "ET ": text(0 * warm, 2),
        "Heating   Degree Days": text(np.maximum(18.3 - warm, 0) / 24, 3),
        "Cooling Degree Days": text(np.maximum(warm - 18.3, 0) / 24, 3),
    }  # fmt: skip


def _wet_bulb(temperature: Array, humidity: Array) -> Array:
    """Return the wet-bulb temperature in °C (Stull 2011, doi:10.1175/JAMC-D-11-0143.1)."""
    return np.asarray(
        temperature * np.arctan(0.151977 * np.sqrt(humidity + 8.313659))
        + np.arctan(temperature + humidity)
        - np.arctan(humidity - 1.676331)
        + 0.00391838 * humidity**1.5 * np.arctan(0.023101 * humidity)
        - 4.686035
    )


def by_hand(world: Simulation) -> SampleFile:
    """A workbook of pupils' own readings at 14:00 on school days, with pupils' own slips."""
    station, path = "EE-PRN-h6w2/garden", "parnu-b/ilmavaatlused_2025.xlsx"
    hours = cut(world, station, "2025-04-01", "2025-06-10")
    local = hours.local
    noon = np.flatnonzero((local.hour == 14) & (local.dayofweek < 5))
    dates = local[noon].to_numpy().astype("datetime64[D]")
    warm = np.round(hours.values["temperature"][noon] * 2) / 2
    rain = np.array([round(float(hours.values["rain"][max(k - 23, 0) : k + 1].sum()), 1) for k in noon])
    sky = ["vihm" if r > 2 else "pilves" if r > 0 else "päike" for r in rain]

    table = Sheet({"row": [""] * len(noon)}, stream(world.seed, "defects of " + path))
    rng = table.rng
    order = [int(k) for k in rng.permutation(np.arange(4, len(noon) - 2))]
    cells: list[list[Cell]] = [
        [date, "14:00", float(t), float(r), note]
        for date, t, r, note in zip(dates, warm, rain, sky, strict=True)
    ]
    hot = sorted(order, key=lambda k: -warm[k])[:2]
    rest = [k for k in order if k not in hot]
    fahrenheit = [float(round(warm[k] * 9 / 5 + 32)) for k in hot]
    for k, value in zip(hot, fahrenheit, strict=True):
        cells[k][2] = value
    slip, impossible, missing = rest[0], rest[1], rest[2:5]
    cells[slip][2] = float(round((abs(warm[slip]) + 0.5) * 10))
    cells[impossible][0] = "31.04.2025"
    for k in missing:
        cells[k][2] = None
    warm_column = "Temperatuur (°C)"
    half = len(cells) // 2

    def at(*places: int) -> list[list[int]]:
        """Row numbers after the header; the two blank rows in the middle have numbers too."""
        return [[k + 1 + 2 * (k >= half)] * 2 for k in sorted(places)]

    defects = [
        Defect("wrong-unit", 2, warm_column, "°F", at(*hot)),
        Defect("decimal-slip", 1, warm_column, f"{cells[slip][2]:g}", at(slip)),
        Defect("impossible-date", 1, "Kuupäev", "31.04.2025", at(impossible)),
        Defect("missing-code", 3, warm_column, "", at(*missing)),
        Defect("blank-row", 2, runs=[[half + 1, half + 2]]),
    ]
    header: list[Cell] = ["Kuupäev", "Kellaaeg", warm_column, "Sademed (mm)", "Märkused"]
    title: list[Cell] = ["Ilmavaatlused, kevad 2025"]
    body = [title, [], header, *cells[:half], [], [], *cells[half:]]
    start, end = (f"{hours.time[k].astype('datetime64[s]')}Z" for k in (noon[0], noon[-1]))
    return SampleFile(
        path, xlsx(body, "Vaatlused"), station, {"station": station}, "plain",
        "pupils' own readings in a workbook", "et", len(cells), start, end, ("temperature", "rain"), defects,
        blank=2,
    )  # fmt: skip
