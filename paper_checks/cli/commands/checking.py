"""The commands that check statements: run, ci, audit, list, new."""

from pathlib import Path
from typing import Annotated

import typer

from paper_checks.cli.examples import ending
from paper_checks.cli.options import Data, Jobs, Seed, Timeout, Verbose

commands = typer.Typer()


@commands.command(epilog=ending("run"))
def run(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="Scenarios, theorems, readings (adal.theorem1.A), claims (adal.claim.10), dotted prefixes "
            "of these, or your own file that defines SCENARIO. Default: the whole AdaL paper.",
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Play long horizons.")] = False,
    seed: Seed = 0,
    jobs: Jobs = None,
    out: Annotated[Path, typer.Option(help="Folder for the report, results, plots and traces.")] = Path(
        "out"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print only the results, as JSON.")] = False,
    verbose: Verbose = False,
    data: Data = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Reuse the finished results of an interrupted run.")
    ] = False,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Play everything: neither reuse nor keep results of other runs."),
    ] = False,
    engine: Annotated[str, typer.Option(help="auto, numba, numpy or torch.", metavar="NAME")] = "auto",
    device: Annotated[
        str | None, typer.Option(help="Play with torch on cpu, cuda, cuda:1, ...", metavar="DEVICE")
    ] = None,
    dtype: Annotated[
        str | None, typer.Option(help="Play with torch in float64 or float32.", metavar="DTYPE")
    ] = None,
    threads: Annotated[
        int, typer.Option(help="Threads for the replicates of a game, with numba.", min=1, max=256)
    ] = 1,
    backend: Annotated[
        str, typer.Option(help="Where processes run: loky (this machine), dask or ray.", metavar="NAME")
    ] = "loky",
    scheduler: Annotated[
        str | None,
        typer.Option(help="Address of a Dask or Ray cluster. Default: start one here.", metavar="ADDRESS"),
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Play each game with several seeds, such as 0:8.", metavar="FIRST:END")
    ] = None,
    grid: Annotated[
        list[str] | None,
        typer.Option(help="Play each game with each of these values.", metavar="NAME=NUMBER,NUMBER"),
    ] = None,
    timeout: Timeout = None,
    profile: Annotated[
        bool, typer.Option("--profile", help="Print where the time goes, and keep it in profile.json.")
    ] = False,
) -> int:
    """Play scenarios, check theorems and claims, write the report."""
    from paper_checks.cli.run import run_command
    from paper_checks.scenario import Options

    options = Options(
        seed=seed, full=full, data=data, engine=engine, device=device, dtype=dtype, threads=threads
    )
    return run_command(
        names or [], options, out=out, as_json=as_json, jobs=jobs, seeds=seeds, grid=grid or [],
        backend=backend, scheduler=scheduler, resume=resume, verbose=verbose, cached=not no_cache,
        profiled=profile,
    )  # fmt: skip


@commands.command(epilog=ending("ci"))
def ci(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="As for `run`. Default: the theory files of your repository, which are those listed under "
            "[tool.regretcheck] in pyproject.toml, or those next to a .baseline.toml; if there are none, "
            "the AdaL paper.",
        ),
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Accept the changes: rewrite those entries.")
    ] = False,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML to this file.", metavar="FILE")] = None,
    annotations: Annotated[
        str, typer.Option(help="github, none, or auto (github under GitHub Actions).", metavar="WHERE")
    ] = "auto",
    jobs: Jobs = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the comparison, as JSON.")] = False,
    baselines: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the baselines. Default: the package's, or next to your own file.", metavar="DIR"
        ),
    ] = None,
    timeout: Timeout = None,
) -> int:
    """Compare the results with the stored baselines."""
    from paper_checks.cli.ci import ci_command

    return ci_command(
        names or [], update=update, junit=junit, annotations=annotations, jobs=jobs, as_json=as_json,
        baselines=baselines,
    )  # fmt: skip


@commands.command(epilog=ending("audit"))
def audit(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO",
            help="A scenario, or a file that defines SCENARIO. Default: your repository's theory files.",
        ),
    ] = None,
    algorithm: Annotated[
        str | None, typer.Option(help="Audit this algorithm on random games.", metavar="NAME")
    ] = None,
    rounds: Annotated[
        int, typer.Option(help="Rounds to play, at most the horizon of the scenario.", min=1)
    ] = 1000,
    seed: Seed = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the audits, as JSON.")] = False,
    data: Data = None,
    timeout: Timeout = None,
) -> int:
    """Find the first step of a proof that fails on a game.

    The exit code is 0 whether or not a step fails.
    """
    from paper_checks.cli.audit import audit_command

    return audit_command(target, algorithm=algorithm, rounds=rounds, seed=seed, data=data, as_json=as_json)


@commands.command("list", epilog=ending("list"))
def list_(
    scenarios: Annotated[bool, typer.Option("--scenarios", help="Only the scenarios.")] = False,
    theorems: Annotated[bool, typer.Option("--theorems", help="Only the theorems.")] = False,
    algorithms: Annotated[bool, typer.Option("--algorithms", help="Only the algorithms.")] = False,
    losses: Annotated[bool, typer.Option("--losses", help="Only the losses.")] = False,
    domains: Annotated[bool, typer.Option("--domains", help="Only the feasible sets.")] = False,
    claims: Annotated[bool, typer.Option("--claims", help="Only the claims of the paper.")] = False,
) -> None:
    """List scenarios, theorems, algorithms, losses, sets, claims."""
    from paper_checks.cli.listing import list_command

    chosen = {
        "scenarios": scenarios, "theorems": theorems, "algorithms": algorithms, "losses": losses,
        "domains": domains, "claims": claims,
    }  # fmt: skip
    list_command([name for name, wanted in chosen.items() if wanted] or list(chosen))


@commands.command(epilog=ending("new"))
def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The name of your theorem, such as adagrad_norm.")
    ],
    kind: Annotated[
        str, typer.Option(help="regret, nonconvex, last-iterate or mirror.", metavar="KIND")
    ] = "regret",
    out: Annotated[Path, typer.Option(help="Folder for the file.", metavar="DIR")] = Path(),
) -> int:
    """Write a commented theory file that runs, to start from."""
    from paper_checks.cli.new import new_command

    return new_command(name, kind=kind, out=out)
