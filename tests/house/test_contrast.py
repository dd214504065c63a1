"""Every pair of colours that carries text is readable in the day and in the night theme (WCAG 2.2, 4.5:1)."""

import re
from pathlib import Path

import pytest

STYLE = Path(__file__).parents[2] / "mes/static/css/app.css"
STATUS = ("running", "waiting", "held", "stopped", "done", "person")
SURFACES = ("paper", "sheet", "well")
TEXT = [(ink, surface) for ink in ("ink", "soft", "accent", "stopped") for surface in SURFACES]
TEXT += [(kind, surface) for kind in STATUS for surface in ("paper", "sheet", f"{kind}-tint")]
TEXT += [(ink, f"{kind}-tint") for kind in STATUS for ink in ("ink", "soft")]
TEXT += [("on-accent", "accent"), ("on-accent", "accent-strong"), ("accent-strong", "paper"), ("paper", "ink")]
TEXT += [("accent", "accent-tint"), ("ink", "accent-tint"), ("soft", "accent-tint")]
TEXT += [("accent", f"{kind}-tint") for kind in ("running", "stopped", "held")]
#: Borders of controls and parts of a chart: what can be touched or read without text needs 3:1.
SHAPES = [("edge", "paper"), ("edge", "sheet"), ("accent", "paper"), ("running", "well"), ("stopped", "well")]


def colours(theme: int) -> dict[str, str]:
    """The tokens of one theme: 0 the day, 1 the night."""
    pairs = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", STYLE.read_text("utf-8"))
    return {name: (day, night)[theme] for name, day, night in pairs}


def luminance(colour: str) -> float:
    """Relative luminance of a colour ``#rrggbb``, 0 (black) to 1 (white)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_the_strongest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [0, 1], ids=["day", "night"])
def test_text_is_readable_on_every_surface_it_stands_on(theme: int) -> None:
    tokens = colours(theme)
    weak = {pair: round(contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in TEXT}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}, "darken or lighten one of the two tokens"


@pytest.mark.parametrize("theme", [0, 1], ids=["day", "night"])
def test_edges_of_controls_can_be_seen(theme: int) -> None:
    tokens = colours(theme)
    weak = {pair: round(contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in SHAPES}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}, "controls need an edge of 3:1"


def test_colours_are_written_in_the_tokens_only() -> None:
    """A colour that is not a token has no night side. (Paper documents are black on white by themselves.)"""
    styles = [path for path in STYLE.parent.glob("*.css") if path.name != "print.css"]
    assert styles
    for path in styles:
        body = re.sub(r"@layer (tokens|print) \{.*?\n\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;,) ])", body) == [], f"use a token in {path.name}"
