"""Templates for observations that are written by hand: a table to fill in, with one example and how to do it.

kit reads them back without a question (:mod:`kit.formats.kit_template`). Nothing in them asks for a name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from kit.dataset.sheets import Sheet, ods, xlsx
from kit.errors import UsageError
from kit.formats.kit_template import COMPLETE, KINDS, Term, header
from kit.text import N_, language, tr
from kit.vocab import variable

#: What stands in the example row.
EXAMPLES: dict[str, float] = {
    "temperature": 12.5, "humidity": 81.0, "pressure": 1013.2, "rain": 0.4, "wind_speed": 3.5,
    "wind_direction": 225.0, "snow_depth": 0.0, "pm25": 7.5, "pm10": 12.0, "no2": 14.0, "o3": 62.0,
    "co2": 640.0, "water_temperature": 9.5, "water_ph": 7.2, "dissolved_oxygen": 8.5,
    "water_conductivity": 410.0, "noise": 52.0,
}  # fmt: skip
_TAXA = {"birds": N_("great tit"), "plants": N_("wood anemone"), "insects": N_("brimstone butterfly")}
_HOW = (
    N_("How to fill in this table"),
    N_("One row is one observation. Leave a cell empty where you have no value."),
    N_("Write the date as 2026-05-01 and the time as 14:00, by the clock on your wall."),
    N_("Write the station as it is called in kit, for example {station}."),
    N_("Write numbers without their unit; the unit stands in the head of the column."),
    N_("Leave the first column empty. A row with a word in it, like the example, is not uploaded."),
    N_("Do not write names of people, anywhere."),
    N_("Save the file and give it to kit: kit upload FILE, the upload panel, or the inbox folder."),
)
_HOW_LIFE = (
    N_("Write how many you counted, or X if it was there but nobody counted."),
    N_("Minutes and observers say how hard you looked: two people who look for 20 minutes find more."),
    N_("Write yes under complete list only if you wrote down every kind that you saw and knew."),
)


def template(
    out: str | Path, kind: str = "weather", lang: str | None = None, stations: Sequence[str] = ()
) -> Path:
    """Write a template as .xlsx, .ods or .csv (by the name of ``out``) and return its path.

    Parameters
    ----------
    kind
        One of :data:`kit.formats.kit_template.KINDS`.
    stations
        Ids to choose from; the first one stands in the example.

    Raises
    ------
    kit.errors.UsageError
        for an unknown kind or another kind of file, or when the file is there already.
    """
    path = Path(out)
    if kind not in KINDS:
        raise UsageError(
            "There is no template of the kind {kind}.", do="Choose one of: {kinds}.", code="no-kind",
            kind=kind, kinds=", ".join(KINDS),
        )  # fmt: skip
    makers = {".xlsx": _as_xlsx, ".ods": _as_ods, ".csv": _as_csv}
    if path.suffix.lower() not in makers:
        raise UsageError(
            "A template cannot be written as {file}.", do="Name a file that ends with .xlsx, .ods or .csv.",
            code="bad-suffix", file=path.name,
        )  # fmt: skip
    data = makers[path.suffix.lower()](kind, lang, stations)
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise UsageError(
            "The file {file} is there already.", do="Name another one, or move it away.",
            code="file-exists", file=str(path),
        ) from None  # fmt: skip
    except OSError as error:
        raise UsageError(
            "The file {file} cannot be written: {reason}.", do="Name another folder.",
            code="cannot-write", file=str(path), reason=error.strerror or "?",
        ) from None  # fmt: skip
    return path


def example(kind: str, lang: str | None, stations: Sequence[str]) -> list[str | float]:
    """Return the example row of a template."""
    found: list[str | float] = [tr("example", lang), "2026-05-01", "14:00", [*stations, "school/roof"][0]]
    for item in KINDS[kind]:
        if isinstance(item, Term):
            values: dict[str, str | float] = {
                "vernacularName": tr(_TAXA.get(kind, ""), lang), "individualCount": 3.0,
                "effort_minutes": 20.0, "observers": 2.0, "complete": tr("yes", lang),
            }  # fmt: skip
            found.append(values[item.label])
        else:
            found.append(EXAMPLES[variable(item).id])
    return found


def how(kind: str, lang: str | None, stations: Sequence[str]) -> list[str]:
    """Return the instructions, one line each."""
    station = [*stations, "school/roof"][0]
    more = _HOW_LIFE if any(isinstance(item, Term) for item in KINDS[kind]) else ()
    return [tr(line, lang, station=station) for line in (*_HOW, *more)]


def _sheets(kind: str, lang: str | None, stations: Sequence[str]) -> list[Sheet]:
    names = header(kind, lang)
    choices: dict[int, Sequence[str]] = {3: list(stations)} if stations else {}
    if COMPLETE in KINDS[kind]:
        choices[len(names) - 1] = [tr("yes", lang), tr("no", lang)]
    rows: list[Sequence[str | float]] = [names, example(kind, lang, stations)]
    return [
        Sheet(tr("observations", lang), rows, (1,), (2,), choices),
        Sheet(tr("how to", lang), [[line] for line in how(kind, lang, stations)]),
    ]


def _as_xlsx(kind: str, lang: str | None, stations: Sequence[str]) -> bytes:
    return xlsx(_sheets(kind, lang, stations))


def _as_ods(kind: str, lang: str | None, stations: Sequence[str]) -> bytes:
    return ods(_sheets(kind, lang, stations))


def _as_csv(kind: str, lang: str | None, stations: Sequence[str]) -> bytes:
    """Return a text table as the spreadsheets of the language open it (the how-to does not fit in it)."""
    comma = language(lang) != "en"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if comma else ",", lineterminator="\r\n")
    writer.writerow(header(kind, lang))
    cells = (str(cell).removesuffix(".0") for cell in example(kind, lang, stations))
    writer.writerow([cell.replace(".", ",") if comma and _is_number(cell) else cell for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit()
