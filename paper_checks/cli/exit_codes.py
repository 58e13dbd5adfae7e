"""The exit codes of every command, in one table: `--help` prints it and the page of verdicts shows it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command ends with; `sentence` says what it means wherever it comes from."""

    sentence: str

    def __new__(cls, value: int, sentence: str) -> ExitCode:
        """A code with its sentence."""
        code = int.__new__(cls, value)
        code._value_ = value
        code.sentence = sentence
        return code

    DONE = 0, "what was hoped for"
    FINDING = 1, "a finding"
    MISUSE = 2, "wrong use, or a theory file that cannot be used"
    UNDECIDED = 3, "undecided"
    INTERRUPTED = 130, "interrupted"
    TERMINATED = 143, "terminated"


_USE = "wrong use"
_FILE = "wrong use, or a theory file that cannot be used"

MEANINGS: Mapping[str, Mapping[ExitCode, str]] = {
    "run": {
        ExitCode.DONE: "every game was played and every check ran, whatever the verdicts",
        ExitCode.FINDING: "a scenario crashed, a certificate of the package is not accepted, or a proved "
        "theorem is violated",
        ExitCode.MISUSE: f"{_FILE}; another run works in the folder",
    },
    "ci": {
        ExitCode.DONE: "nothing changed, or `--update` accepted the changes",
        ExitCode.FINDING: "an entry changed, is new, is gone or ended in an error; or nothing was compared",
        ExitCode.MISUSE: f"{_FILE}, or a baseline that cannot be read",
    },
    "audit": {
        ExitCode.DONE: "the audit ran, whatever breaks",
        ExitCode.MISUSE: f"{_FILE}, or no proof for the algorithm",
    },
    "falsify": {
        ExitCode.DONE: "games were tried on which the statement says something, and none violates it: no "
        "proof",
        ExitCode.FINDING: "a counterexample was found",
        ExitCode.MISUSE: f"{_FILE}; or nothing was found, and a reading was refused, or no game tried "
        "satisfied its assumptions: no evidence",
    },
    "prove": {
        ExitCode.DONE: "every reading is proved for what it names",
        ExitCode.FINDING: "a counterexample",
        ExitCode.MISUSE: f"{_FILE}; a reading was refused",
        ExitCode.UNDECIDED: "undecided",
    },
    "verify": {
        ExitCode.DONE: "every certificate is accepted",
        ExitCode.FINDING: "one is not accepted, or is foreign without `--allow-foreign`",
        ExitCode.MISUSE: f"one is refused: it is no certificate; or {_USE}",
    },
    "certify": {
        ExitCode.DONE: "a certificate was written",
        ExitCode.FINDING: "no reading is violated in the last round",
        ExitCode.MISUSE: f"{_FILE}; no reading could be tried",
    },
    "bench": {
        ExitCode.DONE: "every row was measured",
        ExitCode.FINDING: "a contender crashed or refused",
        ExitCode.MISUSE: _USE,
    },
    "list": {ExitCode.DONE: "done", ExitCode.MISUSE: _USE},
    "plot": {ExitCode.DONE: "done", ExitCode.MISUSE: _FILE},
    "cache": {ExitCode.DONE: "done", ExitCode.MISUSE: _USE},
}
"""By command: what its codes mean. Every command may be interrupted and terminated besides."""

FROM_OUTSIDE = (ExitCode.INTERRUPTED, ExitCode.TERMINATED)
"""Codes that every command may end with."""


def codes_of(command: str) -> dict[ExitCode, str]:
    """All codes of a command with what they mean for it."""
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


__all__ = ["FROM_OUTSIDE", "MEANINGS", "ExitCode", "codes_of", "epilog", "markdown"]
