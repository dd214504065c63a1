"""``mes demo``: a sample factory, served at once, thrown away at the end."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from mes.core.config import Settings, read_settings
from mes.core.i18n import _
from mes.web.server import check_port, free_port, install_address, pages_at, serve
from mes.web.terminal import qr_lines

#: The names of the sample factories, by their folder in ``sample_data/``.
PLANTS = ("food", "machinery")


@click.command()
@click.option("--plant", type=click.Choice(PLANTS), default="food", show_default=True, help="Which factory.")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets tablets and phones in.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; else 8080 or the next free one.")
@click.option("--tls", is_flag=True, help="Over https, with certificates of its own; cameras of tablets need it.")
@click.option("--keep", type=click.Path(path_type=Path), help="Make (or open) the factory in this folder and keep it.")
def demo(plant: str, host: str, port: int | None, tls: bool, keep: Path | None) -> None:
    """A sample factory to try: made now, served, and removed when you stop it."""
    signal.signal(signal.SIGTERM, lambda *_ignored: sys.exit(0))
    if port is not None:
        check_port(host, port)
    with _folder(keep) as folder:
        os.environ.update(MES_DATA_DIR=str(folder), MES_DATABASE_URL="", MES_SECRET_KEY="", MES_DEMO="1")
        settings = replace(read_settings(), tls=tls)
        _open(settings, plant)
        at = port or free_port(host)
        _welcome(settings, host, at)
        with _printer(settings, folder):
            serve(settings, host, at)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="mes-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open(settings: Settings, plant: str) -> None:
    from mes.core import schema
    from mes.core.db import Database
    from mes.core.work import utc_now
    from mes.keeping.installation import check_installed, revision
    from mes.web.demo import build

    if revision(settings) is None:
        click.echo(_("Making the sample factory ..."))
        database = Database(settings.database)
        schema.upgrade(database)
        build(database, plant, utc_now())
        database.close()
    check_installed(settings)


@contextmanager
def _printer(settings: Settings, folder: Path) -> Iterator[None]:
    """The label printer of the sample factory: made of software, and gone with it."""
    from mes.core.db import Database
    from mes.printing.fake import FakePrinter
    from mes.web.demo import plug_in

    listening = FakePrinter(folder=folder / "printer").start()
    database = Database(settings.database)
    plug_in(database, listening.port)
    database.engine.dispose()
    try:
        yield
    finally:
        listening.stop()


def _welcome(settings: Settings, host: str, port: int) -> None:
    for address in pages_at(settings, host, port):
        click.echo("\n" + _("The sample factory is at %(address)s", address=address))
        if not settings.tls:
            click.echo(qr_lines(address), nl=False)
    if settings.tls:
        where = install_address(host, port)
        click.echo("\n" + _("Before that, each device learns to trust them at %(address)s", address=where))
        click.echo(qr_lines(where), nl=False)
    click.echo("\n" + _("Sign in as one of these people, at a desk or at a station:"))
    rows = [(_("Login"), _("Password"), "PIN", _("Badge"), _("Role")), *_logins(settings)]
    widths = [max(_width(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        click.echo(
            "  " + "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        )
    click.echo("\n" + _("Stop with Ctrl+C."))


def _logins(settings: Settings) -> Iterator[tuple[str, str, str, str, str]]:
    from mes.core.db import Database
    from mes.people.forms import role_words
    from mes.people.queries import sample_logins
    from mes.people.rules import SAMPLE_PASSWORD, SAMPLE_PIN

    database = Database(settings.database)
    with database.read() as read:
        for person in sample_logins(read):
            words = role_words(person.role_set)
            yield str(person.login), SAMPLE_PASSWORD, SAMPLE_PIN, person.badge, words
    database.engine.dispose()


def _width(text: str) -> int:
    """Columns that a text takes in a terminal: Hangul takes two each."""
    return sum(2 if "\u1100" <= character <= "\uffdc" else 1 for character in text)
