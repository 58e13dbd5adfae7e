"""The entry point `regretcheck`; its commands are in `paper_checks.cli.commands`.

`paper_checks.cli.exit_codes` lists the exit codes. Nothing heavy is imported before a command runs, so that
``--help`` answers at once.
"""

import sys
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from paper_checks.cli.commands import certifying, checking, reporting, searching, tools
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
for group in (checking, searching, certifying, reporting, tools):
    app.registered_commands += group.commands.registered_commands


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
