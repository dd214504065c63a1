"""``mes demo``: a sample factory, served at once, thrown away at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from mes.core import schema
from mes.core.access import ROLE_NAMES, Role
from mes.core.config import read_settings
from mes.core.db import Database
from mes.core.i18n import _
from mes.core.work import utc_now
from mes.people.queries import sample_logins
from mes.people.rules import SAMPLE_PASSWORD, SAMPLE_PIN
from mes.web.demo import PLANTS, build
from mes.web.server import free_port, serve

#: Addresses that stand for every address of this machine.
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  named to tell them apart


@click.command()
@click.option("--plant", type=click.Choice(list(PLANTS)), default="food", show_default=True, help="Which factory.")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets tablets and phones in.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; else 8080 or the next free one.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the factory in this folder.")
def demo(plant: str, host: str, port: int | None, keep: Path | None) -> None:
    """A sample factory to try: made now, served, and removed when you stop it."""
    with _folder(keep) as folder:
        os.environ.update(MES_DATA_DIR=str(folder), MES_DEMO="1", MES_DATABASE_URL="")
        settings = read_settings()
        database = Database(settings.database)
        if schema.current(database) is None:
            schema.upgrade(database)
            build(database, plant, utc_now())
        port = port or free_port(host)
        _welcome(database, host, port)
        database.close()
        serve(settings, host, port)


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


def _welcome(database: Database, host: str, port: int) -> None:
    address = f"http://{'127.0.0.1' if host in EVERYWHERE else host}:{port}/"
    click.echo(_("The sample factory is at %(address)s", address=address))
    with database.read() as read:
        for person in sample_logins(read):
            words = ", ".join(_(ROLE_NAMES[role]) for role in Role if role in person.roles)
            click.echo(f"  {person.login:10} {SAMPLE_PASSWORD:16} {SAMPLE_PIN}  {person.badge:16} {words}")
