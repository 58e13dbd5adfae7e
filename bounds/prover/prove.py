"""Decide a regret theorem for every linear stream at a small horizon, rigorously.

For one reading of a theorem, an algorithm, a box X and a horizon N, the question at every
T = 1..N is whether lhs <= rhs for all g_1, ..., g_T with coordinates in the given range, every start x_1 in
X (or one), every comparator z in X, and all parameters in their ranges. Everything is printed from the
symbolic recurrence and theorem; the enclosures are those of `bounds.prover.intervals`.

Linear losses are enough for a statement that measures gradients: `bounds.prover.covered` explains why,
refuses other statements, and states which losses an answer covers.

Where it cannot finish. A statement that is an equality somewhere in the region stays UNDECIDED near that
point: online gradient descent with a constant step at g = D/(alpha T); Theorem R, first order, at T = 1,
beta1 = 0 and alpha = D sqrt(1 - beta2). So does one whose assumption (gamma < 1) or right side ceases to be
defined inside the region. Choose other parameters, or use `relax`. Powers with a symbolic exponent, sin and
the like are refused, and the work grows exponentially with T d.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bounds.borders import MOST_COORDINATES, check_stated
from bounds.games import Number, Point, exact
from bounds.prover.covered import losses_covered
from bounds.prover.outcome import Decision, HorizonResult, OpenBox, ProofOutcome
from bounds.prover.points import as_counterexample, confirmed, hunt
from bounds.prover.question import Question, against_corners, restate, start_asked
from bounds.prover.reductions import mirrors, scale_free
from bounds.prover.region import boxes, corners_of, faces, label, region
from bounds.prover.rounds import RoundByRound
from bounds.prover.search import BoxSearch
from bounds.scope import OutOfScope, required
from online_sim.borders import Floats
from theory.borders import function, shown, whole
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem

TURNS = (1 / 400, 1 / 100, 1 / 20, 1 / 5, 1)
"""The shares of the budget at which the two searches take turns: growing, so that little work is wasted."""

ProofProgress = Callable[[int, int, float], None]
"""A callback that takes T, the boxes evaluated at this T, and the share of the volume that is left."""


def prove(
    theorem: Theorem,
    reading: str,
    recurrence: Recurrence,
    *,
    horizon: int,
    parameters: Mapping[str, Number | tuple[Number, Number]],
    lower: Number | Sequence[Number] = -1,
    upper: Number | Sequence[Number] = 1,
    dimension: int | None = None,
    gradient: Number | tuple[Number, Number] = 1,
    start: Sequence[Number] | None = None,
    budget: int = 2_000_000,
    relax: Number = 0,
    first: int = 1,
    progress: ProofProgress | None = None,
) -> Decision:
    """Decide one reading at T = first..horizon, for every game of a region.

    Args:
        theorem: a statement about a regret, or about gradients of linear losses.
        reading: the key of one of its readings.
        recurrence: the algorithm.
        horizon: the largest T.
        parameters: name -> an exact number (2/5 as a Fraction or as text, never a float), or a pair (lo, hi)
            for all numbers between; a missing one has its declared default.
        lower: the lower ends of the box X, (d,), or one number for every coordinate. A statement about the
            probability simplex is decided on that of R^2 instead.
        upper: the upper ends.
        dimension: d; by default the length of `lower` and `upper`, or 1 if both are one number.
        gradient: the largest |g_{t,i}|, or a pair (least, most).
        start: x_1, (d,); by default every point of X that the statement allows, on the simplex its centre.
        budget: boxes that each of the two searches (`BoxSearch`, `RoundByRound`) evaluates at each T; a
            waiting box takes about 100 bytes.
        relax: decide lhs <= (1 + relax) rhs instead.
        first: the smallest T.
        progress: called with (T, boxes so far, share of the volume left).

    Returns:
        The answer for each T, with a counterexample where there is one.

    Raises:
        ValueError: inconsistent numbers, or assumptions that hold nowhere in the region.
        OutOfScope: the statement is not meant for linear losses on this box, or these do not represent all
            convex losses.
        UnknownNodeError: a formula without an enclosure rule.
    """
    check_stated(theorem, reading, recurrence)
    horizon, budget = whole("horizon", horizon, least=1), whole("budget", budget, least=1)
    first = whole("first", first, least=1, most=horizon)
    if dimension is not None:
        dimension = whole("dimension", dimension, least=1, most=MOST_COORDINATES)
    simplex = Requires.PROBABILITY_SIMPLEX in required(theorem)
    if simplex:
        lower, upper, dimension = _unit_square(recurrence, lower, upper, dimension)
    ends = corners_of(lower, upper, dimension)
    whole("dimension", len(ends[0]), least=1, most=MOST_COORDINATES)
    slack = exact(relax, "relax")
    if slack < 0:
        raise ValueError(f"`relax` = {shown(relax)} must be at least 0")
    if progress is not None:
        function("progress", progress, "called with (T, boxes so far, share of the volume left)")
    if start is None:
        centre = (Fraction(1, 2),) * 2
        start = centre if simplex else start_asked(theorem, *ends)
    where = region(
        recurrence, parameters, lower=ends[0], upper=ends[1], gradient=gradient, start=start, simplex=simplex
    )
    statements = [restate(theorem, reading, where, T) for T in range(first, horizon + 1)]
    losses = losses_covered(theorem, reading, recurrence)
    mirrored = where.symmetric and all(mirrors(recurrence, s, where.centre) for s in statements)
    scaled = scale_free(theorem, reading, where)

    search = _Decider(theorem, reading, scaled, budget, slack, progress)
    results = []
    for T, statement in enumerate(statements, start=first):
        corners: list[Point | None] = [None]
        if against_corners(statement):
            corners = list(where.corners()[: 1 if mirrored else None])
        results.append(search.decide([Question(statement, where, T, corner) for corner in corners]))
    return Decision(
        theorem.id, reading, recurrence.name, where.text, losses, slack, mirrored, scaled, tuple(results)
    )


def _unit_square(
    recurrence: Recurrence,
    lower: Number | Sequence[Number],
    upper: Number | Sequence[Number],
    dimension: int | None,
) -> tuple[int, int, int]:
    """The box around the simplex of R^2; OutOfScope if another set is asked for."""
    given = corners_of(lower, upper, dimension)
    known = [corners_of(low, 1, len(given[0])) for low in (-1, 0)]
    if dimension not in {None, 2} or len(given[0]) > 2 or given not in known:
        raise OutOfScope(
            f"`lower` = {shown(lower)}, `upper` = {shown(upper)}, `dimension` = {dimension}: the statement "
            "is about the probability simplex and is decided on that of R^2; leave them out"
        )
    if recurrence.metric != 1:
        raise OutOfScope(
            f"{recurrence.name} projects in the metric {recurrence.metric}: on the simplex only the "
            "Euclidean projection has an enclosure"
        )
    return 0, 1, 2


@dataclass(frozen=True)
class _Decider:
    """Decides one horizon after the other."""

    theorem: Theorem
    reading: str
    scaled: bool
    budget: int
    relax: Fraction
    progress: ProofProgress | None

    def decide(self, questions: Sequence[Question]) -> HorizonResult:
        """The answer to several questions at one horizon together."""
        closest = -math.inf
        for question in questions:
            near, ratio = hunt(question)
            closest = max(closest, ratio)
            violation = confirmed(question, near) if ratio > 1 else None
            if violation is not None:
                return self.refuted(question, violation, closest, 0)
        found = []
        for question in questions:
            cutting, rounds = self._searched(question, self.budget // len(questions))
            found.append((cutting, rounds, question))
            closest = max(closest, cutting.closest)
            if cutting.violation is not None:
                tried = sum(c.boxes + r.boxes for c, r, _ in found)
                return self.refuted(question, cutting.violation, closest, tried)
        if not any(cutting.inside or rounds.inside for cutting, rounds, _ in found):
            raise ValueError(f"the assumptions of {self.theorem.id} hold nowhere in the region; change it")
        not_merged = [(cutting, question) for cutting, rounds, question in found if not rounds.proved]
        left = [(worst, q) for cutting, q in not_merged if (worst := cutting.worst()) is not None]
        return HorizonResult(
            questions[0].horizon,
            ProofOutcome.UNDECIDED if left else ProofOutcome.PROVED,
            sum(cutting.boxes + rounds.boxes for cutting, rounds, _ in found),
            -max(rounds.excess if rounds.proved else cutting.settled for cutting, rounds, _ in found),
            closest,
            sum(cutting.undecided for cutting, _ in not_merged) / len(found),
            _open_box(*max(left, key=lambda one: one[0][2])) if left else None,
            merged=len(not_merged) < len(found),
        )

    def _searched(self, question: Question, budget: int) -> tuple[BoxSearch, RoundByRound]:
        """Both searches of one question, in turns with growing budgets, until one has the answer."""
        cover = faces if self.scaled else boxes
        whole = BoxSearch(question, *cover(question.unknowns), self.relax)
        rounds = RoundByRound(question, self.relax, scaled=self.scaled)

        def tell(here: int, left: float) -> None:
            if self.progress is not None:
                self.progress(question.horizon, here + rounds.boxes, left)

        # A box that is cut is played about once for every unknown, through T rounds.
        alike = len(question.unknowns) * question.horizon
        for share in TURNS:
            if whole.run(int(share * budget), tell) or whole.violation is not None:
                break
            if rounds.run(int(min(share * alike, 1) * budget), lambda _: tell(whole.boxes, whole.undecided)):
                break
        return whole, rounds

    def refuted(self, question: Question, violation: Point, closest: float, tried: int) -> HorizonResult:
        """The answer for a violation."""
        example = as_counterexample(question, self.theorem, self.reading, violation)
        return HorizonResult(
            question.horizon, ProofOutcome.COUNTEREXAMPLE, tried, -math.inf, closest, counterexample=example
        )


def _open_box(worst: tuple[Floats, Floats, float], question: Question) -> OpenBox:
    lower, upper, excess = worst
    d = question.region.dimension
    sides = zip(question.unknowns, lower, upper, strict=True)
    return OpenBox({label(name, d): (float(low), float(high)) for name, low, high in sides}, excess)
