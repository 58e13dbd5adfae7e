"""The exit codes of every command, in one table: `--help` prints it and the page of verdicts shows it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class ExitCode(IntEnum):
    """The exit code of a command; `sentence` is its meaning for any command."""

    sentence: str

    def __new__(cls, value: int, sentence: str) -> ExitCode:
        """A code with its sentence."""
        code = int.__new__(cls, value)
        code._value_ = value
        code.sentence = sentence
        return code

    DONE = 0, "success"
    FINDING = 1, "a finding"
    MISUSE = 2, "invalid use, or an invalid theory file"
    UNDECIDED = 3, "undecided"
    INTERRUPTED = 130, "interrupted"
    TERMINATED = 143, "terminated"


_USE = "invalid use"
_FILE = "invalid use, or an invalid theory file"

MEANINGS: Mapping[str, Mapping[ExitCode, str]] = {
    "run": {
        ExitCode.DONE: "every game was played and checked, whatever the verdicts",
        ExitCode.FINDING: "a scenario crashed, one of the package's certificates is not accepted, or a "
        "proved theorem is violated",
        ExitCode.MISUSE: f"{_FILE}; or another run is using the folder",
    },
    "ci": {
        ExitCode.DONE: "nothing changed, or `--update` accepted the changes",
        ExitCode.FINDING: "an entry is changed, new, missing or crashed; or nothing was compared",
        ExitCode.MISUSE: f"{_FILE}; or an unreadable baseline",
    },
    "audit": {
        ExitCode.DONE: "the audit ran, whether or not a step fails",
        ExitCode.MISUSE: f"{_FILE}; or there is no proof for the algorithm",
    },
    "falsify": {
        ExitCode.DONE: "no counterexample among the games on which the theorem is not vacuous; this is not "
        "a proof",
        ExitCode.FINDING: "a counterexample was found",
        ExitCode.MISUSE: f"{_FILE}; or there is no evidence: a reading was refused, or no game satisfied "
        "its assumptions",
    },
    "tighten": {
        ExitCode.DONE: "the factors are shown, and no game tried violates the theorem; this is not a proof",
        ExitCode.FINDING: "a counterexample to the theorem was found, or a scaling breaks it",
        ExitCode.MISUSE: f"{_FILE}; or there is no evidence: a reading was refused, or no game satisfied "
        "its assumptions",
    },
    "prove": {
        ExitCode.DONE: "every reading is proved, for the games that it names",
        ExitCode.FINDING: "a counterexample was found",
        ExitCode.MISUSE: f"{_FILE}; or a reading was refused",
        ExitCode.UNDECIDED: "undecided",
    },
    "verify": {
        ExitCode.DONE: "every certificate is accepted",
        ExitCode.FINDING: "one is not accepted, or is foreign and `--allow-foreign` is not given",
        ExitCode.MISUSE: f"a file is not a certificate; or {_USE}",
    },
    "certify": {
        ExitCode.DONE: "a certificate was written",
        ExitCode.FINDING: "no reading is violated in the last round",
        ExitCode.MISUSE: f"{_FILE}; or no reading could be certified",
    },
    "atlas": {
        ExitCode.DONE: "every certificate is accepted, whatever the verdicts; or the answers are stored",
        ExitCode.FINDING: "a certificate is not accepted, or a proved statement is violated",
        ExitCode.MISUSE: _USE,
    },
    "formalize": {
        ExitCode.DONE: "every file was written, and with `--compile` accepted by Coq; with `--gallery`, "
        "those that can be formalised",
        ExitCode.FINDING: "Coq refuses a file",
        ExitCode.MISUSE: f"a certificate cannot be formalised; {_USE}, or no Coq for `--compile`",
    },
    "bench": {
        ExitCode.DONE: "every row was measured; or, with --history, the stored runs were compared",
        ExitCode.FINDING: "a contender crashed or declined",
        ExitCode.MISUSE: f"{_USE}; or stored results are damaged",
    },
    "experiment": {
        ExitCode.DONE: "the runs are done, whatever the verdicts; or, with --smoke, nothing changed",
        ExitCode.FINDING: "with --smoke: a loss differs from the stored one",
        ExitCode.MISUSE: f"{_USE}; missing data; or results of another design",
    },
    "data": {
        ExitCode.DONE: "every data set that is here can be read",
        ExitCode.FINDING: "one is damaged",
        ExitCode.MISUSE: _USE,
    },
    "report": {
        ExitCode.DONE: "the report was written, whatever the verdicts",
        ExitCode.MISUSE: "the folder holds no finished run, or a record is damaged",
    },
    "merge": {
        ExitCode.DONE: "the runs were joined, whatever the verdicts",
        ExitCode.MISUSE: "versions, statements or rows differ; or a folder holds no finished run",
    },
    "new": {
        ExitCode.DONE: "the file was written",
        ExitCode.MISUSE: f"a file of that name is there already; or {_USE}",
    },
    "list": {ExitCode.DONE: "done", ExitCode.MISUSE: _USE},
    "plot": {ExitCode.DONE: "done", ExitCode.MISUSE: _FILE},
    "cache": {ExitCode.DONE: "done", ExitCode.MISUSE: _USE},
}
"""The meanings of the codes by command. Every command may also be interrupted or terminated."""

FROM_OUTSIDE = (ExitCode.INTERRUPTED, ExitCode.TERMINATED)
"""The codes that every command may end with."""


def codes_of(command: str) -> dict[ExitCode, str]:
    """All codes of a command with their meanings."""
    return {**MEANINGS[command], **{code: code.sentence for code in FROM_OUTSIDE}}


def epilog(command: str) -> str:
    """The exit codes of a command for its `--help`."""
    told = "; ".join(f"{int(code)}: {meaning}" for code, meaning in codes_of(command).items())
    return f"Exit codes: {told}; 128 + n: ended by signal n."


def markdown() -> str:
    """The table for the page."""
    columns = (ExitCode.DONE, ExitCode.FINDING, ExitCode.MISUSE, ExitCode.UNDECIDED)
    lines = ["| command | " + " | ".join(str(int(code)) for code in columns) + " |", "|---" * 5 + "|"]
    for command, told in MEANINGS.items():
        cells = " | ".join(told.get(code, "") for code in columns)
        lines.append(f"| `{command}` | {cells} |")
    outside = ", ".join(f"{int(code)} {code.sentence}" for code in FROM_OUTSIDE)
    return "\n".join([*lines, "", f"Of every command: {outside}, 128 + n ended by signal n."])
