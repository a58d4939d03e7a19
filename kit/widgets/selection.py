"""Which readings a panel is about: variable, places, days, step; as readings, as code and as a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.dataset.state import not_found
from kit.text import N_, tr, trn
from kit.vocab import variable as known

if TYPE_CHECKING:
    import pandas as pd

    from kit.dataset import Dataset

EVERYWHERE, NOTHING_ELSE = N_("all stations"), N_("nothing else")
#: Steps in which readings are shown: id of ``readings(freq=...)`` -> words.
STEPS = {"1h": N_("each hour"), "1D": N_("each day"), "1M": N_("each month")}
#: Flags of the readings that are used: all but the wrong ones (kit's default), or only those without a doubt.
ALL, GOOD = (1, 2, 3), (1, 2)
WHICH = {False: N_("all but the wrong ones"), True: N_("only those without a doubt")}


class Selection:
    """The readings that are looked at.

    Parameters
    ----------
    shared
        The shared dataset.
    variable
        Id of the variable; the first one that there is, if the dataset has no such.
    where
        A region, a school or a station by its id; "" for all.
    beside
        Another one to stand beside it, "" for none.
    since, until
        Local standard dates as :meth:`kit.dataset.Dataset.readings` takes them, "" for open ends.
    step
        A key of :data:`STEPS`.
    good
        Whether doubtful readings (flag 3) are left out.
    """

    def __init__(
        self, shared: Dataset, variable: str = "pm25", where: str = "", beside: str = "", since: str = "",
        until: str = "", step: str = "1D", good: bool = False,
    ) -> None:  # fmt: skip
        self.shared, self.where, self.beside = shared, where, beside
        self.since, self.until, self.step, self.good = since, until, step, good
        there = self.variables()
        self.variable = variable if variable in there.values() or not there else next(iter(there.values()))

    def variables(self) -> dict[str, str]:
        """Return the variables of the dataset: name in words -> id."""
        return in_words({name for names in self.measured().values() for name in names})

    def measured(self) -> dict[str, set[str]]:
        """Return which variables each station has measured, by the receipts: station -> ids."""
        found: dict[str, set[str]] = {}
        for given in self.shared.submissions():
            if not given.retracted:
                for station in given.stations:
                    found.setdefault(station, set()).update(given.record.get("variables", {}))
        return found

    def places(self) -> dict[str, str]:
        """Return what can be chosen as a place: words -> id; all, then regions, schools and stations."""
        stations = self.shared.stations()
        named = {
            station.id: f"{station.name} ({station.id})" if station.name else station.id
            for station in stations
        }
        codes = self.shared.regions()
        lands = {code.split("-")[0] for code in codes}
        wide = sorted(
            land for land in lands if land not in codes and sum(c.startswith(land) for c in codes) > 1
        )
        wide += [land for land in (self.where, self.beside) if land in lands and land not in (*codes, *wide)]
        several = [
            school for school in self.shared.schools() if sum(s.school == school for s in stations) > 1
        ]
        return {
            tr(EVERYWHERE): "",
            **{tr("region {name}", name=code): code for code in (*wide, *codes)},
            **{tr("school {name}", name=school): school for school in several},
            **{tr("station {name}", name=words): station for station, words in named.items()},
        }

    def stations(self) -> list[str]:
        """Return the ids of the chosen stations."""
        every = self.shared.stations()
        if not self.where:
            return [one.id for one in every]
        chosen = [name for name in (self.where, self.beside) if name]
        for name in chosen:
            if not any(_is_in(one, name) for one in every):
                raise not_found(self._kind(name), name, self.places().values())
        return [one.id for one in every if any(_is_in(one, name) for name in chosen)]

    def _kind(self, place: str) -> str:
        """Return the argument of ``readings`` that a place is for."""
        if "/" in place:
            return "station"
        return "school" if place in self.shared.schools() else "region"

    def arguments(self) -> dict[str, Any]:
        """Return what ``shared.readings`` is asked, beside the variable."""
        asked: dict[str, Any] = {}
        if self.where and self.beside:
            asked["station"] = self.stations()
        elif self.where:
            asked[self._kind(self.where)] = self.where
        asked |= {name: value for name, value in (("since", self.since), ("until", self.until)) if value}
        asked["freq"] = self.step
        return asked | ({"use": GOOD} if self.good else {})

    def readings(self, variables: str | Iterable[str] = "", **other: Any) -> Any:
        """Return the readings; ``other`` arguments stand in place of the chosen ones."""
        return self.shared.readings(variables or self.variable, **{**self.arguments(), **other})

    def code(self, variables: str | list[str] = "", **other: Any) -> str:
        """Return the line of code that reads the same."""
        asked = ", ".join(
            f"{name}={_literal(value)}" for name, value in {**self.arguments(), **other}.items()
        )
        return f"readings = shared.readings({_literal(variables or self.variable)}, {asked})"

    def counted(self, readings: Any) -> str:
        """Return in a sentence how many values there are, and what is to be said of them."""
        values = readings[self.variable]
        there = np.isfinite(values.values.astype(float))
        flags = readings[f"{self.variable}_flag"].values[there]
        n, doubtful = int(there.sum()), int((flags == 3).sum())
        stations = trn("{n} station", "{n} stations", int(there.any(axis=values.get_axis_num("time")).sum()))
        parts = [trn("{n} value from {stations}.", "{n} values from {stations}.", n, stations=stations)]
        if doubtful:
            parts.append(trn(
                "{n} of them rests on doubtful readings, too (flag 3).",
                "{n} of them rest on doubtful readings, too (flag 3).", doubtful,
            ))  # fmt: skip
        elif n:
            parts.append(tr("None of them rests on a doubtful reading."))
        return " ".join(parts)

    def rows(self) -> pd.DataFrame:
        """Return what is seen as a table: station, time, value, flag and coverage, a row for each value."""
        readings = self.readings()
        names = [self.variable, f"{self.variable}_flag", f"{self.variable}_coverage"]
        table: pd.DataFrame = readings[names].to_dataframe().reset_index()
        table = table[["station", "station_name", "time", *names]]
        table = table[table[self.variable].notna()].sort_values(["station", "time"], kind="stable")
        unit = known(self.variable).symbol
        heads = {"time": "time (UTC)" if self.step == "1h" else "date",
                 self.variable: f"{self.variable} ({unit})" if unit else self.variable,
                 names[1]: "flag", names[2]: "coverage"}  # fmt: skip
        return table.rename(columns=heads).reset_index(drop=True)

    def save(self, folder: str | Path = ".") -> Path:
        """Write :meth:`rows` as CSV into a folder and return the file; one of the same name is replaced.

        UTF-8 with a mark, commas, decimal points and ISO times. A text that a spreadsheet would take for a
        formula begins with an apostrophe.
        """
        from kit.dataset.exporting import FORMULA

        table = self.rows()
        for name in ("station", "station_name"):
            texts = table[name].astype(str)
            table[name] = texts.where(~texts.str.contains(FORMULA, regex=True), "'" + texts)
        parts = [self.variable, self.where, self.beside, self.since, self.until, self.step]
        plain = re.sub(r"[^\w.-]+", "-", "_".join(part for part in parts if part))
        path = Path(folder) / f"{plain}.csv"
        path.write_bytes(table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig"))
        return path


def in_words(variables: Iterable[str]) -> dict[str, str]:
    """Return variables by their names: words -> id.

    >>> in_words(["rain", "pm25"])
    {'PM2.5 (fine particles)': 'pm25', 'rain': 'rain'}
    """
    return dict(sorted((known(name).name(), name) for name in variables))


def _is_in(station: Any, place: str) -> bool:
    return place in (station.id, station.school, station.region) or station.region.startswith(place + "-")


def _literal(value: Any) -> str:
    """Return a value as code.

    >>> _literal("pm25"), _literal(["a/b", "c/d"]), _literal((1, 2))
    ('"pm25"', '["a/b", "c/d"]', '(1, 2)')
    """
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return repr(value)
