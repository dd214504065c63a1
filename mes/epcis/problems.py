"""Refusals as EPCIS programs expect them: problem+json (RFC 9457)."""

import msgspec
from werkzeug.wrappers import Response

from mes.core.errors import NotAllowed, NotFound, Refused, SignInFirst
from mes.epcis import rules

#: The standard's names of what goes wrong; all else is a ValidationException.
_NAMES: dict[type[Refused], str] = {
    SignInFirst: "SecurityException",
    NotAllowed: "SecurityException",
    NotFound: "NoSuchResourceException",
    rules.DocumentTooLarge: "CaptureLimitExceededException",
    rules.TooManyEvents: "CaptureLimitExceededException",
    rules.NotJsonLd: "UnsupportedMediaTypeException",
    rules.UnknownQuestion: "QueryParameterException",
    rules.BadQuestion: "QueryParameterException",
    rules.TooManyFound: "QueryTooLargeException",
    rules.NotOffered: "NotAcceptableException",
    rules.WrongEpcisVersion: "NotAcceptableException",
}


def as_problem(refused: Refused) -> Response:
    """A refusal as problem+json."""
    said: dict[str, object] = {
        "type": f"epcisException:{_name(refused)}",
        "title": refused.sentence,
        "status": refused.status,
        "detail": refused.advice or refused.sentence,
        "code": refused.code,
    }
    if isinstance(refused, rules.EventsRefused):
        said["errors"] = refused.told
    response = Response(msgspec.json.encode(said), refused.status, content_type="application/problem+json")
    if refused.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _name(refused: Refused) -> str:
    usual = "ImplementationException" if refused.status >= 500 else "ValidationException"
    return _NAMES.get(type(refused), usual)
