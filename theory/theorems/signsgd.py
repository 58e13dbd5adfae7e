r"""signSGD with a fixed step: the average l1 norm of the gradients (Bernstein et al. 2018).

Problem: smooth nonconvex optimization without a set.
Algorithm: x_{t+1} = x_t - sign(g_t)/sqrt(L_1 N), N the number of rounds.
Assumptions: L_1 >= d L bounds the sum of the coordinates' smoothness constants (each is at most L; for
    f(x) = sum_i phi(x_i) all are equal to L).
Guarantee: upper bounds of the squared (1/N) sum_t E ||grad f(x_t)||_1 in round N, with F = f(x_1) - f(x_*).

* EXACT_THEOREM1 (no noise): L_1 (F + 1/2)^2/N;
* THEOREM1 (batches of N samples, N^2 samples in all): (sqrt(L_1) (F + 1/2) + 2 ||sigma||_1)^2/N, where the
  noise of a batch has the variances sigma_i^2/N. Here ||sigma||_1 is replaced by sqrt(d N V), with V the mean
  of E||g_t - grad f(x_t)||_2^2 over the rounds. For d = 1 and noise of one law it is the same, and else it is
  no smaller than the mean of ||sigma||_1. The noise of a batch may have any law: the proof uses only its
  variance.

Both are proved in docs/proofs.md.
Source: Bernstein et al., signSGD, arXiv 1802.04434, Theorem 1; secondary, because the formulas were read
    elsewhere.
"""

from sympy import Expr, Integer, Rational, sign, sqrt

from theory.parameters import Parameter
from theory.quantities import CumSum, Expectation, First, Norm1, Norm2Squared
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Status, Theorem
from theory.symbols import L, Scalar, T, d, df, f, f_star, g, x
from theory.theorems.descents import EXACT, MINIMUM, ROUNDS, ROUNDS_ARE_N, N, in_round_N
from theory.theorems.shared import FIXED, FREE, SMOOTH, UNBIASED

TOTAL = Parameter(
    Scalar("L_1", positive=True), "L_{1}", "the sum of the coordinates' smoothness constants",
    lower=0, lower_open=True, typical=(0.5, 4.0),
)  # fmt: skip
L_1 = TOTAL.symbol
sigma_total = Scalar("sigma_total", nonnegative=True)

_source = Source("bernstein2018", "Theorem 1", secondary=True)
SIGN_DESCENT = Recurrence(
    "signSGD [step=1/sqrt(L_1 N)]", _source, (TOTAL, ROUNDS), (), x - sign(g) / sqrt(L_1 * N), Integer(1)
)

_start = sqrt(L_1) * (First(f) - f_star + Rational(1, 2))


def _theorem(
    id: str, title: str, lhs: Expr, rhs: Expr, noise: Assumption, letters: tuple[tuple[Expr, Expr], ...] = ()
) -> Theorem:
    return Theorem(
        id=id,
        title=title,
        source=_source,
        algorithms=(SIGN_DESCENT,),
        lhs=in_round_N(lhs**2),
        readings=(Reading("stated", rhs**2 / T, "secondary"),),
        assumptions=(
            Assumption("L_1 is at least the sum of the smoothness constants", d * L <= L_1),
            ROUNDS_ARE_N, SMOOTH, MINIMUM, FIXED, FREE, noise,
        ),
        measures="squared average l1 norm of the gradients",
        status=Status.PROVED,
        letters=letters,
    )  # fmt: skip


THEOREM1 = _theorem(
    "signsgd.theorem1",
    "signSGD with batches of N samples",
    Expectation(CumSum(Norm1(df))) / T,
    _start + 2 * sigma_total,
    UNBIASED,
    letters=((sigma_total, sqrt(d * N * Expectation(CumSum(Norm2Squared(g - df))) / T)),),
)
EXACT_THEOREM1 = _theorem(
    "signsgd.theorem1_exact", "signSGD without noise", CumSum(Norm1(df)) / T, _start, EXACT
)
