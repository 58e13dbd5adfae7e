"""The gallery's certificates as rows of a run: each is replayed, and compared with this package's text."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from paper_checks.run.results import Result

if TYPE_CHECKING:
    from paper_checks.gallery.exhibit import Exhibit
    from paper_checks.scenario import Options


def examine_certificate(entry: Exhibit, options: Options) -> Result:
    """One row: the outcome, the counterexample in one line, and an error where the file is not accepted.

    margin is rhs/lhs as the file claims them, `at` and `first_violation` the last round; digest is of the
    file's bytes.
    """
    from bounds.certificates.examine import examine
    from bounds.shrinker.one_line import one_line
    from online_sim.inputs import versions

    example = entry.counterexample
    common: dict[str, Any] = {
        "id": f"certificate.{entry.name}", "theorem": example.theorem.id, "scenario": "",
        "source": str(example.theorem.source), "title": entry.title,
        "algorithm": example.game.recurrence.name,
        "command": f"regretcheck verify {entry.path.name}", "seed": options.seed, "versions": versions(),
        "variant": {"reading": example.reading}, "dimension": example.game.dimension,
        "horizon": example.game.horizon,
        "parameters": {name: str(value) for name, value in example.game.parameters.items()},
    }  # fmt: skip
    try:
        raw = entry.path.read_bytes()
    except OSError as problem:
        error = f"{type(problem).__name__}: {problem}"
        return Result(**common, verdict=None, reason=error, error=error)
    common["digest"] = hashlib.sha256(raw).hexdigest()
    found = examine(raw)
    if found.answer is None:
        return Result(
            **common, verdict=None, reason=found.problem, error=f"{entry.path.name}: {found.problem}"
        )
    common |= {"seconds": round(found.seconds, 3), "verdict": found.answer.outcome.name}
    if found.binding is not None:
        common["binding"] = found.binding.bound.name
    lhs, rhs = (Fraction(json.loads(raw)["claim"][side]) for side in ("lhs_at_least", "rhs_at_most"))
    if not found.accepted:
        error = found.problem
    elif not _is_of(entry, raw):
        error = (
            "the file holds another game than the gallery; write it again with `regretcheck certify gallery`"
        )
    else:
        return Result(
            **common, reason=one_line(example, lhs, rhs), margin=float(rhs / lhs), at=example.game.horizon,
            first_violation=example.game.horizon, engine=f"arb, {found.answer.precision} bits",
        )  # fmt: skip
    return Result(**common, reason=error, error=f"{entry.path.name}: {error}")


def _is_of(entry: Exhibit, raw: bytes) -> bool:
    """Whether a certificate is that of an entry, whatever its comparator and its claim."""
    from bounds.certificates.certificate import unclaimed

    file = json.loads(raw)
    own = unclaimed(entry.counterexample, title=entry.title)
    for part in (file, own):
        part["game"].pop("comparator", None)
    return own == {part: file[part] for part in own}


__all__ = ["examine_certificate"]
