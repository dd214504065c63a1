"""What a person and a phone read on a printed document."""

import subprocess
from io import BytesIO

import zxingcpp
from PIL import Image

from tests.needs import needs


def pdf_text(pdf: bytes) -> str:
    """The words of a document."""
    out = subprocess.run([needs("pdftotext"), "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return out.stdout.decode()


def pdf_boxes(pdf: bytes) -> str:
    """The words of a document and where each stands, in points."""
    out = subprocess.run([needs("pdftotext"), "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    return out.stdout.decode()


def read_qr(pdf: bytes) -> list[str]:
    """The codes on its first page."""
    made = subprocess.run(
        [needs("pdftoppm"), "-r", "150", "-png", "-f", "1", "-l", "1", "-"], input=pdf, capture_output=True, check=True
    )
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(made.stdout)))]
