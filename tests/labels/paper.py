"""Labels as a printer would put them on paper, and what scanners read from them."""

import re
import subprocess
from base64 import b64decode
from pathlib import Path

import zxingcpp
from PIL import Image

from mes.labels.layout import MM_PER_INCH, Stock
from tests.needs import needs


def pages(pdf: bytes, folder: Path, dpi: float, colours: str = "-mono") -> list[Image.Image]:
    """Each page, a pixel for each dot: black and white as label printers print, or ``-gray`` as on a screen."""
    program = needs("pdftoppm")
    file = folder / "labels.pdf"
    file.write_bytes(pdf)
    for old in folder.glob("page*"):
        old.unlink()
    subprocess.run([program, colours, "-r", str(dpi), file, folder / "page"], check=True, capture_output=True)
    return [Image.open(page).convert("L") for page in sorted(folder.glob("page*"))]


def cut_out(page: Image.Image, stock: Stock, place: int, dpi: float) -> Image.Image:
    """One label of a sheet."""
    left, top = stock.place(place)
    scale = dpi / MM_PER_INCH
    edges = (left, top, left + stock.width, top + stock.height)
    return page.crop(tuple(round(edge * scale) for edge in edges))  # type: ignore[arg-type]  # four numbers


def read_by_zxing(image: Image.Image, kind: str = "qr") -> list[str]:
    """What the decoder of many phones and tablets reads."""
    found = zxingcpp.read_barcodes(image, formats=ZXING[kind], text_mode=zxingcpp.TextMode.Plain)
    return [code.text for code in found]


def read_by_zbar(images: list[Image.Image], folder: Path, kind: str = "qr") -> list[list[str]]:
    """What another, older decoder reads, per image; in one call, since starting it takes longest. It knows no Data
    Matrix."""
    files = []
    for number, image in enumerate(images):
        file = folder / f"zbar{number:05d}.pgm"  # read and written in half the time of a packed image
        image.save(file)
        files.append(file)
    if not files:
        return []
    # ends with 4 when one of the images holds no code, which the answer shows as well
    done = subprocess.run(
        [needs("zbarimg"), "--quiet", "--xml", "-Sdisable", f"-S{ZBAR[kind]}.enable", *files],
        capture_output=True, check=False,
    )  # fmt: skip
    return [_codes_of(file, done.stdout.decode()) for file in files]


#: The families of codes as the decoders call them.
ZXING = {
    "qr": zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
    "datamatrix": zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix),
    "code128": zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Code128),
}
ZBAR = {"qr": "qrcode", "code128": "code128"}


def family(kind: str) -> str:
    """The family that a decoder is asked for: GS1 codes are Data Matrix and Code 128 like any other."""
    return {"gs1-datamatrix": "datamatrix", "gs1-128": "code128"}.get(kind, kind)


def _codes_of(file: Path, xml: str) -> list[str]:
    _before, found, rest = xml.partition(f"<source href='{file}'>")
    part = rest.partition("</source>")[0] if found else ""
    # what holds separators is written in base64
    return [
        b64decode(data).decode("latin-1") if form else data
        for form, data in re.findall(r"<data( format='base64'[^>]*)?><!\[CDATA\[(.*?)\]\]>", part, re.DOTALL)
    ]
