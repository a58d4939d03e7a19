"""Languages that are whole for receipts and errors of analyses: complete, with the right places and forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit import text
from kit.text import LANGUAGES, RECEIPT_LANGUAGES, _catalogue, tr, trn
from tests.words import error_texts, missing_texts, plurals, receipt_texts

ROOT = Path(__file__).resolve().parents[1]
ONLY_RECEIPTS = sorted(set(RECEIPT_LANGUAGES) - set(LANGUAGES))


@pytest.mark.parametrize("code", ONLY_RECEIPTS)
def test_receipts_and_errors_of_analyses_are_complete(code: str) -> None:
    missing = missing_texts(ROOT, code)
    assert not missing, f"{len(missing)} texts: python -m tests.words {code}"


@pytest.mark.parametrize("code", ONLY_RECEIPTS)
def test_what_is_translated_keeps_places_and_has_every_form(code: str) -> None:
    def places(template: str) -> set[str]:
        return set(re.findall(r"(?<!{){([a-z_0-9]+)[^{}]*}", template))

    many = plurals(ROOT / "kit")
    forms = 3 if code in ("ru", "uk") else 2
    for key, found in _catalogue(code).items():
        every = list(found) if isinstance(found, (tuple, list)) else [found]
        assert len(every) == (forms if key in many else 1), key
        for form in every:
            assert places(form) <= places(key) | {"n"}, f"{key!r} → {form!r}"


def test_the_list_covers_the_parts_that_speak_in_receipts() -> None:
    texts = receipt_texts(ROOT)
    assert {
        "{file} is stored",
        "air temperature",
        "{file} is empty: it holds no table (size: {n} bytes).",
    } <= set(texts)
    assert "all of them good" in texts
    assert len(texts) > 400


def test_the_list_covers_the_errors_of_analyses_and_nothing_else_of_them() -> None:
    texts = error_texts(ROOT)
    assert {
        "There are no readings here.",
        "A year is full with 75 % of its days and 75 % of the days of each quarter.",
        "Take one station at a time.",
        "No survey here counted every individual.",
        "A chart cannot be saved as {name}.",
    } <= set(texts)
    assert len(texts) > 200
    assert "number of species" not in texts, "a heading is no error"
    assert {where.split("/")[1] for where in texts.values()} == {"analysis", "figures"}
    assert set(error_texts(ROOT, ("kit/figures/",))) < set(texts)


@pytest.fixture
def little_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Catalogues of three words in Russian and Ukrainian."""
    few = "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20)"
    rule = f"nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : {few} ? 1 : 2);"
    for code, forms in {"ru": ("строка", "строки", "строк"), "uk": ("рядок", "рядки", "рядків")}.items():
        entry = 'msgid "{n} row"\nmsgid_plural "{n} rows"\n'
        entry += "".join(f'msgstr[{at}] "{{n}} {form}"\n' for at, form in enumerate(forms))
        head = f'msgid ""\nmsgstr ""\n"Language: {code}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        (tmp_path / code).mkdir()
        (tmp_path / code / "a.po").write_text(f'{head}"Plural-Forms: {rule}\\n"\n\n{entry}', encoding="utf-8")
    monkeypatch.setattr(text, "LOCALE", tmp_path)
    _catalogue.cache_clear()
    yield
    _catalogue.cache_clear()


@pytest.mark.usefixtures("little_catalogue")
@pytest.mark.parametrize(
    ("n", "russian", "ukrainian"),
    [(1, "строка", "рядок"), (2, "строки", "рядки"), (5, "строк", "рядків"), (11, "строк", "рядків"),
     (21, "строка", "рядок"), (22, "строки", "рядки"), (112, "строк", "рядків"), (0, "строк", "рядків")],
)  # fmt: skip
def test_three_forms_of_numbers(n: int, russian: str, ukrainian: str) -> None:
    assert trn("{n} row", "{n} rows", n, "ru") == f"{n} {russian}"
    assert trn("{n} row", "{n} rows", n, "uk") == f"{n} {ukrainian}"
    assert trn("{n} row", "{n} rows", n, "de") == ("1 row" if n == 1 else f"{n} rows")


def test_numbers_and_dates_follow_the_language() -> None:
    from datetime import date

    assert text.number(1234.5, 1, "de") == "1.234,5"
    assert text.number(1234.5, 1, "ru").replace("\xa0", " ") == "1 234,5"
    assert text.day(date(2026, 5, 3), "uk").startswith("3 травня 2026")
    assert tr("nothing that anybody translates", "ru") == "nothing that anybody translates"
    assert text.whole_language("uk") == "en"
