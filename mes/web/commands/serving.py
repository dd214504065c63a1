"""``mes serve``: the pages for everybody in the plant."""

from dataclasses import replace

import click

from mes.core.config import Settings
from mes.web.server import serve as run


@click.command()
@click.option("--host", help="Address to listen on; 0.0.0.0 lets tablets in.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--tls", is_flag=True, help="Over https, with certificates of the plant's own; cameras need it.")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, tls: bool) -> None:
    """Serve the pages."""
    run(replace(settings, tls=tls or settings.tls), host or settings.host, port or settings.port)
