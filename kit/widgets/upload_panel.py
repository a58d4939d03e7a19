"""The upload panel: :class:`~kit.widgets.upload.UploadState` with buttons and lists."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.classroom.cards import is_live
from kit.classroom.check import Told
from kit.classroom.html import table
from kit.classroom.panel import button, controls, guarded, labelled, named
from kit.dataset.preview import record
from kit.ingest.receipt import question_words
from kit.ingest.receipt_page import lines_html
from kit.ingest.receipt_words import sections
from kit.text import number, tr
from kit.widgets.upload import SUFFIXES, UploadState

if TYPE_CHECKING:
    from kit.dataset import Dataset


class UploadPanel:
    """The controls; ``.widget`` is what is shown.

    A new file control is made after each use: the old one would keep the file's content, which must never
    be saved inside a notebook.
    """

    def __init__(self, state: UploadState) -> None:
        widgets = controls()
        self.state = state
        self.out, self.answers = widgets.Output(), widgets.VBox([])
        self.asked: dict[str, tuple[dict[str, Any], Any]] = {}
        self.head = widgets.HTML()
        self.place = widgets.VBox([])
        self.add = button(tr("Add to class data"), guarded(self.out, self._add), main=True)
        self.add.disabled = True
        self._fresh()
        self.widget = labelled(tr("Upload a file"), self.place, self.answers, self.out, self.add)

    def _fresh(self) -> None:
        """Put new controls for choosing in place."""
        widgets = controls()
        _close(self.place.children)
        self.upload = widgets.FileUpload(
            accept=",".join(SUFFIXES), multiple=False, description=tr("From this computer"),
            layout=widgets.Layout(width="auto", min_width="12em"),
        )  # fmt: skip
        self.upload.observe(guarded(self.out, self._uploaded), names="value")
        options = [(tr("choose …"), ""), *((path.name, str(path)) for path in self.state.files())]
        self.list = named(widgets.Dropdown(options=options, value=""), tr("or from the folder"))
        self.list.observe(guarded(self.out, self._chosen), names="value")
        folder = escape(self.state.inbox.name)
        limit = tr("A file of more than 8 MB, or one that does not arrive: put it into the folder {folder}.",
                   folder=folder)  # fmt: skip
        self.place.children = (
            widgets.HTML(escape(tr("1. Choose a file. Nothing is stored yet."))),
            widgets.HBox([self.upload]),
            widgets.HTML(f"<small>{limit}</small>"),
            self.list,
        )

    def _uploaded(self, change: Any) -> Any:
        if not change["new"]:
            return None
        given = change["new"][0]
        name, data = str(given["name"]), bytes(given["content"])
        self._fresh()
        self._empty()
        self.state.offer(name, data)
        return self._preview()

    def _chosen(self, change: Any) -> Any:
        if not change["new"]:
            return None
        self._empty()
        self.state.choose(change["new"])
        return self._preview()

    def _empty(self) -> None:
        """Take away what belongs to the file before."""
        gone, self.answers.children, self.asked = self.answers.children[1:], (), {}
        _close(gone)
        self.add.disabled = True

    def _preview(self) -> Any:
        """Show what was understood, and the questions with the likely answer first.

        The controls of a question stay while it does: who goes on with Tab stays in the row.
        """
        widgets = controls()
        head = tr("2. Answer the questions.") if self.state.questions else tr("2. There are no questions.")
        before, self.asked = self.asked, {}
        for name, question in self.state.questions.items():
            words = question_words(question)
            kept = before.pop(name, None)
            if kept is None or kept[0] != words:
                kept = words, self._question(name, words)
            self.asked[name] = kept
        self.head.value = escape(head)
        fields = [control for _, control in self.asked.values()]
        gone = [one for one in self.answers.children if one not in (self.head, *fields)]
        self.answers.children = (self.head, *fields)
        _close(gone)
        self.add.disabled = bool(self.state.open_questions)
        return widgets.HTML(preview_html(self.state))

    def _question(self, name: str, words: dict[str, Any]) -> Any:
        widgets = controls()
        value = self.state.answers.get(name, "")
        if not words["options"]:
            field = widgets.Text(value=value, continuous_update=False)
        elif name.split(".")[0] in ("start", "zone"):  # what is offered is only what is likely
            offered = [option["value"] for option in words["options"]]
            field = widgets.Combobox(value=value, options=offered, continuous_update=False)
        else:
            options = [(option["label"], option["value"]) for option in words["options"]]
            if value not in [key for _, key in options]:
                options.insert(0, (tr("choose …"), value))
            field = widgets.Dropdown(options=options, value=value, layout=widgets.Layout(width="auto"))

        def changed(change: Any) -> Any:
            self.state.answer(name, str(change["new"]))
            return self._preview()

        field.observe(guarded(self.out, changed), names="value")
        return named(field, words["text"])

    def _add(self, _: Any) -> Any:
        receipt = self.state.add()
        self._empty()
        self._fresh()
        return receipt


def _close(controls: Iterable[Any]) -> None:
    """Close controls and all that is inside them, so that none of their content is kept."""
    for old in controls:
        _close(getattr(old, "children", ()))
        old.close()


def preview_html(state: UploadState) -> str:
    """Return what was understood of the chosen file, as HTML."""
    report = state.report
    if report is None or state.answered is None:
        return ""
    parts = []
    if report.accepted + report.flagged + report.rejected:
        counts = tr("{file}: {rows} rows, of which {accepted} are good, {flagged} deserve a second look and "
                    "{rejected} cannot be used.", file=report.file, **{
            "rows": number(report.rows), "accepted": number(report.accepted),
            "flagged": number(report.flagged), "rejected": number(report.rejected)})  # fmt: skip
        parts.append(f"<p>{escape(counts)}</p>")
    if rows := state.preview():
        parts.append(table(rows, tr("What was understood")))
    told = record(state.answered, state.shared) | {"variables": {}, "questions": []}
    for heading, lines in sections(told, short=True):
        if heading not in ("", tr("Understood")):
            parts.append(f"<h5 style='font-size: 1em; margin: .6em 0 0'>{escape(heading)}</h5>")
        parts.append(lines_html(lines))
    last = tr("3. If this is right, add it.")
    if state.open_questions:
        last = tr("First answer the questions above.")
    return f"<div style='line-height: 1.5'>{''.join(parts)}<p>{escape(last)}</p></div>"


def upload_panel(
    shared: Dataset, station: str = "", files: Iterable[str | Path] = (), inbox: str | Path = "inbox"
) -> Any:
    """Return a panel that uploads files into ``shared`` without code.

    Parameters
    ----------
    shared
        The shared dataset.
    station
        Where the files were measured; asked if "".
    files
        Files offered in the list beside those of the inbox folder.

    Where no person works (papermill, a printed page) a sentence stands in its place.
    """
    state = UploadState(shared, station, inbox)
    state.extra = [Path(file) for file in files]
    if not is_live():
        words = tr("Opened in JupyterLab, this is where you choose a file, look at it and add it.")
        return Told("", "note", tr("Upload panel"), (words,))
    return UploadPanel(state).widget
