"""A finished task on disk: its rows and its section of the report, which `--resume` reuses."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from paper_checks.run.results import Result, dump_json, json_ready

FORMAT = "regretcheck-record-4"


@dataclass(frozen=True)
class StatementText:
    """A theorem for the report: its readings as (key, note, formula, where) in LaTeX, and its assumptions."""

    id: str
    title: str
    source: str
    readings: tuple[Mapping[str, Any], ...]
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """The content of the report about one scenario; formulas in LaTeX.

    algorithm: its lines; statements: the theorems checked; parameters: (latex, meaning, value) rows; plots:
    (theorem id, file name under ``plots``, alternative text).
    """

    scenario: str
    title: str
    note: str
    algorithm_name: str
    algorithm_source: str
    algorithm: tuple[str, ...]
    loss: tuple[str, ...]
    statements: tuple[StatementText, ...]
    parameters: tuple[tuple[str, str, str], ...]
    facts: tuple[tuple[str, str], ...]
    plots: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Record:
    """A finished task: its rows, and the section of a scenario.

    key: a digest of what was known before it began. inputs: what it read while running (`online_sim.inputs`).
    files: what it wrote, path under the folder of the run -> SHA-256. notes: what else went wrong, such as a
    picture that could not be drawn. ended: whether the code of a theory file ended the program. made: when,
    in Coordinated Universal Time.
    """

    key: str
    results: tuple[Result, ...]
    section: Section | None
    inputs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    ended: bool = False
    made: str = ""

    @property
    def crashed(self) -> bool:
        """Whether the task ended in an error."""
        return any(r.error is not None for r in self.results)

    def dumps(self) -> bytes:
        """The record as JSON."""
        content = {"format": FORMAT, **asdict(self)}
        return dump_json({**content, "digest": _digest(content)})


def load_record(text: bytes) -> Record:
    """The record that `Record.dumps` wrote, complete and unchanged; ValueError for anything else."""
    try:
        content = json.loads(text)
        if (found := content.pop("format")) != FORMAT:
            raise ValueError(f"its format is {found!r}, expected {FORMAT!r}")
        if content.pop("digest") != _digest({"format": FORMAT, **content}):
            raise ValueError("it was changed after it was written")
        record: Record = _restored(Record, content)
        if not record.results:
            raise ValueError("it has no results")
        for row in record.results:
            if row.verdict is not None and row.verdict not in _verdicts():
                raise ValueError(f"{row.verdict!r} is not a verdict")
            if row.verdict is None and row.error is None:
                raise ValueError("a row has neither a verdict nor an error")
        return record
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"this is not a record of a scenario: {error}") from error


def _digest(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a record's content, independent of whitespace."""
    return hashlib.sha256(json.dumps(json_ready(content), sort_keys=True).encode()).hexdigest()


def _restored(kind: Any, value: Any) -> Any:
    """A JSON value converted to the type of its field; ValueError if it does not match."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, dict):
        hints = _hints(kind)
        if unknown := value.keys() - hints.keys():
            raise ValueError(f"unknown field {min(unknown)!r}")
        return kind(**{name: _restored(hints[name], v) for name, v in value.items()})
    if origin is Mapping and isinstance(value, dict):
        return {key: _restored(arguments[1], v) for key, v in value.items()}
    if origin is tuple and isinstance(value, list):
        kinds = arguments[:1] * len(value) if arguments[-1] is ... else arguments
        return tuple(_restored(one, v) for one, v in zip(kinds, value, strict=True))
    if isinstance(kind, UnionType):
        for one in arguments:
            with suppress(ValueError):
                return _restored(one, value)
    elif type(value) is kind or (kind is float and type(value) is int):
        return value
    raise ValueError(f"{str(value)[:40]!r} is a {type(value).__name__}")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """The types of the fields of a dataclass."""
    return get_type_hints(kind)


@cache
def _verdicts() -> frozenset[str]:
    from bounds.certificates.checker import ReplayOutcome
    from bounds.verdict import Verdict
    from paper_checks.claim import ClaimVerdict
    from paper_checks.run.audits import ProofVerdict

    return frozenset(
        verdict.name for kind in (Verdict, ProofVerdict, ClaimVerdict, ReplayOutcome) for verdict in kind
    )
