"""A published snapshot of a dataset as small files that need nothing but numpy to be read.

``snapshot.json`` says what it is (version, date, stations, variables) and where its values stand: for each
variable a file of days (the columns :data:`kit.aggregate.FRAME`) and one of hours, named after their content,
so that several snapshots share what is the same; ``sightings.json`` has the sightings.

Only what counts, with its final flags, is in it: no file that anybody gave, no receipt, nothing that people
said. What was measured indoors stays in the dataset. The same version gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.errors import DatasetError, UsageError
from kit.model import SIGHTINGS
from kit.vocab.variables import variable as known_variable

if TYPE_CHECKING:
    import pandas as pd

    from kit.dataset.view import View

NAME = "snapshot.json"
#: Number of the layout of these files.
LAYOUT = 1
#: About so many hourly values are in a snapshot, the newest ones: a million take 2 MB and load in seconds.
MOST_HOURS = 1_200_000
#: Variables of this group are about a room and the people in it.
INDOOR = "indoor"
_TEXTS = ("station", "variable", "sensor")


def write(
    shared: View, out: str | Path, variables: Iterable[str] | None = None, *, values: str = "values",
    practice: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Write a snapshot of a dataset into a folder; return what ``snapshot.json`` says.

    Parameters
    ----------
    shared
        The dataset, at the version that is wanted.
    out
        The folder; it is made.
    variables
        Which variables (None: all). Those measured indoors and those of stations with the exposure
        ``indoor`` are left out.
    values
        The folder of the values, seen from ``out``; several snapshots may share one.
    practice
        Whether these are invented schools, to practise with.

    Raises :class:`kit.errors.UsageError` when nothing was ever given to the dataset.
    """
    from kit import aggregate

    finals, folder = shared._finals(), Path(out)
    if finals is None:
        raise UsageError(
            "There is nothing to show yet: nothing was given to the dataset {folder}.",
            do="Upload files first.", code="empty-dataset", folder=shared.url,
        )  # fmt: skip
    stations = [one for one in shared.stations() if one.exposure != INDOOR]
    there = finals.variables() if variables is None else sorted(set(variables) & set(finals.variables()))
    names = [name for name in there if known_variable(name).group != INDOOR]
    known = {one.id: one for one in stations}
    days = {name: finals.days([name], stations) for name in names}
    names = [name for name in names if len(days[name])]
    hours = {}
    for name in names:
        found = aggregate.station_hours(finals.table(_needed(name, finals.variables()), stations))
        hours[name] = found[found["variable"] == name]
    since = _first_hour([table["time"].to_numpy() for table in hours.values()])
    newest = [table["time"].max() for table in days.values() if len(table)]
    if since is not None:
        hours = {name: table[table["time"].to_numpy() >= since] for name, table in hours.items()}
    (folder / values).mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    places = {kind: {name: _keep(folder, values, table) for name, table in tables.items() if len(table)}
              for kind, tables in (("days", days), ("hours", hours))}  # fmt: skip
    seen = shared.sightings(station=list(known)) if known else shared.sightings()
    _put(folder / "sightings.json", _rows(seen))
    version = finals.version
    about = {
        "layout": LAYOUT, "practice": practice, "values": places, "version": version.id,
        "number": version.number, "entries": version.entries,
        "rules": version.rules, "made": version.made, "school": shared.school,
        "language": shared.language, "zone": shared._settings.zone, "region": shared._settings.region,
        "until": str(max(newest).date()) if newest else "", "variables": names,
        "hours_since": None if since is None else str(since.astype("datetime64[s]")),
        "stations": [one.to_dict() for one in stations], "sightings": len(seen),
        "measured": [row for name, table in days.items() for row in _measured(name, table)],
    }  # fmt: skip
    _put(folder / NAME, about)
    return about


def _keep(folder: Path, values: str, table: pd.DataFrame) -> str:
    """Write a table, named after its content; return its place, seen from the folder."""
    data = pack(table)
    place = f"{values}/{hashlib.sha256(data).hexdigest()[:16]}.npz"
    (folder / place).write_bytes(data)
    return place


def _measured(name: str, days: pd.DataFrame) -> list[dict[str, str]]:
    """Return which stations measured a variable, and from which day to which."""
    spans = days.groupby("station", observed=True)["time"].agg(["min", "max"])
    return [
        {"station": str(one), "variable": name, "start": str(first.date()), "end": str(last.date())}
        for one, first, last in spans.itertuples()
    ]


def _needed(name: str, there: Iterable[str]) -> list[str]:
    from kit.dataset.stale import NEEDS

    return [name, *(other for other in NEEDS.get(name, ()) if other in there)]


def _first_hour(times: list[Any]) -> Any:
    """Return the hour from which on hours are kept, None: all of them."""
    every = np.sort(np.concatenate(times)) if times else np.zeros(0)
    if len(every) <= MOST_HOURS:
        return None
    day = every[len(every) - MOST_HOURS].astype("datetime64[D]") + np.timedelta64(1, "D")
    return day.astype("datetime64[us]")


def _rows(table: pd.DataFrame) -> dict[str, list[Any]]:
    columns = {}
    for name, dtype in {**SIGHTINGS, "submission": "str"}.items():
        cells = table[name].to_list()
        columns[name] = [None if dtype == "float64" and cell != cell else cell for cell in cells]
    return columns


def _put(path: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def pack(table: pd.DataFrame) -> bytes:
    """Return a table of days or hours as the bytes of an ``.npz`` file: times as steps, names as numbers."""
    arrays: dict[str, Any] = {}
    for name in table:
        column = table[name]
        if name in _TEXTS:
            codes = column.array.astype("category") if not hasattr(column, "cat") else column.array
            codes = codes.remove_unused_categories()
            arrays[f"{name}.words"] = np.array(codes.categories.to_list(), dtype=np.str_)
            arrays[f"{name}.codes"] = codes.codes.astype(np.min_scalar_type(max(len(codes.categories), 1)))
        elif name == "time":
            stamps = column.to_numpy().astype("datetime64[us]").view(np.int64)
            arrays["time.steps"] = np.diff(stamps, prepend=np.int64(0)) // 1_000_000
        else:
            values = column.to_numpy()
            integer = values.dtype.kind == "i" and len(values)
            arrays[str(name)] = values.astype(_narrow(values)) if integer else values
            if integer:
                arrays[f"{name}.dtype"] = np.array(values.dtype.name)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _narrow(values: Any) -> Any:
    return np.promote_types(np.min_scalar_type(values.min()), np.min_scalar_type(values.max()))


def unpack(data: bytes) -> pd.DataFrame:
    """Return the table that :func:`pack` packed; names are categories."""
    import pandas as pd

    columns: dict[str, Any] = {}
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        for key in arrays.files:
            name, _, part = key.partition(".")
            if part == "words":
                words = pd.Index(arrays[key].tolist(), dtype="str")
                codes = arrays[f"{name}.codes"].astype(np.int64)
                columns[name] = pd.Categorical.from_codes(codes, categories=words)
            elif part == "steps":
                columns[name] = (np.cumsum(arrays[key]) * 1_000_000).view("datetime64[us]")
            elif not part:
                dtype = f"{name}.dtype"
                columns[name] = arrays[key].astype(str(arrays[dtype])) if dtype in arrays else arrays[key]
    return pd.DataFrame(columns)


def read_about(folder: Path) -> dict[str, Any]:
    """Return what a snapshot says of itself; :class:`kit.errors.DatasetError` if it cannot be read."""
    try:
        found = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = {}
    if not isinstance(found, dict) or found.get("layout") != LAYOUT:
        raise DatasetError(
            "The snapshot in {folder} cannot be read.", why="Its file {file} is damaged or of another kit.",
            do="Make it anew: kit lesson site", code="snapshot", folder=str(folder), file=NAME,
        )  # fmt: skip
    return found
