"""``mes serve``: the pages for everybody in the plant."""

import click

from mes.core.config import Settings
from mes.web.server import serve as run


@click.command()
@click.option("--host", help="Address to listen on; 0.0.0.0 lets tablets in.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None) -> None:
    """Serve the pages."""
    run(settings, host or settings.host, port or settings.port)
