"""Claims and certificates as rows of a run: each is examined, and an error becomes a row that says so."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from online_sim.inputs import versions
from online_sim.stopwatch import Stage, stage
from paper_checks.claim import Claim
from paper_checks.run.results import CertificateDetail, ClaimDetail, GameSummary, Result, failed
from paper_checks.scenario import Options

if TYPE_CHECKING:
    from paper_checks.gallery.exhibit import Exhibit


def about_claim(claim: Claim, options: Options) -> Result:
    """The row of a claim before its check runs."""
    return Result(
        id=claim.id, theorem="", source=str(claim.source), scenario="", title=claim.quote, verdict=None,
        reason="", detail=ClaimDetail(claim.statement), seed=options.seed,
        command=f"regretcheck run {claim.id} --seed {options.seed}",
    )  # fmt: skip


@stage(Stage.CLAIMS)
def examine_claim(claim: Claim, options: Options) -> tuple[Result]:
    """Run the check of a claim and return its one row."""
    about, began = about_claim(claim, options), time.perf_counter()
    try:
        found = claim.check(options)
    except Exception as problem:
        row = failed(about, problem)
    else:
        detail = ClaimDetail(claim.statement, found.evidence, found.numbers)
        row = replace(about, verdict=found.verdict.name, reason=" ".join(found.evidence), detail=detail)
    return (replace(row, seconds=round(time.perf_counter() - began, 3), versions=versions()),)


def about_certificate(exhibit: Exhibit, options: Options) -> Result:
    """The row of a certificate before it is replayed."""
    example = exhibit.counterexample
    game = example.game
    played = GameSummary(
        algorithm=game.recurrence.name,
        variant={"reading": example.reading},
        dimension=game.dimension,
        horizon=game.horizon,
        parameters={name: str(value) for name, value in game.parameters.items()},
    )
    return Result(
        id=f"certificate.{exhibit.name}", theorem=example.theorem.id, source=str(example.theorem.source),
        scenario="", title=exhibit.title, verdict=None, reason="", played=played, detail=CertificateDetail(),
        seed=options.seed, command=f"regretcheck verify {exhibit.path.name}",
    )  # fmt: skip


@stage(Stage.CERTIFICATES)
def examine_certificate(exhibit: Exhibit, options: Options) -> tuple[Result]:
    """Replay a certificate, compare it with this package's text, and return its one row.

    The reason is the counterexample in one line. A file that is not accepted gives an error.
    """
    from bounds.certificates.verification import verify_certificate
    from bounds.shrinker.counterexample_line import counterexample_line

    example = exhibit.counterexample
    about = replace(about_certificate(exhibit, options), versions=versions())
    try:
        raw = exhibit.path.read_bytes()
    except OSError as problem:
        return (failed(about, problem),)
    found = verify_certificate(raw)
    detail = CertificateDetail(digest=hashlib.sha256(raw).hexdigest())
    wrong = found.problem
    if found.answer is not None and found.binding is not None:
        about = replace(about, verdict=found.answer.outcome.name, seconds=round(found.seconds, 3))
        detail = replace(detail, binding=found.binding.bound.name)
        if not wrong and _is_of(exhibit, raw):
            last = example.game.horizon
            lhs, rhs = (Fraction(json.loads(raw)["claim"][side]) for side in ("lhs_at_least", "rhs_at_most"))
            row = replace(
                about,
                reason=counterexample_line(example, lhs, rhs),
                played=replace(about.played, engine=f"arb, {found.answer.precision} bits"),
                detail=replace(detail, margin=float(rhs / lhs), at=last, first_violation=last),
            )
            return (row,)
        wrong = wrong or (
            "the file holds another game than the gallery; write it again with `regretcheck certify gallery`"
        )
    return (replace(about, reason=wrong, detail=detail, error=f"{exhibit.path.name}: {wrong}"),)


def _is_of(exhibit: Exhibit, raw: bytes) -> bool:
    """Whether a certificate belongs to an exhibit, whatever its comparator and its claim."""
    from bounds.certificates.certificate import unclaimed
    from bounds.certificates.older_formats import current

    file = json.loads(current(raw))
    own = unclaimed(exhibit.counterexample, title=exhibit.title)
    for part in (file, own):
        part["game"].pop("comparator", None)
    return own == {part: file[part] for part in own}
