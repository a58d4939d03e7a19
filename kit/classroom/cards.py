"""Error cards: in a live notebook a pupil sees what happened, why, and what to try; never a traceback.

The traceback is there for the teacher, folded away. Under papermill, nbclient, pytest and in plain
Python nothing is changed: failures fail as always. A frontend in which a person works lets a cell ask
for input (``allow_stdin``), papermill and nbclient do not: that is how the two are told apart.
``KIT_CARDS=0`` switches the cards off, ``KIT_CARDS=1`` on.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from hashlib import sha1
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Any

from kit.classroom.html import card, plain_text, show
from kit.classroom.state import own_language
from kit.errors import KitError
from kit.text import tr

#: The words of one card: title, why, what to try, code.
Words = tuple[str, str, str, str]
_kept: dict[str, Any] = {}


def shell() -> Any:
    """Return the IPython shell of this notebook, or None."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return get_ipython()


def is_live() -> bool:
    """Return whether a person works in this notebook (not papermill, nbclient, pytest, plain Python)."""
    forced = os.environ.get("KIT_CARDS", "")
    if forced in ("0", "1"):
        return forced == "1" and shell() is not None
    if sys.platform == "emscripten":  # in the browser there is always a person
        return shell() is not None
    kernel = getattr(shell(), "kernel", None)
    if kernel is None:
        return False
    try:
        parent = kernel.get_parent("shell")
    except (AttributeError, TypeError, LookupError):
        return False
    return bool((parent or {}).get("content", {}).get("allow_stdin", False))


def cards_on() -> bool:
    """Show errors of this notebook as cards, if a person works in it; return whether they are on."""
    found = shell()
    if not is_live():
        return False
    if _kept:
        return True
    _kept.update(showtraceback=found.showtraceback, showsyntaxerror=found.showsyntaxerror)
    found.showtraceback = _instead(found, _kept["showtraceback"])
    found.showsyntaxerror = _instead(found, _kept["showsyntaxerror"])
    return True


def cards_off() -> None:
    """Show tracebacks again."""
    found = shell()
    if found is not None and _kept:
        found.showtraceback, found.showsyntaxerror = _kept["showtraceback"], _kept["showsyntaxerror"]
    _kept.clear()


def _instead(found: Any, original: Callable[..., None]) -> Callable[..., None]:
    """Return a function that shows a card where IPython would show a traceback."""

    def instead(exc_tuple: Any = None, *args: Any, **kwargs: Any) -> None:
        given = exc_tuple if isinstance(exc_tuple, tuple) else sys.exc_info()
        error = given[1] if given[1] is not None else sys.exc_info()[1]
        try:
            if error is None:
                raise LookupError
            show_card(error, given[2], names=found.user_ns)
            found._last_traceback = [] if sys.platform != "emscripten" else _nothing_more(error)
        except Exception:  # noqa: BLE001  a card that fails must not hide the error itself
            original(exc_tuple, *args, **kwargs)

    return instead


def _nothing_more(error: BaseException) -> dict[str, Any]:
    """Return what the kernel in a browser reports of an error, so that cells below wait: only a blank."""
    return {"ename": type(error).__name__, "evalue": "", "traceback": [" "]}


def show_card(error: BaseException, trace: TracebackType | None = None, names: Iterable[str] = ()) -> None:
    """Show an error as a card in this notebook."""
    words = explain(error, names)
    show(error_html(error, words, trace), plain_text(words[0], words[1:3], words[3]))


@own_language()
def error_html(error: BaseException, words: Words, trace: TracebackType | None = None) -> str:
    """Return the card of an error as HTML, its traceback folded away."""
    title, why, do, code = words
    lines = "".join(traceback.format_exception(type(error), error, trace or error.__traceback__))
    paragraphs = [why, tr("Try this: {do}", do=do) if do else ""]
    folded = (
        f'<details style="margin-top:.5em"><summary>{escape(tr("For the teacher"))}</summary>'
        f'<pre style="font-size:.8em;white-space:pre-wrap">{escape(lines)}</pre></details>'
    )
    return card("error", title, paragraphs, code=tr("Code: {code}", code=code), extra=folded)


@own_language()
def explain(error: BaseException, names: Iterable[str] = ()) -> Words:
    """Return what happened, why, what to try, and a code, in the language in use.

    >>> explain(NameError("name 'sharde' is not defined", name="sharde"), ["shared"])[2]
    'Did you mean shared? If not, run the cells above from the top.'
    """
    if isinstance(error, KitError):
        what, why, do = (
            tr(part, None, **error.params) if part else "" for part in (error.what, error.why, error.do)
        )
        return what, why, do, error.code
    for kind, words in _EXPLAIN:
        if isinstance(error, kind):
            return words(error, list(names))
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].name if frames else ''}:{type(error).__name__}"
    code = "K-" + sha1(where.encode(), usedforsecurity=False).hexdigest()[:4]
    return (
        tr("Something unexpected happened."),
        tr("{error}: {words}", error=type(error).__name__, words=str(error)[:300]),
        tr("Run the cell once more. If it happens again, show this to your teacher."),
        code,
    )


def _name(error: Any, names: list[str]) -> Words:
    name = str(getattr(error, "name", None) or error)
    close = get_close_matches(name, [one for one in names if not one.startswith("_")], n=1, cutoff=0.6)
    again = tr("Run the cells above from the top.")
    if close:
        again = tr("Did you mean {close}? If not, run the cells above from the top.", close=close[0])
    return tr("Python does not know the name {name} yet.", name=name), "", again, "name"


def _syntax(error: Any, names: list[str]) -> Words:
    return (
        tr("Python cannot read line {line} of this cell.", line=error.lineno or 1),
        (error.text or "").strip(),
        tr("Look for a missing bracket, comma or quotation mark, there or just before."),
        "syntax",
    )


def _file(error: Any, names: list[str]) -> Words:
    wanted = Path(str(error.filename or ""))
    folder = wanted.parent
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    close = get_close_matches(wanted.name, there, n=1, cutoff=0.7)
    do = (
        tr("Did you mean {close}?", close=close[0])
        if close
        else tr("Check the name, and in which folder it is.")
    )
    return tr("There is no file {file}.", file=wanted.name), "", do, "no-such-file"


def _key(error: Any, names: list[str]) -> Words:
    what = tr("There is nothing named {name} in this table or list.", name=str(error).strip("'\""))
    return what, "", tr("Check the spelling, capitals too."), "key"


def _attribute(error: Any, names: list[str]) -> Words:
    name = str(getattr(error, "name", None) or "")
    owner = getattr(error, "obj", None)
    close = get_close_matches(name, [one for one in dir(owner) if not one.startswith("_")], n=1)
    do = tr("Did you mean {close}?", close=close[0]) if close else tr("Check the spelling after the dot.")
    return tr("There is no {name} here.", name=name or str(error)), "", do, "attribute"


def _module(error: Any, names: list[str]) -> Words:
    what = tr("The package {name} is not installed on this computer.", name=str(getattr(error, "name", "")))
    return what, "", tr("Tell your teacher; the lessons do not need it."), "module"


def _division(error: Any, names: list[str]) -> Words:
    why = tr("Perhaps there are no readings in the time you chose.")
    return tr("Something was divided by zero."), why, tr("Choose a longer time."), "zero"


def _type(error: Any, names: list[str]) -> Words:
    what = tr("These two do not fit together: {words}", words=str(error)[:200])
    return (
        what,
        "",
        tr('Check the brackets and the quotation marks: 12.5 is a number, "12.5" is a text.'),
        "type",
    )


def _stopped(error: Any, names: list[str]) -> Words:
    return tr("You stopped this cell."), "", tr("Run it again when you like."), "stopped"


#: The first kind that fits explains the error; order matters where one kind is part of another.
_EXPLAIN: tuple[tuple[type[BaseException], Callable[[Any, list[str]], Words]], ...] = (
    (NameError, _name),
    (SyntaxError, _syntax),
    (FileNotFoundError, _file),
    (KeyError, _key),
    (AttributeError, _attribute),
    (ModuleNotFoundError, _module),
    (ZeroDivisionError, _division),
    (TypeError, _type),
    (KeyboardInterrupt, _stopped),
)
