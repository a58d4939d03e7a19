import numpy as np
import pandas as pd
import pytest

from kit.ingest.numbers import numbers


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("2,6", ",", 2.6), ("1.013,25", ",", 1013.25), ("1,013.25", ".", 1013.25),
        ("1 013,25", ",", 1013.25),
        ("1 013.2", ".", 1013.2),
        ("−3.5", ".", -3.5), (" 7 ", ".", 7.0), ("1e3", ".", 1000.0),
        (".5", ".", 0.5),
        ("1'234.5", ".", 1234.5), ("+4", ".", 4.0), ('"3.2"', ".", 3.2),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text, decimal, value):
    values, bad = numbers(pd.Series([text]), decimal)
    assert not bad[0]
    assert values[0] == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "-", "--", "---", "NaN", "NA", "NULL", "None", "ERR", "n/a", "N/A", " nan ", "#N/A", "–"]
)
def test_codes_for_missing(text):
    values, bad = numbers(pd.Series([text]))
    assert np.isnan(values[0])
    assert not bad[0]


@pytest.mark.parametrize(
    "text", ["abc", "12abc", "1.2.3", "2,6", "inf", "1,23,4", "12:30", "0x1f", "True", "1e999"]
)
def test_what_is_no_number_is_said_to_be_none(text):
    values, bad = numbers(pd.Series([text]))
    assert bad[0]
    assert np.isnan(values[0])


def test_the_codes_of_the_file():
    values, bad = numbers(pd.Series(["-200", "-200,0", "13,6", "x"]), ",", ["-200", "x"])
    assert np.isnan(values[[0, 1, 3]]).all()
    assert values[2] == 13.6
    assert not bad.any()


def test_numbers_that_are_numbers_already():
    values, bad = numbers(pd.Series([1.0, np.nan, -999.0, np.inf]), ".", ["-999"])
    assert values[0] == 1.0
    assert np.isnan(values[1:]).all()
    assert bad.tolist() == [False, False, False, True]


def test_points_between_thousands_in_a_table_of_decimal_commas() -> None:
    assert numbers(pd.Series(["1.012", "999", "1.013,25"]), ",")[0].tolist() == [1012.0, 999.0, 1013.25]
    assert numbers(pd.Series(["1.012", "12.5", "7,5"]), ",")[0].tolist() == [1.012, 12.5, 7.5]
    assert numbers(pd.Series(["0.512", "1.012"]), ",")[0].tolist() == [0.512, 1.012]
