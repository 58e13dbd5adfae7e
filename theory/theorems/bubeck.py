r"""Convex optimization in Bubeck's monograph: six rates of first-order methods.

Problem: convex optimization, with exact gradients.
Algorithm: as named below, from any x_1; x_* is a minimiser.
Assumptions: f is convex, beta-smooth (but for THEOREM3_2), mu-strongly convex where mu occurs;
    kappa = beta/mu.
Guarantee: upper bounds, as printed, and proved in docs/proofs.md.

* THEOREM3_2, projected subgradients with step R/(G sqrt(N)), N the number of rounds, ||g|| <= G on X, X in
  the ball of radius R around x_1: f(mean of x_1..x_N) - f(x_*) <= R G/sqrt(N). Stated for boxes
  X = [-low, high]^d and against the origin instead of x_*: for a minimiser at the origin that is the printed
  statement up to a translation, and for any other a consequence of it;
* THEOREM3_3, step 1/beta: f(x_T) - f(x_*) <= 2 beta ||x_1 - x_*||^2/(T - 1) for T >= 2;
* THEOREM3_8, Frank-Wolfe with gamma_t = 2/(t+1): f(x_T) - f(x_*) <= 2 beta R^2/(T+1) for T >= 2, R the
  diameter of X. Stated in round T - 1, for the next point; X and x_* as in THEOREM3_2, and as
  THEOREM3_8_SET on every set with a linear minimisation oracle, against every point z of it;
* THEOREM3_12, step 2/(mu + beta): after T steps
  f(x_{T+1}) - f(x_*) <= beta/2 exp(-4T/(kappa+1)) ||x_1 - x_*||^2. For f(x_T) instead it would fail at T = 1;
* THEOREM3_18, y_{t+1} = x_t - g_t/beta, x_{t+1} = y_{t+1} + (sqrt(kappa)-1)/(sqrt(kappa)+1) (y_{t+1} - y_t):
  f(y_T) - f(x_*) <= (mu+beta)/2 ||x_1 - x_*||^2 exp(-(T-1)/sqrt(kappa));
* THEOREM3_19, y as before, x_{t+1} = (1 - c_t) y_{t+1} + c_t y_t, c_t = (1 - lam_t)/lam_{t+1}, lam_0 = 0,
  lam_t = (1 + sqrt(1 + 4 lam_{t-1}^2))/2: f(y_T) - f(x_*) <= 2 beta ||x_1 - x_*||^2/T^2.

THEOREM3_3 holds with 1/8 of the constant too: beta ||x_1 - x_*||^2/(4T - 2) is the least bound for every T
(Drori and Teboulle 2014), attained by Huber functions.

Source: Bubeck, Convex optimization: algorithms and complexity, arXiv 1405.4980v2; secondary, because a
    transcription was read.
"""

from sympy import Expr, Integer, Max, Piecewise, exp, sqrt

from theory.parameters import Parameter
from theory.quantities import CumMax, CumSum, First, LinearMinimiser, LossAt, MaxCoords, Prev, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Status, Theorem
from theory.symbols import D_2, G_f, L, Scalar, T, Vector, d, g, t, x, x_gap, x_next, z
from theory.theorems.against import INSIDE
from theory.theorems.descents import (
    BETA,
    EXACT,
    MINIMUM,
    MU,
    ROUNDS,
    ROUNDS_ARE_N,
    SMOOTH_BETA,
    STRONGLY,
    N,
    above_minimum,
    beta,
    in_round_N,
    mu,
)
from theory.theorems.shared import COMPACT, CONVEX, FIXED, FREE, SMOOTH

LOW, HIGH = (
    Parameter(Scalar(name, nonnegative=True), latex, f"the {end} end of X along each coordinate", lower=0,
              typical=(0.0, 2.0))
    for name, latex, end in (("low", r"\ell", "negated lower"), ("high", "h", "upper"))
)  # fmt: skip
LIPSCHITZ = Parameter(
    Scalar("G_bar", positive=True), r"\bar{G}", "the bound on the gradients that the step uses",
    lower=0, lower_open=True, typical=(0.5, 4.0),
)  # fmt: skip
low, high, G_bar = LOW.symbol, HIGH.symbol, LIPSCHITZ.symbol
R = Scalar("R", nonnegative=True)
origin, y, y_next = Vector("origin"), Vector("y"), Vector("y_next")
lam, lam_next, kappa = Scalar("lam"), Scalar("lam_next"), Scalar("kappa")

_INSIDE = Assumption("x_1 lies in X", First(MaxCoords(Max(x - high, -low - x))) <= 0)
_ORIGIN = (origin, Prev(origin))  # 0, since Prev begins at 0
_Y = ((y, Piecewise((x, t < 2), (Prev(y_next), True))), (y_next, x - g / beta))
"""y_t, with y_1 = x_1, and y_{t+1}."""


def _source(place: str) -> Source:
    return Source("bubeck2015", place, secondary=True)


def _clipped(point: Expr) -> Expr:
    return Piecewise((-low, point < -low), (high, point > high), (point, True))


_step = R / (G_bar * sqrt(N))
SUBGRADIENT = Recurrence(
    "projected subgradients [step=R/(G sqrt(N)), X=box]",
    _source("section 3.1"),
    (LOW, HIGH, LIPSCHITZ, ROUNDS),
    (_ORIGIN, (R, sqrt(First(SumCoords(Max((x + low) ** 2, (high - x) ** 2)))))),
    _clipped(x - _step * g),
    Integer(1),
)
DESCENT = Recurrence(
    "gradient descent [step=1/beta]", _source("section 3.2"), (BETA,), (), x - g / beta, Integer(1)
)
FRANK_WOLFE = Recurrence(
    "Frank-Wolfe [gamma=2/(t+1), X=box]",
    _source("section 3.3"),
    (LOW, HIGH),
    (_ORIGIN, (y, Piecewise((-low, g > 0), (high, True)))),
    (1 - 2 / (t + 1)) * x + 2 / (t + 1) * y,
    Integer(1),
)
FRANK_WOLFE_SET = Recurrence(
    "Frank-Wolfe [gamma=2/(t+1)]",
    _source("section 3.3"),
    (),
    ((y, LinearMinimiser(g)),),
    (1 - 2 / (t + 1)) * x + 2 / (t + 1) * y,
    Integer(1),
)
DESCENT_STRONG = Recurrence(
    "gradient descent [step=2/(mu+beta)]",
    _source("section 3.4"),
    (BETA, MU),
    (),
    x - 2 / (mu + beta) * g,
    Integer(1),
)
NESTEROV_STRONG = Recurrence(
    "Nesterov's method [strongly convex, as in Bubeck]",
    _source("section 3.7.1"),
    (BETA, MU),
    (*_Y, (kappa, beta / mu)),
    y_next + (sqrt(kappa) - 1) / (sqrt(kappa) + 1) * (y_next - y),
    Integer(1),
)
NESTEROV_SMOOTH = Recurrence(
    "Nesterov's method [smooth, as in Bubeck]",
    _source("section 3.7.2"),
    (BETA,),
    (*_Y, (lam, (1 + sqrt(1 + 4 * Prev(lam) ** 2)) / 2), (lam_next, (1 + sqrt(1 + 4 * lam**2)) / 2)),
    (1 - (1 - lam) / lam_next) * y_next + (1 - lam) / lam_next * y,
    Integer(1),
)


def _rate(
    number: str,
    title: str,
    algorithm: Recurrence,
    lhs: Expr,
    rhs: Expr,
    *more: Assumption,
    measures: str,
    note: str = "secondary",
) -> Theorem:
    return Theorem(
        id=f"bubeck.theorem{number.replace('.', '_')}",
        title=title,
        source=_source(f"Theorem {number}"),
        algorithms=(algorithm,),
        lhs=lhs,
        readings=(Reading("stated", rhs, note),),
        assumptions=(*more, CONVEX, FIXED, FREE, EXACT),
        measures=measures,
        status=Status.PROVED,
    )


_d2 = x_gap**2
_smooth = (SMOOTH, MINIMUM, SMOOTH_BETA)
_strong = (*_smooth, STRONGLY)
_LAST = "excess of f at the last point"

THEOREM3_2 = _rate(
    "3.2", "Projected subgradients: the mean of the points", SUBGRADIENT,
    in_round_N(LossAt(CumSum(x) / t) - LossAt(origin)), CumMax(R) * G_bar / sqrt(T),
    ROUNDS_ARE_N, _INSIDE, Assumption("||g||_2 <= G_bar everywhere", sqrt(d) * G_f <= G_bar),
    measures="excess of f at the mean of the points",
)  # fmt: skip
THEOREM3_3 = _rate(
    "3.3", "Gradient descent on a smooth convex function", DESCENT,
    above_minimum(x), 2 * beta * _d2 / (T - 1), *_smooth, measures=_LAST,
)  # fmt: skip
THEOREM3_8 = _rate(
    "3.8", "Frank-Wolfe on a box", FRANK_WOLFE,
    LossAt(x_next) - LossAt(origin), 2 * L * d * (low + high) ** 2 / (T + 2), SMOOTH, _INSIDE, measures=_LAST,
)  # fmt: skip
THEOREM3_8_SET = Theorem(
    id="bubeck.theorem3_8_set",
    title="Frank-Wolfe on any set with a linear minimisation oracle",
    source=_source("Theorem 3.8"),
    algorithms=(FRANK_WOLFE_SET,),
    lhs=LossAt(x_next) - LossAt(z),
    readings=(Reading("stated", 2 * L * D_2**2 / (T + 2), "secondary"),),
    assumptions=(CONVEX, FIXED, COMPACT, SMOOTH, EXACT, INSIDE),
    measures=_LAST,
    status=Status.PROVED,
)
THEOREM3_12 = _rate(
    "3.12", "Gradient descent on a smooth, strongly convex function", DESCENT_STRONG,
    above_minimum(x_next), beta / 2 * exp(-4 * T / (beta / mu + 1)) * _d2, *_strong, measures=_LAST,
    note="f at the point after T steps; for f(x_T) the bound would fail at T = 1; secondary",
)  # fmt: skip
THEOREM3_18 = _rate(
    "3.18", "Nesterov's method on a smooth, strongly convex function", NESTEROV_STRONG,
    above_minimum(y), (mu + beta) / 2 * _d2 * exp(-(T - 1) / sqrt(beta / mu)), *_strong, measures=_LAST,
)  # fmt: skip
THEOREM3_19 = _rate(
    "3.19", "Nesterov's method on a smooth convex function", NESTEROV_SMOOTH,
    above_minimum(y), 2 * beta * _d2 / T**2, *_smooth, measures=_LAST,
)  # fmt: skip
