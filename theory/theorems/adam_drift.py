r"""A stochastic problem in which Adam stays away from the minimum: Theorem 3 of Reddi, Kale and Kumar.

Problem: minimise an affine f with the slope s > 0 on X = [x_1 - D/2, x_1 + D/2]; the gradients handed out
    are b with probability p = (s + c)/(b + c) and -c otherwise, so that their mean is s. The statement need
    not name p: two values and their mean, given the past, leave no other law.
Algorithm: Adam with the step alpha/sqrt(t), for every alpha > 0, without bias correction or epsilon. Its line
    `strange` is 0 where the gradient is b or -c; only the statement reads it.
Assumptions: beta1 < sqrt(beta2), and with gamma = beta1/sqrt(beta2) b > c is so large that

        p (2 log(b/c)/log(1/beta2) + 1 + sqrt(2)/((1 - gamma) sqrt(1 - beta2))) <= 1/2.

    For all beta1 < sqrt(beta2), c and s every large b meets it, as p b tends to s + c.
Guarantee: lower bound, so that f(x_t) - min f does not tend to 0 in the mean. Proof: docs/proofs.md.

    s (D T/2 - sqrt(2) D^2 sqrt(T)/((1 - beta1) alpha) - (1 - beta1)^2 alpha^2/(2 D))
        <= E sum_t (f(x_t) - min f).

With c = 1, b = C and s = delta this is the problem of the paper's proof, which looks at the mean of one step.
The proof here, its condition on b and the bound, which is about the points, are this package's. The
assumptions on f, its gradients and X hold for this problem only.
Source: Reddi, Kale and Kumar 2018, Theorem 3; secondary, because a transcription was read and not the page.
"""

from sympy import Integer, Rational, log, sqrt

from theory.parameters import ALPHA, BETA1, BETA2, Parameter, alpha, beta1, beta2
from theory.quantities import CumMax, CumSum, Expectation, First, NormInf, Prev, SumCoords, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D, Scalar, T, Vector, d, df, g, m, t, v, x
from theory.theorems.shared import COMPACT, CONVEX, FIXED, SEPARABLE, UNBIASED

LARGE = Parameter(
    Scalar("large", positive=True), "b", "the rare gradient, upwards",
    lower=0, lower_open=True, typical=(100.0, 1000.0),
)  # fmt: skip
SMALL = Parameter(
    Scalar("small", positive=True), "c", "the size of the usual gradient, downwards",
    lower=0, lower_open=True, typical=(0.5, 2.0), default=1.0,
)  # fmt: skip
b, c = LARGE.symbol, SMALL.symbol
strange = Vector("strange")
_place = Source("reddi2018", "Theorem 3", secondary=True)

ADAM_OF_THEOREM3 = Recurrence(
    "Adam of Reddi's Theorem 3", _place, (ALPHA, BETA1, BETA2, LARGE, SMALL),
    (
        (strange, (g - b) * (g + c)),
        (m, beta1 * Prev(m) + (1 - beta1) * g),
        (v, beta2 * Prev(v) + (1 - beta2) * g**2),
    ),
    x - alpha / sqrt(t) * m * pinv(sqrt(v)), Integer(1),
)  # fmt: skip

_slope = First(SumCoords(df))
_above = SumCoords(df * (x - First(x) + D / 2))
_chance = (_slope + c) / (b + c)
_quiet = 2 * log(b / c) / log(1 / beta2) + 1
_pushes = sqrt(2) / ((1 - beta1 / sqrt(beta2)) * sqrt(1 - beta2))
_away = D * T / 2 - sqrt(2) * D**2 * sqrt(T) / ((1 - beta1) * alpha) - (1 - beta1) ** 2 * alpha**2 / (2 * D)

STAYS_AWAY = Theorem(
    id="adam.reddi_3",
    title="Adam does not converge in some stochastic problem, for all beta1 < sqrt(beta2)",
    source=_place,
    algorithms=(ADAM_OF_THEOREM3,),
    lhs=-Expectation(CumSum(_above)),
    readings=(
        Reading("example", -_slope * _away, "its problem, our condition and bound; secondary"),
    ),
    assumptions=(
        CONVEX, COMPACT, SEPARABLE, FIXED, UNBIASED,
        Assumption("d = 1", d <= 1),
        Assumption("x_1 is the centre of X", Requires.START_AT_CENTRE),
        Assumption("f is affine: its slope never changes", CumMax(NormInf(df - First(df))) <= 0),
        Assumption("the slope s of f is positive", _slope > 0),
        Assumption("every gradient is b or -c", CumMax(NormInf(strange)) <= 0),
        Assumption("b > c", b > c),
        Assumption("beta1 < sqrt(beta2)", beta1**2 < beta2),
        Assumption(
            "p (2 log(b/c)/log(1/beta2) + 1 + sqrt(2)/((1 - gamma) sqrt(1 - beta2))) <= 1/2, with "
            "p = (s + c)/(b + c) and gamma = beta1/sqrt(beta2)",
            _chance * (_quiet + _pushes) <= Rational(1, 2),
        ),
    ),
    measures="the sum of f(x_t) - min f with the sign changed",
    status=Status.PROVED,
)  # fmt: skip
