"""The commands for maintainers: bench, cache."""

from pathlib import Path
from typing import Annotated

import typer

from paper_checks.cli.examples import ending

commands = typer.Typer()


@commands.command(epilog=ending("bench"))
def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ROW", help="Rows or cases, such as round.100. Default: all but the slow ones."
        ),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Smallest sizes and few repeats.")] = False,
    threads: Annotated[int, typer.Option(help="Number of threads for every contender.", min=1)] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.", metavar="DEVICE")] = "auto",
    cpu_time: Annotated[
        bool, typer.Option("--cpu-time", help="Count processor time only, on a busy machine.")
    ] = False,
    history: Annotated[
        Path | None, typer.Option(help="Measure nothing: compare the results in this folder.", metavar="DIR")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the results (JSON) or the plots of --history.", metavar="DIR"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the results, as JSON.")] = False,
) -> int:
    """Measure speed against peers and the limits of the machine."""
    from paper_checks.bench.row import Settings

    settings = Settings(quick=quick, device=device, cpu=cpu_time)
    if history is not None:
        from paper_checks.cli.bench_history import history_command

        return history_command(history, names or [], settings, threads=threads, out=out, as_json=as_json)
    from paper_checks.cli.bench import bench_command

    return bench_command(names or [], settings, threads=threads, out=out, as_json=as_json)


@commands.command(epilog=ending("cache"))
def cache(
    clear: Annotated[
        bool, typer.Option("--clear", help="Delete all compiled kernels and kept results.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the summary, as JSON.")] = False,
) -> int:
    """Show or clear the compiled kernels and the kept results."""
    from paper_checks.cli.cache import cache_command

    return cache_command(clear=clear, as_json=as_json)
