"""Noting what happened beside a station ("bonfire next door"), looked at before it is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from kit import figures
from kit.classroom.cards import is_live
from kit.classroom.check import Told
from kit.classroom.html import Shown
from kit.classroom.panel import beside, button, choice, controls, guarded, labelled, named
from kit.dataset.annotations import WHAT, Annotation, let_wait
from kit.errors import UsageError
from kit.ingest.lines import remark
from kit.model import Station
from kit.text import day, tr
from kit.widgets.dates import moment_field
from kit.widgets.marks import note_words, table_of, with_notes
from kit.widgets.selection import Selection

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.figures import Chart

#: A note is at most so many letters long.
MOST_LETTERS = 160
#: So much of the readings before and after is shown.
AROUND = timedelta(days=2)


class AnnotateState:
    """A note being written; nothing is stored before :meth:`add`.

    Parameters
    ----------
    shared
        The shared dataset.
    station
        Where it happened; the first station of the dataset's school if "".
    variable
        Of which readings are shown around it.

    Attributes
    ----------
    since, until
        When it began and ended, by the clock at the station; None: not said (``until``: it lasted a moment).
    what
        A key of :data:`kit.dataset.annotations.WHAT`.
    text
        Words of one's own; traces of people are taken out of them (:attr:`words`).
    """

    def __init__(self, shared: Dataset, station: str = "", variable: str = "pm25") -> None:
        self.shared = shared
        own = [one.id for one in shared.stations() if shared.school in ("", one.school)]
        self.station = shared.station(station).id if station else next(iter(own), "")
        self.variable = Selection(shared, variable).variable
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.since: datetime | None = None
        self.until: datetime | None = None
        self.what, self.text = "", ""

    def stations(self) -> dict[str, str]:
        """Return the stations, those of the dataset's own school first: words -> id."""
        every = sorted(self.shared.stations(), key=lambda one: one.school != self.shared.school)
        return {f"{one.name} ({one.id})" if one.name else one.id: one.id for one in every}

    @property
    def words(self) -> str:
        """What will be written: without traces of people, in one line, not too long."""
        return remark(" ".join(self.text.split()))[:MOST_LETTERS]

    def note(self) -> Annotation:
        """Return the note as it would be stored.

        Raises :class:`UsageError` where something is missing, or where it ends before it begins.
        """
        if not self.station:
            raise UsageError("There is no station yet.", do="Add your station first.", code="note-station")
        if self.since is None:
            raise UsageError(
                "It is not said when it began.", do="Choose a day and a clock time.", code="note-since"
            )
        if not self.what and not self.words:
            raise UsageError("It is not said what happened.", do="Choose it from the list.", code="note-what")
        if self.until is not None and self.until < self.since:
            raise UsageError(
                "It cannot end before it began.", do="Look at both times.", code="annotation-time"
            )
        place = self.shared.station(self.station)
        since, until = _utc(self.since, place), None if self.until is None else _utc(self.until, place)
        return Annotation("", self.station, self.what, self.words, since, until)

    def preview(self) -> Chart | Told:
        """Return the readings around it, with the note as a mark; without readings its words alone."""
        note = self.note()
        assert note.since is not None
        first, last = note.since - AROUND, (note.until or note.since) + AROUND
        readings = self.shared.readings(
            self.variable, station=self.station, since=first.date(), until=last.date(), freq="1h"
        )
        values = readings.get(self.variable)
        if values is None or not np.isfinite(values.values.astype(float)).any():
            words = tr("There are no readings around this time; the note can be stored all the same.")
            return Told("", "note", note_words(note), (words,))
        return with_notes(figures.timeline(readings, self.variable), [note], self.shared, readings)

    def add(self) -> Told:
        """Store what happened in the shared dataset; words wait for the teacher. Then begin anew."""
        note = self.note()
        let_wait(self.shared, note.subject, note.text, note.what, note.since, note.until)
        self.forget()
        said = []
        if note.what:
            said.append(tr("Everyone who looks at these readings sees it. No reading was changed."))
        if note.text:
            said.append(tr("Your teacher reads your words first; they are shown when they are approved."))
        return Told("", "saved", tr("Noted: {what}", what=note_words(note)), tuple(said))

    def notes(self) -> Shown:
        """Return what was noted so far, at all stations."""
        dated = [one for one in self.shared.annotations() if one.since and "/" in one.subject]
        rows = []
        for row in table_of(dated, self.shared).to_dict("records"):
            rows.append({
                tr("station"): row["station"],
                tr("from"): _clock(row["since"]),
                tr("until"): _clock(row["until"]),
                tr("what happened"): tr(row["what"]) if row["what"] else "–",
                tr("in words"): row["text"] or "–",
            })  # fmt: skip
        return Shown(tr("What people noted"), tuple(rows))


def _utc(moment: datetime, place: Station) -> datetime:
    """Return a clock time at a station as naive UTC."""
    return moment.replace(tzinfo=ZoneInfo(place.zone or "UTC")).astimezone(UTC).replace(tzinfo=None)


def _clock(moment: datetime) -> str:
    return f"{day(moment, style='medium')} {moment:%H:%M}"


class AnnotatePanel:
    """The controls; ``.widget`` is what is shown."""

    def __init__(self, state: AnnotateState) -> None:
        widgets = controls()
        self.state, self.out = state, widgets.Output()
        changed = guarded(self.out, self._changed)
        what = {tr("choose …"): "", **{tr(words): key for key, words in WHAT.items()}}
        self.station = choice(tr("At which station"), state.stations(), state.station, changed)
        self.since, self.until = moment_field(tr("From")), moment_field(tr("Until (empty: a moment)"))
        self.what = choice(tr("What happened"), what, "", changed)
        self.text = named(widgets.Text(), tr("In words (no names, no addresses)"))
        variables = Selection(state.shared, state.variable).variables()
        self.variable = choice(tr("Shown with"), variables, state.variable, changed)
        for field in (self.since, self.until, self.text):
            field.observe(changed, names="value")
        self.look = button(tr("Look at it first"), guarded(self.out, self._look))
        self.add = button(tr("Add to class data"), guarded(self.out, self._add), main=True)
        self.add.disabled = True
        first = beside(self.station, self.since, self.until)
        second = beside(self.what, self.text, self.variable)
        first_read = tr("Words of your own are read by your teacher before others see them.")
        said = widgets.HTML(f"{tr('Nothing is stored before you have looked at it.')} {first_read}")
        parts = (first, second, said, beside(self.look, self.add), self.out)
        self.widget = labelled(tr("Note what happened"), *parts, width="100%")

    def _changed(self, _: Any) -> None:
        self.add.disabled = True
        self.state.station, self.state.variable = self.station.value, self.variable.value
        self.state.since, self.state.until = self.since.value, self.until.value
        self.state.what, self.state.text = self.what.value, self.text.value

    def _look(self, _: Any) -> Any:
        self._changed(None)
        shown = self.state.preview()
        self.add.disabled = False
        return shown

    def _add(self, _: Any) -> Told:
        done = self.state.add()
        self.since.value = self.until.value = None
        self.what.value = self.text.value = ""
        self.add.disabled = True
        return done


def annotate(shared: Dataset, station: str = "", variable: str = "pm25") -> Any:
    """Return a panel in which something that happened beside a station is noted.

    The arguments are those of :class:`AnnotateState`; from code: ``shared.annotate(station, what="fire")``.
    Where no person works, what was noted so far.
    """
    state = AnnotateState(shared, station, variable)
    if is_live():
        return AnnotatePanel(state).widget
    notes = state.notes()
    words = tr("Opened in JupyterLab, this is where you note what happened beside a station.")
    return notes if len(notes) else Told("", "note", tr("Note what happened"), (words,))
