"""Help in a pupil's own language: hints, answers and error cards; the lesson itself stays as it is."""

from __future__ import annotations

from typing import Any

from kit.classroom.check import Told
from kit.classroom.panel import controls, guarded, labelled
from kit.classroom.state import current, own_language
from kit.errors import NotFoundError
from kit.text import RECEIPT_LANGUAGES, tr


def help_in(lang: str = "") -> Told:
    """Give hints, answers and error cards in ``lang`` from here on; "" goes back to the lesson's language.

    The choice lasts as long as the notebook runs. A language that the lesson's tasks are not in raises
    :class:`~kit.errors.NotFoundError`.
    """
    context = current()
    if lang and lang not in context.helps:
        raise NotFoundError(
            "This lesson gives no help in the language {lang}.", do="It has: {known}.", code="help-language",
            lang=lang, known=", ".join(context.helps) or "–",
        )  # fmt: skip
    context.own = lang
    with own_language():
        return Told("", "note", tr("Hints, answers and error cards are in this language now."))


def language_box() -> Any:
    """Return a list in which a pupil chooses the language of help, by the languages' own names."""
    widgets, context = controls(), current()
    options = [(tr("as the lesson"), ""), *((RECEIPT_LANGUAGES[code], code) for code in context.helps)]
    out = widgets.Output()
    found = widgets.Dropdown(options=options, value=context.own)
    found.observe(guarded(out, lambda change: help_in(change["new"])), names="value")
    return labelled(tr("Hints and error cards in"), found, out)
