r"""Mirror descent with a given map in Orabona's and Bubeck's books, on boxes in the domain of the map.

Problem: online convex optimization over a box (Orabona), or convex optimization of one f (Bubeck).
Algorithm: x_{t+1} = argmin over u in X of <g_t, u> + B_psi(u; x_t)/eta_t. As nonincreasing steps,
    alpha/t^power with 0 <= power <= 1 stands for all; Bubeck's step is eta = (R_psi/L) sqrt(2 lam/T).
Assumptions: the losses are convex; X, the points and z lie where psi is lam-strongly convex in the l2 norm;
    for Bubeck x_1 = 0 is the centre of X, where psi is smallest.
Guarantee: upper bounds, proved in docs/proofs.md.

* theorem6_11: R(z) <= max_t B_psi(z; x_t)/eta_T + (1/(2 lam)) sum_t eta_t ||g_t||_2^2; `_constant` has
  B_psi(z; x_1)/eta in the place of the first term;
* theorem4_2: f(sum_t x_t/T) - f(z) <= R_psi L sqrt(2/(lam T)) with R_psi^2 = sup_X psi - psi(x_1); `_regret`
  is the average regret, which implies it and which linear games can play.

Each is stated for three maps: the Fermi-Dirac entropy and the logarithmic barrier on (-R, R), and the
hyperbolic entropy on [-1, 1]. `orabona` and `bubeck_mirror` have the cases psi = ||x||_2^2/2 and the entropy
on the simplex.

Source: Orabona, arXiv 1912.13213v10, Theorem 6.11; Bubeck, arXiv 1405.4980v2, Theorem 4.2; secondary, because
    transcriptions were read. The maps are choices of this package.
"""

from functools import cached_property
from typing import Any

from sympy import Expr, Integer, S, sqrt

from theory.mirror_maps.fermi_dirac import FERMI_DIRAC, R
from theory.mirror_maps.hyperbolic_entropy import HYPERBOLIC_ENTROPY, b
from theory.mirror_maps.log_barrier import LOG_BARRIER
from theory.mirror_maps.mirror_map import MirrorMap
from theory.mirror_maps.strong_convexity import Norm, strongly_convex
from theory.mirror_step import mirror_descent
from theory.parameters import ALPHA, Parameter, alpha
from theory.quantities import CumMax, CumSum, First, LossAt, Norm2Squared
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.step_sets import StepSet
from theory.symbols import D_i, Scalar, T, g, t, x, z
from theory.theorems.against import FROM_ORIGIN, GAP, INSIDE
from theory.theorems.bubeck_mirror import L_bar
from theory.theorems.shared import COMPACT, CONVEX, FIXED, SEPARABLE

# Bounded above, where `orabona` leaves it free: T^power multiplies the rounding of a divergence near 0.
POWER = Parameter(
    Scalar("power", nonnegative=True), "p", "the exponent of the step alpha/t^power", lower=0, upper=1,
    default=0.5,
)  # fmt: skip
power = POWER.symbol
CENTRED = Assumption("x_1 is the centre of X", Requires.START_AT_CENTRE)
_BOUNDED = Assumption("||g_t||_2 <= L", CumMax(sqrt(Norm2Squared(g))) <= L_bar)
_AVERAGE = LossAt(CumSum(x) / t) - LossAt(z)


class MirrorStatements:
    """The statements about one map psi, lam-strongly convex in the l2 norm on an interval.

    key: the end of their ids. on: the interval; None for the domain of the map.
    """

    def __init__(self, key: str, psi: MirrorMap, lam: Expr, on: tuple[Expr, Expr] | None = None) -> None:
        self.key, self.psi, self.lam = key, psi, lam
        inside = strongly_convex(psi, lam, norm=Norm.L2, on=on)
        self.assumptions = (CONVEX, COMPACT, SEPARABLE, INSIDE, *inside)

    def descent(self, step: Expr, told: str, *parameters: Parameter) -> Recurrence:
        """Mirror descent with steps, and what its name tells of them."""
        return mirror_descent(
            self.psi, step=step, on=StepSet.BOX, parameters=(ALPHA, *parameters),
            name=f"MirrorDescent[psi={self.psi.name}{told}]", source=Source("orabona2019", "Algorithm 6.2"),
        )  # fmt: skip

    @cached_property
    def constant(self) -> Recurrence:
        """Mirror descent with the step alpha."""
        return self.descent(alpha, "")

    def orabona(self, id: str, title: str, recurrence: Recurrence, rhs: Expr) -> Theorem:
        """A form of Theorem 6.11."""
        source = Source("orabona2019", "Theorem 6.11", secondary=True)
        return self._stated(f"orabona.{id}", title, source, recurrence, rhs)

    def theorem6_11(self) -> Theorem:
        """With nonincreasing steps."""
        recurrence = self.descent(alpha * t ** (-power), ", step=alpha/t^power", POWER)
        distance = CumMax(self.psi.divergence(z, x)) / (alpha * T ** (-power))
        squares = CumSum(alpha * t ** (-power) * Norm2Squared(g)) / (2 * self.lam)
        return self.orabona(
            "theorem6_11", "Mirror descent with nonincreasing steps", recurrence, distance + squares
        )

    def theorem6_11_constant(self) -> Theorem:
        """With a constant step."""
        distance, squares = First(self.psi.divergence(z, x)) / alpha, alpha * CumSum(Norm2Squared(g))
        rhs = distance + squares / (2 * self.lam)
        return self.orabona("theorem6_11_constant", "Mirror descent with a constant step", self.constant, rhs)

    def bubeck(self, id: str, title: str, *more: Assumption, **fields: Any) -> Theorem:
        """A form of Theorem 4.2."""
        # X is a box around 0, and psi is least and even there: the largest psi over X is at a corner.
        radius = sqrt(self.psi.divergence(D_i / 2, S.Zero))
        return self._stated(
            f"bubeck.{id}", title, Source("bubeck2015", "Theorem 4.2", secondary=True), self.constant,
            radius * L_bar * sqrt(2 / (self.lam * T)), FROM_ORIGIN, CENTRED, _BOUNDED, *more,
            letters=((L_bar, radius * sqrt(2 * self.lam / T) / alpha),), **fields,
        )  # fmt: skip

    def theorem4_2(self) -> Theorem:
        """On the average point."""
        measures = "f at the average point, minus f(z)"
        return self.bubeck(
            "theorem4_2", "Mirror descent: the average point", FIXED, lhs=_AVERAGE, measures=measures
        )

    def theorem4_2_regret(self) -> Theorem:
        """On the average regret."""
        return self.bubeck(
            "theorem4_2_regret", "Mirror descent: the average regret", lhs=GAP / T,
            measures="average regret against z",
        )  # fmt: skip

    def _stated(
        self, id: str, title: str, source: Source, recurrence: Recurrence, rhs: Expr, *more: Assumption,
        lhs: Expr = GAP, measures: str = "regret against z", **fields: Any,
    ) -> Theorem:  # fmt: skip
        return Theorem(
            id=f"{id}_{self.key}", title=f"{title}, psi = {self.psi.name}", source=source,
            algorithms=(recurrence,), lhs=lhs, readings=(Reading("stated", rhs, "for this psi; secondary"),),
            assumptions=(*self.assumptions, *more), measures=measures, status=Status.PROVED, **fields,
        )  # fmt: skip


_fermi_dirac = MirrorStatements("fermi_dirac", FERMI_DIRAC, 1 / R)
_log_barrier = MirrorStatements("log_barrier", LOG_BARRIER, S.One)
_hyperbolic = MirrorStatements(
    "hyperbolic", HYPERBOLIC_ENTROPY, 1 / sqrt(1 + b**2), on=(Integer(-1), Integer(1))
)

THEOREM6_11_FERMI_DIRAC = _fermi_dirac.theorem6_11()
THEOREM6_11_CONSTANT_FERMI_DIRAC = _fermi_dirac.theorem6_11_constant()
THEOREM4_2_FERMI_DIRAC = _fermi_dirac.theorem4_2()
THEOREM4_2_REGRET_FERMI_DIRAC = _fermi_dirac.theorem4_2_regret()
THEOREM6_11_LOG_BARRIER = _log_barrier.theorem6_11()
THEOREM6_11_CONSTANT_LOG_BARRIER = _log_barrier.theorem6_11_constant()
THEOREM4_2_LOG_BARRIER = _log_barrier.theorem4_2()
THEOREM4_2_REGRET_LOG_BARRIER = _log_barrier.theorem4_2_regret()
THEOREM6_11_HYPERBOLIC = _hyperbolic.theorem6_11()
THEOREM6_11_CONSTANT_HYPERBOLIC = _hyperbolic.theorem6_11_constant()
THEOREM4_2_HYPERBOLIC = _hyperbolic.theorem4_2()
THEOREM4_2_REGRET_HYPERBOLIC = _hyperbolic.theorem4_2_regret()
