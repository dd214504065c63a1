"""Copies in a bucket of a store that speaks S3 (of a provider, or of an own machine). Needs the extra ``s3``."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mes.core.config import Settings
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.keeping import rules
from mes.keeping.bundle import proof


class StoreProgramMissing(Refused):
    """The library that speaks S3 is not installed."""

    message = N_("This installation cannot speak with a store yet.")
    hint = N_("Install it with: pip install 'mes[s3]'")


class StoreNotSet(Refused):
    """Nobody said where the store is, or with which key."""

    message = N_("The address of the store or the key to it is not set.")
    hint = N_("Set s3_endpoint, s3_key and s3_secret; mes config shows what is in force.")


class StoreRefuses(Refused):
    """The store is away, or does not take it."""

    message = N_("The store %(place)s did not take the copy: %(why)s.")
    hint = N_("Check the network, the name of the bucket and the key.")


class Store:
    """A bucket and a folder in it."""

    def __init__(self, address: str, settings: Settings) -> None:
        """Raises StoreProgramMissing, StoreNotSet."""
        try:
            from obstore.exceptions import BaseError
            from obstore.store import S3Store
        except ImportError:
            raise StoreProgramMissing from None
        if not (settings.s3_endpoint and settings.s3_key and settings.s3_secret):
            raise StoreNotSet
        parts = urlsplit(address)
        self.address = address
        self._errors: tuple[type[Exception], ...] = (BaseError, OSError)
        self._bucket: Any = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            access_key_id=settings.s3_key,
            secret_access_key=settings.s3_secret,
            client_options={"allow_http": settings.s3_endpoint.startswith("http://"), "timeout": "600s"},
            retry_config={"max_retries": 2},
        )

    def put(self, source: Path) -> None:
        """Raises StoreRefuses, CopyBroken."""
        try:
            with source.open("rb") as given:
                self._bucket.put(source.name, given)
            found = hashlib.sha256()
            for piece in self._bucket.get(source.name).stream():
                found.update(bytes(piece))
        except self._errors as error:
            raise StoreRefuses(place=self.address, why=_short(error)) from error
        if found.hexdigest() != proof(source):
            raise rules.CopyBroken(place=self.address)

    def throw_away(self, name: str) -> bool:
        """Remove a copy; a store that is away keeps its own until it is back."""
        try:
            self._bucket.delete(name)
        except self._errors:
            return False
        return True


def _short(error: Exception) -> str:
    """The first words of what the library says."""
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
