"""What a run leaves behind: one row per theorem reading and scenario, and what the report tells about it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from typing import Any

from theory.printable import printable

FORMAT = "regretcheck-record-2"


@dataclass(frozen=True)
class Result:
    """One reading of one theorem on one scenario, one claim, or one audited proof.

    Of a claim `scenario` and `theorem` are empty; of an audited proof `audit` holds the steps.

    id: the reading, such as ``adal.theorem1.A`` (the theorem alone where the scenario crashed before its
    readings were known); verdict: the name of a `Verdict` (`ClaimVerdict`, `ProofVerdict`), None where the
    scenario crashed; margin: the
    smallest bound/measured ratio over checkpoints (None where undefined), `at` its round;
    first_violation: the first round at which the bound is exceeded; rate: the exponent of the measured side
    over its last two decades of rounds (see `paper_checks.run.rate`), None where it has none; settled:
    whether the measured side is known well enough for the margin to be compared; seconds: wall time of the
    scenario;
    twin: the same game on the same set in another form (its domain, and the largest distance between the
    two trajectories), where the scenario has one; audit: the steps of an audited proof (see
    `paper_checks.run.audits`), else None; seed: the seed of the command; error: what the crash said, or None;
    every_round: whether the verdict is about every round of the game; rounds: how many were recorded;
    recurrence: the lines of the algorithm (`paper_checks.run.algorithm_lines`); digest: the SHA-256 of a
    certificate's file; binding: whose statement a certificate is about, the name of a `Bound`.
    """

    id: str
    theorem: str
    source: str
    scenario: str
    title: str
    verdict: str | None
    reason: str
    algorithm: str = ""
    variant: Mapping[str, str] = field(default_factory=dict)
    domain: str = ""
    stream: str = ""
    loss: str = ""
    dimension: int | None = None
    horizon: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    margin: float | None = None
    at: int | None = None
    first_violation: int | None = None
    rate: float | None = None
    settled: bool = True
    assumptions: tuple[Mapping[str, Any], ...] = ()
    engine: str = ""
    twin: Mapping[str, Any] | None = None
    audit: Mapping[str, Any] | None = None
    seconds: float = 0.0
    seed: int = 0
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None
    every_round: bool = True
    rounds: int | None = None
    recurrence: tuple[str, ...] = ()
    digest: str = ""
    binding: str = ""

    @property
    def outcome(self) -> str | None:
        """The verdict, qualified where it holds at the recorded rounds only: a key of the words to show."""
        return "HOLDS_WHERE_RECORDED" if self.verdict == "HOLDS" and not self.every_round else self.verdict

    def to_json(self) -> dict[str, Any]:
        """The row as strict JSON values: NaN and infinities become null."""
        plain: dict[str, Any] = json_ready(asdict(self))
        if not self.scenario:  # a claim: no game, so that what describes one is not empty but absent
            return {name: None if value in ("", [], {}) else value for name, value in plain.items()}
        return plain

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Result:
        """The row again; ValueError where a field is missing or unknown."""
        # What is not there is null in the row of a claim: a field's own default, or no text, says the same.
        texts: dict[str, Any] = {"theorem": "", "source": "", "scenario": "", "verdict": None}
        given = _known(cls, row).items()
        values: dict[str, Any] = {
            n: texts.get(n) if v is None else v for n, v in given if v is not None or n in texts
        }
        return cls(**_tuples({"assumptions": (), "recurrence": (), **values}, "assumptions", "recurrence"))


@dataclass(frozen=True)
class Statement:
    """A theorem for the report: its readings as (key, note, formula, where) in LaTeX, and its assumptions."""

    id: str
    title: str
    source: str
    readings: tuple[Mapping[str, Any], ...]
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """What the report tells about one scenario; formulas in LaTeX.

    algorithm: its lines; statements: the theorems checked; parameters: (latex, meaning, value) rows;
    plots: (theorem id, file name under ``plots``, text for those who cannot see it).
    """

    scenario: str
    title: str
    note: str
    algorithm_name: str
    algorithm_source: str
    algorithm: tuple[str, ...]
    loss: tuple[str, ...]
    statements: tuple[Statement, ...]
    parameters: tuple[tuple[str, str, str], ...]
    facts: tuple[tuple[str, str], ...]
    plots: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Record:
    """A finished task: its rows, and the section of a scenario.

    key: a digest of what was known before it began; inputs: what it read meanwhile (`online_sim.inputs`);
    files: what it wrote, path under the folder of the run -> SHA-256; notes: what went wrong beside it, such
    as a picture that could not be drawn; ended: the code of a theory file ended the program.
    """

    key: str
    results: tuple[Result, ...]
    section: Section | None
    inputs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    ended: bool = False

    @property
    def crashed(self) -> bool:
        """Whether the task ended in an error."""
        return any(r.error is not None for r in self.results)

    def dumps(self) -> bytes:
        """The record as JSON."""
        content = {
            "format": FORMAT,
            "key": self.key,
            "results": [r.to_json() for r in self.results],
            "section": None if self.section is None else asdict(self.section),
            "inputs": dict(self.inputs),
            "files": dict(self.files),
            "notes": list(self.notes),
            "ended": self.ended,
        }
        return dump_json({**content, "digest": _digest(content)})


def load_record(text: bytes) -> Record:
    """The record that `Record.dumps` wrote, whole and unchanged; one ValueError for anything else."""
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise ValueError(f"its format is {content['format']!r}, expected {FORMAT!r}")
        if content.pop("digest") != _digest(content):
            raise ValueError("it was changed after it was written")
        raw = content["section"]
        section = None
        if raw is not None:
            statements = tuple(
                Statement(**_tuples(_known(Statement, s), "readings", "assumptions"))
                for s in raw["statements"]
            )
            values = _tuples(_known(Section, raw), "algorithm", "loss", "parameters", "facts", "plots")
            values |= {name: tuple(map(tuple, values[name])) for name in ("parameters", "facts", "plots")}
            section = Section(**{**values, "statements": statements})
        rows = tuple(_checked(Result.from_json(r)) for r in content["results"])
        if not rows:
            raise ValueError("it has no results")
        return Record(
            _of_kind(content["key"], str), rows, section, _texts(content["inputs"]), _texts(content["files"]),
            tuple(_of_kind(note, str) for note in content["notes"]), _of_kind(content["ended"], bool),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"this is not a record of a scenario: {error}") from error


def _digest(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a record's content, whatever its spacing."""
    return hashlib.sha256(json.dumps(json_ready(content), sort_keys=True).encode()).hexdigest()


def _checked(row: Result) -> Result:
    """A row whose fields are of their types, and whose verdict is one that a task can end with."""
    for f in fields(Result):
        kinds, value = _KINDS[str(f.type)], getattr(row, f.name)
        if isinstance(value, bool) and bool not in kinds:
            raise ValueError(f"{f.name!r} is {value!r}")
        _of_kind(value, *kinds)
    if row.verdict is not None and row.verdict not in _verdicts():
        raise ValueError(f"{row.verdict!r} is no verdict")
    if row.verdict is None and row.error is None:
        raise ValueError("a row has neither a verdict nor an error")
    return row


_NONE = type(None)
_KINDS: Mapping[str, tuple[type, ...]] = {
    "str": (str,), "str | None": (str, _NONE), "int": (int,), "int | None": (int, _NONE), "bool": (bool,),
    "float": (float, int), "float | None": (float, int, _NONE), "Mapping[str, str]": (dict,),
    "Mapping[str, Any]": (dict,), "Mapping[str, Any] | None": (dict, _NONE), "tuple[str, ...]": (tuple,),
    "tuple[Mapping[str, Any], ...]": (tuple,),
}  # fmt: skip
"""By the annotation of a field of `Result`: what its value may be."""


@cache
def _verdicts() -> frozenset[str]:
    from bounds.verdict import Verdict
    from paper_checks.claim import ClaimVerdict
    from paper_checks.report.words import CERTIFICATE_WORDS
    from paper_checks.run.audits import ProofVerdict

    kinds = (Verdict, ProofVerdict, ClaimVerdict)
    names = {verdict.name for kind in kinds for verdict in kind}
    return frozenset([*names, *filter(None, CERTIFICATE_WORDS)])


def _of_kind(value: Any, *kinds: type) -> Any:
    if not isinstance(value, kinds):
        raise ValueError(f"{str(value)[:40]!r} is a {type(value).__name__}")
    return value


def _texts(values: Any) -> dict[str, str]:
    return {_of_kind(k, str): _of_kind(v, str) for k, v in _of_kind(values, dict).items()}


def results_json(results: Iterable[Result]) -> bytes:
    """``results.json``: a list of objects, strict JSON."""
    return dump_json([r.to_json() for r in results])


def dump_json(value: Any) -> bytes:
    """Readable strict JSON with a final newline."""
    return (json.dumps(json_ready(value), indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode()


def json_ready(value: Any) -> Any:
    """Plain JSON values: numpy scalars become numbers, NaN and infinities null, tuples lists.

    A character that does not print becomes its number: whoever reads the values will show them.
    """
    if isinstance(value, Mapping):
        return {printable(k, lines=True): json_ready(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(v) for v in value]
    if isinstance(value, str):
        return printable(value, lines=True)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "tolist"):
        return json_ready(value.tolist())
    return printable(value, lines=True)


def _known(cls: type, row: Mapping[str, Any]) -> dict[str, Any]:
    names = {f.name for f in fields(cls)}
    if unknown := set(row) - names:
        raise ValueError(f"unknown field {min(unknown)!r}")
    return dict(row)


def _tuples(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return values | {name: tuple(values[name]) for name in names}
