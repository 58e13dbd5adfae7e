"""The way out: every text that a command prints goes through one of these, and is a text there.

What comes from files, messages and names may hold characters that a terminal obeys. `say` prints a sentence,
`write_json` a document, `paper_checks.cli.terminal` tables and bars, and `plain_streams` catches what click,
Python and a theory file print by themselves.
"""

import sys

from theory.printable import printable, printable_line


def say(text: object, *, err: bool = False) -> None:
    """Print one line; err: on the error stream."""
    import typer

    typer.echo(printable_line(text), err=err)


def write_json(document: bytes) -> None:
    """Print a document that is JSON already."""
    sys.stdout.write(printable(document.decode(), lines=True))
