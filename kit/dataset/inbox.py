"""The inbox: a folder into which a class drops files; kit takes them and writes the receipts beside them.

Files stay where they are: a synced drive or a logger's card keeps its order, and a file that grows is taken
again (only what is new counts). In the folder ``receipts`` stand, for every file, ``NAME.receipt.txt`` and
``NAME.receipt.html``, and where kit must ask, ``NAME.answers.txt``, which a teacher answers by editing.

What was taken in which state is noted in ``receipts/.kit`` only to save time. The truth is the dataset, where
the same file counts once: a stop at any moment and two watchers of one folder lose and double nothing.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset.answer_sheet import answers_in, sheet
from kit.dataset.answering import Act
from kit.dataset.bringing import answers_brought
from kit.dataset.dropped import RECEIPTS, files_in
from kit.dataset.receipt import Receipt
from kit.dataset.uploading import refused, upload_all
from kit.errors import AnswerNeeded, FileError, UsageError
from kit.formats import open_source
from kit.model import RULES, Source
from kit.text import language, tr, trn

if TYPE_CHECKING:
    from kit.dataset.local import Dataset

#: A file that was changed less than this many seconds ago is looked at twice before it is taken.
FRESH = 60.0
#: More receipts than this from one archive are told in one line each.
MANY = 20
_LONGEST = 180


@dataclass
class Inbox:
    """One folder that is looked at, once or again and again.

    ``busy`` are the files of the last look that are still being written or are locked by a program; they are
    taken by a later one.
    """

    shared: Dataset
    folder: Path
    act: Act
    lang: str | None = None
    busy: list[Path] = field(default_factory=list)
    _states: dict[Path, list[int]] = field(default_factory=dict)
    _marks: dict[Path, dict[str, Any]] = field(default_factory=dict)

    def look(self, *, twice: bool = False) -> Iterator[tuple[Path, list[Receipt]]]:
        """Take every file that is new or changed since it was taken; yield it with its receipts.

        With ``twice`` a file is only taken when it was the same in the look before; otherwise only if it was
        changed a minute ago or was the same in the look before.
        """
        self.busy = []
        found = {}
        for path in files_in(self.folder, skip=RECEIPTS):
            state = _state(path)
            if state is None:
                continue
            found[path] = state
            known = self._states.get(path) == state
            if not known and (twice or time.time_ns() - state[1] < FRESH * 1e9):
                self.busy.append(path)
            elif self._is_open(path, state):
                receipts = self._take(path, state)
                if receipts:
                    yield path, receipts
        self._states = found

    def _is_open(self, path: Path, state: list[int]) -> bool:
        """Tell whether a file is to be taken: never taken in this state, or something new helps."""
        mark = self._marks.get(path) or _read_json(self._place(path, "mark"))
        now = self._mark(path, state)
        if any(mark.get(name) != now[name] for name in ("state", "said", "answers")):
            return True
        if mark.get("status") == "question" and mark.get("version") != now["version"]:
            return True  # another file's answer may do for this one
        return mark.get("status") in ("refused", "received") and mark.get("rules") != now["rules"]

    def _mark(self, path: Path, state: list[int]) -> dict[str, Any]:
        from kit import __version__

        return {
            "state": state, "said": sorted(self.act.answers.items()).__repr__(),
            "answers": _state(self._place(path, "answers.txt")) or [], "version": self.shared.version,
            "rules": f"{__version__}/{RULES}",
        }  # fmt: skip

    def _take(self, path: Path, state: list[int]) -> list[Receipt]:
        """Upload a file with the answers on its sheet; write what came of it."""
        given = self._answers(path)
        act = replace(self.act, answers={**given, **self.act.answers})
        trouble = ""
        try:
            sources = open_source(path)
        except FileError as error:
            if error.code in ("unreadable", "no-file"):  # locked by the program that writes it, or gone
                self.busy.append(path)
                return []
            sources = []
            receipts = [refused(Source(path.name, b""), error)]
        if _state(path) != state:
            self.busy.append(path)
            return []
        if sources:
            try:
                receipts = list(upload_all(self.shared, sources, act))
            except UsageError as error:  # an answer that is impossible
                trouble = error.words(self.lang)
                receipts = self._asked_again(sources, error)
        self._write(path, state, receipts, given, trouble)
        return receipts

    def _asked_again(self, sources: list[Source], error: UsageError) -> list[Receipt]:
        try:
            return list(upload_all(self.shared, sources, self.act))
        except UsageError:
            return [refused(sources[0], error)]

    def _answers(self, path: Path) -> dict[str, str]:
        try:
            return answers_in(self._place(path, "answers.txt").read_bytes())
        except OSError:
            return answers_brought(path)

    # --- what stands beside the files

    def _place(self, path: Path, kind: str) -> Path:
        """Return where a receipt, a sheet of answers or a mark of a file stands."""
        name = path.relative_to(self.folder).as_posix() if path != self.folder else path.name
        if kind == "mark":
            return self.folder / RECEIPTS / ".kit" / f"{sha256(name.encode()).hexdigest()[:24]}.json"
        if len(Path(name).name.encode()) > _LONGEST:
            name = f"{name[:60]}-{sha256(name.encode()).hexdigest()[:8]}"
        return self.folder / RECEIPTS / f"{name}.{kind}"

    def _write(
        self, path: Path, state: list[int], receipts: list[Receipt], given: dict[str, str], trouble: str
    ) -> None:
        before = self._marks.get(path) or _read_json(self._place(path, "mark"))
        ids = [receipt.submission for receipt in receipts]
        questions = [
            question for receipt in receipts if isinstance(receipt.trouble, AnswerNeeded)
            for question in receipt.trouble.questions
        ]  # fmt: skip
        answers = self._place(path, "answers.txt")
        # A folder that cannot be written (a card with its lock set) is read all the same.
        with suppress(OSError):
            # What another watcher, or this one, said when the file was taken stays: it says more.
            again = {receipt.status for receipt in receipts} == {"already"}
            keep = again and before.get("submissions", ids) == ids
            _put(self._place(path, "receipt.txt"), self.text(receipts) + "\n", keep=keep)
            _put(self._place(path, "receipt.html"), self.page(path.name, receipts), keep=keep)
            if questions:
                _put(answers, sheet(path.name, questions, given, self.lang, trouble))
            else:
                answers.unlink(missing_ok=True)
        mark = self._mark(path, state)
        mark |= {"submissions": ids, "status": _worst(receipts)}
        self._marks[path] = mark
        with suppress(OSError):
            _put(self._place(path, "mark"), json.dumps(mark))

    def text(self, receipts: list[Receipt]) -> str:
        """Return receipts as text."""
        if len(receipts) > MANY:
            head = trn("{n} file in this archive", "{n} files in this archive", len(receipts), self.lang)
            return "\n".join([head, "", *(receipt.text(self.lang).splitlines()[0] for receipt in receipts)])
        words = [receipt.text(self.lang) for receipt in receipts]
        if hint := self._where_to_answer(receipts):
            words.append(hint)
        return "\n\n".join(words)

    def _where_to_answer(self, receipts: list[Receipt]) -> str:
        if not any(isinstance(receipt.trouble, AnswerNeeded) for receipt in receipts):
            return ""
        return tr("Answer in the file that ends with .answers.txt, beside this one.", self.lang)

    def page(self, name: str, receipts: list[Receipt]) -> str:
        """Return receipts as a page of their own, without scripts."""
        from html import escape

        shown = receipts if len(receipts) <= MANY else []
        body = "".join(receipt.html(self.lang) for receipt in shown)
        body = re.sub(
            r"(</?h)([45])\b", lambda tag: f"{tag[1]}{int(tag[2]) - 2}", body
        )  # below the page's h1
        if not shown:
            body = "".join(f"<p>{escape(line)}</p>" for line in self.text(receipts).splitlines() if line)
        if hint := self._where_to_answer(receipts):
            body += f"<p>{escape(hint)}</p>"
        style = "body{font-family:sans-serif;max-width:60em;margin:1em auto}td,th{padding:.1em .6em}"
        return (
            f"<!doctype html><html lang='{language(self.lang)}'><head><meta charset='utf-8'>"
            f"<title>{escape(name)}</title><style>{style}</style></head>"
            f"<body><h1>{escape(name)}</h1>{body}</body></html>\n"
        )


def _worst(receipts: list[Receipt]) -> str:
    statuses = [receipt.status for receipt in receipts]
    return next((one for one in ("question", "refused", "received") if one in statuses), "stored")


def _state(path: Path) -> list[int] | None:
    """Return size and time of change of a file (of a folder: of all in it); None if it is gone."""
    try:
        if path.is_dir():
            inside = [one.stat() for one in sorted(path.iterdir())]
            return [sum(one.st_size for one in inside), max(one.st_mtime_ns for one in inside), len(inside)]
        status = path.stat()
    except (OSError, ValueError):
        return None
    return [status.st_size, status.st_mtime_ns, 1]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _put(path: Path, text: str, *, keep: bool = False) -> None:
    """Write a text file as a whole or not at all; with ``keep`` one that is there stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name[:100]}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        new.write_text(text, encoding="utf-8")
        if not keep:
            new.replace(path)
        elif not path.exists():
            try:
                os.link(new, path)  # also if another watcher writes it at this moment
            except FileExistsError:
                pass
            except OSError:  # a stick without links
                new.replace(path)
    finally:
        new.unlink(missing_ok=True)
