"""Uploading a file step by step: choose, look at what was understood, answer questions, add."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset.answering import Act, Answered, answer
from kit.errors import AnswerNeeded, FileError, UsageError
from kit.formats import open_source
from kit.model import Question, Report, Source
from kit.text import number, tr
from kit.vocab import variable

if TYPE_CHECKING:
    from kit.dataset import Dataset

#: What a browser hands to a notebook safely; larger files vanish on the way without a word.
BROWSER_LIMIT = 8_000_000
SUFFIXES = (
    ".csv", ".txt", ".tsv", ".dat", ".xlsx", ".xls", ".ods", ".json", ".geojson", ".htm", ".html", ".parquet",
    ".gz", ".zip", ".tar", ".tgz",
)  # fmt: skip
_PACKED = (".gz", ".zip", ".tar", ".tgz")


class UploadState:
    """The state of one upload panel.

    Parameters
    ----------
    shared
        The shared dataset that files are added to.
    station
        The station they come from, if it is known; otherwise it is asked.
    inbox
        Folder whose files can be chosen (the way for large files).

    Nothing is stored before :meth:`add`. ``questions`` holds the questions of this file in their order,
    ``answers`` what a person said (``said``), else what is remembered or likely.
    """

    def __init__(self, shared: Dataset, station: str = "", inbox: str | Path = "inbox") -> None:
        self.shared, self.station, self.inbox = shared, station, Path(inbox)
        self.extra: list[Path] = []
        self.forget()

    def forget(self) -> None:
        """Begin anew: no file, no answers."""
        self.source: Source | None = None
        self.answered: Answered | None = None
        self.report: Report | None = None
        self.questions: dict[str, Question] = {}
        self.said: dict[str, str] = {}
        self.answers: dict[str, str] = {"station": self.station} if self.station else {}

    def files(self) -> list[Path]:
        """Return the files that can be chosen: those offered by the lesson, then those of the inbox."""
        there = sorted(self.inbox.iterdir()) if self.inbox.is_dir() else []
        return [*self.extra, *(path for path in there if path.suffix.lower() in SUFFIXES)]

    def choose(self, path: str | Path) -> Report:
        """Take a file from a folder and read it."""
        self.forget()
        return self._take(open_source(Path(path)))

    def offer(self, name: str, data: bytes) -> Report:
        """Take the bytes that a browser handed over and read them."""
        self.forget()
        if len(data) > BROWSER_LIMIT:
            raise UsageError(
                "{file} is too large for the browser ({size} MB).",
                do="Put it into the folder {folder} and choose it from the list.",
                code="too-large", file=name, size=number(len(data) / 1e6, 1), folder=self.inbox.name,
            )  # fmt: skip
        if not name.lower().endswith(_PACKED):
            return self._take([Source(name, bytes(data))])
        from tempfile import TemporaryDirectory

        with TemporaryDirectory() as folder:
            path = Path(folder) / Path(name).name
            path.write_bytes(data)
            return self._take(open_source(path))

    def _take(self, sources: list[Source]) -> Report:
        if len(sources) != 1:
            raise FileError(
                "This archive holds {n} files.", do="Unpack it and give one file at a time.",
                code="archive", n=len(sources),
            )  # fmt: skip
        self.source = sources[0]
        try:
            return self.read()
        except Exception:
            self.forget()
            raise

    def read(self) -> Report:
        """Understand the file with the answers so far; the likely answer is taken where none was given."""
        if self.source is None:
            raise UsageError("No file was chosen yet.", do="Choose a file first.", code="no-file")
        given = {"station": self.station} if self.station else {}
        act = Act(given, accept_likely=True, if_asked=self.said)
        self.answered = answer(self.shared, self.source, act, datetime.now(UTC))
        self.report = self.answered.report
        self.questions = dict(self.answered.asked)
        still = {one.id for one in self.report.questions}
        self.answers = {name: text for name, text in self.answered.answers.items() if name not in still}
        return self.report

    def answer(self, question: str, value: str) -> Report:
        """Answer a question and read the file again; what it makes needless is asked no more."""
        self.said[question] = value
        try:
            return self.read()
        except Exception:
            del self.said[question]
            self.read()
            raise

    @property
    def open_questions(self) -> list[Question]:
        """The questions that still need an answer."""
        return [question for name, question in self.questions.items() if not self.answers.get(name)]

    def preview(self, lang: str | None = None) -> list[dict[str, str]]:
        """Return what was understood: one row a variable, with unit, number of values, lowest and highest."""
        if self.report is None:
            return []
        return [self._row(name, facts, lang) for name, facts in self.report.variables.items()]

    @staticmethod
    def _row(name: str, facts: Mapping[str, Any], lang: str | None) -> dict[str, str]:
        known = variable(name)
        low, high = (
            number(facts[key], known.digits, lang) if facts.get(key) is not None else "–"
            for key in ("min", "max")
        )
        return {
            tr("what", lang): known.name(lang),
            tr("unit", lang): known.symbol or "–",
            tr("values", lang): number(facts.get("count", 0), lang=lang),
            tr("lowest", lang): low,
            tr("highest", lang): high,
        }

    def add(self) -> Any:
        """Add the file to the class's data and return the receipt; the panel is then ready for the next."""
        if self.source is None:
            raise UsageError("No file was chosen yet.", do="Choose a file first.", code="no-file")
        if self.open_questions:
            raise AnswerNeeded("One question is still open: {text}", self.open_questions,
                               text=self.open_questions[0].to_dict()["text"])  # fmt: skip
        receipt = self.shared.upload(self.source, answers=dict(self.answers))
        self.forget()
        return receipt
