"""The terminal in which ``mes`` runs: its language, and drawing a QR into it."""

import io
import locale
import os
import sys

from mes.core import i18n


def terminal_language() -> str:
    """The language of the terminal, as far as we speak it; else English."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    language = (named or locale.getlocale()[0] or "en")[:2].lower()
    return language if language in i18n.offered() else "en"


def qr_lines(text: str) -> str:
    """A QR of half blocks, two modules in the height of a line; empty where the terminal cannot show them."""
    import qrcode

    try:
        "▀▄█".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ""
    code = qrcode.QRCode(border=2)
    code.add_data(text)
    drawn = io.StringIO()
    code.print_ascii(out=drawn, invert=True)
    return drawn.getvalue()
