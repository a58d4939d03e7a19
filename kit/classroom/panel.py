"""What panels share: visible labels, and callbacks whose errors are shown as cards."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from kit.classroom.cards import show_card
from kit.classroom.html import show


def controls() -> Any:
    """Return ipywidgets, imported when the first panel is shown."""
    import ipywidgets

    return ipywidgets


def guarded(out: Any, work: Callable[[Any], Any]) -> Callable[[Any], None]:
    """Return a callback that shows what ``work`` returns in ``out``, and its errors as cards.

    ipywidgets hides what a callback raises in the log, where no pupil looks.
    """

    def callback(change: Any) -> None:
        out.clear_output(wait=True)
        with out:
            try:
                shown = work(change)
            except Exception as error:  # noqa: BLE001  every error is shown, as a card
                show_card(error)
            else:
                if shown is not None:
                    show(shown)

    return callback


def labelled(label: str, *children: Any, width: str = "50em") -> Any:
    """Return children in a frame below a visible label, at most ``width`` wide."""
    widgets = controls()
    head = widgets.HTML(f'<span style="font-weight:600">{escape(label)}</span>')
    frame = widgets.Layout(
        border="1px solid #8a94a6", padding=".5em .8em .7em", margin=".2em 0", max_width=width
    )
    return widgets.VBox([head, *children], layout=frame)
