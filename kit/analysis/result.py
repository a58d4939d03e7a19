"""What an analysis answers: numbers, a table, a sentence, and what may not be concluded from them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from html import escape
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from kit.text import N_, language, number, tr
from kit.vocab.variables import known

#: A remark: an English template and what fills it.
Note = tuple[str, Mapping[str, Any]]

SCOPE = (N_("Method"), N_("Values used"), N_("Completeness"), N_("Version of the data"))
UNKNOWN, YES, NO = N_("unknown"), N_("yes"), N_("no")
#: What columns of the tables are called for people, the same word in all results; a result that means
#: something else by a column says so in its own ``headings``. Other columns stay out of what people see.
HEADINGS = {
    "station": N_("station"), "station_name": N_("name of the station"), "slope": N_("change a year"),
    "full_years": N_("full years"), "months": N_("months"), "used": N_("used"), "time": N_("time"),
    "low": N_("low end"), "high": N_("high end"), "anomaly": N_("difference from usual"), "n": N_("number"),
    "band": N_("band"), "name": N_("name"), "hours": N_("hours"), "share": N_("share"), "here": N_("here"),
    "there": N_("there"), "difference": N_("difference"), "surveys": N_("surveys"),
    "minutes": N_("minutes in all"), "found": N_("species found"), "individuals": N_("individuals"),
    "at_equal_effort": N_("species at equal effort"), "sector": N_("sector"),
    "mean_speed": N_("mean speed"), "group": N_("place or time"),
}  # fmt: skip
NO_CONCLUSION = N_("May not be concluded")
#: Columns that hold shares, 0 to 1: people read them in per cent.
SHARES = frozenset({"share", "capture", "contribution"})


@dataclass(frozen=True, kw_only=True)
class Result(ABC):
    """Base of all results.

    Attributes
    ----------
    method
        Its name in words, an English template (``tr(result.method, lang)``).
    n
        How many values the result rests on.
    completeness
        Share of the possible values that were there, 0 to 1; NaN where it cannot be said.
    version
        ``version/rules`` of the dataset, "" if the data came from elsewhere.
    notes
        Remarks that belong to the result: (English template, parameters).
    """

    #: What this result calls columns, over :data:`HEADINGS`; one that it calls "" stays out.
    headings: ClassVar[Mapping[str, str]] = MappingProxyType({})
    #: Its columns that are shares, besides :data:`SHARES`.
    percent: ClassVar[frozenset[str]] = frozenset()
    #: A table with more rows is shown with a gap in the middle.
    most_rows: ClassVar[int] = 24

    method: str
    n: int
    completeness: float
    version: str
    notes: tuple[Note, ...] = field(default=(), repr=False)

    @property
    @abstractmethod
    def table(self) -> pd.DataFrame:
        """The numbers as a table."""

    @abstractmethod
    def sentence(self, lang: str | None = None) -> str:
        """Say the result in plain words."""

    def doubt(self, lang: str | None = None, *, every: bool = False) -> str:
        """Return the end of the sentence: what is unsure ("": nothing); with ``every`` that of all parts."""
        return ""

    @abstractmethod
    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""

    def shown_table(self, lang: str | None = None) -> pd.DataFrame:
        """Return the table as texts for people: translated headings, few digits, dates, yes and no.

        Columns without a heading (p values, indices for teachers) stay out; ``table`` holds them all.
        """
        called = {**HEADINGS, **self.headings}
        table, names = self.table, getattr(self, "names", {})
        cells = {}
        for name in (str(column) for column in table.columns if called.get(str(column))):
            if name in SHARES | self.percent:
                texts = _percents(table[name], lang)
            elif pd.api.types.is_float_dtype(table[name]):
                texts = _numbers(table[name], lang)
            else:
                texts = [str(v) if name == "year" else _cell(v, lang, names) for v in table[name]]
            cells[tr(called[name], lang)] = texts
        return pd.DataFrame(cells)

    def remarks(self, lang: str | None = None) -> list[str]:
        """Return the notes in words."""
        return [tr(template, lang, **shown(params, lang)) for template, params in self.notes]

    def scope(self, lang: str | None = None) -> dict[str, str]:
        """Return method, values used, completeness and version as labels and words."""
        share = "–" if math.isnan(self.completeness) else number(100 * self.completeness, 0, lang) + " %"
        found = (tr(self.method, lang), number(self.n, 0, lang), share, self.version or tr(UNKNOWN, lang))
        return {tr(label, lang): text for label, text in zip(SCOPE, found, strict=True)}

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return everything as plain JSON values; missing numbers are None, tables lists of rows."""
        values = {f.name: plain(getattr(self, f.name)) for f in fields(self) if f.name != "notes"}
        words = {"sentence": self.sentence(lang), "caution": self.caution(lang), "notes": self.remarks(lang)}
        return {"kind": type(self).__name__, **values, **words}

    def _repr_html_(self) -> str:
        lang = language()
        rows = "".join(
            f"<tr><th>{escape(label)}</th><td>{escape(text)}</td></tr>"
            for label, text in self.scope(lang).items()
        )
        notes = "".join(f"<li>{escape(text)}</li>" for text in self.remarks(lang))
        return (
            f'<div class="kit-result" lang="{lang}"><p><strong>{escape(self.sentence(lang))}</strong></p>'
            f"{self.shown_table(lang).to_html(index=False, escape=True, max_rows=self.most_rows, border=0)}"
            f"<p>{escape(tr(NO_CONCLUSION, lang))}: {escape(self.caution(lang))}</p>"
            f"{f'<ul>{notes}</ul>' if notes else ''}"
            f'<table class="kit-scope">{rows}</table></div>'
        )


def _numbers(column: pd.Series, lang: str | None) -> list[str]:
    """Return a column of numbers with the same decimals in every row.

    They are as many as its small values need, and as tell its rows apart: levels from 10 to 13 have one.
    """
    values = column.to_numpy(dtype=float)
    finite = values[np.isfinite(values)]
    held = np.abs(finite)
    exact = [digits for digits in (0, 1) if (held == held.round(digits)).all()]
    usual = float(np.quantile(held[held > 0], 0.25)) if (held > 0).any() else 0.0
    spread = float(np.ptp(finite)) if finite.size else 0.0
    apart = min(2, digits_for(spread)) if spread else 0
    digits = exact[0] if exact else max(apart, digits_for(usual))
    return [number(float(value), digits, lang) for value in values]


def _percents(column: pd.Series, lang: str | None) -> list[str]:
    """Return a column of shares in per cent."""
    values = 100 * column.to_numpy(dtype=float)
    digits = 1 if ((values > 0) & (values < 1)).any() else 0
    return [number(value, digits, lang) + (" %" if math.isfinite(value) else "") for value in values]


def _cell(value: Any, lang: str | None, names: Mapping[str, Any]) -> str:
    """Return one cell as people read it; ``names`` are what people call the result's groups."""
    if isinstance(value, (bool, np.bool_)):
        return tr(YES if value else NO, lang)
    if value is None or value is pd.NaT or value is pd.NA:
        return "–"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d" if value == value.normalize() else "%Y-%m-%d %H:%M")
    if isinstance(value, (float, np.floating)):
        return number(float(value), digits_for(float(value)), lang)
    if isinstance(value, (int, np.integer)):
        return number(int(value), 0, lang)
    text = str(value)
    if text in names:
        words = names[text]
        return words if isinstance(words, str) else said(words, lang)
    return _name(text, lang) if known(text) else tr(text, lang)


def said(words: Sequence[Note], lang: str | None = None) -> str:
    """Return what people call a group: its words, the station and the month for instance."""
    return " · ".join(tr(text, lang, **given) for text, given in words)


def shown(params: Mapping[str, Any], lang: str | None = None) -> dict[str, Any]:
    """Return parameters with numbers written as the language writes them."""
    numbers = (int, float)
    return {
        key: number(value, None, lang) if isinstance(value, numbers) else value
        for key, value in params.items()
    }


def plain(value: Any) -> Any:
    """Return ``value`` as JSON values: None for missing, ISO text for times, lists of rows for tables.

    >>> plain({"a": float("nan"), "b": (1, 2.5)})
    {'a': None, 'b': [1, 2.5]}
    """
    if isinstance(value, pd.DataFrame):
        return [{str(key): plain(cell) for key, cell in row.items()} for row in value.to_dict("records")]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (Sequence, np.ndarray)) and not isinstance(value, str):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else value


def digits_for(*values: float) -> int:
    """Return how many decimals show the largest of ``values`` with two significant digits, 0 to 4.

    >>> digits_for(-0.314, 0.11), digits_for(12.0), digits_for(0.004)
    (2, 0, 4)
    """
    largest = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    return 2 if largest == 0 else min(4, max(0, 1 - math.floor(math.log10(largest))))


def even(value: float, digits: int) -> bool:
    """Return whether a difference is shown as zero."""
    return round(abs(value), digits) == 0


def named(variable: str, lang: str | None = None) -> str:
    """Return a variable's name with a capital first letter, to begin a sentence."""
    meant = known(variable)
    text = meant.name(lang) if meant else variable
    return text[:1].upper() + text[1:]


def called(variable: str) -> Callable[[str | None], str]:
    """Return a variable's name as a parameter of a text: a function of the language.

    >>> called("temperature")("et")
    'õhutemperatuur'
    """
    return partial(_name, variable)


def _name(variable: str, lang: str | None) -> str:
    meant = known(variable)
    return meant.name(lang) if meant else variable


def symbol(variable: str, unit: str = "") -> str:
    """Return the unit as people write it."""
    meant = known(variable)
    return meant.symbol if meant else unit
