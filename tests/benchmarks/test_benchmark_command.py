"""``python -m benchmarks``: the list, one run, a wrong name, and the keys of the last line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import benchmarks
from benchmarks import checks, import_cost, ingest, ingest_linear, mutations, trend_coverage
from benchmarks.__main__ import main


def test_list_names_every_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(benchmarks.benchmarks())
    assert all(len(line.split()) > 4 for line in lines), "each says what it measures"


def test_every_benchmark_has_its_own_file_name() -> None:
    for module in (checks, import_cost, ingest, ingest_linear, mutations, trend_coverage):
        assert Path(str(module.__file__)).stem == module.NAME


def test_wrong_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speed_of_light"]) == 2
    assert "import_cost" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("times", "status"), [({"kit": 0.01, "pandas": 0.5}, 0), ({"kit": 0.1, "pandas": 0.5}, 1)]
)
def test_import_cost_compares_the_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], times: dict[str, float], status: int
) -> None:
    monkeypatch.setattr(import_cost, "seconds", times.__getitem__)
    assert main(["import_cost", "--quick"]) == status
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert tuple(last) == benchmarks.KEYS
    assert last["value"] == pytest.approx(times["kit"] / times["pandas"])
    assert last["ok"] is (status == 0)


def test_import_kit_is_cheap() -> None:
    assert import_cost.seconds("kit") < import_cost.seconds("pandas") / 2


@pytest.mark.slow
def test_trend_coverage_quick(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trend_coverage", "--quick"]) == 0
    out = capsys.readouterr().out
    assert "largest difference" in out
    last = json.loads(out.splitlines()[-1])
    assert last["name"] == "trend_coverage"
    assert last["value"] >= 0.85


def test_a_few_hundred_damaged_files_behave() -> None:
    """The first files of the benchmark ``mutations``: read, asked about or refused, and nothing else."""
    results = mutations.part((0, 300))
    assert [one for one in results if one[2] not in ("read", "asked", "refused")] == []
    assert {result for _, _, result in results} == {"read", "asked", "refused"}


def test_a_hang_an_escape_and_a_lost_row_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def trouble(source: object, ingest: object) -> str:
        raise ZeroDivisionError("for example")

    monkeypatch.setattr(mutations, "_whole_way", trouble)
    assert mutations.tried("a.csv", b"time;t\n1;2\n").startswith("escaped: ")


@pytest.mark.slow
def test_ingest_quick_reads_the_same_rows_as_polars(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ingest", "--quick"])
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["name"] == "ingest"
    assert 0 < last["value"] < 40
