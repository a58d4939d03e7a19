"""Lesson 1 in JupyterLab, in a real browser: a pupil gives a file and errs on the way; a teacher looks."""

from __future__ import annotations

import base64
import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit import lesson
from kit.text import number, tr, trn
from tests.browser.jupyter import SIZES, Page, jupyterlab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "01-our-station"
FILE = lesson.load(NAME).folder / "data" / "meie_jaam_2025-05.csv"
TASKS = lesson.load(NAME).at("A").tasks
GIVEN = "len(shared.submissions())"
#: The smallest picture there is: one dot.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def document() -> bytes:
    """Return a file of a word processor, as much of it as makes it one."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("word/document.xml", "<document><p>Our station is on the roof.</p></document>")
    return kept.getvalue()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, practice_cache: Path) -> Iterator[tuple[str, Path]]:
    """A JupyterLab with the notebooks of pupils and teachers; its address and its folder."""
    root = tmp_path_factory.mktemp("class")
    for lang in ("en", "et"):
        shutil.copytree(lesson.load(NAME).folder / "build" / lang, root / lang)
    with jupyterlab(root, practice_cache) as address:
        yield address, root


class Pupil:
    """A pupil at lesson 1, with the words of her language; ``shots`` is where pictures of the screen go."""

    def __init__(self, page: Page, lang: str, shots: Path, name: str) -> None:
        self.page, self.lang, self.shots, self.name = page, lang, shots, name

    def words(self, text: str, **values: object) -> str:
        return tr(text, self.lang, **values)

    def picture(self, what: str) -> None:
        self.page.picture(self.shots, f"{self.name}-{what}")

    def panel(self) -> tuple[Any, Any]:
        """Return the upload panel, brought into view, and its button that adds."""
        panel = self.page.show("upload_panel")
        return panel, panel.get_by_role("button", name=self.words("Add to class data"))

    def offer(self, panel: Any, name: str, data: bytes) -> None:
        """Press the button of the panel and choose a file in the browser's dialog; a new button comes."""
        button = panel.get_by_role("button", name=self.words("From this computer")).element_handle()
        with self.page.page.expect_file_chooser() as dialog:
            button.click()
        dialog.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})
        button.wait_for_element_state("hidden")

    def gives_wrong_files(self) -> None:
        """Give a picture and a text: kit says in words what they are."""
        panel, add = self.panel()
        photo = self.words(
            "{file} is a photo ({kind}) and not a table; nothing of it was kept.", file="foto.png", kind="PNG"
        )
        text = self.words(
            "{file} is a file of the kind {kind} and not a table.", file="essee.docx", kind="Word"
        )
        for name, data, said in (("foto.png", PICTURE, photo), ("essee.docx", document(), text)):
            self.offer(panel, name, data)
            panel.get_by_role("alert").filter(has_text=said).wait_for()
            self.picture(name)
            assert add.is_disabled()

    def gives_her_file(self) -> None:
        """Give the station's file; its question is answered wrongly, then rightly."""
        panel, add = self.panel()
        self.offer(panel, FILE.name, FILE.read_bytes())
        panel.get_by_text(self.words("3. If this is right, add it.")).wait_for()
        unit = panel.locator(".kit-field select").nth(1)
        for answer, lowest in (("°F", -17.3), ("°C", 0.9)):
            unit.select_option(label=answer)
            panel.locator("td", has_text=number(lowest, 1, self.lang)).first.wait_for()
            self.picture(answer)
        add.click()
        panel.locator(".kit-receipt").first.wait_for()
        self.picture("receipt")

    def answers(self) -> None:
        """Answer task 4 wrongly, then rightly, with the unit and her language's decimal sign."""
        box = self.page.show('kit.answer("4"')
        for given, said in (("30", "{task}: not yet."), ("14,6 °C", "{task}: right!")):
            box.locator("input[type=text]").fill(given)
            box.get_by_role("button", name=self.words("Check")).click()
            box.get_by_text(self.words(said, task="4")).wait_for()
        self.picture("right")


@pytest.mark.parametrize(("lang", "size"), [("en", "laptop"), ("et", "tablet")])
def test_a_pupil_gives_wrong_files_then_the_right_one_and_goes_on_after_a_restart(
    browser: Any, lab: tuple[str, Path], tmp_path: Path, lang: str, size: str
) -> None:
    page = Page(browser, lab[0], f"{lang}/pupil-a.ipynb", SIZES[size])
    pupil = Pupil(page, lang, tmp_path, f"first-upload-{size}")
    page.run_all()
    page.page.set_default_timeout(60_000)
    page.wait_until_run()
    before = int(page.run(GIVEN))
    pupil.gives_wrong_files()
    assert int(page.run(GIVEN)) == before, "nothing of them is stored"
    pupil.gives_her_file()
    pupil.answers()

    page.restart()
    page.run_all()
    page.wait_until_run()
    assert 'role="alert"' not in str(page.cells()), "an error card"
    box = page.show('kit.answer("4"')
    box.get_by_text(pupil.words("{task}: done already.", task="4")).wait_for()
    assert box.locator("input[type=text]").input_value() == "14,6 °C"
    pupil.picture("restarted")
    done = trn("{n} task done of {all}", "{n} tasks done of {all}", 1, lang, all=len(TASKS))
    page.show("lesson.progress()").get_by_text(done).wait_for()
    assert page.beyond == []
    page.context.close()


@pytest.mark.parametrize(("lang", "size"), [("en", "tablet"), ("et", "laptop")])
def test_a_teacher_opens_her_notebook_and_sees_the_answers(
    browser: Any, lab: tuple[str, Path], tmp_path: Path, lang: str, size: str
) -> None:
    page = Page(browser, lab[0], f"{lang}/teacher-a.ipynb", SIZES[size])
    page.run_all()
    page.page.set_default_timeout(60_000)
    page.wait_until_run()
    assert 'role="alert"' not in str(page.cells()), "an error card"
    for task in TASKS:
        cell = page.show(f'kit.solution("{task}"')
        cell.get_by_text(tr("{task}: the answer", lang, task=task)).wait_for()
        if task == "4":
            cell.get_by_text({"en": "14.6 °C", "et": "14,6 °C"}[lang]).wait_for()
            page.picture(tmp_path, f"teacher-{size}-answer")
    page.scroll_to(0)
    page.picture(tmp_path, f"teacher-{size}-notes")
    page.page.locator("strong", has_text=tr("For the teacher", lang)).first.wait_for()
    assert page.beyond == []
    page.context.close()
