"""A lesson in a made-up language: every word for people comes from a catalogue, none is left in English.

Each text of the catalogues is put between ⟦ and ⟧. What a pupil then sees outside of these brackets may be
data (names of stations, dates, numbers), and no word that kit says in English.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xarray as xr
from babel.dates import get_month_names

from kit import classroom, lesson, samples, text
from kit.lesson.build import notebook_text
from kit.lesson.translate import Translation
from tests.words import literal_texts

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.parent for path in (ROOT / "lessons").glob("[0-9]*/lesson.toml"))
SOURCES = [folder for folder in LESSONS if lesson.load(folder).source == "en"]
BRACKET = re.compile("([⟦⟧])")
#: What pandas and xarray show of themselves has their own words.
RAW = (pd.DataFrame, pd.Series, xr.Dataset, xr.DataArray)
WORD = re.compile(r"[A-Za-z]{4,}")
#: Words that are data or names, in every language the same.
DATA = {"sample", "school", "garden", "roof", "kit", "anemone"}


class Pseudo(dict[str, Any]):
    """A catalogue that has every text, and both of its forms."""

    def get(self, key: str, default: Any = None) -> Any:
        return (f"⟦{key}⟧", f"⟦{key}⟧")


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch, practice_cache: Path, tmp_path: Path) -> Iterator[None]:
    """Estonian is the made-up language, of kit and of the lessons."""
    real = text._catalogue
    monkeypatch.setattr(text, "_catalogue", lambda code: Pseudo() if code == "et" else real(code))
    plain = Translation.text

    def said(self: Translation, original: str, *, mark: bool = True) -> str:
        return f"⟦{original}⟧" if self.lang == "et" and original.strip() else plain(self, original, mark=mark)

    monkeypatch.setattr(Translation, "text", said)
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    monkeypatch.chdir(tmp_path)
    yield
    classroom.leave()
    text.use(None)


@cache
def cells(column: str) -> list[str]:
    """Return what stands in a column of kit's tables, the longest first: names in Estonian, sources."""
    found: set[str] = set()
    for path in (ROOT / "kit" / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {line.get(column) or "" for line in csv.DictReader(file)}
    return sorted(found - {""}, key=len, reverse=True)


@cache
def places() -> list[str]:
    """Return the names of the sample stations, the longest first: they are data."""
    schools = samples.manifest()["schools"]
    return sorted({one["name"] for school in schools for one in school["stations"]}, key=len, reverse=True)


@cache
def english_words() -> set[str]:
    """Return the words (of four letters and more) of kit's English texts."""
    texts = " ".join(literal_texts(ROOT / "kit"))
    names = " ".join([*get_month_names("wide", locale="et").values(), *cells("et")])
    own = {word.lower() for word in WORD.findall(names)}
    return {word.lower() for word in WORD.findall(re.sub(r"\{[^{}]*\}", " ", texts))} - DATA - own


def left_over(shown: str) -> str:
    """Return what stands outside of all brackets, without HTML, addresses and code."""
    depth, kept = 0, []
    for part in BRACKET.split(shown):
        depth += {"⟦": 1, "⟧": -1}.get(part, 0)
        kept.append(part if depth == 0 and part != "⟧" else " ")
    shown = unescape("".join(kept))
    for source in cells("source"):  # what is cited keeps its own words
        shown = shown.replace(source, " ") if len(source) > 12 else shown
    for place in places():
        shown = shown.replace(place, " ")
    shown = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", shown, flags=re.DOTALL)
    return re.sub(r"`[^`]*`|https?://\S+|\S*[/_.=]\S*\w", " ", shown)


def texts_of(value: Any, key: str = "") -> Iterator[str]:
    """Yield the texts of a figure: titles, labels, legends, annotations, what stands beside a point."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from texts_of(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one, key)
    elif isinstance(value, str) and key in ("text", "name", "title", "hovertext", "ticktext", "label"):
        yield value


def seen(data: dict[str, Any]) -> str:
    """Return what a notebook shows of an output: its figure, else its HTML, else its plain text."""
    figure = next((value for kind, value in data.items() if "plotly" in kind), None)
    if figure is not None:
        return "\n".join(texts_of(figure))
    return str(data.get("text/html") or data.get("text/plain", ""))


def outputs(cells: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Run a notebook's cells here; yield what each shows, with the first line of the cell."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    shell.reset()
    values: list[dict[str, Any]] = []
    shell.displayhook.write_output_prompt = lambda: None
    shell.displayhook.write_format_data = lambda data, *_: values.append(data)
    for cell in cells:
        source = "".join(cell["source"])
        line = source.split("\n")[0]
        if cell["cell_type"] == "markdown":
            yield line, source
            continue
        with capture_output() as caught:
            done = shell.run_cell(source)
        done.raise_error()
        yield line, caught.stdout
        if isinstance(done.result, RAW):
            values.clear()
        yield from ((line, seen(data)) for data in [*(one.data for one in caught.outputs), *values])
        values.clear()


@pytest.mark.slow
@pytest.mark.parametrize(
    "one", [one for folder in SOURCES for one in lesson.load(folder).each_depth()],
    ids=lambda one: one.id + one.suffix,
)  # fmt: skip
def test_no_word_of_kit_is_left_in_english(one: Any, pseudo: None) -> None:
    words = english_words()
    notebook = json.loads(notebook_text(one, one.cells(), "pupil", "et"))
    for line, shown in outputs(notebook["cells"]):
        left = [word for word in WORD.findall(left_over(shown)) if word.lower() in words]
        assert not left, f"{line}: {sorted(set(left))[:8]}\n{left_over(shown)}"


def test_a_word_that_no_catalogue_gave_is_found() -> None:
    words = english_words()
    shown = "<p>⟦Our station: ⟦the ⟦roof⟧⟧.⟧ EE-TRT-7k2p/roof <b>without trend</b> november 2025</p>"
    assert [word for word in WORD.findall(left_over(shown)) if word.lower() in words] == ["without", "trend"]
    assert list(texts_of({"data": [{"name": "a"}], "layout": {"title": {"text": "b"}, "width": 5}})) == [
        "a",
        "b",
    ]
