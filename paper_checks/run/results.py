"""The results of a run: one row per reading of a theorem, claim, proof or certificate, with details.

Every row has the same core: its subject, the verdict, the reason, and the command that repeats it. The game
that was played and the fields of only one kind of row are separate objects. `Result.to_json` is the flat row
of ``results.json``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from paper_checks.run.algorithm_lines import algorithm_lines
from theory.printable import printable

if TYPE_CHECKING:
    from online_sim.provenance import Provenance
    from theory.recurrence import Recurrence


@dataclass(frozen=True)
class GameSummary:
    """The game that was played; fields that do not apply are empty.

    recurrence: the lines of the algorithm (`paper_checks.run.algorithm_lines`).
    """

    algorithm: str = ""
    variant: Mapping[str, str] = field(default_factory=dict)
    domain: str = ""
    stream: str = ""
    loss: str = ""
    dimension: int | None = None
    horizon: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    engine: str = ""
    recurrence: tuple[str, ...] = ()


def played_of(
    run: Provenance, recurrence: Recurrence, *, stream: str, horizon: int, dimension: int | None = None
) -> GameSummary:
    """The summary of a trace's game, with what the row itself knows."""
    return GameSummary(
        algorithm=run.algorithm,
        variant=run.variant,
        domain=run.domain,
        stream=stream,
        loss=run.loss,
        dimension=dimension,
        horizon=horizon,
        parameters={n: v[0] if len(v) == 1 else list(v) for n, v in run.parameters.items()},
        engine=run.engine,
        recurrence=algorithm_lines(recurrence),
    )


@dataclass(frozen=True)
class GameDetail:
    """Details of a reading checked on a game.

    margin: the smallest bound/measured ratio over checkpoints (None where undefined), `at` its round.
    first_violation: the first round at which the bound is exceeded. rate: the exponent of the measured side
    over its last two decades of rounds (see `paper_checks.run.rate`), or None. settled: whether the measured
    side is precise enough for the margin to be compared. assumptions: text, holds and detail of each. twin:
    the same game on the same set in another form (its domain, and the largest distance between the two
    trajectories), if the scenario has one. every_round: whether the verdict covers every round of the game.
    rounds: the number of recorded rounds.
    """

    margin: float | None = None
    at: int | None = None
    first_violation: int | None = None
    rate: float | None = None
    settled: bool = True
    assumptions: tuple[Mapping[str, Any], ...] = ()
    twin: Mapping[str, Any] | None = None
    every_round: bool = True
    rounds: int | None = None


@dataclass(frozen=True)
class ProofDetail:
    """Details of an audited proof. audit: its note and steps (`paper_checks.run.audits`), None if it crashed.

    first_violation: the round in which the first step breaks.
    """

    first_violation: int | None = None
    audit: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class CertificateDetail:
    """Details of a replayed certificate.

    margin: rhs/lhs as claimed in the file. at, first_violation: the last round. digest: the SHA-256 of the
    file. binding: whose statement it is about, the name of a `Bound`.
    """

    margin: float | None = None
    at: int | None = None
    first_violation: int | None = None
    digest: str = ""
    binding: str = ""


@dataclass(frozen=True)
class ClaimDetail:
    """Details of a claim: its formal statement and the findings of its check (`paper_checks.claim`)."""

    statement: str = ""
    evidence: tuple[str, ...] = ()
    numbers: Mapping[str, float | None] = field(default_factory=dict)


Detail = GameDetail | ProofDetail | CertificateDetail | ClaimDetail


@dataclass(frozen=True)
class Result:
    """One reading of one theorem on one scenario, one claim, one audited proof, or one certificate.

    id: the reading, such as ``adal.theorem1.A`` (only the theorem if the scenario crashed before its readings
    were known). scenario, theorem: empty for a claim. verdict: the name of a `Verdict` (of a `ClaimVerdict`,
    a `ProofVerdict` or an outcome of the checker), or None. played: the game, if there is one. detail: the
    fields of this kind of row. seconds: wall time of the scenario. seed: of the command. error: the message
    of the crash, else None. reused: when the result was made, if it was taken from the result cache.
    """

    id: str
    theorem: str
    source: str
    scenario: str
    title: str
    verdict: str | None
    reason: str
    played: GameSummary = GameSummary()
    detail: Detail = GameDetail()
    seconds: float = 0.0
    seed: int = 0
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None
    reused: str | None = None

    @property
    def outcome(self) -> str | None:
        """The verdict, qualified if it covers only the recorded rounds: a key of the words to show."""
        partly = isinstance(self.detail, GameDetail) and not self.detail.every_round
        return "HOLDS_WHERE_RECORDED" if self.verdict == "HOLDS" and partly else self.verdict

    def to_json(self) -> dict[str, Any]:
        """The row as strict JSON values, the same columns for all kinds; NaN and infinities become null."""
        values = {**_ABSENT, **vars(self), **vars(self.played), **vars(self.detail)}
        plain: dict[str, Any] = json_ready({name: values[name] for name in COLUMNS})
        if not self.scenario:  # a claim has no game: the columns that describe one are absent, not empty
            return {name: None if value in ("", [], {}) else value for name, value in plain.items()}
        return plain


COLUMNS = (
    "id", "theorem", "source", "scenario", "title", "verdict", "reason", "algorithm", "variant", "domain",
    "stream", "loss", "dimension", "horizon", "parameters", "margin", "at", "first_violation", "rate",
    "settled", "assumptions", "engine", "twin", "audit", "seconds", "seed", "command", "versions", "error",
    "every_round", "rounds", "recurrence", "digest", "binding", "reused",
)  # fmt: skip
"""The fields of a row of ``results.json``, in order."""

CELLS = (
    "id", "theorem", "scenario", "title", "verdict", "reason", "algorithm", "domain", "stream", "loss",
    "dimension", "horizon", "margin", "at", "first_violation", "rate", "seed", "command", "error",
)  # fmt: skip
"""The columns of ``results.csv``."""

_ABSENT = {**vars(GameDetail()), **vars(ProofDetail()), **vars(CertificateDetail())}
"""The values of a row in the columns of other kinds."""


def runs_of(made: Iterable[str]) -> str:
    """The runs that made results, in words: by their time, or by the first and the last."""
    times = sorted(made)
    return f"a run of {times[0]}" if times[0] == times[-1] else f"runs of {times[0]} to {times[-1]}"


def reused_text(rows: Iterable[Result]) -> str:
    """How many rows were taken from the result cache, and when they were made; empty if none."""
    every = list(rows)
    made = [row.reused for row in every if row.reused is not None]
    return f"{len(made)} of {len(every)} results are reused from {runs_of(made)}" if made else ""


def failed(about: Result, error: BaseException) -> Result:
    """A row whose examination ended in an error."""
    return replace(about, reason=error_text(error), error=error_text(error))


def error_text(error: BaseException) -> str:
    """The kind and the message of an error in one line."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def results_json(results: Iterable[Result]) -> bytes:
    """``results.json``: a list of objects, strict JSON."""
    return dump_json([r.to_json() for r in results])


def results_csv(results: Iterable[Result]) -> bytes:
    """``results.csv``: one line for each row, with the columns that fit into a cell."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.DictWriter(text, CELLS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for result in results:
        # A spreadsheet would take a text that begins so for a formula.
        row = {
            k: f"'{v}" if isinstance(v, str) and v[:1] in {"=", "+", "@"} else v
            for k, v in result.to_json().items()
        }
        writer.writerow(row)
    return text.getvalue().encode()


def dump_json(value: Any) -> bytes:
    """Readable strict JSON with a final newline."""
    return (json.dumps(json_ready(value), indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode()


def json_ready(value: Any) -> Any:
    """Plain JSON values: numpy scalars become numbers, NaN and infinities null, tuples lists.

    An unprintable character becomes its number, since readers display the values.
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
