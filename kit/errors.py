"""Every error kit raises on purpose, in one tree.

    KitError
    ├── UsageError (ValueError)       the call itself is wrong                          exit status 2
    ├── FileError (ValueError)        a file cannot be understood; nothing was stored   exit status 1
    ├── AnswerNeeded                  something only a person knows is missing          exit status 3
    ├── NotFoundError (LookupError)   no such station, version, variable, lesson ...    exit status 2
    ├── DatasetError (OSError)        the shared dataset cannot be read or written      exit status 4
    ├── AnalysisError (ValueError)    the data do not allow this conclusion             exit status 1
    └── JobError (RuntimeError)       a batch job or a build failed                     exit status 1

A message has three parts, each an English template that is also its key in the catalogues of
``kit/locale``: *what* happened (and where), *why*, and what to *do* next. ``str(error)`` is in the
language in use; :meth:`KitError.words` is in any. Tests read the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kit.text import tr

if TYPE_CHECKING:
    from kit.model import Question, Report


class KitError(Exception):
    """Base of all errors that kit raises on purpose.

    Parameters
    ----------
    what, why, do
        English templates with ``{name}`` places, filled from ``params``.
    code
        A short stable word for programs, e.g. ``"no-times"``.

    Examples
    --------
    >>> FileError("{file} holds no table", do="Save it as CSV.", code="no-table", file="a.csv").words("en")
    'a.csv holds no table. Save it as CSV.'
    """

    exit_status = 1
    default_code = "error"

    def __init__(self, what: str, *, why: str = "", do: str = "", code: str = "", **params: Any) -> None:
        super().__init__(what)
        self.what, self.why, self.do = what, why, do
        self.code = code or self.default_code
        self.params = params

    def words(self, lang: str | None = None) -> str:
        """Return the whole message in ``lang`` (default: the language in use)."""
        parts = (tr(part, lang, **self.params) for part in (self.what, self.why, self.do) if part)
        return " ".join(part if part.endswith((".", "!", "?", ":", ")")) else part + "." for part in parts)

    def __str__(self) -> str:
        return self.words()

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return the error as the command line's ``--json`` and the hub print it."""
        places = ("file", "row", "column", "value")
        where: dict[str, Any] = {key: self.params[key] for key in places if key in self.params}
        return {"code": self.code, "message": self.words(lang), **where}


class UsageError(KitError, ValueError):
    """The call itself is wrong: an argument is missing, unknown or impossible."""

    exit_status = 2
    default_code = "usage"


class FileError(KitError, ValueError):
    """A file cannot be understood. Nothing of it was stored."""

    exit_status = 1
    default_code = "file"


class AnswerNeeded(KitError):
    """Something only a person knows is missing.

    ``questions`` says what; ``report`` is what was understood so far (None where no file is involved).
    """

    exit_status = 3
    default_code = "answer-needed"

    def __init__(
        self, what: str, questions: Sequence[Question], *, report: Report | None = None, **params: Any
    ) -> None:
        super().__init__(what, **params)
        self.questions = tuple(questions)
        self.report = report


class NotFoundError(KitError, LookupError):
    """There is no such station, school, version, variable, submission or lesson."""

    exit_status = 2
    default_code = "not-found"


class DatasetError(KitError, OSError):
    """The shared dataset cannot be opened, read or written."""

    exit_status = 4
    default_code = "dataset"


class AnalysisError(KitError, ValueError):
    """The data do not allow this conclusion (too short, too few, too incomplete)."""

    exit_status = 1
    default_code = "analysis"


class JobError(KitError, RuntimeError):
    """A batch job or a build failed."""

    exit_status = 1
    default_code = "job"
