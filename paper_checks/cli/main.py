"""The entry point `regretcheck`: its options; each command's work is in its own file.

Exit codes are those of `paper_checks.cli.exit_codes`. Nothing heavy is imported before a command runs, so
that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from paper_checks.cli.exit_codes import ExitCode, epilog
from paper_checks.cli.usage import UsageProblem, check_words, complaint
from paper_checks.cli.watch import watched

app = typer.Typer(
    name="regretcheck",
    help="Check optimization theorems on played games: regret and bound, round by round.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Seed = Annotated[int, typer.Option(help="Seed of every random stream.", min=0)]
Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder of real data sets; without it the ones that come with the package are used.",
        envvar="REGRETCHECK_DATA", exists=True, file_okay=False,
    ),
]  # fmt: skip
Timeout = Annotated[
    float | None,
    typer.Option(
        help="Seconds that a theory file may take to be loaded, and each of its scenarios to be built and "
        "played.",
        metavar="SECONDS",
    ),
]


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


@app.command(epilog=epilog("run"))
def run(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="Scenarios, theorems, readings (adal.theorem1.A), claims (adal.claim.10), dotted prefixes "
            "of "
            "these, or a file of one's own that defines SCENARIO; the whole AdaL paper without any.",
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Long horizons.")] = False,
    seed: Seed = 0,
    jobs: Annotated[int | None, typer.Option(help="Processes; by default one per processor.", min=1)] = None,
    out: Annotated[Path, typer.Option(help="Folder for the report, the results, plots and traces.")] = Path(
        "out"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON, nothing else.")] = False,
    data: Data = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Skip what an interrupted run with the same options finished.")
    ] = False,
    engine: Annotated[str, typer.Option(help="auto, numba, numpy or torch.", metavar="NAME")] = "auto",
    device: Annotated[
        str | None, typer.Option(help="Play with torch on cpu, cuda, cuda:1, ...", metavar="DEVICE")
    ] = None,
    dtype: Annotated[
        str | None, typer.Option(help="Play with torch in float64 or float32.", metavar="DTYPE")
    ] = None,
    backend: Annotated[
        str, typer.Option(help="Where the processes are: loky (this machine), dask or ray.", metavar="NAME")
    ] = "loky",
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Address of a Dask or Ray cluster; one is made here without it.", metavar="ADDRESS"
        ),
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Play each game under many seeds, such as 0:8.", metavar="FIRST:END")
    ] = None,
    grid: Annotated[
        list[str] | None,
        typer.Option(help="Play each game at each of these values.", metavar="NAME=NUMBER,NUMBER"),
    ] = None,
    timeout: Timeout = None,
) -> None:
    """Play the scenarios, hold the theorems against them, check the claims, write the report."""
    from paper_checks.cli.run import Where, run_command
    from paper_checks.guard import limited
    from paper_checks.scenario import Options

    options = Options(seed=seed, full=full, data=data, engine=engine, device=device, dtype=dtype)
    where = Where(jobs, backend, scheduler, resume)
    with limited(timeout):
        code = run_command(
            names or [], options, where, out=out, as_json=as_json, seeds=seeds, grid=grid or []
        )
    raise typer.Exit(code)


@app.command("list", epilog=epilog("list"))
def list_(
    scenarios: Annotated[bool, typer.Option("--scenarios", help="Only the scenarios.")] = False,
    theorems: Annotated[bool, typer.Option("--theorems", help="Only the theorems.")] = False,
    algorithms: Annotated[bool, typer.Option("--algorithms", help="Only the algorithms.")] = False,
    losses: Annotated[bool, typer.Option("--losses", help="Only the losses.")] = False,
    domains: Annotated[bool, typer.Option("--domains", help="Only the feasible sets.")] = False,
    claims: Annotated[bool, typer.Option("--claims", help="Only the claims of the paper.")] = False,
) -> None:
    """Show what there is."""
    from paper_checks.cli.listing import list_command

    chosen = {
        "scenarios": scenarios, "theorems": theorems, "algorithms": algorithms, "losses": losses,
        "domains": domains, "claims": claims,
    }  # fmt: skip
    list_command([name for name, wanted in chosen.items() if wanted] or list(chosen))


@app.command(epilog=epilog("plot"))
def plot(
    target: Annotated[
        str, typer.Argument(metavar="SCENARIO|TRACE.npz", help="A scenario of a run, or a saved trace.")
    ],
    theorem: Annotated[str | None, typer.Option(help="The theorem or reading to draw.", metavar="ID")] = None,
    out: Annotated[Path | None, typer.Option(help="The picture, .svg, .pdf or .png.", metavar="FILE")] = None,
    source: Annotated[Path, typer.Option("--from", help="Folder of the run that saved the trace.")] = Path(
        "out"
    ),
    data: Data = None,
    timeout: Timeout = None,
) -> None:
    """Draw bound and measurement again from a saved trace."""
    from paper_checks.cli.plot import plot_command
    from paper_checks.guard import limited

    with limited(timeout):
        plot_command(target, theorem=theorem, out=out, source=source, data=data)


@app.command(epilog=epilog("audit"))
def audit(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO",
            help="A scenario, or a file that defines SCENARIO; without any the repository's own files.",
        ),
    ] = None,
    algorithm: Annotated[
        str | None,
        typer.Option(
            help="Audit an algorithm of `regretcheck list --algorithms` on random games.", metavar="NAME"
        ),
    ] = None,
    rounds: Annotated[int, typer.Option(help="Rounds to play, at most the scenario's.", min=1)] = 1000,
    seed: Seed = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the audits as JSON, nothing else.")] = False,
    data: Data = None,
    timeout: Timeout = None,
) -> None:
    """Hold every step of the proof against a run: which one breaks first; exit code 0 whatever it finds."""
    from paper_checks.cli.audit import audit_command
    from paper_checks.guard import limited

    with limited(timeout):
        code = audit_command(
            target, algorithm=algorithm, rounds=rounds, seed=seed, data=data, as_json=as_json
        )
    raise typer.Exit(code)


@app.command(epilog=epilog("ci"))
def ci(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="As for `run`. Without any the theory files of the repository around: those that "
            "[tool.regretcheck] in pyproject.toml names, or those with a .baseline.toml beside them; "
            "and the package's own baselines, the AdaL paper's, where there is none.",
        ),
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Accept what changed: rewrite those entries.")
    ] = False,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML to this file.", metavar="FILE")] = None,
    annotations: Annotated[
        str, typer.Option(help="github, none, or auto: where GitHub Actions runs it.", metavar="WHERE")
    ] = "auto",
    jobs: Annotated[int | None, typer.Option(help="Processes; by default one per processor.", min=1)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
    baselines: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the baselines; by default the package's, or beside a file of one's own.",
            metavar="DIR",
        ),
    ] = None,
    timeout: Timeout = None,
) -> None:
    """Compare with the baselines what is measured now; exit code 1 when an entry changed or is gone."""
    from paper_checks.cli.ci import ci_command
    from paper_checks.guard import limited

    with limited(timeout):
        code = ci_command(
            names or [], update=update, junit=junit, annotations=annotations, jobs=jobs, as_json=as_json,
            baselines=baselines,
        )  # fmt: skip
    raise typer.Exit(code)


Algorithm = Annotated[
    str | None,
    typer.Option(help="Ask it of this algorithm, instead of the first that it is about.", metavar="NAME"),
]
Fix = Annotated[
    list[str] | None, typer.Option(help="Keep a parameter, such as beta1=9/10.", metavar="NAME=NUMBER")
]


@app.command(epilog=epilog("falsify"))
def falsify(
    target: Annotated[
        str,
        typer.Argument(metavar="THEOREM|FILE", help="A theorem, a reading, or a file that defines SCENARIO."),
    ],
    algorithm: Algorithm = None,
    fix: Fix = None,
    scale_free: Annotated[
        bool, typer.Option("--scale-free", help="Only gradients with ||g||_1 >= 1: no small ones.")
    ] = False,
    largest_one: Annotated[
        bool, typer.Option("--largest-one", help="Scale the gradients so that the largest |g_i| is 1.")
    ] = False,
    segment: Annotated[
        bool,
        typer.Option("--segment", help="Search segments, whose projection depends on the metric, not boxes."),
    ] = False,
    dimension: Annotated[int, typer.Option(help="The most coordinates.", min=1, max=16)] = 2,
    rounds: Annotated[int, typer.Option(help="The most rounds.", min=1, max=10_000_000)] = 10_000,
    seconds: Annotated[float, typer.Option(help="Time to search each reading.", min=0.1)] = 60.0,
    seed: Seed = 0,
    out: Annotated[Path | None, typer.Option(help="Folder for the certificates.", metavar="DIR")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was found as JSON, nothing else.")
    ] = False,
    timeout: Timeout = None,
) -> None:
    """Search for a counterexample, shrink it and certify it; exit code 1 when there is one.

    2 when the search could not look: a statement that no game at hand is meant for, or satisfies.
    """
    from paper_checks.cli.falsify import Asked, chosen_scale, falsify_command, parse_fixed
    from paper_checks.guard import limited

    asked = Asked(
        parse_fixed(fix or []), chosen_scale(at_least_one=scale_free, max_one=largest_one), segment,
        dimension, rounds, seconds, seed, out,
    )  # fmt: skip
    with limited(timeout):
        code = falsify_command(target, asked, algorithm=algorithm, as_json=as_json)
    raise typer.Exit(code)


@app.command(epilog=epilog("prove"))
def prove(
    target: Annotated[
        str,
        typer.Argument(metavar="THEOREM|FILE", help="A theorem, a reading, or a file that defines SCENARIO."),
    ],
    horizon: Annotated[int, typer.Option(help="Decide T = 1, 2, ..., up to this.", min=1, max=20)],
    algorithm: Algorithm = None,
    fix: Annotated[
        list[str] | None,
        typer.Option(help="A parameter, such as beta1=9/10 or alpha=[1/2,2].", metavar="NAME=NUMBER"),
    ] = None,
    dimension: Annotated[int, typer.Option(help="The coordinates.", min=1, max=8)] = 1,
    lower: Annotated[str, typer.Option(help="The box X = [lower, upper]^d.")] = "-1",
    upper: Annotated[str, typer.Option(help="The box X = [lower, upper]^d.")] = "1",
    gradient: Annotated[str, typer.Option(help="The largest |g|, or [least,most].")] = "1",
    budget: Annotated[int, typer.Option(help="Boxes to evaluate at each T.", min=1)] = 2_000_000,
    relax: Annotated[str, typer.Option(help="Decide lhs <= (1 + relax) rhs instead.")] = "0",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was found as JSON, nothing else.")
    ] = False,
    timeout: Timeout = None,
) -> None:
    """Decide a regret theorem for ALL linear streams at a small horizon; 0 proved, 1 false, 3 undecided."""
    from paper_checks.cli.prove import prove_command
    from paper_checks.guard import limited

    with limited(timeout):
        code = prove_command(
            target, horizon=horizon, algorithm=algorithm, fix=fix or [], dimension=dimension, lower=lower,
            upper=upper, gradient=gradient, budget=budget, relax=relax, as_json=as_json,
        )  # fmt: skip
    raise typer.Exit(code)


@app.command(epilog=epilog("verify"))
def verify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Certificates.")],
    precision: Annotated[int, typer.Option(help="Bits of precision to begin with.")] = 128,
    highest: Annotated[int, typer.Option(help="Bits of precision to give up at.")] = 2048,
    work: Annotated[
        int, typer.Option(help="The most work for one file; the default is about a minute.", min=1)
    ] = 1_500_000_000,
    allow_foreign: Annotated[
        bool,
        typer.Option("--allow-foreign", help="Accept statements and algorithms that are a file's own."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was found as JSON, nothing else.")
    ] = False,
) -> None:
    """Replay certificates of counterexamples in ball arithmetic; exit code 1 when one is not accepted."""
    from paper_checks.cli.verify import verify_command

    code = verify_command(
        files, precision=precision, highest=highest, work=work, allow_foreign=allow_foreign, as_json=as_json
    )
    raise typer.Exit(code)


@app.command(epilog=epilog("certify"))
def certify(
    target: Annotated[
        str,
        typer.Argument(metavar="SCENARIO|FILE", help="A scenario, a file of one's own, or `gallery`."),
    ],
    theorem: Annotated[str | None, typer.Option(help="Only this theorem or reading.", metavar="ID")] = None,
    horizon: Annotated[
        int | None, typer.Option(help="Rounds to play, instead of the scenario's.", min=1)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the files.", metavar="DIR")] = None,
    seed: Seed = 0,
    data: Data = None,
    timeout: Timeout = None,
) -> None:
    """Write a certificate for each reading that is violated in the last round of a game."""
    from paper_checks.cli.verify import certify_command
    from paper_checks.guard import limited
    from paper_checks.scenario import Options

    options = Options(seed=seed, data=data)
    with limited(timeout):
        code = certify_command(target, options, theorem=theorem, horizon=horizon, out=out)
    raise typer.Exit(code)


@app.command(epilog=epilog("bench"))
def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="ROW", help="Rows or cases, such as round or round.100; all without any."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Smallest sizes, few repeats: a smoke run.")] = False,
    threads: Annotated[int, typer.Option(help="Threads of every contender.", min=1)] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.", metavar="DEVICE")] = "auto",
    out: Annotated[Path | None, typer.Option(help="Folder for the results as JSON.", metavar="DIR")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON, nothing else.")] = False,
) -> None:
    """Time our code beside its peers and the machine's floor, in turn, and say which goals are met."""
    from paper_checks.bench.row import Settings
    from paper_checks.cli.bench import bench_command

    settings = Settings(quick=quick, device=device)
    raise typer.Exit(bench_command(names or [], settings, threads=threads, out=out, as_json=as_json))


@app.command(epilog=epilog("cache"))
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Delete them all.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON, nothing else.")] = False,
) -> None:
    """Show where compiled kernels are kept, how many they are and how large."""
    from paper_checks.cli.cache import cache_command

    raise typer.Exit(cache_command(clear=clear, as_json=as_json))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; the program itself runs in a child that is watched."""
    if arguments is None or list(arguments) == sys.argv[1:]:
        return watched(partial(_command, sys.argv[1:]))
    return _command(list(arguments))


def _command(words: Sequence[str]) -> int:
    from paper_checks.cli.printable import plain_streams
    from paper_checks.ends import ends

    with plain_streams(), ends() as ended:
        try:
            code = _exit_code(words)
        except BaseException:
            # An interrupt in the midst of an import, say, comes out as whatever the library made of it.
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
        if kind and place is None:  # a bug; exit code 1 would say "a check failed"
            from traceback import format_exc

            for line in format_exc().splitlines():
                say(f"| {line}", err=True)  # no line of foreign text begins a line of ours
        told = f"error: {kind}{error}"
        say(told if place is None or place in told else f"{told} ({place})", err=True)
        return ExitCode.MISUSE
    return code if isinstance(code, int) else ExitCode.DONE


def _place(error: Exception) -> str | None:
    """Where an error arose in a theory file, if in one."""
    if "paper_checks.own_module" not in sys.modules:  # no such file was loaded
        return None
    from paper_checks.own_module import place_of

    return place_of(error)
