"""The layouts of this plant, as its pages ask for them."""

from pathlib import Path

from flask import current_app

from mes.core.config import bundled
from mes.labels.files import find_layouts
from mes.labels.layout import Layout


def own_folder() -> Path:
    """Where the plant keeps its own layouts."""
    folder: Path = current_app.config["LAYOUTS_DIR"]
    return folder


def folders() -> list[Path]:
    """Where layouts come from: the program's own, and the plant's over and beside them."""
    return [bundled("labels"), own_folder()]


def layouts_for(subject: str) -> dict[str, Layout]:
    """The layouts made for one kind of thing, from the largest stock to the smallest."""
    fitting = [one for one in find_layouts(folders()).values() if one.content == subject]
    fitting.sort(key=lambda one: (one.stock.places, -one.stock.width, -one.stock.height, one.name))
    return {one.name: one for one in fitting}
