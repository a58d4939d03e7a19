"""The same question asked of parts of the readings: per season, per weekday, by wind, by station …

Every analysis takes ``by=``; :func:`conditioned` gives it that. Parts are made in local standard time at each
station; sightings have local dates (``eventDate``). Seasons are those of the northern hemisphere by calendar
month (DJF, MAM, JJA, SON), winter being all Decembers, Januaries and Februaries, as openair's ``type`` has
them (Carslaw & Ropkins 2012, doi:10.1016/j.envsoft.2011.09.008). Its sectors of the wind are those here, but
calms, which come from nowhere, are in none of them here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from inspect import signature
from itertools import product
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis.asked import judged
from kit.analysis.given import need_readings, need_sightings
from kit.analysis.result import HEADINGS, Note, Result, plain, said
from kit.analysis.sides import (
    CALENDAR,
    STATIONS,
    side_of_readings,
    side_of_sightings,
)
from kit.errors import AnalysisError
from kit.text import N_, tr

P = ParamSpec("P")
R = TypeVar("R")
#: One condition, or several at once.
By = str | Sequence[str] | None
#: What the calendar and the sun decide of a part's times.
KINDS = {"season": "months", "month": "months", "hour": "hours", "daylight": "light"}
METHOD = N_("The same analysis for each part of the readings")
PART = N_("{label}: {said}")
HEADINGS["part"] = N_("part")


@dataclass(frozen=True, kw_only=True)
class Conditioned(Result, Mapping[str, Result]):
    """Results of one analysis by condition: a mapping of label to that analysis' own result.

    ``by`` are the conditions; ``refused`` gives, by label, the error where there was too little to answer;
    ``labels`` the words of each label in any language.
    """

    by: tuple[str, ...]
    results: Mapping[str, Result] = field(repr=False)
    labels: Mapping[str, tuple[Note, ...]] = field(repr=False)
    refused: Mapping[str, AnalysisError] = field(repr=False, default_factory=dict)

    def __getitem__(self, label: str) -> Result:
        if label in self.refused:
            raise self.refused[label]
        return self.results[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __hash__(self) -> int:
        return id(self)

    @property
    def table(self) -> pd.DataFrame:
        """The tables of all parts below each other; the column ``part`` says which."""
        tables = [one.table.assign(part=label) for label, one in self.results.items()]
        whole = pd.concat(tables, ignore_index=True)
        return whole[["part", *[name for name in whole.columns if name != "part"]]]

    def shown_table(self, lang: str | None = None) -> pd.DataFrame:
        """Return the tables of all parts as people read them, below each other."""
        part = tr(HEADINGS["part"], lang)
        tables = [
            pd.concat([pd.DataFrame({part: [self.label(label, lang)] * len(shown)}), shown], axis=1)
            for label, one in self.results.items() for shown in [one.shown_table(lang)]
        ]  # fmt: skip
        return pd.concat(tables, ignore_index=True).fillna("–")

    def sentence(self, lang: str | None = None) -> str:
        """Say each part's result, and why a part has none; a doubt that all parts share is said once."""
        texts = {label: one.sentence(lang) for label, one in self.results.items()}
        doubts = {one.doubt(lang) for one in self.results.values()}
        last = []
        if len(texts) > 1 and len(doubts) == 1 and (shared := doubts.pop()):
            texts = {label: text.removesuffix(shared).rstrip() for label, text in texts.items()}
            last = [next(iter(self.results.values())).doubt(lang, every=True)]
        texts |= {label: error.words(lang) for label, error in self.refused.items()}
        ordered = [(label, texts[label]) for label in self.labels if label in texts]
        parts = [tr(PART, lang, label=self.label(label, lang), said=text) for label, text in ordered]
        return " ".join([*parts, *last])

    def label(self, label: str, lang: str | None = None) -> str:
        """Return what people call a part."""
        return said(self.labels[label], lang)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return next(iter(self.results.values())).caution(lang)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return everything as plain JSON values: each part's own, and the words of those that have none."""
        return {
            "kind": type(self).__name__, "by": list(self.by), "method": self.method, "n": self.n,
            "completeness": plain(self.completeness), "version": self.version,
            "labels": {label: self.label(label, lang) for label in self.labels},
            "results": {label: one.to_dict(lang) for label, one in self.results.items()},
            "refused": {label: error.to_dict(lang) for label, error in self.refused.items()},
            "sentence": self.sentence(lang), "caution": self.caution(lang), "notes": self.remarks(lang),
        }  # fmt: skip


def conditioned(analysis: Callable[P, R]) -> Callable[P, R]:
    """Give an analysis the parameter ``by`` (:data:`By`); it must have it in its signature, unused.

    With ``by=None`` nothing changes. Else the answer is a :class:`Conditioned` of such results.
    """

    first_name = next(iter(signature(analysis).parameters))
    check = {"ds": need_readings, "sightings": need_sightings}.get(first_name)

    @wraps(analysis)
    def asked(*given: P.args, **options: P.kwargs) -> R:
        by = options.pop("by", None)
        data, *others = given or (options.pop(first_name, None),)
        if check:
            check(data)
        if by is None:
            return cast(Callable[..., R], analysis)(data, *others, **options)
        names = (by,) if isinstance(by, str) else tuple(cast(Sequence[str], by))
        found: dict[str, Any] = {}
        refused: dict[str, AnalysisError] = {}
        labels: dict[str, tuple[Note, ...]] = {}
        for words, part in split(cast(xr.Dataset | pd.DataFrame, data), names):
            label = said(words, "en")
            labels[label] = words
            try:
                found[label] = cast(Callable[..., R], analysis)(part, *others, **options)
            except AnalysisError as error:
                refused[label] = error
        if not found:
            raise next(iter(refused.values()))
        first = next(iter(found.values()))
        return cast(R, Conditioned(
            method=METHOD, n=sum(one.n for one in found.values()), completeness=_mean(found),
            version=first.version, by=names, results=found, refused=refused, labels=labels,
        ))  # fmt: skip

    return asked


def _mean(found: Mapping[str, Result]) -> float:
    shares = np.array([one.completeness for one in found.values()])
    return float(shares[np.isfinite(shares)].mean()) if np.isfinite(shares).any() else float("nan")


def split(
    data: xr.Dataset | pd.DataFrame, by: Sequence[str]
) -> list[tuple[tuple[Note, ...], xr.Dataset | pd.DataFrame]]:
    """Return the parts with their labels, in the order of the calendar, the compass or the size.

    Parameters
    ----------
    data
        Readings, dims (station, time); times of hours in UTC, of days local standard dates. Or sightings.
    by
        Names out of :data:`KNOWN`, or of a variable that the dataset holds; of sightings out of
        :data:`OF_SIGHTINGS`. Several are crossed.

    Raises
    ------
    UsageError
        ``unknown-condition``, or ``condition-step``: hours of days, for instance.

    Examples
    --------
    >>> days = pd.date_range("2026-01-01", periods=365).as_unit("us")
    >>> ones = xr.DataArray(np.ones((1, 365)), dims=("station", "time"))
    >>> ds = xr.Dataset({"pm25": ones}, {"station": ["EE-A/roof"], "time": days})
    >>> [(words[0][0], part.sizes["time"]) for words, part in split(ds, ["season"])]
    [('winter', 90), ('spring', 92), ('summer', 92), ('autumn', 91)]
    """
    sides = [
        side_of_sightings(data, name) if isinstance(data, pd.DataFrame) else side_of_readings(data, name)
        for name in by
    ]
    parts: list[tuple[tuple[Note, ...], xr.Dataset | pd.DataFrame]] = []
    for chosen in product(*[range(len(labels)) for labels, _ in sides]):
        mask = np.logical_and.reduce([places == n for n, (_, places) in zip(chosen, sides, strict=True)])
        if mask.any():
            words = tuple(labels[number] for number, (labels, _) in zip(chosen, sides, strict=True))
            if isinstance(data, pd.DataFrame):
                parts.append((words, data.loc[mask]))
                continue
            part = _asked(data, mask, by, chosen)
            if any(name in ("wind", *data.data_vars) for name in by):
                part.attrs["judged"] = judged(data, by, chosen, [places for _, places in sides])
            parts.append((words, part))
    return parts


def _asked(ds: xr.Dataset, mask: NDArray[np.bool_], by: Sequence[str], chosen: Sequence[int]) -> xr.Dataset:
    """Return a part that says what was asked for: other times are not missing in it (:mod:`.asked`).

    That is ``months``, ``weekdays``, ``hours``, ``light`` (1: day, 0: night), and ``judged``
    (:func:`kit.analysis.asked.judged`).

    ``picked`` names conditions that leave no fixed number of days in a month (wind, hours, other variables).
    """
    asked: dict[str, tuple[int, ...]] = {}
    for name, place in zip(by, chosen, strict=True):
        kind = KINDS.get(name, "weekdays")
        held = {
            "season": tuple(month for month in range(1, 13) if month % 12 // 3 == place),
            "month": (place + 1,), "weekday": (place,),
            "weekend": ((0, 1, 2, 3, 4), (5, 6))[place % 2], "hour": (place,), "daylight": (place,),
        }.get(name)  # fmt: skip
        if held is not None:
            asked[kind] = tuple(part for part in asked.get(kind, held) if part in held)
    picked = tuple(name for name in by if name not in (*CALENDAR, *STATIONS, "year"))
    return _where(ds, mask).assign_attrs(**asked, **({"picked": picked} if picked else {}))


#: What stands beside a value where there is none.
NOTHING = {"flag": 9, "coverage": 0, "deployment": -1, "least": 0}


def _where(ds: xr.Dataset, mask: NDArray[np.bool_]) -> xr.Dataset:
    """Return the readings where ``mask`` (station, time) holds, as missing where it does not."""
    stations, times = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    part = ds.isel(station=stations, time=times)
    inside = mask[np.ix_(stations, times)]
    if not inside.all():
        keep = xr.DataArray(inside, dims=("station", "time"))
        for name in part.data_vars:
            values = part[name]
            nothing = NOTHING.get(str(name).rpartition("_")[2], np.nan)
            part[name] = values.where(keep, nothing).astype(values.dtype).assign_attrs(values.attrs)
    return part
