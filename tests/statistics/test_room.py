"""The room of statistics: pure, and never at a loss for a sentence."""

import ast
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.core.errors import Refused
from mes.statistics.building import ATTRIBUTE, VARIABLE, Options, build
from mes.statistics.capability import Specification, capability
from mes.statistics.run_rules import violations
from mes.statistics.sheets import sheet
from tests.house.source import python_files, tree

CELLS = st.sampled_from(
    ["", "1", "2", "2.5", "-3", "0", "10,5", "x", "A", "sample", "value", "n", "불량수", "1e9", "--"]
)


def test_statistics_import_words_and_refusals_only() -> None:
    allowed = ("mes.statistics", "mes.core.i18n", "mes.core.errors")
    found = [
        f"{path.name}: {node.module}"
        for path in python_files("mes/statistics")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mes.")
        if not (node.module or "").startswith(allowed)
    ]
    assert not found


@pytest.mark.parametrize("kind", [*VARIABLE, *ATTRIBUTE])
def test_whatever_the_cells_are_there_is_a_chart_or_a_refusal(kind: str) -> None:
    @given(rows=st.lists(st.lists(CELLS, max_size=4), max_size=6), size=st.sampled_from([None, 2]))
    @settings(max_examples=8)
    def chart_or_refusal(rows: list[list[str]], size: int | None) -> None:
        with suppress(Refused):
            built = build(kind, sheet(rows), Options(size=size))
            assert {len(track.points) for track in built.chart.tracks} == {len(built.labels)}
            violations(built.chart, ["western-electric", "nelson"])
            if built.groups:
                capability(built.groups, Specification(0, 3))

    chart_or_refusal()
