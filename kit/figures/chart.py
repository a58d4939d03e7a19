"""A chart is never only a picture: figure, sentence, data table and alternative text, in any language."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from kit.figures import draw_plotly, draw_static, tables
from kit.figures.layers import Layer, Table, Words
from kit.text import N_, language, tr

PLOTLY = "application/vnd.plotly.v1+json"
DATA_TABLE = N_("Data table")


@dataclass(frozen=True)
class Chart:
    """Data and words, drawn on demand.

    Parameters
    ----------
    kind
        "timeline", "map" or "trend".
    layers
        What is drawn, from below to above.
    words_in
        Language code → :class:`~kit.figures.layers.Words`.
    tables
        The data as tables; the first is :attr:`table` and holds every number of the sentence.
    unit, digits
        How values are written when pointed at.
    box
        (west, south, east, north) in degrees: the chart is a map.
    """

    kind: str
    layers: tuple[Layer, ...]
    words_in: Callable[[str], Words] = field(repr=False)
    tables: tuple[Table, ...] = field(repr=False)
    unit: str = ""
    digits: int = 1
    box: tuple[float, float, float, float] | None = None

    def words(self, lang: str | None = None) -> Words:
        """Return all words of the chart in one language."""
        return self.words_in(language(lang))

    def title(self, lang: str | None = None) -> str:
        """Return the title."""
        return self.words(lang).title

    def sentence(self, lang: str | None = None) -> str:
        """Return what the figure shows, in words; each number in it is in :attr:`table`."""
        return self.words(lang).sentence

    def alt(self, lang: str | None = None) -> str:
        """Return the alternative text: what kind of figure it is and what it shows."""
        return self.words(lang).alt

    @property
    def table(self) -> pd.DataFrame:
        """The data as a table."""
        return self.tables[0].frame

    def plotly(self, lang: str | None = None) -> dict[str, Any]:
        """Return the interactive figure as plain JSON: ``{"data": [...], "layout": {...}}``."""
        code = language(lang)
        return draw_plotly.figure(self.layers, self.words(code), code, self.box, self.unit, self.digits)

    def svg(self, lang: str | None = None) -> str:
        """Return the figure as SVG with a title and a description; it can stand inside a page."""
        code = language(lang)
        words = self.words(code)
        picture = draw_static.draw(self.layers, words, code, self.box)
        return draw_static.svg(picture, words, self._key(code), code)

    def png(self, lang: str | None = None) -> bytes:
        """Return the figure as PNG for print and e-mail."""
        code = language(lang)
        return draw_static.png(draw_static.draw(self.layers, self.words(code), code, self.box))

    def html(self, lang: str | None = None) -> str:
        """Return figure, sentence and folded data table as HTML that needs no script and no other file."""
        code = language(lang)
        return f'<figure class="kit-chart" lang="{code}">{self.svg(code)}{self.words_html(code)}</figure>'

    def words_html(self, lang: str | None = None) -> str:
        """Return the sentence and the folded data tables as HTML."""
        code = language(lang)
        held = "".join(tables.html(table, code) for table in self.tables)
        label = escape(f"{tr(DATA_TABLE, code)}: {self.title(code)}")
        return (
            f'<div class="kit-words" lang="{code}"><p class="kit-sentence">{escape(self.sentence(code))}</p>'
            f"<details><summary>{label}</summary>{held}</details></div>"
        )

    def _key(self, lang: str) -> str:
        words = self.words(lang)
        held = self.table.to_csv(index=False)
        text = "\n".join((self.kind, lang, words.title, words.sentence, held))
        return "kit-" + hashlib.sha256(text.encode()).hexdigest()[:10]

    def picture_bundle(self, lang: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the MIME bundle of the figure alone, and its metadata with the alternative text.

        Where plotly's MIME type is not known, the SVG is shown; ``metadata["kit"]`` is for the reports.
        """
        code = language(lang)
        words = self.words(code)
        config = {"displaylogo": False, "responsive": True}
        bundle = {
            PLOTLY: {**self.plotly(code), "config": config},
            "image/svg+xml": self.svg(code),
            "text/plain": words.alt,
        }
        about = {"chart": self.kind, "title": words.title, "sentence": words.sentence, "alt": words.alt}
        return bundle, {"image/svg+xml": {"alt": words.alt}, "kit": about}

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle, about = self.picture_bundle()
        return {**bundle, "text/html": self.html()}, about

    def _ipython_display_(self) -> None:
        from IPython.display import display

        bundle, about = self.picture_bundle()
        display(bundle, metadata=about, raw=True)  # type: ignore[no-untyped-call]
        said = {"text/html": self.words_html(), "text/plain": self.sentence()}
        display(said, raw=True)  # type: ignore[no-untyped-call]
