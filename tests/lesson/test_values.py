"""The named values of a lesson: computed when asked for, once, and never in a circle."""

import re
from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from kit.errors import FileError, NotFoundError
from kit.lesson.values import Values, read_values


def running(values: Mapping[str, str]) -> SimpleNamespace:
    shared = SimpleNamespace(version="v1", asked=[], rows=[3, 1, 2])
    return SimpleNamespace(
        lesson=SimpleNamespace(values=read_values(values)), shared=shared, station="EE-TST-1/roof", file=None
    )


def test_a_value_uses_others_and_is_computed_once_while_the_data_stay() -> None:
    world = running(
        {"rows": "shared.asked.append(1) or sorted(shared.rows)", "low": "rows[0]", "bad": "1 / 0"}
    )
    values = Values(world)
    assert world.shared.asked == []
    assert values.named("low") == 1
    assert values.evaluate("[row for row in rows if row > low]") == [2, 3]
    assert len(world.shared.asked) == 1
    world.shared.version, world.shared.rows = "v2", [9]
    assert values.named("low") == 9
    assert len(world.shared.asked) == 2


def test_an_expression_sees_the_lesson_and_not_the_notebook() -> None:
    values = Values(running({"ours": "station.split('/')[0]"}))
    assert values.evaluate("ours + kit.__name__") == "EE-TST-1kit"
    with pytest.raises(NameError):
        values.evaluate("pytest")


def test_a_circle_is_named() -> None:
    values = Values(running({"one": "two + 1", "two": "one + 1"}))
    with pytest.raises(FileError, match=re.escape("the value one needs itself: one → two → one")):
        values.named("one")


def test_an_unknown_value_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFoundError, match=r"no value named trent\. It has: trend\."):
        Values(running({"trend": "1"})).named("trent")


@pytest.mark.parametrize(("name", "code"), [("kit", "1"), ("two words", "1"), ("for", "1"), ("n", 5)])
def test_what_is_no_name_with_an_expression_is_refused(name: str, code: object) -> None:
    with pytest.raises(FileError, match="a value is a name and an expression in quotes") as wrong:
        read_values({name: code})
    assert "Taken names: kit, lesson, shared, station, file" in str(wrong.value)
