"""Programs that some tests need and not every machine has."""

import shutil
from pathlib import Path

import pytest

from tests.databases import postgresql_programs

#: What a test asks for -> the Debian package that brings it.
DEBIAN_PACKAGES = {
    "postgresql": "postgresql",
    "chromium": "chromium",
    "pdftoppm": "poppler-utils",
    "zbarimg": "zbar-tools",
    "strace": "strace",
}


def needs(tool: str) -> Path:
    """Where the program is; without it the calling test or fixture is skipped, saying what to install.

    For ``postgresql`` it is the folder of the server's programs.
    """
    found = postgresql_programs() if tool == "postgresql" else shutil.which(tool)
    if found is None:
        pytest.skip(f"{tool} is not installed; on Debian: apt install {DEBIAN_PACKAGES[tool]}")
    return Path(found)
