"""One source, many faces: what is built of a lesson, for whom, and how its files are called.

==============  ==========================================================================================
``notebook``    pupils' and teacher's notebooks (:mod:`kit.lesson.build`), the only ones that are committed
``print``       ``handout.html`` and ``handout-teacher.html``, A4 (:mod:`kit.lesson.handout`)
``page``        ``page.html``, the lesson without code, with the data of one school; ``answers.html``
``moodle``      ``LESSON-LANG.imscc``, a Common Cartridge with all of these (:mod:`kit.lesson.cartridge`)
``metadata``    ``lesson.jsonld``, what the lesson is, for catalogues (:mod:`kit.lesson.linked`)
==============  ==========================================================================================

Lessons of several depths have ``page-a.html``, ``page-b.html`` …, one cartridge and one description.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kit.lesson.build import build
from kit.lesson.performing import Data, Performed, perform
from kit.lesson.source import Lesson, load

FACES = ("notebook", "print", "page", "moodle", "metadata")
#: Where everything but the notebooks goes, below the folder in which kit is called.
OUT = "built"


class Faces:
    """Builds one lesson in one language; its cells run at most once for each depth, and only if needed.

    ``kernels`` is the class that starts the kernels they run in (:func:`kit.lesson.performing.perform`).
    """

    def __init__(
        self, lesson: Lesson, lang: str, data: Data | None = None, kernels: type | None = None
    ) -> None:
        self.lesson, self.lang, self.data, self.kernels = lesson, lang, data, kernels
        self._done: dict[str, Performed] = {}

    def performed(self, one: Lesson) -> Performed:
        """Return what the cells of one depth showed."""
        if one.depth not in self._done:
            self._done[one.depth] = perform(one, self.lang, self.data, self.kernels)
        return self._done[one.depth]

    def files(self, face: str) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of the files of one face (not of ``notebook``)."""
        makers: dict[str, Callable[[], Iterator[tuple[str, str | bytes]]]] = {
            "print": self._print, "page": self._page, "moodle": self._moodle, "metadata": self._metadata,
        }  # fmt: skip
        for name, content in makers[face]():
            yield name, content.encode() if isinstance(content, str) else content

    def _print(self) -> Iterator[tuple[str, str]]:
        from kit.lesson.handout import handout

        for one in self.lesson.each_depth():
            yield f"handout{one.suffix}.html", handout(one, self.lang)
            yield f"handout-teacher{one.suffix}.html", handout(one, self.lang, "teacher")

    def _page(self) -> Iterator[tuple[str, str]]:
        from kit.lesson.page import answers_page, page

        for one in self.lesson.each_depth():
            done = self.performed(one)
            yield f"page{one.suffix}.html", page(one, self.lang, done)
            yield f"answers{one.suffix}.html", answers_page(one, self.lang, done)

    def _moodle(self) -> Iterator[tuple[str, bytes]]:
        from kit.lesson.cartridge import cartridge

        done = {one.depth: self.performed(one) for one in self.lesson.each_depth()}
        yield f"{self.lesson.id}-{self.lang}.imscc", cartridge(self.lesson, self.lang, done)

    def _metadata(self) -> Iterator[tuple[str, str]]:
        from kit.lesson.linked import linked_text

        yield "lesson.jsonld", linked_text(self.lesson, self.lang)


def build_faces(
    folder: str | Path,
    faces: tuple[str, ...] = ("notebook",),
    out: str | Path | None = None,
    *,
    lang: str | None = None,
    data: Data | None = None,
    kernels: type | None = None,
) -> Iterator[Path]:
    """Build faces of a lesson and yield the files, each when it is written.

    Parameters
    ----------
    folder
        The lesson's folder or id.
    faces
        Some of :data:`FACES`.
    out
        Where they go, a folder for each language; by default the lesson's own ``build`` for notebooks,
        ``built/LESSON`` for the others.
    lang
        Only this language; by default every language of the lesson.
    data
        Whose data the page and what is in the cartridge show; by default what the notebook itself takes.
    kernels
        The class that starts the kernels in which cells run; by default jupyter_client's.
    """
    lesson = load(folder)
    for code in (lang,) if lang in lesson.languages else lesson.languages:
        made = Faces(lesson, str(code), data, kernels)
        for face in faces:
            if face == "notebook":
                target = (Path(out) if out else lesson.folder / "build") / str(code)
                yield from build(lesson.folder, target, str(code))
                continue
            target = (Path(out) if out else Path(OUT) / lesson.id) / str(code)
            for name, content in made.files(face):
                target.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes(content)
                yield target / name
