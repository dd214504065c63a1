"""Secrets that must be read again (an authenticator's): encrypted in the database, with a key that is not in it."""

import base64

from mes.core.errors import Refused
from mes.core.i18n import N_


class SecretUnreadable(Refused):
    """The key of the installation is another one than when the secret was kept."""

    message = N_("The second factor cannot be read: the plant's key was changed.")
    hint = N_("Use a recovery code, or let the administrator turn it off: mes user second-factor-off LOGIN.")
    status = 409


def sealed(key: str, text: str) -> str:
    """A text as it is kept; ``key`` is the installation's (``MES_SECRET_KEY`` or the file in the data folder)."""
    from cryptography.fernet import Fernet

    return Fernet(_own_key(key)).encrypt(text.encode()).decode()


def opened(key: str, kept: str) -> str:
    """The text again. Raises SecretUnreadable."""
    from cryptography.fernet import Fernet, InvalidToken

    try:
        return Fernet(_own_key(key)).decrypt(kept.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable from None


def _own_key(key: str) -> bytes:
    """A key for this alone, so that what signs browsers' sessions opens nothing here."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    made = HKDF(SHA256(), length=32, salt=None, info=b"mes second factor").derive(key.encode())
    return base64.urlsafe_b64encode(made)
