"""A label printer as the writers of its language see it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What a printer is set to: resolution, size of the label in dots, how dark and fast, what it is shifted by, and
    the font files it holds by weight (``{"bold": "E:KRB.TTF"}``)."""

    width: int
    height: int
    dpi: int = 203
    density: int | None = None
    speed: int | None = None
    shift_x: int = 0
    shift_y: int = 0
    fonts: tuple[tuple[str, str], ...] = ()
