"""The commands that search for violations: falsify, tighten, atlas."""

from pathlib import Path
from typing import Annotated

import typer

from paper_checks.cli.examples import ending
from paper_checks.cli.options import Algorithm, Certificates, Fix, Seed, Statement, Timeout

commands = typer.Typer()


@commands.command(epilog=ending("falsify"))
def falsify(
    target: Statement,
    algorithm: Algorithm = None,
    fix: Fix = None,
    scale_free: Annotated[
        bool, typer.Option("--scale-free", help="Use only gradients with ||g||_1 >= 1.")
    ] = False,
    largest_one: Annotated[
        bool, typer.Option("--largest-one", help="Scale the gradients so that the largest |g_i| is 1.")
    ] = False,
    segment: Annotated[
        bool,
        typer.Option(
            "--segment", help="Search on segments only, where the projection depends on the metric."
        ),
    ] = False,
    box: Annotated[bool, typer.Option("--box", help="Search on boxes only.")] = False,
    sets: Annotated[
        str | None,
        typer.Option(
            "--set",
            help="Search on these sets only: box, segment, simplex, l2, l1, triangle or polytope, also with "
            "d as in simplex:3; or on one set, by its corners such as (0,0),(1,0),(0,1).",
            metavar="SET",
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(help="Start at the centre, the origin, or a point such as (1,0).", metavar="START"),
    ] = None,
    diameter: Annotated[
        str | None, typer.Option(help="Use only sets with a diameter D at most this.", metavar="NUMBER")
    ] = None,
    gradient_bound: Annotated[
        str | None, typer.Option(help="Use only gradients with every |g_i| at most this.", metavar="NUMBER")
    ] = None,
    dimension: Annotated[int, typer.Option(help="Largest number of coordinates.", min=1, max=16)] = 2,
    horizon: Annotated[
        int | None, typer.Option(help="Compare after exactly this number of rounds.", min=1, max=10_000_000)
    ] = None,
    rounds: Annotated[
        int, typer.Option("--rounds", "--at-most", help="Largest number of rounds.", min=1, max=10_000_000)
    ] = 10_000,
    evaluations: Annotated[
        int | None,
        typer.Option(help="Number of games for each reading. Default: by the kind of statement.", min=1),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(help="Time limit for each reading; without --evaluations the only limit.", min=0.1),
    ] = None,
    seed: Seed = 0,
    out: Certificates = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the findings, as JSON.")] = False,
    timeout: Timeout = None,
) -> int:
    """Search for a counterexample, shrink it and certify it.

    The exit code is 1 if one is found, and 2 if nothing could be searched: the theorem does not say for
    which games it is meant, or no game tried satisfies its assumptions.
    """
    from paper_checks.cli.falsify import Asked, falsify_command
    from paper_checks.cli.games import chosen_limits, parse_fixed

    limits = chosen_limits(
        sets=sets, start=start, segment=segment, box=box, diameter=diameter, gradient_bound=gradient_bound,
        at_least_one=scale_free, max_one=largest_one,
    )  # fmt: skip
    asked = Asked(
        fixed=parse_fixed(fix or []), limits=limits, dimension=dimension, horizon=horizon, rounds=rounds,
        evaluations=evaluations, seconds=seconds, seed=seed, out=out,
    )  # fmt: skip
    return falsify_command(target, asked, algorithm=algorithm, as_json=as_json)


@commands.command(epilog=ending("tighten"))
def tighten(
    target: Statement,
    algorithm: Algorithm = None,
    fix: Fix = None,
    dimension: Annotated[int, typer.Option(help="Largest number of coordinates.", min=1, max=16)] = 2,
    rounds: Annotated[
        int | None,
        typer.Option(
            "--rounds",
            "--at-most",
            help="Largest number of rounds. Default: 32, for forms 100.",
            min=1,
            max=10_000_000,
        ),
    ] = None,
    evaluations: Annotated[
        int | None,
        typer.Option(
            help="Number of games for each factor and form. Default: 100000, for forms 400000.", min=1
        ),
    ] = None,
    seed: Seed = 0,
    out: Certificates = None,
    plot: Annotated[
        Path | None, typer.Option(help="File for the plot of two terms: .svg, .png or .pdf.", metavar="FILE")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the findings, as JSON.")] = False,
    timeout: Timeout = None,
) -> int:
    """Find the factors that the terms of a bound need.

    For a false bound, propose near forms that survive a search.
    """
    from paper_checks.cli.games import parse_fixed
    from paper_checks.cli.tighten import Wanted, tighten_command

    wanted = Wanted(
        fixed=parse_fixed(fix or []), dimension=dimension, rounds=rounds, evaluations=evaluations, seed=seed,
        out=out, plot=plot,
    )  # fmt: skip
    return tighten_command(target, wanted, algorithm=algorithm, as_json=as_json)


@commands.command(epilog=ending("atlas"))
def atlas(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Statements or readings, such as amsgrad. Default: all."),
    ] = None,
    search: Annotated[
        bool, typer.Option("--search", help="Search for violations again and store what is found.")
    ] = False,
    play: Annotated[
        bool, typer.Option("--play", help="Play on real data and natural adversaries again and store it.")
    ] = False,
    prove: Annotated[
        bool,
        typer.Option(
            "--prove", help="Decide small horizons for every linear stream, where no stored answer counts."
        ),
    ] = False,
    evaluations: Annotated[
        int, typer.Option(help="Number of games in a search.", min=1, metavar="NUMBER")
    ] = 40_000,
    seed: Seed = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for searched.json, played.json and decided.json. Default: the package.",
            metavar="DIR",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the table, as JSON.")] = False,
) -> int:
    """Show which published theorems stand and which fall."""
    from paper_checks.cli.atlas import atlas_command, play_command, prove_command, search_command

    if search + play + prove > 1:
        raise ValueError("give one of `--search`, `--play` and `--prove`: each writes its own file")
    if prove:
        return prove_command(names or [], out=out)
    if play:
        return play_command(names or [], out=out)
    if search:
        return search_command(names or [], evaluations=evaluations, seed=seed, out=out)
    return atlas_command(names or [], as_json=as_json)
