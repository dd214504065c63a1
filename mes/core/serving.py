"""Kept pictures as a browser gets them."""

from flask import make_response
from werkzeug.wrappers import Response

from mes.core.files import StoredFile

SHOWN_IN_PAGE = "image/jpeg"


def served(kept: StoredFile, name: str) -> Response:
    """A picture. Its type is the one decided when it was kept, never guessed from the content."""
    response = make_response(kept.content)
    response.content_type = kept.kind if kept.kind == SHOWN_IN_PAGE else "application/octet-stream"
    shown = "inline" if kept.kind == SHOWN_IN_PAGE else "attachment"
    response.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
