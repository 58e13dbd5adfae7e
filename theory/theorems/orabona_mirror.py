r"""Mirror descent with a given map in Orabona's and Bubeck's books, on boxes in the domain of the map.

Problem: online convex optimization over a box (Orabona), or convex optimization of one f (Bubeck).
Algorithm: x_{t+1} = argmin over u in X of <g_t, u> + B_psi(u; x_t)/eta_t. As nonincreasing steps, alpha/t^power
    stands for all; Bubeck's step is constant, eta = (R_psi/L) sqrt(2 lam/T).
Assumptions: the losses are convex; X, the points and z lie where psi is lam-strongly convex in the l2 norm; for
    Bubeck x_1 = 0 is the centre of X, where psi is smallest.
Guarantee: upper bounds, proved in docs/proofs.md.

* theorem6_11: R(z) <= max_t B_psi(z; x_t)/eta_T + (1/(2 lam)) sum_t eta_t ||g_t||_2^2; `_constant` has
  B_psi(z; x_1)/eta in the place of the first term;
* theorem4_2: f(sum_t x_t/T) - f(z) <= R_psi L sqrt(2/(lam T)) with R_psi^2 = sup_X psi - psi(x_1); `_regret` is
  the average regret, which implies it and which linear games can play.

Each is stated for three maps: the Fermi-Dirac entropy and the logarithmic barrier on (-R, R), and the
hyperbolic entropy on [-1, 1]. The cases psi = ||x||^2/2 and the entropy on the simplex are in `orabona` and `bubeck_mirror`.

Source: Orabona, arXiv 1912.13213v10, Theorem 6.11; Bubeck, arXiv 1405.4980v2, Theorem 4.2; secondary, because
    transcriptions were read. The maps are choices of this package.
"""

from typing import NamedTuple

from sympy import Expr, Integer, S, sqrt

from theory.mirror_maps.fermi_dirac import FERMI_DIRAC, R
from theory.mirror_maps.hyperbolic_entropy import HYPERBOLIC_ENTROPY, b
from theory.mirror_maps.log_barrier import LOG_BARRIER
from theory.mirror_maps.mirror_map import MirrorMap
from theory.mirror_maps.strong_convexity import Norm, strongly_convex
from theory.mirror_step import mirror_descent
from theory.parameters import ALPHA, alpha
from theory.quantities import CumMax, CumSum, First, LossAt, Norm2Squared
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.step_sets import StepSet
from theory.symbols import D_i, T, g, t, x, z
from theory.theorems.against import FROM_ORIGIN, GAP, INSIDE
from theory.theorems.bubeck_mirror import L_bar
from theory.theorems.orabona import POWER, power
from theory.theorems.shared import COMPACT, CONVEX, FIXED, SEPARABLE

CENTRED = Assumption("x_1 is the centre of X", Requires.START_AT_CENTRE)
_AVERAGE = LossAt(CumSum(x) / t) - LossAt(z)


class Setup(NamedTuple):
    """A map psi, lam-strongly convex in the l2 norm on an interval (None: its domain)."""

    key: str
    psi: MirrorMap
    lam: Expr
    on: tuple[Expr, Expr] | None = None


SETUPS = (
    Setup("fermi_dirac", FERMI_DIRAC, 1 / R),
    Setup("log_barrier", LOG_BARRIER, S.One),
    Setup("hyperbolic", HYPERBOLIC_ENTROPY, 1 / sqrt(1 + b**2), (Integer(-1), Integer(1))),
)


def _descent(setup: Setup, *, constant: bool) -> Recurrence:
    parameters, step, told = (
        ((ALPHA,), alpha, "") if constant else ((ALPHA, POWER), alpha * t ** (-power), ", step=alpha/t^power")
    )
    return mirror_descent(
        setup.psi, step=step, on=StepSet.BOX, parameters=parameters,
        name=f"MirrorDescent[psi={setup.psi.name}{told}]", source=Source("orabona2019", "Algorithm 6.2"),
    )  # fmt: skip


def _stated(
    setup: Setup,
    id: str,
    title: str,
    source: Source,
    recurrence: Recurrence,
    rhs: Expr,
    measures: str,
    *more: Assumption,
    lhs: Expr = GAP,
    l_bar: Expr | None = None,
) -> Theorem:
    return Theorem(
        id=f"{id}_{setup.key}", title=f"{title}, psi = {setup.psi.name}", source=source,
        algorithms=(recurrence,), lhs=lhs, readings=(Reading("stated", rhs, "for this psi; secondary"),),
        assumptions=(CONVEX, COMPACT, SEPARABLE, INSIDE,
                     *strongly_convex(setup.psi, setup.lam, norm=Norm.L2, on=setup.on), *more),
        letters=() if l_bar is None else ((L_bar, l_bar),), measures=measures, status=Status.PROVED,
    )  # fmt: skip


def statements(setup: Setup) -> tuple[Theorem, ...]:
    """Theorem 6.11 with nonincreasing and with constant steps, Theorem 4.2 on the average point and its regret."""
    psi, lam = setup.psi, setup.lam
    powers, constant = (_descent(setup, constant=known) for known in (False, True))
    orabona, bubeck = (
        Source(key, place, secondary=True)
        for key, place in (("orabona2019", "Theorem 6.11"), ("bubeck2015", "Theorem 4.2"))
    )
    squares = Norm2Squared(g) / (2 * lam)
    step = alpha * T ** (-power)
    radius = sqrt(psi.divergence(D_i / 2, S.Zero))  # psi'(0) = 0, and X is a box around 0
    average = L_bar * radius * sqrt(2 / (lam * T))
    l_bar = radius * sqrt(2 * lam / T) / alpha
    bounded = Assumption("||g_t||_2 <= L", CumMax(sqrt(Norm2Squared(g))) <= L_bar)
    return (
        _stated(setup, "orabona.theorem6_11", "Mirror descent with nonincreasing steps", orabona, powers,
                CumMax(psi.divergence(z, x)) / step + CumSum(alpha * t ** (-power) * squares), "regret against z"),
        _stated(setup, "orabona.theorem6_11_constant", "Mirror descent with a constant step", orabona, constant,
                First(psi.divergence(z, x)) / alpha + alpha * CumSum(squares), "regret against z"),
        _stated(setup, "bubeck.theorem4_2", "Mirror descent: the average point", bubeck, constant, average,
                "f at the average point, minus f(z)", FROM_ORIGIN, CENTRED, bounded, FIXED, lhs=_AVERAGE, l_bar=l_bar),
        _stated(setup, "bubeck.theorem4_2_regret", "Mirror descent: the average regret", bubeck, constant, average,
                "average regret against z", FROM_ORIGIN, CENTRED, bounded, lhs=GAP / T, l_bar=l_bar),
    )  # fmt: skip


FERMI_DIRAC_THEOREMS, LOG_BARRIER_THEOREMS, HYPERBOLIC_THEOREMS = map(statements, SETUPS)
