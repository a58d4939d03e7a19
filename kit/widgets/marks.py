"""What people noted, as marks on a timeline: a band over the time it lasted, words, and a table row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from kit.aggregate.zones import standard_offset
from kit.dataset.annotations import WHAT
from kit.figures.layers import Layer, Table, Words
from kit.text import N_, join, tr, trn

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.dataset.annotations import Annotation
    from kit.figures import Chart

NOTED = N_("noted by people")
PURPLE = "#a8407f"


def marked(chart: Chart, shared: Dataset, readings: Any) -> Chart:
    """Return a timeline with what people noted about its stations in its time.

    Parameters
    ----------
    chart
        A timeline of ``readings``.
    shared
        The dataset whose annotations are looked at.
    readings
        ``xarray.Dataset`` (station, time) as ``shared.readings`` gives it.
    """
    stations = {str(name) for name in readings["station"].values}
    times = pd.DatetimeIndex(readings["time"].values)
    if not len(times):
        return chart
    first, last = times[0].to_pydatetime(), (times[-1] + pd.Timedelta(days=1)).to_pydatetime()
    notes = [one for one in shared.annotations() if one.subject in stations and one.meets(first, last)]
    return with_notes(chart, notes, shared, readings) if notes else chart


def with_notes(chart: Chart, notes: Sequence[Annotation], shared: Dataset, readings: Any) -> Chart:
    """Return a timeline of readings with these notes as marks and rows."""
    frame = table_of(notes, shared)
    drawn = [_span(one, _zone(one, shared, readings)) for one in notes]
    panel = replace(chart.panels[0], layers=(*_layers(chart, drawn), *chart.panels[0].layers))
    words = partial(_words, chart, notes)
    return replace(chart, panels=(panel,), words_in=words, tables=(*chart.tables, _table(frame)))


def note_words(one: Annotation, lang: str | None = None) -> str:
    """Return what was noted, in words."""
    parts = [tr(WHAT[one.what], lang) if one.what else "", one.text]
    return ": ".join(part for part in parts if part)


def table_of(notes: Sequence[Annotation], shared: Dataset) -> pd.DataFrame:
    """Return the notes as a table: station, from, until (local time of the station), what, words."""
    names = {station.id: station.name or station.id for station in shared.stations()}
    rows = []
    for one in notes:
        since, until = (moment and moment.to_pydatetime() for moment in _local_span(one, shared))
        rows.append({"station": names.get(one.subject, one.subject), "since": since, "until": until,
                     "what": WHAT.get(one.what, ""), "text": one.text})  # fmt: skip
    frame = pd.DataFrame(rows, columns=["station", "since", "until", "what", "text"])
    return frame.astype({"since": object, "until": object})


def _zone(one: Annotation, shared: Dataset, readings: Any) -> str:
    """Return the zone in whose standard time a timeline of these readings shows the note; "": UTC."""
    zones = {str(zone) for zone in readings["zone"].values}
    if str(readings.attrs.get("freq", "")).endswith("h"):
        return zones.pop() if len(zones) == 1 else ""
    return shared.station(one.subject).zone


def _span(one: Annotation, zone: str) -> tuple[np.datetime64, np.datetime64]:
    """Return from when to when a note lasted, in the standard time of a zone."""
    ends = np.array([one.since or one.until, one.until or one.since], dtype="datetime64[us]")
    if zone:
        ends = ends + 1_000_000 * standard_offset(zone, ends.astype(np.int64))
    return ends[0], ends[1]


def _local_span(one: Annotation, shared: Dataset) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    zone = next((s.zone for s in shared.stations() if s.id == one.subject), "") or "UTC"
    since, until = (
        pd.Timestamp(moment).tz_localize("UTC").tz_convert(ZoneInfo(zone)).tz_localize(None)
        if moment
        else None
        for moment in (one.since, one.until)
    )
    return since or until, until or since


def _layers(chart: Chart, spans: Sequence[tuple[Any, Any]]) -> list[Layer]:
    """Return a band over each span, from the lowest to the highest value, wide enough to be seen."""
    drawn = [layer for layer in chart.layers if layer.kind in ("line", "points") and len(layer.x)]
    values = np.concatenate([layer.y for layer in drawn])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    begin, end = min(layer.x.min() for layer in drawn), max(layer.x.max() for layer in drawn)
    least = (end - begin) / 100
    layers = []
    for at, (since, until) in enumerate(spans):
        first, last = since, until
        if last - first < least:
            middle = first + (last - first) / 2
            first, last = middle - least / 2, middle + least / 2
        ends = np.array([max(first, begin - least), min(last, end + least)])
        style: dict[str, Any] = {"colour": PURPLE, "legend": at == 0}
        layers.append(Layer("band", ends, np.full(2, high), NOTED, low=np.full(2, low), **style))
    return layers


def _words(chart: Chart, notes: Sequence[Annotation], lang: str) -> Words:
    words = chart.words(lang)
    texts = dict.fromkeys(note_words(one, lang).rstrip(".") for one in notes)
    said = trn("{n} note: {notes}.", "{n} notes: {notes}.", len(notes), lang, notes=join(list(texts), lang))
    return replace(words, sentence=f"{words.sentence} {said}", alt=f"{words.alt} {said}")


def _table(frame: pd.DataFrame) -> Table:
    heads = (N_("station"), N_("from"), N_("until"), N_("what happened"), N_("in words"))
    return Table(
        frame, lambda lang: tr(N_("What people noted"), lang),
        lambda lang: [tr(head, lang) for head in heads], rows="station",
    )  # fmt: skip
