"""The commands about reports and data: report, merge, plot, experiment, data."""

from pathlib import Path
from typing import Annotated

import typer

from paper_checks.cli.examples import ending
from paper_checks.cli.options import Data, Timeout, Verbose

commands = typer.Typer()


@commands.command(epilog=ending("report"))
def report(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The folder of the run. Default: out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The same folder, as an option.", metavar="DIR")] = None,
    verbose: Verbose = False,
) -> int:
    """Write the report of a finished run again, without playing."""
    from paper_checks.cli.outputs import report_command

    if folder is not None and out is not None:
        raise ValueError(f"`--out` = {str(out)!r} and DIR = {str(folder)!r} are both given; give one folder")
    return report_command(folder or out or Path("out"), verbose=verbose)


@commands.command(epilog=ending("merge"))
def merge(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR", help="Folders of finished runs.")],
    out: Annotated[Path, typer.Option(help="A new folder for the joined run.", metavar="DIR")],
) -> int:
    """Join finished runs of several machines into one report."""
    from paper_checks.cli.merge import merge_command

    return merge_command(folders, out=out)


@commands.command(epilog=ending("plot"))
def plot(
    target: Annotated[
        str, typer.Argument(metavar="SCENARIO|TRACE.npz", help="A scenario of a run, or a saved trace.")
    ],
    theorem: Annotated[str | None, typer.Option(help="The theorem or reading to plot.", metavar="ID")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The plot to write: .svg, .pdf or .png.", metavar="FILE")
    ] = None,
    source: Annotated[Path, typer.Option("--from", help="Folder of the run that saved the trace.")] = Path(
        "out"
    ),
    data: Data = None,
    timeout: Timeout = None,
) -> None:
    """Plot the bound and the measurement from a saved trace."""
    from paper_checks.cli.plot import plot_command

    plot_command(target, theorem=theorem, out=out, source=source, data=data)


@commands.command(epilog=ending("experiment"))
def experiment(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="An experiment, such as fig4. Default: list them."),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List the experiments and their stored runs.")
    ] = False,
    stored: Annotated[
        bool, typer.Option("--stored", help="Draw and judge the stored runs; run nothing.")
    ] = False,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Repeat the first 20 steps and compare with the stored ones.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted experiment.")] = False,
    limit: Annotated[
        int | None, typer.Option(help="Stop after this number of runs.", min=1, metavar="NUMBER")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Number of processes, each with one thread.", min=1)] = 1,
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1, ...", metavar="DEVICE")] = "cpu",
    out: Annotated[Path, typer.Option(help="Folder for the results and plots.")] = Path("out/experiments"),
    data: Data = None,
) -> int:
    """Run an experiment of the paper, or list them all."""
    from paper_checks.cli import experiment as work
    from paper_checks.experiments.experiment import Place

    place = Place(data, device)
    if smoke:
        return work.smoke_command(names or [], place)
    if listed or not names:
        return work.list_experiments()
    if stored:
        return max(work.stored_command(name, out=out) for name in names)
    for name in names:
        work.run_command(name, place, out=out, jobs=jobs, resume=resume, limit=limit)
    return 0


@commands.command("data", epilog=ending("data"))
def data_(
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder with a folder for each data set. Default: the user's folder of data.",
            envvar="REGRETCHECK_DATA",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the table, as JSON.")] = False,
) -> int:
    """List the images that experiments read, and what is missing."""
    from paper_checks.cli.data import data_command

    return data_command(data, as_json=as_json)
