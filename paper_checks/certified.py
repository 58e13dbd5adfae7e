"""The gallery's certificates as rows of a run: each is replayed, and held against this package's text."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from paper_checks.results import Result

if TYPE_CHECKING:
    from paper_checks.gallery.entry import Entry
    from paper_checks.scenario import Options


def examine_certificate(entry: Entry, options: Options) -> Result:
    """One row: the outcome, the counterexample in one line, and an error where the file is not accepted.

    margin is rhs/lhs as the file claims them, `at` and `first_violation` the last round.
    """
    from bounds.certify.binding import Bound, bind
    from bounds.certify.checker import Outcome, Refused, check
    from bounds.shrink.one_line import one_line
    from online_sim.play import versions

    began, found = time.perf_counter(), entry.counterexample
    common: dict[str, Any] = {
        "id": f"certificate.{entry.name}", "theorem": found.theorem.id, "scenario": "",
        "source": str(found.theorem.source), "title": entry.title,
        "algorithm": found.game.recurrence.name,
        "command": f"regretcheck verify {entry.path.name}", "seed": options.seed, "versions": versions(),
        "variant": {"reading": found.reading}, "dimension": found.game.dimension,
        "horizon": found.game.horizon,
        "parameters": {name: str(value) for name, value in found.game.parameters.items()},
    }  # fmt: skip
    try:
        raw = entry.path.read_bytes()
        answer, binding = check(raw), bind(raw)
    except (OSError, Refused, KeyError, ValueError) as problem:
        error = f"{type(problem).__name__}: {problem}"
        return Result(**common, verdict=None, reason=error, error=error)
    lhs, rhs = (Fraction(json.loads(raw)["claim"][side]) for side in ("lhs_at_least", "rhs_at_most"))
    common |= {"seconds": round(time.perf_counter() - began, 3), "verdict": answer.outcome.name}
    if answer.outcome is not Outcome.CERTIFIED:
        error = f"{answer.outcome.value}: {answer.reason}"
    elif binding.bound is Bound.ALTERED:
        error = f"{binding.bound.value}: {', '.join(binding.differences)}"
    elif not _is_of(entry, raw):
        error = (
            "the file holds another game than the gallery; write it again with `regretcheck certify gallery`"
        )
    else:
        return Result(
            **common, reason=one_line(found, lhs, rhs), margin=float(rhs / lhs), at=found.game.horizon,
            first_violation=found.game.horizon, engine=f"arb, {answer.precision} bits",
        )  # fmt: skip
    return Result(**common, reason=error, error=f"{entry.path.name}: {error}")


def _is_of(entry: Entry, raw: bytes) -> bool:
    """Whether a certificate is that of an entry, whatever its comparator and its claim."""
    from bounds.certify.certificate import unclaimed

    file = json.loads(raw)
    own = unclaimed(entry.counterexample, title=entry.title)
    for part in (file, own):
        part["game"].pop("comparator", None)
    return own == {part: file[part] for part in own}


__all__ = ["examine_certificate"]
