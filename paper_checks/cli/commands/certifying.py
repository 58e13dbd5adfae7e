"""The commands that prove and certify: prove, certify, verify, formalize."""

from pathlib import Path
from typing import Annotated

import typer

from paper_checks.cli.examples import ending
from paper_checks.cli.options import MOST_SIDES, Algorithm, Certificates, Data, Seed, Statement, Timeout

commands = typer.Typer()


@commands.command(epilog=ending("prove"))
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
        typer.Option(
            help="Number of coordinates. Default: as many as --lower and --upper.", min=1, max=MOST_SIDES
        ),
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


@commands.command(epilog=ending("certify"))
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


@commands.command(epilog=ending("verify"))
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


@commands.command(epilog=ending("formalize"))
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
