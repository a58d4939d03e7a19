"""Error cards: shown to a person in a live notebook, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit.classroom import cards
from kit.errors import FileError
from kit.text import using

ERRORS = {
    "sharde": ("does not know the name sharde", "Did you mean shared?"),
    "print((1": ("cannot read line 1", "missing bracket"),
    "open('meassurements.csv')": ("There is no file meassurements.csv", "in which folder"),
    "{'a': 1}['b']": ("nothing named b", "spelling"),
    "shared.uplaod()": ("There is no uplaod here", "Did you mean upload?"),
    "import nothing_like_this": ("nothing_like_this is not installed", "teacher"),
    "1 / 0": ("divided by zero", "longer time"),
    "'a' + 1": ("do not fit together", "12.5 is a number"),
    "raise RuntimeError('odd')": ("Something unexpected", "K-"),
    "import kit.errors; raise kit.errors.FileError('{file} holds no table', do='Save it.', file='a.csv')": (
        "a.csv holds no table", "Save it."),
}  # fmt: skip
PREPARE = """
class Shared:
    def upload(self): pass
shared = Shared()
from kit.classroom import cards_on
print(cards_on())
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[Any]:
    manager_of = pytest.importorskip("jupyter_client.manager")
    manager, client = manager_of.start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client: Any, code: str, *, person: bool) -> tuple[str, list[dict[str, Any]]]:
    """Run code as a frontend with a person would, or as papermill does; return status and outputs."""
    outputs: list[dict[str, Any]] = []
    reply = client.execute_interactive(
        code, allow_stdin=person, output_hook=lambda message: outputs.append(message), timeout=60
    )
    kept = ("display_data", "error", "stream", "execute_result")
    return reply["content"]["status"], [
        {"type": message["msg_type"], **message["content"]}
        for message in outputs
        if message["msg_type"] in kept
    ]


def test_a_pupil_sees_cards_and_no_traceback(kernel: Any) -> None:
    status, shown = run(kernel, PREPARE, person=True)
    assert status == "ok"
    assert shown[0]["text"] == "True\n"
    for code, words in ERRORS.items():
        status, shown = run(kernel, code, person=True)
        assert status == "error", "a failed cell stops Run All"
        assert [one["type"] for one in shown] == ["display_data"], code
        said = shown[0]["data"]["text/plain"] + shown[0]["data"]["text/html"].split("<details")[0]
        for part in words:
            assert part in said.replace("&#x27;", "'"), code
        assert "Traceback" not in said
        assert "Traceback" in shown[0]["data"]["text/html"], "folded away for the teacher"
    _, shown = run(kernel, "from kit.classroom import cards_off; cards_off()\n1 / 0", person=True)
    assert [one["type"] for one in shown] == ["error"]


def test_papermill_and_nbclient_see_failures_as_always(kernel: Any) -> None:
    status, shown = run(kernel, PREPARE, person=False)
    assert status == "ok"
    assert shown[0]["text"] == "False\n"
    status, shown = run(kernel, "1 / 0", person=False)
    assert status == "error"
    assert [one["type"] for one in shown] == ["error"]
    assert "ZeroDivisionError" in "".join(shown[0]["traceback"])


def test_plain_python_is_not_live() -> None:
    assert not cards.is_live()
    assert not cards.cards_on()


def test_a_card_speaks_the_readers_language() -> None:
    error = FileError(
        "There is no file {file}.", do="Check the name, and in which folder it is.", file="a.csv"
    )
    with using("et"):
        html = cards.error_html(error, cards.explain(error))
    assert "Faili a.csv ei ole." in html
    assert "Proovi nii:" in html


def test_what_a_card_shows_is_escaped() -> None:
    error = FileError("There is no file {file}.", file="<img src=x>")
    assert "<img" not in cards.error_html(error, cards.explain(error))


def test_in_kit_lab_the_first_cell_after_a_restart_shows_a_card_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kit.lab.session import write_settings

    manager_of = pytest.importorskip("jupyter_client.manager")
    for name, value in write_settings(tmp_path).items():
        monkeypatch.setenv(name, value)
    manager, client = manager_of.start_new_kernel(kernel_name="python3")
    try:
        _, shown = run(client, "lesson.look()", person=False)
        assert [one["type"] for one in shown] == ["error"], "papermill sees the error itself"
        _, shown = run(client, "lesson.look()", person=True)
        assert [one["type"] for one in shown] == ["display_data"]
        assert "does not know the name lesson" in shown[0]["data"]["text/plain"]
        _, shown = run(client, "print(get_ipython().history_manager.enabled)", person=True)
        assert shown[0]["text"] == "False\n"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
