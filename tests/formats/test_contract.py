"""What every format promises, checked over the list of formats."""

from __future__ import annotations

import importlib
import re
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import formats
from kit.errors import FileError, KitError
from kit.formats import FORMATS, Format
from kit.model import RawTable, Role, Source
from kit.text import tr
from kit.vocab.variables import variables

IDS = [kind.id for kind in FORMATS]
#: How many lines of a format's sample stand above its records where it is not one (0: it has no header).
HEADER_LINES = {
    "luftdaten-push": 0,
    "cumulus": 0,
    "aircasting": 9,
    "netatmo": 3,
    "hobo": 2,
    "campbell": 4,
    "met-office": 5,
    "knmi": 3,
    "smhi": 10,
    "sef": 13,
    "open-meteo": 4,
    "nasa-power": 10,
    "uk-air": 5,
    "cams-radiation": 5,
    "rp5": 3,
    "met-eireann": 7,
}
every_format = pytest.mark.parametrize("kind", FORMATS, ids=IDS)


def holds(table: RawTable) -> None:
    """The shape that every raw table has."""
    assert [column.name for column in table.columns] == list(table.frame.columns)
    assert table.frame.columns.is_unique
    roles = [column.role for column in table.columns]
    assert set(roles) <= set(get_args(Role))
    for single in ("time", "station", "label", "unit", "latitude", "longitude"):
        assert roles.count(single) <= 1, single
    assert table.kind in ("readings", "sightings")
    assert table.decimal in (".", ",")
    assert table.stamp in ("start", "end")
    index = list(table.frame.index)
    assert index == sorted(set(index))
    assert all(row >= 1 for row in index)
    for name in table.frame.columns:
        cells = table.frame[name]
        assert cells.map(lambda cell: isinstance(cell, str)).all(), name
        assert (cells == cells.str.strip()).all(), name
    for column in table.columns:
        assert not column.variable or column.variable in variables()
        if column.role in ("ignored", "personal"):
            assert column.reason, column
    for template, params in table.notes:
        assert tr(template, "en", **params)
    for problem in table.refused:
        assert problem.row is not None
        assert problem.row not in index
        assert str(problem.row) in problem.to_dict("en")["message"]


@every_format
def test_the_record_and_the_specification(kind: Format) -> None:
    module = importlib.import_module(f"kit.formats.{kind.id.replace('-', '_')}")
    assert module.FORMAT is kind
    assert kind.title
    assert kind.header
    text = module.__doc__ or ""
    assert "Sample" in text
    assert "Traps" in text
    assert "::" in text


def test_ids_are_unique_and_the_plain_table_is_last() -> None:
    assert len(set(IDS)) == len(IDS)
    assert IDS[-1] == "plain"


@every_format
def test_reads_its_own_sample(kind: Format, samples: dict[str, tuple[str, bytes]]) -> None:
    source = Source(*samples[kind.id])
    table = formats.parse(source)
    assert table.format == kind.id
    assert len(table.frame) + table.blank + len(table.refused) >= 1
    holds(table)


@every_format
def test_claims_its_own_sample_and_no_other(kind: Format, samples: dict[str, tuple[str, bytes]]) -> None:
    for other, (name, data) in samples.items():
        source = Source(name, data)
        sure = {found.id: value for found, value in formats.sniff(source)}.get(kind.id, 0.0)
        assert 0 <= sure <= 1
        if kind.id == "plain":
            assert sure == pytest.approx(0.1)
        elif other == kind.id:
            assert sure >= 0.85
        else:
            assert sure == 0


@every_format
@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_the_same_table_in_other_bytes(
    kind: Format, newline: str, encoding: str, samples: dict[str, tuple[str, bytes]]
) -> None:
    name, data = samples[kind.id]
    if b"\0" in data:
        return  # not a text file: it has one form only
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    plain = formats.parse(Source(name, text.encode()))
    other = formats.parse(Source(name, text.replace("\n", newline).encode(encoding)))
    assert other.format == kind.id
    assert other.columns == plain.columns
    assert other.frame.equals(plain.frame)


@every_format
def test_only_a_header_says_so(kind: Format, samples: dict[str, tuple[str, bytes]]) -> None:
    name, data = samples[kind.id]
    size = HEADER_LINES.get(kind.id, 1)
    if not size:
        return  # no such thing as a header of its own
    header = b"\n".join(data.split(b"\n")[:size]) + b"\n"
    with pytest.raises(formats.FileError) as caught:
        formats.parse(Source(name, header))
    assert caught.value.code == "only-header"
    assert name in caught.value.words("en")


MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "insert", "swap", "repeat", "truncate", "replace"]),
        st.integers(0, 2000),
        st.integers(0, 60),
        st.binary(max_size=6),
    ),
    min_size=1,
    max_size=5,
)


def mutate(data: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    for kind, place, size, extra in changes:
        at = place % (len(data) + 1)
        if kind == "cut":
            data = data[:at] + data[at + size :]
        elif kind == "insert":
            data = data[:at] + extra + data[at:]
        elif kind == "swap":
            data = data[at:] + data[:at]
        elif kind == "repeat":
            data = data[: at + size] + data[at:]
        elif kind == "truncate":
            data = data[:at]
        else:
            data = data.replace(data[at : at + 1] or b";", extra)
    return data


def outcome(source: Source) -> tuple[RawTable | None, KitError]:
    """The raw table, or kit's own error; any other error escapes and fails the test."""
    try:
        return formats.parse(source), KitError("none")
    except KitError as error:
        return None, error


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(kind=st.sampled_from(IDS), changes=MUTATIONS)
def test_only_kits_own_errors_escape(
    kind: str, changes: list[tuple[str, int, int, bytes]], samples: dict[str, tuple[str, bytes]]
) -> None:
    name, data = samples[kind]
    table, error = outcome(Source(name, mutate(data, changes)))
    if table is None:
        words = error.words("en")
        assert name in words
        assert not re.search(r"\{[a-z]+\}", words)
    else:
        holds(table)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    table, error = outcome(Source("x.csv", data))
    if table is None:
        assert "x.csv" in error.words("en")
    else:
        holds(table)


def test_a_table_whose_rows_are_all_refused_is_refused_with_the_first_reason() -> None:
    text = (
        b"Somewhere\nLat 52.245 Lon -0.567, 10 metres amsl\n   yyyy  mm   tmax    tmin\n   2026   1    3.0\n"
    )
    with pytest.raises(FileError, match=r"^No row of a.txt could be read\. Row 1 has 3 cells"):
        formats.parse(Source("a.txt", text))
