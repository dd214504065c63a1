"""One-time codes by the clock (RFC 6238: SHA-1, 30 s, six digits), as every authenticator app makes them.

A dozen lines of the standard library: the libraries say whether a code fits, but not for which half minute, and
without that a code that was seen could be used a second time.
"""

import base64
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

SECONDS = 30
DIGITS = 6
#: Clocks of phones and plants differ: the code before and the code after are taken as well.
DRIFT = 1


def new_secret() -> str:
    """160 random bits, as letters that can be typed where no camera is."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_of(moment: datetime) -> int:
    """The half minute of a moment."""
    return int(moment.timestamp()) // SECONDS


def code_at(secret: str, step: int) -> str:
    """The six digits of a half minute (RFC 4226 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def fitting_step(secret: str, typed: str, now: datetime, after: int) -> int | None:
    """For which half minute a code was made, if it fits now and is later than the last one that was used."""
    here = step_of(now)
    steps = range(max(here - DRIFT, after + 1), here + DRIFT + 1)
    # each is compared, and in the same time whatever was typed
    fitting = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), typed.encode())]
    return fitting[0] if fitting else None


def address(secret: str, plant: str, login: str) -> str:
    """What the QR symbol on the page says to the app."""
    issuer = plant.replace(":", " ") or "MES"
    asked = urlencode({"secret": secret, "issuer": issuer, "digits": DIGITS, "period": SECONDS}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{asked}"
