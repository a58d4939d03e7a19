"""The values of a snapshot: those of its files and what was added on this device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset import snapshot_files as files
from kit.model import Station
from kit.store.versions import Version

if TYPE_CHECKING:
    import pandas as pd


class Held:
    """The values of a snapshot's files and of what was added: what ``Finals`` is to a dataset."""

    def __init__(self, folder: Path, about: Mapping[str, Any]) -> None:
        self.folder, self.about = folder, about
        self.added: dict[str, list[pd.DataFrame]] = {"days": [], "hours": []}
        self._kept: dict[tuple[str, str], pd.DataFrame] = {}
        self.version = Version(
            about["number"], about["version"], about["rules"], about["entries"], (), about["made"]
        )

    def variables(self) -> list[str]:
        """Return the variables that have values."""
        added = {str(name) for table in self.added["days"] for name in table["variable"].unique()}
        return sorted({*self.about["variables"], *added})

    def add(self, days: pd.DataFrame, hours: pd.DataFrame) -> None:
        """Add values of stations."""
        self.added["days"].append(days)
        self.added["hours"].append(hours)
        self._kept.clear()

    def values(self, kind: str, variables: Sequence[str], stations: Sequence[Station]) -> pd.DataFrame:
        """Return the "days" or "hours" of these series, in the order of station, variable and time."""
        ids = [one.id for one in stations]
        parts = [self._of(kind, name) for name in sorted(set(variables))]
        parts = [part[part["station"].isin(ids)] for part in parts]
        parts = [part for part in parts if len(part)]
        return _joined(parts) if parts else _no_values(kind)

    def _of(self, kind: str, variable: str) -> pd.DataFrame:
        """Return the values of a variable with those that were added; of two, the one that rests on more."""
        if (kind, variable) not in self._kept:
            place = self.about["values"][kind].get(variable)
            tables = [files.unpack((self.folder / place).read_bytes())] if place else []
            tables += [table[table["variable"] == variable] for table in self.added[kind]]
            found = _joined([table for table in tables if len(table)]) if tables else _no_values(kind)
            if len(tables) > 1:
                found = found.sort_values("n", kind="stable")
                found = found.drop_duplicates(["station", "time", "period"], keep="last")
                found = found.sort_values(["station", "time"], kind="stable", ignore_index=True)
            self._kept[kind, variable] = found
        return self._kept[kind, variable]


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return tables one after the other; their categories become common ones, sorted."""
    import pandas as pd

    if len(tables) == 1:
        return tables[0].reset_index(drop=True)
    words = {}
    for name in ("station", "variable", "sensor"):
        if name in tables[0]:
            every = sorted({str(word) for table in tables for word in table[name].array.categories})
            words[name] = pd.CategoricalDtype(pd.Index(every, dtype="str"))
    return pd.concat([table.astype(words) for table in tables], ignore_index=True)


def _no_values(kind: str) -> pd.DataFrame:
    from kit import aggregate
    from kit.model import READINGS, empty

    none = empty(READINGS)
    return aggregate.station_days(none, {}) if kind == "days" else aggregate.station_hours(none)
