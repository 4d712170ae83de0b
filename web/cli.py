"""The command line, ``return-interview``: the top layer, one clear line for each error."""

from __future__ import annotations

import gc
import sys

import click


def main() -> None:
    """Run a command; a refusal is one line on standard error and a non-zero exit."""
    # What is imported stays: to look for garbage in it is a fifth of the time that starting takes.
    gc.disable()
    from web.command_line import REFUSALS, cli
    from web.logs import configure_logs

    gc.freeze()
    gc.enable()
    configure_logs()
    try:
        cli.main(standalone_mode=True)
    except REFUSALS as refusal:
        click.echo(f"return-interview: {refusal}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
