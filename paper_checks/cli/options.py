"""The options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Seed = Annotated[int, typer.Option(help="Seed of the random streams.", min=0)]
Jobs = Annotated[int | None, typer.Option(help="Number of processes. Default: one per processor.", min=1)]
Statement = Annotated[
    str, typer.Argument(metavar="THEOREM|FILE", help="A theorem, a reading, or a file that defines SCENARIO.")
]
Certificates = Annotated[Path | None, typer.Option(help="Folder for the certificates.", metavar="DIR")]
Verbose = Annotated[
    bool, typer.Option("--verbose", help="Print every row before the verdicts: games, certificates, proofs.")
]
Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder of real data sets; by default those that come with the package.",
        envvar="REGRETCHECK_DATA",
        exists=True,
        file_okay=False,
    ),
]


def _limit(context: typer.Context, seconds: float | None) -> float | None:
    """Limit the code of theory files while the command runs."""
    from paper_checks.run.guard import limited

    context.with_resource(limited(seconds))
    return seconds


Timeout = Annotated[
    float | None,
    typer.Option(
        help="Time limit for loading a theory file, and for building and playing each of its scenarios.",
        metavar="SECONDS",
        callback=_limit,
    ),
]
"""The option for the time limit, which its callback sets."""

MOST_SIDES = 8
"""The most coordinates of a box in `prove`: the work grows exponentially with their number."""

Algorithm = Annotated[
    str | None,
    typer.Option(help="Apply the theorem to this algorithm. Default: the first it is about.", metavar="NAME"),
]
Fix = Annotated[
    list[str] | None, typer.Option(help="Fix a parameter, such as beta1=9/10.", metavar="NAME=NUMBER")
]
