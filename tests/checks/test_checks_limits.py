"""The table of limits: every number has a source, every variable has its limits."""

from __future__ import annotations

import csv
import math

import pytest

from kit.checks import CHECKS, REASONS, limits, reason_text, table
from kit.checks.limits import EVERY, TABLE
from kit.vocab import variables

PARAMETERS = {
    "month-range": {"fail_min", "fail_max", "suspect_max"},
    "year-range": {"fail_min", "fail_max", "suspect_max"},
    "gross-range": {"fail_min", "fail_max", "suspect_min", "suspect_max"},
    "spike": {"suspect", "fail", "relative", "neighbour_hours", "gap_cadences", "gap_least_hours"},
    "flat-line": {
        "suspect_hours", "fail_hours", "min_readings", "tolerance", "legit_at_most", "legit_at_least",
        "gap_cadences", "gap_least_hours",
    },
    "rate-of-change": {"per_hour", "neighbour_hours", "gap_cadences", "gap_least_hours"},
    "stuck-code": {
        "exactly", "at_most", "repeated", "repeats", "fail_hours", "gap_cadences", "gap_least_hours",
    },
    "half-year-range": {
        "band_latitude",
        *(
            f"{band}_{half}_{end}"
            for band in ("high", "low")
            for half in ("winter", "summer")
            for end in ("fail_min", "fail_max", "suspect_min", "suspect_max")
        ),
    },
    "attenuated-signal": {"suspect", "window_hours", "min_readings", "legit_at_least"},
    "gap": {"cadences", "least_hours"},
    "clock": {
        "factory_year", "jump_days", "lone_days", "lone_step", "quick_step", "back_seconds", "back_share",
        "back_most",
        "back_least",
    },
    "neighbours": {
        "minimum", "times", "hours", "base", "kilometres", "kelvin_per_metre", "log_offset", "absolute",
        "least", "most", "common_hours", "alone",
    },
    "other-years": {"least_width", "log_offset", "times", "years", "days"},
    "part-above-whole": {"room", "relative"},
    "dew-point": {"room"},
    "gust-below-wind": {"room"},
    "min-above-max": {"room"},
    "dry-rain": {"least", "humidity"},
    "channels": {"absolute", "relative"},
    "time": {"earliest_year", "clock_hours"},
    "station-moved": {"kilometres"},
}  # fmt: skip


def test_the_table_has_the_columns_it_says():
    with TABLE.open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["variable", "check", "parameter", "value", "unit", "source"]


def test_every_row_names_known_things_and_a_source():
    for row in table():
        assert row.variable == EVERY or row.variable in variables(), row
        assert row.check in CHECKS, row
        assert row.parameter in PARAMETERS[row.check] | {"not_applicable"}, row
        assert math.isfinite(row.value), row
        assert len(row.source.split()) >= 3, row


def test_units_are_those_of_the_variables():
    own = {"suspect", "fail", "exactly", "at_most", "repeated", "legit_at_most", "legit_at_least"}
    for row in table():
        if row.variable != EVERY and (
            row.check in ("gross-range", "half-year-range") or row.parameter in own
        ):
            assert row.unit == variables()[row.variable].unit, row


@pytest.mark.parametrize("name", list(variables()))
@pytest.mark.parametrize("check", ["gross-range", "spike", "flat-line", "rate-of-change"])
def test_every_variable_has_limits_or_a_reason_why_not(name, check):
    found = limits(check, name)
    assert found.known
    needed = {
        "gross-range": ("fail_min", "fail_max"), "spike": ("suspect", "fail"),
        "flat-line": ("suspect_hours", "fail_hours"), "rate-of-change": ("per_hour",),
    }[check]  # fmt: skip
    assert not found.applies or all(math.isfinite(found.one(p)) for p in needed)


@pytest.mark.parametrize("name", list(variables()))
def test_spans_lie_inside_each_other(name):
    span, spike, flat = limits("gross-range", name), limits("spike", name), limits("flat-line", name)
    assert span.one("fail_min") < span.one("fail_max")
    assert not span.one("suspect_min") < span.one("fail_min")
    assert not span.one("suspect_max") > span.one("fail_max")
    assert not spike.applies or spike.one("suspect") < spike.one("fail")
    assert not flat.applies or flat.one("suspect_hours") < flat.one("fail_hours")


def test_an_unknown_variable_has_no_limits():
    assert not limits("gross-range", "no_such_thing").known


@pytest.mark.parametrize("code", list(REASONS))
def test_every_reason_has_words_in_both_languages(code):
    english, estonian = reason_text(code, "en"), reason_text(code, "et")
    assert english == REASONS[code]
    assert estonian != english
    assert len(estonian) > 10


def test_several_reasons_are_read_one_after_the_other():
    assert reason_text("spike;missing", "en") == f"{REASONS['spike']} {REASONS['missing']}"
    assert reason_text("from-newer-rules", "et") == "from-newer-rules"
