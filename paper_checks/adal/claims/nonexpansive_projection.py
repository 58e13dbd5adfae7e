"""Claim 6: the weighted projection is non-expansive; true on convex sets, so it need not be assumed."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from online_sim import Box, BoxHyperplane, Domain, Ellipsoid, HalfSpace, L1Ball, L2Ball, Polytope, Simplex
from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source

Array = NDArray[np.float64]
Project = Callable[[Domain, Array, Array], Array]

PAIRS = 60
ROUNDING = 1e-9
"""Tolerance: projections are accurate to 1e-11 of the set's size, and pairs lie about that size apart."""


def domains() -> tuple[Domain, ...]:
    """One set of each kind with a closed form or a kernel, in three dimensions."""
    return (
        Box(-1.0, 1.0, dimension=3),
        L2Ball(3, radius=1.0),
        L1Ball(3, radius=1.0),
        Simplex(3),
        HalfSpace([1.0, -2.0, 0.5], 0.3),
        Ellipsoid([0.5, 1.0, 2.0]),
        BoxHyperplane(0.0, [0.5, 0.6, 0.7], [1.0, 1.0, 1.0], 1.0),
        Polytope(
            [[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [-1.0, 0.0, -1.0], [0.0, -1.0, 0.0]], [1.0, 1.0, 1.0, 1.0]
        ),
    )


def check(
    options: Options, *, project: Project = lambda domain, point, weight: domain.project(point, weight)
) -> Finding:
    """Find the largest ratio ||P y - P x||_M / ||y - x||_M over random pairs, weights and sets."""
    generator = np.random.default_rng(options.seed)
    worst, where, pairs, semidefinite = 0.0, "", 0, 0.0
    sets = domains()
    for domain in sets:
        for k in range(PAIRS):
            weight = 10.0 ** generator.uniform(-3, 3, domain.dimension)
            x, y = 2.0 * generator.standard_normal((2, domain.dimension))
            if k % 5 == 0:
                weight[generator.integers(domain.dimension)] = 0.0
            moved, apart = project(domain, y, weight) - project(domain, x, weight), y - x
            ratio = float(np.sqrt((weight @ moved**2) / (weight @ apart**2)))
            pairs += 1
            if k % 5 == 0:
                semidefinite = max(semidefinite, ratio)
            elif ratio > worst:
                worst, where = ratio, domain.name
    before = 0.02
    after = abs(_nearest_sign(0.01) - _nearest_sign(-0.01))
    evidence = (
        f"Over {pairs} random pairs on {len(sets)} kinds of convex sets, weights over 6 decades, the largest "
        f"ratio is {worst:.6f} (on {where}); with one weight 0 it is {semidefinite:.6f}, by the convention "
        "for ties.",
        f"It needs convexity: on X = {{-1, 1}} two points {before} apart project to points "
        f"{after:g} apart. "
        "With M positive and X convex it follows from the two variational inequalities; it need not be "
        "assumed.",
    )
    verdict = ClaimVerdict.TRUE if max(worst, semidefinite) <= 1 + ROUNDING else ClaimVerdict.FALSE
    return Finding(
        verdict, evidence, {"worst": worst, "semidefinite": semidefinite, "nonconvex": after / before}
    )


def _nearest_sign(point: float) -> float:
    return min((-1.0, 1.0), key=lambda y: (y - point) ** 2)


CLAIM = Claim(
    "adal.claim.6",
    "We assume P_X^M(x) is non-expansive",
    Source("adal", "section 2.1"),
    "||P_X^M(y) - P_X^M(x)||_M <= ||y - x||_M for diagonal M > 0 and X closed and convex.",
    check,
)
