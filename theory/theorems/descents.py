"""Parts of statements about gradient methods on one function f: constants that steps use, left sides.

A step such as 1/beta uses a constant that the statement relates to f: L <= beta. A step that uses the number
of rounds has it as the parameter N; the statement is then about round N only.
"""

from sympy import Expr, Piecewise

from theory.parameters import Parameter
from theory.quantities import LossAt
from theory.statement import Assumption, Requires
from theory.symbols import L, Scalar, T, f_star

BETA = Parameter(
    Scalar("beta", positive=True), r"\beta", "the smoothness constant that the step uses",
    lower=0, lower_open=True, typical=(0.5, 4.0),
)  # fmt: skip
MU = Parameter(
    Scalar("mu", positive=True), r"\mu", "the modulus of strong convexity",
    lower=0, lower_open=True, typical=(0.1, 2.0), default=1.0,
)  # fmt: skip
ROUNDS = Parameter(
    Scalar("N", positive=True), "N", "the number of rounds that the step uses",
    lower=1, typical=(1.0, 100.0),
)  # fmt: skip
beta, mu, N = BETA.symbol, MU.symbol, ROUNDS.symbol

EXACT = Assumption("the true gradient is handed out", Requires.EXACT_GRADIENTS)
STRONGLY = Assumption("f is strongly convex with modulus mu", Requires.STRONGLY_CONVEX)
MINIMUM = Assumption("f has a minimum, and it is known", Requires.MINIMUM_KNOWN)
SMOOTH_BETA = Assumption("f is beta-smooth", beta >= L)
ROUNDS_ARE_N = Assumption("the run ends with round N", N >= T)


def above_minimum(point: Expr) -> Expr:
    """f(point) - f(x_*)."""
    return LossAt(point) - f_star


def in_round_N(e: Expr) -> Expr:
    """A nonnegative left side in round N; 0 before, where the statement says nothing."""
    return Piecewise((e, T >= N), (0, True))
