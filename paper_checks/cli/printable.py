"""The output functions of every command, which turn all they print into plain text.

Files, messages and names may contain terminal control characters. `say` prints a sentence, `write_json` a
document, `paper_checks.cli.terminal` tables and bars, and `plain_streams` catches what click, Python and
theory files print directly.
"""

import sys

from theory.printable import printable, printable_line


def say(text: object, *, err: bool = False) -> None:
    """Print one line; err: on the error stream."""
    import typer

    typer.echo(printable_line(text), err=err)


def write_json(document: bytes) -> None:
    """Print a document that is already JSON."""
    sys.stdout.write(printable(document.decode(), lines=True))
