"""What ``upload`` answers."""

from __future__ import annotations

from typing import Any

from kit.errors import KitError
from kit.model import Question


class Receipt:
    """The receipt of one file: every row accounted for, in plain words.

    Attributes
    ----------
    record
        The language-neutral receipt (a JSON-able dict).
    trouble
        What stands in the way of a file that was refused, or of one that is acknowledged but not yet in the
        tables; None when all is well.
    """

    def __init__(self, record: dict[str, Any], trouble: KitError | None = None) -> None:
        self.record = record
        self.trouble = trouble

    @property
    def submission(self) -> str:
        """The submission's id ("" if nothing was stored)."""
        return str(self.record.get("submission", ""))

    @property
    def status(self) -> str:
        """Stored, received (durable, not yet in the tables), already, restored, refused or question."""
        return str(self.record.get("status", ""))

    @property
    def file(self) -> str:
        """The file's name."""
        return str(self.record.get("file", ""))

    @property
    def rows(self) -> int:
        """Data records in the file (blank ones apart)."""
        return int(self.record.get("rows", 0))

    @property
    def accepted(self) -> int:
        """Rows stored and found good or not evaluated."""
        return int(self.record.get("accepted", 0))

    @property
    def flagged(self) -> int:
        """Rows stored of which a value is suspect, failed or missing."""
        return int(self.record.get("flagged", 0))

    @property
    def rejected(self) -> int:
        """Rows of which nothing is stored."""
        return int(self.record.get("rejected", 0))

    @property
    def duplicate(self) -> int:
        """Rows all of whose values were there already."""
        return int(self.record.get("duplicate", 0))

    def text(self, lang: str | None = None) -> str:
        """Return the receipt in plain words; the first line says whether it worked."""
        from kit import ingest

        if self.trouble is not None and self._is_refusal:
            return self.trouble.words(lang)
        words = str(ingest.receipt_text(self.record, lang))
        return words if self.trouble is None else f"{words}\n{self.trouble.words(lang)}"

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return the receipt as ``kit upload --json`` prints it."""
        from kit import ingest

        if self._is_refusal:
            questions = getattr(self.trouble, "questions", ())
            found = {**self.record, "questions": [question.to_dict(lang) for question in questions]}
        else:
            found = dict(ingest.receipt_dict(self.record, lang))
        if self.trouble is not None:
            found["error"] = self.trouble.to_dict(lang)
        return found

    @property
    def _is_refusal(self) -> bool:
        """Whether the file could not be understood, so that there is nothing but the reason to tell."""
        return self.trouble is not None and self.status in ("refused", "question")

    def __repr__(self) -> str:
        return f"<Receipt {self.file} {self.status} {self.submission[:12]}>"

    def __str__(self) -> str:
        return self.text()

    def html(self, lang: str | None = None) -> str:
        """Return the receipt as a piece of HTML."""
        from html import escape

        from kit import ingest
        from kit.text import language

        if self._is_refusal:
            asked = "".join(_asked(question, lang) for question in getattr(self.trouble, "questions", ()))
            return f"<section lang='{language(lang)}'><p>{escape(self.text(lang))}</p>{asked}</section>"
        page = str(ingest.receipt_html(self.record, lang))
        if self.trouble is None:
            return page
        return f"{page}<p lang='{language(lang)}'>{escape(self.trouble.words(lang))}</p>"

    def _repr_html_(self) -> str:
        return self.html()


def _asked(question: Question, lang: str | None) -> str:
    """Return a question and the answers to choose from as HTML."""
    from html import escape

    from kit.ingest.receipt import question_words

    words = question_words(question, lang)
    same = [(one["value"], one["label"]) for one in words["options"]]
    items = [f"<code>{escape(a)}</code>" + (f" ({escape(b)})" if a != b else "") for a, b in same]
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f"<p><b>{escape(words['text'])}</b></p>" + (f"<ol>{listed}</ol>" if listed else "")
