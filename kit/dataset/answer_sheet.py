"""Questions as a little text file that a teacher answers by editing it."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping

from kit.ingest.receipt import question_words
from kit.model import Question
from kit.text import tr


def sheet(
    file: str, questions: Iterable[Question], given: Mapping[str, str], lang: str | None, trouble: str = ""
) -> str:
    """Return the text of a sheet; answers ``given`` before stand in their places, ``trouble`` on top."""
    lines = [tr("kit needs an answer before it can store {file}.", lang, file=file)]
    lines += [tr("Write each answer behind its = sign (a number will do), and save this file.", lang)]
    if trouble:
        lines += ["", "!!! " + trouble]
    text = "".join(f"# {line}".rstrip() + "\n" for line in lines)
    for question in _once(questions):
        words = question_words(question, lang)
        text += "\n" + "".join(f"# {line}\n" for line in words["text"].splitlines())
        for number, option in enumerate(words["options"], start=1):
            label = "" if option["label"] == option["value"] else f"  ({option['label']})"
            text += f"#   {number}  {option['value']}{label}\n"
        before = given.get(question.id, "")
        values = [option["value"] for option in words["options"]]
        if before.isdigit() and before in values:  # a unit may be called 1
            before = str(values.index(before) + 1)
        text += f"{question.id} = {before}".rstrip() + "\n"
    return text


def _once(questions: Iterable[Question]) -> list[Question]:
    return list({question.id: question for question in questions}.values())


def answers_in(data: bytes) -> dict[str, str]:
    r"""Return what was answered on a sheet; lines without an answer are left out.

    A number means the option of that number. The last = sign counts, for names of columns may hold one.

    >>> answers_in("# a?\n#   1  EE-7/roof  (Roof)\nstation = 1\nunit.t (x=2) = Cel\nzone =\n".encode())
    {'station': 'EE-7/roof', 'unit.t (x=2)': 'Cel'}
    """
    found: dict[str, str] = {}
    options: dict[str, str] = {}
    for line in _text(data).splitlines():
        words = line.lstrip("#").split()
        if line.startswith("#"):
            if len(words) > 1 and words[0] == str(len(options) + 1):
                value = line.lstrip("#").strip().split("  ")
                options[words[0]] = value[1].strip() if len(value) > 1 else words[1]
            continue
        name, sign, value_text = line.rpartition("=")
        answer = value_text.strip().strip("'\"")
        if sign and name.strip() and answer:
            found[name.strip()] = options.get(answer, answer)
        if sign:
            options = {}
    return found


def _text(data: bytes) -> str:
    """Return what an editor saved: UTF-8 with or without mark, UTF-16, else windows-1252."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
