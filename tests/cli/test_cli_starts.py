"""Files without a clock at the command line: the start is asked for, and never made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.cli import run

RUNS = "Data Set 1:Time(s),Data Set 1:Temperature(°C),Data Set 2:Time(s),Data Set 2:Temperature(°C)\n"
RUNS += "0,21.3,0,20.9\n60,21.4,60,21.1\n120,21.5,,\n"
FIRST, SECOND = "start.Data Set 1", "start.Data Set 2"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """A file with two runs, and a dataset with one station."""
    monkeypatch.setenv("KIT_DATASET", str(tmp_path / "shared"))
    assert run(["init", str(tmp_path / "shared"), "--school", "EE-7", "--zone", "Europe/Tallinn"]) == 0
    assert run(["station", "add", "EE-7/roof", "--lat", "58.378", "--lon", "26.729"]) == 0
    path = tmp_path / "ga.csv"
    path.write_text(RUNS, encoding="utf-8")
    capsys.readouterr()
    return str(path)


def upload(runs: str, *answers: str) -> int:
    given = [word for answer in answers for word in ("--answer", answer)]
    return run(["upload", runs, "--station", "EE-7/roof", *given])


def test_the_starts_are_asked_for_and_yes_invents_none(runs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["upload", runs, "--yes"]) == 3
    said = capsys.readouterr()
    assert f"--answer '{FIRST}=...'" in said.err
    assert "When did the run Data Set 2 in ga.csv start?" in said.err
    assert "Add --yes" not in said.err
    assert run(["status"]) == 0
    assert "ga.csv" not in capsys.readouterr().out


def test_the_answers_place_the_runs(runs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert upload(runs, f"{FIRST}=2026-03-01 10:15", f"{SECOND}=none") == 0
    said = capsys.readouterr().out
    assert "ga.csv is stored" in said
    assert "2026-03-01 10:15 to 2026-03-01 10:17" in said
    assert upload(runs, f"{FIRST}=2026-03-01 10:15", f"{SECOND}=none") == 0
    assert "already here" in capsys.readouterr().out


def test_a_start_is_not_remembered_for_the_next_file(runs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert upload(runs, f"{FIRST}=2026-03-01 10:15", f"{SECOND}=none") == 0
    following = Path(runs).with_name("next.csv")
    following.write_text(RUNS.replace("21.3", "22.3"), encoding="utf-8")
    capsys.readouterr()
    assert upload(str(following)) == 3
    assert "When did the run Data Set 1 in next.csv start?" in capsys.readouterr().err


def test_a_start_in_the_future_is_wrong_use(runs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert upload(runs, f"{FIRST}=2999-03-01 10:15", f"{SECOND}=none") == 2
    assert "in the future" in capsys.readouterr().err


def test_at_a_terminal_an_impossible_start_is_asked_for_again(
    runs: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    replies = iter(["10:15", "none", "2026-03-01 10:15", "none"])
    monkeypatch.setattr("builtins.input", lambda _="": next(replies))
    assert upload(runs) == 0
    said = capsys.readouterr().out
    assert "10:15 does not say when the run Data Set 1 started." in said
    assert "ga.csv is stored" in said
    assert list(replies) == []


def test_in_estonian(runs: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_LANG", "et")
    assert upload(runs) == 3
    assert "Millal algas mõõteseeria Data Set 1 failis ga.csv?" in capsys.readouterr().err
