"""Where things are, and the installation's settings: environment over ``mes.toml`` over the default."""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def bundled(name: str) -> Path:
    """A folder that lives beside the package in a checkout and inside it when installed from a wheel."""
    inside = PACKAGE / "_bundled" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def asset(name: str) -> Path:
    """A file that arrives at build time (fonts, scripts of others): ``asset("fonts/NotoSansKR-Bold.ttf")``."""
    return PACKAGE / "static" / "vendor" / name


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of one installation. ``origin`` says for each where it came from."""

    data_dir: Path = Path("mes-data")
    database_url: str = field(default="", repr=False)
    #: A standby that boards, reports and traces are read from, while it is no more seconds behind than this.
    read_url: str = field(default="", repr=False)
    read_lag: int = 5
    secret_key: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 2
    #: The pages over https with certificates of the plant's own, on a port of their own; ``port`` sends there.
    tls: bool = False
    tls_port: int = 8443
    #: A proxy in front speaks https, and so many proxies may say who calls.
    https: bool = False
    proxies: int = 0
    #: When the nightly copy is due, by the plant's clock; empty: no copy is made by itself.
    backup_at: str = "02:30"
    #: The store that speaks S3 to which copies may go, and the key to it.
    s3_endpoint: str = ""
    s3_region: str = "us-east-1"
    s3_key: str = field(default="", repr=False)
    s3_secret: str = field(default="", repr=False)
    #: What is written to standard error: "text" (what needs somebody) or "json" (each request as well).
    log: str = "text"
    #: With what a collector of figures asks for ``/metrics``; without one only this machine itself is answered.
    metrics_token: str = field(default="", repr=False)
    #: Head office: looks at the copies of several plants, and records nothing of its own.
    head_office: bool = False
    demo: bool = False
    origin: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def database(self) -> str:
        """The database's URL; the embedded SQLite file in the data folder unless another is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'mes.db'}"

    @property
    def layouts_dir(self) -> Path:
        """The plant's own label layouts."""
        return self.data_dir / "labels"

    @property
    def tls_dir(self) -> Path:
        """The plant's own certificate authority, and what it says of this machine."""
        return self.data_dir / "tls"


#: Settings that hold a password or a key: never printed, and not for a file that everybody may read.
SECRET = frozenset(entry.name for entry in fields(Settings) if not entry.repr)


def read_settings(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Settings in force: ``MES_*`` variables, else ``mes.toml`` in the folder, else the default."""
    environment = os.environ if environment is None else environment
    file = (folder or Path.cwd()) / "mes.toml"
    from_file = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    values: dict[str, object] = {}
    origin: dict[str, str] = {}
    for entry in fields(Settings):
        if entry.name == "origin":
            continue
        variable = f"MES_{entry.name.upper()}"
        if variable in environment:
            values[entry.name], origin[entry.name] = _typed(entry.name, environment[variable]), variable
        elif entry.name in from_file:
            values[entry.name], origin[entry.name] = _typed(entry.name, str(from_file[entry.name])), str(file)
        else:
            origin[entry.name] = "default"
    return Settings(**values, origin=origin)  # type: ignore[arg-type]  # read by name, typed above


def _typed(name: str, text: str) -> object:
    default = getattr(Settings, name)
    if isinstance(default, bool):
        return text.strip().lower() in ("1", "true", "yes", "on")
    if isinstance(default, int):
        return int(text)
    return Path(text).expanduser() if isinstance(default, Path) else text


def secret_key(settings: Settings) -> str:
    """The key that signs sessions: the one set, else one made once and kept in the data folder."""
    if settings.secret_key:
        return settings.secret_key
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    file = settings.data_dir / "secret.key"
    if not file.is_file() or not file.stat().st_size:
        _make_key(file)
    return file.read_text()


def _make_key(file: Path) -> None:
    """Make a key, unless another process has just made one. It is whole and on the disk before it has its name: what
    is signed with half a key, or with none, would be signed by anybody."""
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}.new")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as made:
        made.write(secrets.token_hex(32))
        made.flush()
        os.fsync(made.fileno())
    try:
        os.link(fresh, file)
    except FileExistsError:
        if not file.stat().st_size:  # of a program that died over it
            fresh.replace(file)
    except OSError:  # a disk that knows no links
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
