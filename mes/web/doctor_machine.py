"""What ails the machine rather than the program: its clock, the disk under the database, keys, certificates."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography import x509

from mes.core.config import Settings
from mes.core.i18n import _
from mes.keeping.installation import sqlite_file

#: Nobody ran this program before; a clock that says so has lost its battery.
MADE = datetime(2026, 1, 1, tzinfo=UTC)
#: The log beside the database is folded into it every few megabytes; one of this size is not any more.
LARGE_LOG = 256 * 2**20
#: A certificate that the running program would have renewed long ago.
SOON = timedelta(days=30)
#: File systems over a network, or of another machine: their locks do not hold what SQLite needs.
OVER_NETWORK = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "vboxsf", "drvfs", "davfs",
    "fuse.sshfs", "fuse.glusterfs", "fuse.rclone", "fuse.davfs2", "fuse.gvfsd-fuse", "fuse.vmhgfs-fuse",
})  # fmt: skip
MOUNTS = Path("/proc/mounts")


def open_keys(settings: Settings) -> Iterator[Path]:
    """Files with keys and passwords that other people of this machine may read (Linux and Mac only)."""
    own = {Path(origin) for origin in settings.origin.values() if origin.endswith("mes.toml")}
    keys = [
        settings.data_dir / "secret.key",
        settings.tls_dir / "ca.key",
        settings.tls_dir / "server.key",
        *sorted(own),
    ]
    for key in keys:
        if os.name == "posix" and key.is_file() and key.stat().st_mode & 0o077:
            yield key


def network_folder(settings: Settings) -> Iterator[str]:
    """SQLite on a folder of another machine loses data: its own makers warn of it."""
    file = sqlite_file(settings.database)
    kind = None if file is None else _kind_of_disk(Path(os.path.realpath(file)))
    if kind:
        yield _("The database %(file)s lies in a network folder (%(kind)s), where it can be damaged: move it to a disk "
                "of this machine, or take PostgreSQL.", file=str(file), kind=kind)  # fmt: skip


def _kind_of_disk(file: Path) -> str | None:
    """The file system under a file, if it is one over a network."""
    if str(file).startswith("\\\\"):
        return "UNC"
    try:
        lines = [line.split(" ") for line in MOUNTS.read_text("utf-8", "replace").splitlines()]
    except OSError:  # no Linux
        return None
    under = [
        (len(place), kind) for place, kind in ((_unescaped(line[1]), line[2]) for line in lines)
        if file.is_relative_to(place)
    ]  # fmt: skip
    # the last of those mounted at the same place is the one that is seen
    kind = max(enumerate(under), key=lambda one: (one[1][0], one[0]))[1][1] if under else ""
    return kind if kind in OVER_NETWORK else None


def _unescaped(place: str) -> str:
    for code, sign in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        place = place.replace(code, sign)
    return place


def write_ahead(settings: Settings) -> Iterator[str]:
    """A log beside the database that only grows: some program keeps a read open and hinders the folding in."""
    file = sqlite_file(settings.database)
    log = None if file is None else file.with_name(f"{file.name}-wal")
    try:
        size = log.stat().st_size if log else 0
    except OSError:
        return
    if size > LARGE_LOG:
        yield _("The log of the database %(file)s has grown to %(size)s MB: another program keeps the database open. "
                "Close it, then stop and start this one.", file=str(log), size=str(size // 2**20))  # fmt: skip


def certificate(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    """How long tablets still believe the https pages, where these are served: whether it is well, and the sentence."""
    file = settings.tls_dir / "server.crt"
    if not settings.tls or not file.is_file():  # made at the first start
        return
    try:
        ends = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        yield False, _("The certificate in %(file)s cannot be read.", file=str(file))
        return
    if ends - now > SOON:
        yield True, _("The certificate of the https pages ends at %(ends)s.", ends=ends)
    else:
        yield False, _("The certificate of the https pages ends at %(ends)s and was not renewed: stop the program and "
                       "start it again.", ends=ends)  # fmt: skip


def time_of_day(now: datetime, place: str) -> Iterator[str]:
    """A clock without its battery, or set to the hours of another country; ``place``: the plant's time zone.

    A machine that keeps UTC, as servers and containers do, is well.
    """
    if now < MADE:
        yield _("This machine's clock says %(now)s, which is before this program was made: set the clock.", now=now)
    here = timedelta(seconds=time.localtime(now.timestamp()).tm_gmtoff)
    there = now.astimezone(ZoneInfo(place)).utcoffset()
    if here and here != there:
        yield _("This machine's time zone (%(here)s) is not the plant's (%(there)s, %(place)s): set the one that is "
                "wrong.", here=_offset(here), there=_offset(there or timedelta()), place=place)  # fmt: skip


def _offset(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
