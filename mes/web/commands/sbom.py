"""``mes sbom``: what this installation is made of."""

import json
from pathlib import Path

import click

from mes.core.i18n import _
from mes.core.work import utc_now
from mes.web.parts import bill_of_materials


@click.command()
@click.argument("out", required=False, type=click.Path(dir_okay=False, path_type=Path))
def sbom(out: Path | None) -> None:
    """Every package of this installation with version and licence, as CycloneDX JSON; into a file or printed."""
    made = bill_of_materials(utc_now())
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, "utf-8")
    click.echo(_("%(count)s packages are listed in %(file)s.", count=str(len(made["components"])), file=str(out)))
