"""Writing into ``mes.toml`` which database is in force."""

import json
import os
import re
from pathlib import Path

from mes.core.config import Settings

_LINE = re.compile(r"^[ \t]*database_url[ \t]*=.*$", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)


def with_database(text: str, url: str) -> str:
    """A mes.toml with another database; everything else stays as it is written."""
    line = f"database_url = {json.dumps(url, ensure_ascii=False)}"
    if _LINE.search(text):
        return _LINE.sub(lambda _found: line, text, count=1)
    table = _TABLE.search(text)
    at = table.start() if table else len(text)
    before = text[:at]
    return f"{before}{'' if not before or before.endswith(chr(10)) else chr(10)}{line}\n{text[at:]}"


def write_setting(url: str, folder: Path | None = None) -> Path:
    """Write the database's address into the mes.toml of a folder (that in which the program is started), as a whole or
    not at all. Only its owner may read it afterwards: a password is in it. Raises OSError."""
    file = (folder or Path.cwd()) / "mes.toml"
    text = file.read_text("utf-8") if file.is_file() else ""
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as written:
        written.write(with_database(text, url))
        written.flush()
        os.fsync(written.fileno())
    fresh.replace(file)
    return file.resolve()


def overruled_by(settings: Settings) -> str | None:
    """The variable of the environment that goes before mes.toml, if it is set."""
    origin = settings.origin.get("database_url", "")
    return origin if origin.startswith("MES_") else None
