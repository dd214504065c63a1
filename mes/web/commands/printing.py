"""``mes printer``: a label printer made of software."""

from pathlib import Path

import click

from mes.core.i18n import _
from mes.printing.fake import FakePrinter
from mes.web.server import check_port

#: Where network printers listen.
PORT = 9100


@click.group()
def printer() -> None:
    """Label printers."""


@printer.command()
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Port on this machine.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep each label here, as the printer got it.")
@click.option("--die-after", type=click.IntRange(0), help="Hang up in the middle of the label after so many, once.")
@click.option("--slow", is_flag=True, help="A second for each label.")
def fake(port: int, folder: Path | None, die_after: int | None, slow: bool) -> None:
    """A printer to try with: it listens on this machine only, keeps what it gets, and tells its state."""
    check_port("127.0.0.1", port)
    listening = FakePrinter(port, folder, die_after=die_after, slow=slow).start()
    click.echo(_("A printer listens at %(address)s. Stop with Ctrl+C.", address=f"127.0.0.1:{listening.port}"))
    try:
        listening.wait()
    finally:
        listening.stop()
        click.echo(_("Labels that came: %(count)s.", count=len(listening.labels)))
