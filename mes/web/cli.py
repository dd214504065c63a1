"""The command line ``mes``. Commands stay as they are: users script against them.

Each command lives in a module of ``mes/web/commands`` and is loaded when it is used, so that ``mes serve`` starts fast.
"""

from importlib import import_module
from keyword import iskeyword

import click

from mes import __version__
from mes.core import i18n
from mes.core.config import Settings, read_settings
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.promotions import Memory
from mes.web.terminal import terminal_language

#: Command -> the module that holds it, in the order in which ``mes --help`` shows them.
COMMANDS = {
    "demo": "demo",
    "init": "plant",
    "serve": "serving",
    "upgrade": "upgrading",
    "backup": "saving",
    "restore": "saving",
    "move-database": "moving",
    "plants": "plants",
    "check": "checking",
    "seal": "checking",
    "grants": "granting",
    "access": "rights",
    "doctor": "plant",
    "service": "service",
    "sbom": "sbom",
    "config": "plant",
    "user": "people",
    "import": "exchanging",
    "export": "exporting",
    "generate": "generating",
    "bom": "making",
    "trace": "making",
    "labels": "labelling",
    "printer": "printing",
    "scan": "scanning",
    "spc": "statistics",
    "msa": "statistics",
    "aql": "statistics",
}


class SettingUnreadable(Refused):
    """A setting of the environment or of mes.toml that cannot be read."""

    message = N_("The settings cannot be read: %(why)s.")
    hint = N_("Correct the variable MES_... or the file mes.toml.")


class Commands(click.Group):
    """Loads commands by need. A refusal is one sentence on standard error and exit code 1, never a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of a plant's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command; its function has the command's name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"mes.web.commands.{COMMANDS[cmd_name]}")
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name.replace("-", "_")
        found: click.Command = getattr(module, name)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """Run the command in the terminal's language."""
        with i18n.speaking(terminal_language()):
            try:
                return super().invoke(ctx)
            except (click.exceptions.Exit, click.ClickException, click.Abort):
                raise
            except Exception as error:
                said = error if isinstance(error, Refused) else _ordinary(error)
                if said is None:
                    raise
                click.echo(str(said), err=True)
                _say_where_to_go_back(ctx, said)
                raise click.exceptions.Exit(1) from error


def _say_where_to_go_back(ctx: click.Context, said: Refused) -> None:
    """The newest backup, when the database cannot be opened."""
    from mes.keeping.installation import DatabaseOutOfReach
    from mes.keeping.proving import last_file

    if isinstance(said, DatabaseOutOfReach) and isinstance(ctx.obj, Settings) and (backup := last_file(ctx.obj)):
        click.echo(backup, err=True)


def _ordinary(error: Exception) -> Refused | None:
    from mes.keeping.installation import as_refusal

    return as_refusal(error)


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="mes")
@click.pass_context
def main(ctx: click.Context) -> None:
    """A manufacturing execution system for small plants."""
    try:
        ctx.obj = read_settings()
        Memory.folder = ctx.obj.data_dir
    except ValueError as error:  # a port that is no number, a mes.toml that is none
        raise SettingUnreadable(why=str(error)) from None
