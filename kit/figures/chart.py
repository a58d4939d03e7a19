"""A chart is never only a picture: figure, sentence, data table and alternative text, in any language."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from kit.analysis.result import NO_CONCLUSION
from kit.errors import UsageError
from kit.figures import draw_plotly, draw_static, tables
from kit.figures.colours import Scale
from kit.figures.layers import Layer, Table, Words
from kit.figures.panels import Panel
from kit.text import N_, language, tr

PLOTLY = "application/vnd.plotly.v1+json"
DATA_TABLE = N_("Data table")
STYLE = """
body { font-family: system-ui, "DejaVu Sans", sans-serif; color: #222; max-width: 60rem; margin: 1.5rem auto;
       padding: 0 1rem; line-height: 1.45; }
figure { margin: 0; } svg { width: 100%; }
.kit-sentence { font-size: 1.1rem; } summary { cursor: pointer; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
caption { text-align: left; font-weight: bold; padding: .3rem 0; }
th, td { border-bottom: 1px solid #ccc; padding: .25rem .6rem; text-align: left; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
"""


@dataclass(frozen=True)
class Chart:
    """Data and words, drawn on demand.

    Parameters
    ----------
    kind
        What it is, in one word: "timeline", "map", "trend", "rose" …
    panels
        The planes and what is drawn on them, from below to above; several are small multiples.
    words_in
        Language code → :class:`~kit.figures.layers.Words`.
    tables
        The data as tables; the first is :attr:`table` and holds every number of the sentence.
    unit, digits
        How values are written when pointed at.
    scale
        How values are coloured, where they are.
    columns
        How many panels stand in a row; 0: as many as look well.
    """

    kind: str
    panels: tuple[Panel, ...]
    words_in: Callable[[str], Words] = field(repr=False)
    tables: tuple[Table, ...] = field(repr=False)
    unit: str = ""
    digits: int = 1
    scale: Scale | None = None
    columns: int = 0

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of all panels."""
        return tuple(layer for panel in self.panels for layer in panel.layers)

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
        given = (self.unit, self.digits, self.scale, self.columns)
        return draw_plotly.figure(self.panels, self.words(code), code, *given)

    def svg(self, lang: str | None = None) -> str:
        """Return the figure as SVG with a title and a description; it can stand inside a page."""
        code = language(lang)
        words = self.words(code)
        picture = draw_static.draw(self.panels, words, code, self.scale, self.columns)
        return draw_static.svg(picture, words, self._key(code), code)

    def png(self, lang: str | None = None) -> bytes:
        """Return the figure as PNG for print and e-mail."""
        code = language(lang)
        drawn = draw_static.draw(self.panels, self.words(code), code, self.scale, self.columns)
        return draw_static.png(drawn)

    def html(self, lang: str | None = None) -> str:
        """Return figure, sentence and folded data table as HTML that needs no script and no other file."""
        code = language(lang)
        return f'<figure class="kit-chart" lang="{code}">{self.svg(code)}{self.words_html(code)}</figure>'

    def words_html(self, lang: str | None = None) -> str:
        """Return the sentence and the folded data tables as HTML."""
        code = language(lang)
        held = "".join(tables.html(table, code) for table in self.tables)
        label = escape(f"{tr(DATA_TABLE, code)}: {self.title(code)}")
        caution = self.words(code).caution
        listed = "".join(f"<li>{escape(text)}</li>" for text in self.words(code).remarks)
        remarks = f'<ul class="kit-remarks">{listed}</ul>'
        warned = f'<p class="kit-caution">{escape(tr(NO_CONCLUSION, code))}: {escape(caution)}</p>'
        return (
            f'<div class="kit-words" lang="{code}"><p class="kit-sentence">{escape(self.sentence(code))}</p>'
            f"{warned if caution else ''}{remarks if listed else ''}"
            f"<details><summary>{label}</summary>{held}</details></div>"
        )

    def save(self, path: str | Path, lang: str | None = None) -> Path:
        """Write the chart to a file and return its path; the ending says in which form.

        ``.png`` and ``.svg`` are the picture; ``.html`` is a page with picture, sentence and data tables that
        needs no script, no other file and no internet; ``.csv`` is :attr:`table` with all its decimals, for
        spreadsheets and programs (UTF-8, commas, decimal points, ISO dates).

        Raises
        ------
        UsageError
            ``chart-file``: another ending.
        """
        target, code = Path(path), language(lang)
        form = target.suffix.lower()
        if form == ".csv":
            data = self.table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
        elif form == ".png":
            data = self.png(code)
        elif form == ".svg":
            data = self.svg(code).encode()
        elif form in (".html", ".htm"):
            data = page(self.title(code), self.html(code), code).encode()
        else:
            raise UsageError(
                "A chart cannot be saved as {name}.",
                do="Let the name of the file end in .png, .svg, .html or .csv.",
                code="chart-file",
                name=target.name,
            )
        target.write_bytes(data)
        return target

    def _key(self, lang: str) -> str:
        words = self.words(lang)
        held = self.table.to_csv(index=False)
        text = "\n".join((self.kind, lang, words.title, words.sentence, held))
        return "kit-" + hashlib.sha256(text.encode()).hexdigest()[:10]

    def picture_bundle(self, lang: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the MIME bundle of the figure alone, and its metadata with the alternative text.

        Where plotly's MIME type is not known, the SVG is shown (in the browser there is none);
        ``metadata["kit"]`` is for the reports.
        """
        code = language(lang)
        words = self.words(code)
        config = {"displaylogo": False, "responsive": True}
        bundle = {PLOTLY: {**self.plotly(code), "config": config}, "text/plain": words.alt}
        if draw_static.available():
            bundle["image/svg+xml"] = self.svg(code)
        about = {"chart": self.kind, "title": words.title, "sentence": words.sentence, "alt": words.alt}
        return bundle, {"image/svg+xml": {"alt": words.alt}, "kit": about}

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle, about = self.picture_bundle()
        held = self.html() if "image/svg+xml" in bundle else self.words_html()
        return {**bundle, "text/html": held}, about

    def _ipython_display_(self) -> None:
        from IPython.display import display

        bundle, about = self.picture_bundle()
        display(bundle, metadata=about, raw=True)  # type: ignore[no-untyped-call]
        said = {"text/html": self.words_html(), "text/plain": self.sentence()}
        display(said, raw=True)  # type: ignore[no-untyped-call]


def page(title: str, body: str, lang: str) -> str:
    """Return a whole HTML page that needs no other file."""
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )
