"""A result's own words and table around what is drawn of it: one way for all charts of results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kit.analysis.result import HEADINGS, Note, Result, digits_for, symbol
from kit.figures.chart import Chart
from kit.figures.colours import Scale
from kit.figures.layers import Table, Words, capital
from kit.figures.panels import Panel
from kit.text import N_, tr

LINES = N_("Line chart. {sentence}")
BARS = N_("Bar chart. {sentence}")
DOTS = N_("A point for each, with the range in which it may lie. {sentence}")
CLOUD = N_("Scatter chart. {sentence}")
GRID = N_("Grid of coloured cells. {sentence}")
ROSE = N_("Rose: a round chart with the north on top. {sentence}")


@dataclass(frozen=True)
class Told:
    """The words of a result's chart: a callable of the language.

    ``title`` and ``notes`` (small print) are templates with what fills them, ``form`` the template of the
    alternative text; ``x`` and ``y`` templates, or the names of units.
    """

    result: Result
    title: Note
    form: str
    x: str = ""
    y: str = ""
    notes: tuple[Note, ...] = ()

    def __call__(self, lang: str) -> Words:
        """Return all words of the chart in a language."""
        sentence = self.result.sentence(lang)
        note = " ".join(tr(text, lang, **given) for text, given in self.notes)
        return Words(
            self.heading(lang), sentence, tr(self.form, lang, sentence=sentence), said(self.x, lang),
            said(self.y, lang), note, self.result.caution(lang),
            tuple(text for text in self.result.remarks(lang) if text not in note),
        )  # fmt: skip

    def heading(self, lang: str) -> str:
        """Return the title."""
        return capital(tr(self.title[0], lang, **self.title[1]))


def said(text: str, lang: str) -> str:
    """Return a template in a language; nothing stays nothing."""
    return tr(text, lang) if text else ""


def table_of(result: Result, caption: Callable[[str], str]) -> Table:
    """Return a result's table with the texts that people read."""
    shown, frame = result.shown_table, result.table.reset_index(drop=True)
    return Table(frame, caption, lambda lang: list(shown(lang).columns), shown=shown)


def chart(
    kind: str, panels: tuple[Panel, ...], words: Told, *, values: Any = (), unit: str | None = None,
    digits: int | None = None, scale: Scale | None = None, columns: int = 0,
) -> Chart:  # fmt: skip
    """Return a chart of a result; ``values`` are those whose size decides how many decimals are shown."""
    shown = digits_for(*[float(v) for v in values]) if digits is None else digits
    return Chart(
        kind, panels, words, (table_of(words.result, words.heading),),
        unit=unit_of(words.result) if unit is None else unit, digits=shown, scale=scale, columns=columns,
    )  # fmt: skip


def unit_of(result: Any) -> str:
    """Return the unit of a result's values as people write it."""
    return symbol(getattr(result, "variable", ""), getattr(result, "unit", ""))


def heading(column: str) -> Callable[[str], str]:
    """Return what a column is called, as a function of the language."""
    return lambda lang: tr(HEADINGS[column], lang)


def names(frame: pd.DataFrame) -> list[str]:
    """Return what people call the station of each row: its name, with the id where two share one."""
    ids = [str(text) for text in frame["station"]]
    own = [str(text) for text in frame["station_name"]] if "station_name" in frame else [""] * len(ids)
    called = {one: name if name and name != "nan" else one for one, name in zip(ids, own, strict=True)}
    several = Counter(called.values())
    return [called[one] if several[called[one]] < 2 else f"{called[one]} ({one})" for one in ids]
