"""What crosses the plant's Wi-Fi is packed (gzip): pages as they are made, files of the program once."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

#: What gets smaller by packing; pictures, papers and workbooks are packed already.
PACKED = frozenset({
    "text/html", "text/css", "text/plain", "text/csv", "text/javascript", "application/javascript", "image/svg+xml",
    "application/json", "application/manifest+json", "application/wasm",
})  # fmt: skip
#: Bytes below which the packing itself would be the larger part.
WORTH_IT = 600
#: A page is packed while its reader waits, a file once for everybody.
QUICKLY, THOROUGHLY = 3, 9


def install(app: Flask) -> None:
    """Pack what browsers take packed, after everything else is done to it."""
    app.after_request_funcs.setdefault(None, []).insert(0, pack)


def pack(response: Response) -> Response:
    """The answer, packed where that helps and the asker can unpack it."""
    if response.mimetype not in PACKED or response.status_code < 200 or response.status_code == 304:
        return response
    response.vary.add("Accept-Encoding")
    if not _may(response):
        return response
    is_file = response.direct_passthrough
    response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) < WORTH_IT:
        return response
    response.set_data(_thoroughly(plain) if is_file else gzip.compress(plain, QUICKLY, mtime=0))
    response.content_encoding = "gzip"
    return response


def _may(response: Response) -> bool:
    """A part of a file, something that comes bit by bit, and what is packed already stay as they are."""
    if request.method == "HEAD" or response.status_code == 206 or response.content_encoding:
        return False
    if response.is_streamed and not (response.direct_passthrough and request.endpoint == "static"):
        return False
    return request.accept_encodings["gzip"] > 0


@lru_cache(128)
def _thoroughly(plain: bytes) -> bytes:
    return gzip.compress(plain, THOROUGHLY, mtime=0)
