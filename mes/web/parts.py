"""What this installation is made of, as CycloneDX 1.6: every Python package that is installed beside the program, and
the browser files and fonts that were packed into it, each with version, licence and package address (purl)."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import Distribution, distributions
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from mes import __version__
from mes.core.config import bundled

OURSELVES = "mes"
#: What the program can do without, by its extra.
EXTRAS = frozenset({"s3"})
#: Licences as their own papers say, of packages whose description says nothing.
ON_PAPER = {"resvg-py": "MIT"}
#: What packages of before SPDX call their licence.
CALLED = {
    "MIT License": "MIT", "BSD License": "BSD", "Apache Software License": "Apache-2.0", "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0", "BSD 2-Clause License": "BSD-2-Clause", "LGPL": "LGPL-2.1-or-later",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "Python Software Foundation License": "PSF-2.0",
}  # fmt: skip
SPDX = re.compile(
    r"(MIT|MIT-0|MIT-CMU|0BSD|ISC|PSF-2\.0|Apache-2\.0|BSD-[23]-Clause|MPL-2\.0|OFL-1\.1|CC0-1\.0|LGPL-[23]\.[01]-(only|or-later))"
)


def bill_of_materials(now: datetime) -> dict[str, Any]:
    """The whole list, for ``mes sbom``: the packages that serve are ``required`` or ``optional``, those that only lie
    beside them (test tools, pip) are ``excluded``."""
    installed = {_plain(one.metadata["Name"]): one for one in distributions()}
    required, optional = _reached(installed, frozenset()), _reached(installed, EXTRAS)
    parts = []
    for name, one in sorted(installed.items()):
        if name != OURSELVES:
            scope = "required" if name in required else "optional" if name in optional else "excluded"
            parts.append(_python_part(name, one, scope))
    parts += _browser_parts()
    whole = f"pkg:pypi/{OURSELVES}@{__version__}"
    listed = json.dumps(parts, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, whole + listed)}",
        "version": 1,
        "metadata": {
            "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", "bom-ref": whole, "name": OURSELVES, "version": __version__},
        },
        "components": parts,
        "dependencies": [{"ref": whole, "dependsOn": [one["bom-ref"] for one in parts if one["scope"] == "required"]}],
    }


def _python_part(name: str, one: Distribution, scope: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{name}@{one.version}"
    return {
        "type": "library", "bom-ref": purl, "name": name, "version": one.version, "scope": scope,
        "licenses": [_licence(licence_of(name, one))], "purl": purl,
    }  # fmt: skip


def licence_of(name: str, one: Distribution) -> str:
    """A package's licence: as SPDX where it says so, else as its maker calls it; empty where nothing is said."""
    said = one.metadata
    text = said["License"] or ""
    short = text if len(text) < 60 and "\n" not in text else ""
    classes = [entry.rsplit(" :: ", 1)[-1] for entry in said.get_all("Classifier") or () if "License :: OSI" in entry]
    called = said["License-Expression"] or short or (classes[0] if classes else "") or ON_PAPER.get(name, "")
    return CALLED.get(called, called)


def _licence(text: str) -> dict[str, Any]:
    text = text.removeprefix("(").removesuffix(")")
    if SPDX.fullmatch(text):
        return {"license": {"id": text}}
    if all(SPDX.fullmatch(word) for word in re.split(r" (?:AND|OR) ", text)):
        return {"expression": text}
    return {"license": {"name": text or "not stated"}}


def _browser_parts() -> Iterator[dict[str, Any]]:
    """The npm packages whose files were packed, with the checksum of the lock file."""
    lock = json.loads((bundled("labels").parent / "package-lock.json").read_text("utf-8"))
    for place, told in lock["packages"].items():
        if not place or told.get("dev"):
            continue
        name = place.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{told['version']}"
        yield {
            "type": "library", "bom-ref": purl, "name": name, "version": told["version"], "scope": "required",
            "hashes": [{"alg": "SHA-512", "content": _hex(told["integrity"])}],
            "licenses": [_licence(told.get("license", ""))], "purl": purl,
        }  # fmt: skip


def _hex(integrity: str) -> str:
    from base64 import b64decode

    return b64decode(integrity.removeprefix("sha512-")).hex()


def _reached(installed: dict[str, Distribution], extras: frozenset[str]) -> set[str]:
    """The installed packages that the program's requirements lead to."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(OURSELVES, extras)]
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in seen or name not in installed:
            continue
        seen.add((name, wanted))
        for line in installed[name].requires or ():
            found = re.match(r"([\w.-]+)\s*(?:\[([^\]]*)\])?", line)
            only_for = re.search(r"""extra\s*==\s*['"]([^'"]+)""", line)
            if found and (only_for is None or only_for[1] in wanted):
                more = frozenset(filter(None, re.split(r"[\s,]+", found[2] or "")))
                waiting.append((_plain(found[1]), more))
    return {name for name, _extras in seen} - {OURSELVES}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
