"""``python -m mes`` is ``mes``."""

from mes.web.cli import main

main(prog_name="mes")
