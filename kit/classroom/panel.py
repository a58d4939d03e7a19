"""What panels share: visible labels, and callbacks whose errors are shown as cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from kit.classroom.cards import show_card
from kit.classroom.html import show

#: The words of a field are its label, so that they are read out with it; they stand above it, in full. What
#: is touched is large, and what the keyboard is on is seen. (The last rule: the first figure on a page, drawn
#: before its place is seen, would have no height.)
STYLE = """
.kit-field {flex-flow: column; align-items: flex-start; width: auto; height: auto; max-width: 100%}
.kit-field > label.widget-label {width: auto; max-width: 100%; height: auto; white-space: normal;
  text-align: left; font-weight: 600; line-height: 1.4}
.kit-field > :is(select, input, textarea) {flex: 0 0 auto; min-height: 2.4em; min-width: 14em;
  max-width: 100%; border: 1px solid #6b7484}
.kit-frame .widget-checkbox label {white-space: normal; height: auto; min-height: 2em;
  line-height: 1.5; display: flex; align-items: center; gap: .4em}
.kit-frame .widget-checkbox {height: auto}
.kit-frame input[type=checkbox] {min-width: 1.3em; min-height: 1.3em;
  margin: 0 .3em 0 .2em}
.kit-button.jupyter-button {height: auto; min-height: 2.6em; white-space: normal; line-height: 1.3;
  padding: .3em 1em; width: auto}
.kit-frame :is(select, input, textarea, button, summary):focus-visible {outline: 3px solid #1d4f91;
  outline-offset: 1px}
.kit-frame .svg-container > .main-svg:first-of-type {position: static; display: block}
"""


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
                    present(shown)

    return callback


def present(thing: Any) -> None:
    """Show what a panel answers; of a chart the figure that a browser draws, and its words."""
    from kit.figures.chart import PLOTLY, Chart

    if not isinstance(thing, Chart):
        show(thing)
        return
    from IPython import display

    config = {"displaylogo": False, "responsive": True, "displayModeBar": False}  # its buttons have no words
    bundle = {PLOTLY: {**thing.plotly(), "config": config}, "text/plain": thing.alt()}
    display.display(bundle, raw=True)  # type: ignore[no-untyped-call]
    show(thing.words_html(), thing.sentence())


def named(field: Any, words: str) -> Any:
    """Give a field its words, as a label that belongs to it."""
    field.description = words
    field.add_class("kit-field")
    return field


def choice(
    words: str, options: Mapping[str, Any], value: Any, changed: Callable[[Any], None] | None = None
) -> Any:
    """Return a list with its words: what is read -> what it means; ``changed`` is called with each change."""
    there = value if value in options.values() else next(iter(options.values()), None)
    found = controls().Dropdown(options=list(options.items()), value=there)
    if changed is not None:
        found.observe(changed, names="value")
    return named(found, words)


class Boxes:
    """Options as boxes to tick, each reached by Tab and ticked by Space; ``.widget`` is what is shown.

    With ``one`` a tick takes the others away. (Of radio buttons keys would reach only the first: JupyterLab
    takes the arrow keys for itself.)
    """

    def __init__(self, words: str, options: Mapping[str, Any], *, one: bool = False) -> None:
        widgets = controls()
        wide = widgets.Layout(width="auto", max_width="46em")
        self.boxes = {
            value: widgets.Checkbox(description=text, value=False, indent=False, layout=wide)
            for text, value in options.items()
        }
        if one:
            for box in self.boxes.values():
                box.observe(self._alone, names="value")
        head = widgets.HTML(f'<span style="font-weight:600">{escape(words)}</span>')
        self.widget = widgets.VBox([head, *self.boxes.values()])

    def _alone(self, change: Any) -> None:
        if change["new"]:
            for box in self.boxes.values():
                if box is not change["owner"]:
                    box.value = False

    @property
    def ticked(self) -> list[Any]:
        """What the ticked boxes mean, in their order."""
        return [value for value, box in self.boxes.items() if box.value]

    @ticked.setter
    def ticked(self, values: Iterable[Any]) -> None:
        chosen = list(values)
        for value, box in self.boxes.items():
            box.value = value in chosen


def button(words: str, clicked: Callable[[Any], None], *, main: bool = False) -> Any:
    """Return a button with its words; the ``main`` one of a panel is coloured."""
    made = controls().Button(description=words, button_style="primary" if main else "")
    made.add_class("kit-button")
    made.layout = controls().Layout(flex="0 0 auto", width="auto", align_self="flex-start")
    made.on_click(clicked)
    return made


def beside(*fields: Any) -> Any:
    """Return fields beside each other, in as many rows as they need."""
    widgets = controls()
    return widgets.HBox(list(fields), layout=widgets.Layout(flex_flow="row wrap", grid_gap=".5em 1em"))


def labelled(label: str, *children: Any, width: str = "50em") -> Any:
    """Return children in a frame below a visible label, at most ``width`` wide."""
    widgets = controls()
    head = widgets.HTML(f'<style>{STYLE}</style><span style="font-weight:600">{escape(label)}</span>')
    frame = widgets.Layout(
        border="1px solid #8a94a6", padding=".5em .8em .7em", margin=".2em 0", max_width=width
    )
    made = widgets.VBox([head, *children], layout=frame)
    made.add_class("kit-frame")
    return made
