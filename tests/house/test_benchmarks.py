"""The benchmark runner, on benchmarks made for the purpose."""

import json
import sys
from pathlib import Path

import pytest

from tests.benchmarks import __main__ as runner

MODULE = """
def run(quick):
    speed = 200 if quick else 100
    result = {"name": "reports", "value": speed, "unit": "/s", "ratio": None}
    return [result | {"limit": ">= 150 /s", "ok": speed >= 150}]
"""


@pytest.fixture
def benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A benchmark that reaches its limit only when run quickly."""
    (tmp_path / "reporting.py").write_text(MODULE, "utf-8")
    monkeypatch.setattr(runner, "FOLDER", tmp_path)
    monkeypatch.setattr("tests.benchmarks.__path__", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "tests.benchmarks.reporting", raising=False)
    return "reporting"


def _run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["benchmarks", *words])
    return runner.main()


def test_a_missed_limit_ends_with_code_1_and_says_so(
    benchmark: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch) == 1
    assert "100 /s" in (table := capsys.readouterr().out)
    assert "MISSED" in table


def test_a_reached_limit_ends_with_code_0(
    benchmark: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, benchmark, "--quick", "--json") == 0
    assert json.loads(capsys.readouterr().out)[benchmark][0]["value"] == 200


def test_an_unknown_benchmark_is_named(
    benchmark: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        _run(monkeypatch, "nothing")
    assert "no such benchmark: nothing" in capsys.readouterr().err
