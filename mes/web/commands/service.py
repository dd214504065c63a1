"""``mes service``: what starts the program with the machine."""

from pathlib import Path

import click

from mes.core.config import Settings
from mes.web.services import CONTAINER, systemd_unit, windows_task


@click.command()
@click.argument("kind", type=click.Choice(["systemd", "windows", "container"]))
@click.option("--user", default="mes", show_default=True, help="Linux user who runs it.")
@click.option("--writes", type=click.Path(path_type=Path), multiple=True, help="Folder that copies go to, too.")
@click.pass_obj
def service(settings: Settings, kind: str, user: str, writes: tuple[Path, ...]) -> None:
    """Print what starts mes serve with the machine, from this folder."""
    folder = Path.cwd()
    if kind == "systemd":
        click.echo(systemd_unit(settings, folder, user, writes), nl=False)
    elif kind == "windows":
        click.echo(windows_task(settings, folder), nl=False)
    else:
        click.echo(CONTAINER, nl=False)
