"""Programs of npm that only tests need.

They are no part of the application and not in git: the first test that needs one fetches them into an ignored folder
with npm, exactly as ``package-lock.json`` beside this file pins them. The registry is the one that npm is set to, as
for the browser files of the application (``hatch_build.py``).
"""

import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest

from hatch_build import npm_ci

HERE = Path(__file__).parent
FOLDER = HERE / "vendor"
LOCK = HERE / "package-lock.json"
#: File in the folder -> where npm puts it under node_modules.
PROGRAMS = {"axe.min.js": "axe-core/axe.min.js", "zpl-renderer.cjs": "zpl-renderer-js/dist/index.cjs.js"}
#: What was fetched last, written when all of it was there.
_PINNED = FOLDER / "fetched.lock"


@cache
def program(name: str) -> Path:
    """Where a program is; skips the test when it is not here yet and cannot be fetched."""
    if not _PINNED.is_file() or _PINNED.read_bytes() != LOCK.read_bytes():
        try:
            _fetch()
        except RuntimeError as error:
            pytest.skip(f"{name} is not here yet and could not be fetched from the npm registry: {error}")
    return FOLDER / name


def _fetch() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        modules = npm_ci(HERE, Path(scratch))
        for name, path in PROGRAMS.items():
            (modules / path).replace(FOLDER / name)
    shutil.copyfile(LOCK, _PINNED)
