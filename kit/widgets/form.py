"""A form for observations written by hand: the same table as the template (``kit template``), row by row."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kit.classroom.cards import is_live
from kit.classroom.check import Told
from kit.classroom.html import table
from kit.classroom.panel import beside, button, controls, guarded, labelled
from kit.errors import UsageError
from kit.formats.kit_template import KINDS, header
from kit.model import Source
from kit.text import tr

if TYPE_CHECKING:
    from kit.dataset import Dataset


class FormState:
    """The rows typed so far; nothing is stored before :meth:`add`.

    Parameters
    ----------
    shared
        The shared dataset.
    kind
        One of :data:`kit.formats.kit_template.KINDS`.
    station
        Where it was observed; the first station of the dataset's school if "".
    """

    def __init__(self, shared: Dataset, kind: str = "weather", station: str = "") -> None:
        if kind not in KINDS:
            raise UsageError(
                "There is no template of the kind {kind}.", do="Choose one of: {kinds}.", code="no-kind",
                kind=kind, kinds=", ".join(KINDS),
            )  # fmt: skip
        self.shared, self.kind = shared, kind
        own = [item.id for item in shared.stations() if shared.school in ("", item.school)]
        self.stations = list(dict.fromkeys([*([station] if station else []), *own]))
        self.names = header(kind)
        self.rows: list[list[str]] = []

    def start(self) -> list[str]:
        """Return the first row's date, time and station: today, now, the first station."""
        now = datetime.now()
        return [now.strftime("%Y-%m-%d"), now.strftime("%H:%M"), next(iter(self.stations), "")]

    def note(self, cells: list[str]) -> None:
        """Add a row: date, time, station and the values, "" where there is none."""
        cells = [" ".join(str(cell).split()) for cell in cells]
        if len(cells) != len(self.names) - 1:
            raise UsageError("A row needs {n} cells.", code="row", n=len(self.names) - 1)
        if not any(cells[3:]):
            raise UsageError("This row holds no value.", do="Write at least one.", code="empty-row")
        self.rows.append(cells)

    def drop(self) -> None:
        """Take the last row back."""
        if self.rows:
            self.rows.pop()

    def source(self) -> Source:
        """Return the rows as the template's CSV; decimal commas become points."""
        if not self.rows:
            raise UsageError("No row was written yet.", do="Write one, then add it.", code="no-rows")
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.names)
        for cells in self.rows:
            writer.writerow(["", *cells[:3], *(_point(cell) for cell in cells[3:])])
        return Source(f"{self.kind}-{self.rows[0][0]}.csv", out.getvalue().encode())

    def add(self) -> Any:
        """Upload the rows and return the receipt; the form is then empty."""
        receipt = self.shared.upload(self.source())
        self.rows = []
        return receipt


def _point(cell: str) -> str:
    comma = cell.replace(",", "", 1).lstrip("-")
    return cell.replace(",", ".") if comma.isdigit() else cell


class FormPanel:
    """The controls; ``.widget`` is what is shown. Every field has its words; Tab and Enter are enough."""

    def __init__(self, state: FormState) -> None:
        widgets = controls()
        self.state, self.out = state, widgets.Output()
        self.list = widgets.HTML()
        wide = {
            "style": {"description_width": "16em"},
            "layout": widgets.Layout(width="32em", max_width="98%"),
        }
        self.fields: list[Any] = []
        for name, value in zip(state.names[1:], [*state.start(), *[""] * len(state.names)], strict=False):
            if len(self.fields) == 2 and state.stations:
                field = widgets.Combobox(value=value, options=state.stations, description=name, **wide)
            else:
                field = widgets.Text(value=value, description=name, **wide)
            self.fields.append(field)
        self.more = button(tr("Write this row down"), guarded(self.out, self._note))
        self.back = button(tr("Take the last row back"), guarded(self.out, self._drop))
        self.add = button(tr("Add to class data"), guarded(self.out, self._add), main=True)
        self.add.disabled = True
        buttons = beside(self.more, self.back, self.add)
        self.widget = labelled(tr("Observations by hand"), *self.fields, buttons, self.list, self.out)

    def _note(self, _: Any) -> Any:
        self.state.note([field.value for field in self.fields])
        for field in self.fields[3:]:
            field.value = ""
        return self._shown()

    def _drop(self, _: Any) -> Any:
        self.state.drop()
        return self._shown()

    def _shown(self) -> None:
        names = self.state.names[1:]
        rows = [dict(zip(names, cells, strict=True)) for cells in self.state.rows]
        self.list.value = table(rows, tr("Rows that are not stored yet")) if rows else ""
        self.add.disabled = not rows

    def _add(self, _: Any) -> Any:
        receipt = self.state.add()
        self._shown()
        return receipt


def form_panel(shared: Dataset, kind: str = "weather", station: str = "") -> Any:
    """Return a form for observations by hand, uploaded into ``shared`` without code.

    ``kind`` is weather, air, water, noise, birds, plants or insects. Where no person works (papermill, a
    printed page) a sentence stands in its place.
    """
    state = FormState(shared, kind, station)
    if not is_live():
        words = tr("Opened in JupyterLab, this is where you write observations down and add them.")
        return Told("", "note", tr("Observations by hand"), (words,))
    return FormPanel(state).widget
