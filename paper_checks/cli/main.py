"""The entry point `regretcheck` and its options; the work of each command is in a separate file.

`paper_checks.cli.exit_codes` lists the exit codes. Nothing heavy is imported before a command runs, so that
``--help`` answers at once.
"""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from paper_checks.cli.examples import ending
from paper_checks.cli.exit_codes import ExitCode
from paper_checks.cli.grouped import GroupedCommands
from paper_checks.cli.usage import UsageProblem, check_words, complaint
from paper_checks.cli.watch import watched

app = typer.Typer(
    name="regretcheck",
    cls=GroupedCommands,
    help="Continuous integration for optimization theorems: check bounds on simulated games.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"regretcheck {version('regretcheck')}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command(epilog=ending("run"))
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
) -> int:
    """Play scenarios, check theorems and claims, write the report."""
    from paper_checks.cli.run import run_command
    from paper_checks.scenario import Options

    options = Options(seed=seed, full=full, data=data, engine=engine, device=device, dtype=dtype)
    return run_command(
        names or [], options, out=out, as_json=as_json, jobs=jobs, seeds=seeds, grid=grid or [],
        backend=backend, scheduler=scheduler, resume=resume, verbose=verbose, cached=not no_cache,
    )  # fmt: skip


@app.command("list", epilog=ending("list"))
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


@app.command(epilog=ending("plot"))
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


@app.command(epilog=ending("audit"))
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


@app.command(epilog=ending("ci"))
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


Algorithm = Annotated[
    str | None,
    typer.Option(help="Apply the theorem to this algorithm. Default: the first it is about.", metavar="NAME"),
]
Fix = Annotated[
    list[str] | None, typer.Option(help="Fix a parameter, such as beta1=9/10.", metavar="NAME=NUMBER")
]


@app.command(epilog=ending("falsify"))
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


@app.command(epilog=ending("tighten"))
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


@app.command(epilog=ending("prove"))
def prove(
    target: Statement,
    horizon: Annotated[int, typer.Option(help="Decide T = 1, 2, ... up to this horizon.", min=1, max=20)],
    algorithm: Algorithm = None,
    fix: Annotated[
        list[str] | None,
        typer.Option(
            help="Fix or bound a parameter, such as beta1=9/10 or alpha=[1/2,2].", metavar="NAME=NUMBER"
        ),
    ] = None,
    dimension: Annotated[
        int | None,
        typer.Option(help="Number of coordinates. Default: as many as --lower and --upper.", min=1, max=8),
    ] = None,
    lower: Annotated[
        str, typer.Option(help="Lower ends of the box X: one number, or --lower=-1,0.", metavar="NUMBERS")
    ] = "-1",
    upper: Annotated[str, typer.Option(help="Upper ends of the box X.", metavar="NUMBERS")] = "1",
    start: Annotated[
        str | None,
        typer.Option(help="x_1, such as 1/2 or 0,1/2. Default: every point of X.", metavar="NUMBERS"),
    ] = None,
    gradient: Annotated[str, typer.Option(help="Largest |g_i|, or its range [least,most].")] = "1",
    budget: Annotated[
        int, typer.Option(help="Number of boxes that each of two searches evaluates at each T.", min=1)
    ] = 2_000_000,
    relax: Annotated[str, typer.Option(help="Decide lhs <= (1 + relax) rhs.")] = "0",
    as_json: Annotated[bool, typer.Option("--json", help="Print only the findings, as JSON.")] = False,
    timeout: Timeout = None,
) -> int:
    """Prove or refute a regret theorem for all short linear streams."""
    from paper_checks.cli.prove import prove_command

    return prove_command(
        target, horizon=horizon, algorithm=algorithm, fix=fix or [], dimension=dimension, lower=lower,
        upper=upper, start=start, gradient=gradient, budget=budget, relax=relax, as_json=as_json,
    )  # fmt: skip


@app.command(epilog=ending("verify"))
def verify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Certificates to verify.")],
    precision: Annotated[int, typer.Option(help="Bits of precision to start with.")] = 128,
    highest: Annotated[int, typer.Option(help="Bits of precision at which to give up.")] = 2048,
    work: Annotated[
        int, typer.Option(help="Work limit for each file; the default is about a minute.", min=1)
    ] = 1_500_000_000,
    allow_foreign: Annotated[
        bool,
        typer.Option("--allow-foreign", help="Accept statements and algorithms that are not the package's."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the findings, as JSON.")] = False,
) -> int:
    """Verify certificates of counterexamples in ball arithmetic."""
    from paper_checks.cli.verify import verify_command

    return verify_command(
        files, precision=precision, highest=highest, work=work, allow_foreign=allow_foreign, as_json=as_json
    )


@app.command(epilog=ending("certify"))
def certify(
    target: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO|FILE",
            help="A scenario, your own file that defines SCENARIO, `gallery`, or a certificate of an older "
            "format (.json) to write in the current one.",
        ),
    ],
    theorem: Annotated[str | None, typer.Option(help="Only this theorem or reading.", metavar="ID")] = None,
    horizon: Annotated[
        int | None, typer.Option(help="Rounds to play. Default: the horizon of the scenario.", min=1)
    ] = None,
    out: Certificates = None,
    seed: Seed = 0,
    data: Data = None,
    timeout: Timeout = None,
) -> int:
    """Certify each reading that is violated in the last round."""
    from paper_checks.cli.verify import certify_command
    from paper_checks.scenario import Options

    options = Options(seed=seed, data=data)
    return certify_command(target, options, theorem=theorem, horizon=horizon, out=out)


@app.command(epilog=ending("atlas"))
def atlas(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Statements or readings, such as amsgrad. Default: all."),
    ] = None,
    search: Annotated[
        bool, typer.Option("--search", help="Search for violations again and store what is found.")
    ] = False,
    evaluations: Annotated[
        int, typer.Option(help="Number of games in a search.", min=1, metavar="NUMBER")
    ] = 40_000,
    seed: Seed = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for searched.json. Default: the package.", metavar="DIR")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the table, as JSON.")] = False,
) -> int:
    """Show which published theorems stand and which fall."""
    from paper_checks.cli.atlas import atlas_command, search_command

    if search:
        return search_command(names or [], evaluations=evaluations, seed=seed, out=out)
    return atlas_command(names or [], as_json=as_json)


@app.command(epilog=ending("report"))
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


@app.command(epilog=ending("merge"))
def merge(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR", help="Folders of finished runs.")],
    out: Annotated[Path, typer.Option(help="A new folder for the joined run.", metavar="DIR")],
) -> int:
    """Join finished runs of several machines into one report."""
    from paper_checks.cli.merge import merge_command

    return merge_command(folders, out=out)


@app.command(epilog=ending("new"))
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


@app.command(epilog=ending("formalize"))
def formalize(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Certificates to formalise.")
    ] = None,
    gallery: Annotated[
        bool, typer.Option("--gallery", help="Formalise the certificates that come with the package.")
    ] = False,
    longest: Annotated[
        int | None, typer.Option(help="Leave out certificates with more rounds.", min=1, metavar="ROUNDS")
    ] = None,
    compile_: Annotated[
        bool, typer.Option("--compile", help="Have Coq check each file, with the seconds it takes.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder for the Coq files.", metavar="DIR")] = Path("out/formal"),
    as_json: Annotated[bool, typer.Option("--json", help="Print only what became of each, as JSON.")] = False,
) -> int:
    """Write certificates as Coq files that prove them."""
    from paper_checks.cli.formalize import formalize_command

    return formalize_command(
        files or [], gallery=gallery, longest=longest, out=out, compiled=compile_, as_json=as_json
    )


@app.command(epilog=ending("bench"))
def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="ROW", help="Rows or cases, such as round or round.100. Default: all."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Smallest sizes and few repeats.")] = False,
    threads: Annotated[int, typer.Option(help="Number of threads for every contender.", min=1)] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.", metavar="DEVICE")] = "auto",
    out: Annotated[Path | None, typer.Option(help="Folder for the results, as JSON.", metavar="DIR")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the results, as JSON.")] = False,
) -> int:
    """Measure speed against peers and the limits of the machine."""
    from paper_checks.bench.row import Settings
    from paper_checks.cli.bench import bench_command

    settings = Settings(quick=quick, device=device)
    return bench_command(names or [], settings, threads=threads, out=out, as_json=as_json)


@app.command(epilog=ending("cache"))
def cache(
    clear: Annotated[
        bool, typer.Option("--clear", help="Delete all compiled kernels and kept results.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the summary, as JSON.")] = False,
) -> int:
    """Show or clear the compiled kernels and the kept results."""
    from paper_checks.cli.cache import cache_command

    return cache_command(clear=clear, as_json=as_json)


@app.command(epilog=ending("experiment"))
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


@app.command("data", epilog=ending("data"))
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line in a watched child process and return its exit code."""
    if arguments is None or list(arguments) == sys.argv[1:]:
        return watched(partial(_command, sys.argv[1:]))
    return _command(list(arguments))


def _command(words: Sequence[str]) -> int:
    from paper_checks.run.ends import ends
    from paper_checks.run.plain_streams import plain_streams

    with plain_streams(), ends() as ended:
        try:
            code = _exit_code(words)
        except BaseException:
            # An interrupt during an import, for example, may surface as another exception of the library.
            if ended.number is None:
                raise
            code = ExitCode.INTERRUPTED
    return ended.code(code)


def _exit_code(words: Sequence[str]) -> int:
    from paper_checks.cli.printable import say

    try:
        check_words(words)
        code = app(args=list(words), prog_name="regretcheck", standalone_mode=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except UsageProblem as problem:
        if type(problem).__name__ == "NoArgsIsHelpError":
            problem.show()
        else:
            say(f"error: {complaint(problem, words)}", err=True)
        return ExitCode.MISUSE
    except MemoryError:
        say("error: there is not enough memory for this; play fewer or shorter games", err=True)
        return ExitCode.MISUSE
    except Exception as error:
        place = _place(error)
        kind = "" if isinstance(error, ValueError | OSError) else f"{type(error).__name__}: "
        if kind and place is None:  # a bug; exit code 1 would mean "a check failed"
            from traceback import format_exc

            for line in format_exc().splitlines():
                say(f"| {line}", err=True)  # foreign text never starts one of our lines
        told = f"error: {kind}{error}"
        say(told if place is None or place in told else f"{told} ({place})", err=True)
        return ExitCode.MISUSE
    return code if isinstance(code, int) else ExitCode.DONE


def _place(error: Exception) -> str | None:
    """The place in a theory file where an error arose, or None."""
    if "paper_checks.run.own_module" not in sys.modules:  # no such file was loaded
        return None
    from paper_checks.run.own_module import place_of

    return place_of(error)
