r"""AdaX's regret bound.

Problem: online convex optimization.
Algorithm: m_t = beta_{1,t} m_{t-1} + (1 - beta_{3,t}) g_t, v_t = (1 + beta_{2,t}) v_{t-1} + beta_{2,t} g_t^2,
    vhat_t = v_t/(P_t - 1), x_{t+1} = P(x_t - alpha_t m_t/sqrt(vhat_t)), with beta_{1,t} = beta1 lam^{t-1},
    beta_{2,t} = beta2/t and beta_{3,t} = 1 - 1/sqrt(t). P_t is (1 + beta_{2,t})^t as printed ("literal"), or
    the product of the 1 + beta_{2,j} ("product").
Assumptions: the losses are convex; X is compact.
Guarantee: false as stated, for every constant C (docs/proofs.md): 1 - beta_{3,t} = 1/sqrt(t) makes the steps
    of order 1/t, with which the regret can grow like T.

    R(T) <= D^2/(2 alpha_T (1 - beta1)) sum_i vhat_{T,i}^{1/2}
          + D^2/(2 (1 - beta1)) sum_t sum_i beta_{1,t} vhat_{t,i}^{1/2}/alpha_t
          + alpha C sqrt(1 + log T)/((1 - beta1)^3 sqrt(beta2)) sum_i sqrt(sum_t g_{t,i}^2)   for some C.

C is a constant for all games, so no single game refutes the statement; each reading fixes one C, and
`for_every_constant` states the bound with the letter C, which a family of games refutes.

Source: Li, Zhang, Wang and Luo 2020, Theorem 4.1; secondary, because a transcription was read and not the
    page.
"""

from dataclasses import replace

from sympy import Expr, Integer, log, sqrt

from theory.algorithms.adam_family import scaled_method
from theory.algorithms.adax import GROWTH
from theory.algorithms.decaying_momentum import LAM1, beta1_t, lam1
from theory.parameters import ALPHA, BETA1, alpha, beta1, beta2
from theory.quantities import CumSum, Prev, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Reading, Status, Theorem
from theory.symbols import D, Scalar, T, g, m, t, v, vhat
from theory.theorems.shared import distance, lengths, regret_bound

CONSTANTS = (1, 10, 100)
"""The values of C that readings fix."""
C = Scalar("C", positive=True)
growth = Scalar("growth", positive=True)
grown = Scalar("grown", positive=True)
_printed = Source("li2020", "Theorem 4.1", secondary=True)


def _adax(name: str, normaliser: Expr) -> Recurrence:
    """AdaX with the schedules of Theorem 4.1; `normaliser` may hold `grown`, the product so far."""
    made = scaled_method(
        name, _printed, {"eps": "none", "schedule": "sqrt"},
        parameters=(ALPHA, BETA1, GROWTH, LAM1),
        steps=(
            (beta1_t, beta1 * lam1 ** (t - 1)),
            (growth, 1 + beta2 / t),
            (m, beta1_t * Prev(m) + g / sqrt(t)),
            (v, growth * Prev(v) + (growth - 1) * g**2),
            *(((grown, Prev(grown) * growth),) if normaliser.has(grown) else ()),
            (vhat, v / (normaliser - 1)),
        ),
        numerator=m, w=vhat, eps_mode="none", schedule="sqrt",
    )  # fmt: skip
    return replace(made, initial={grown: Integer(1)}) if normaliser.has(grown) else made


LITERAL = _adax("AdaX of Theorem 4.1", growth**t)
PRODUCT = _adax("AdaX of Theorem 4.1 with a product", grown)


def _right_side(constant: Expr) -> Expr:
    momentum = D**2 / (2 * (1 - beta1)) * CumSum(beta1_t * sqrt(t) / alpha * SumCoords(sqrt(vhat)))
    squares = alpha * sqrt(1 + log(T)) / ((1 - beta1) ** 3 * sqrt(beta2)) * lengths(g)
    return distance(D) + momentum + constant * squares


def _theorem(id: str, title: str, algorithm: Recurrence, normaliser: str) -> Theorem:
    return regret_bound(
        id, title, _printed, algorithm,
        tuple(
            Reading(
                f"C{value}", _right_side(Integer(value)),
                f"for some C: here C = {value}; {normaliser}; secondary",
            )
            for value in CONSTANTS
        ),
        status=Status.FALSE,
    )  # fmt: skip


def for_every_constant(theorem: Theorem) -> Theorem:
    """The statement with the letter C; its negation for every C is that no constant makes it true."""
    note = "for some C, which stays a letter; secondary"
    reading = Reading("every_C", _right_side(C), note, constants={"C": "the constant of the statement"})
    return replace(theorem, readings=(reading,))


THEOREM4_1 = _theorem("adax.theorem4_1", "AdaX, the normaliser as printed", LITERAL, "(1 + beta_{2,t})^t - 1")
THEOREM4_1_PRODUCT = _theorem(
    "adax.theorem4_1_product", "AdaX, the normaliser a product", PRODUCT, "prod (1 + beta_{2,j}) - 1"
)
