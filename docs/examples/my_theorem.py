"""AdaGrad-Norm, its regret bound, a bound half as large, and two streams, in one file."""

from sympy import S, sqrt

from online_sim import Box, Game, L2Ball, Shuffled, breast_cancer, constant
from paper_checks import Options, Plan, Scenario
from theory import LINEAR, LOGISTIC, Assumption, Reading, Recurrence, Requires, Source, Theorem, add_source
from theory.parameters import ALPHA, alpha
from theory.quantities import CumSum, Norm2Squared, Prev, Regret, pinv
from theory.symbols import D_2, Scalar, g, x

add_source("mine", "M. Streeter, H. B. McMahan. Less regret via online conditioning. 2010.")
total = Scalar("total", nonnegative=True)
ALGORITHM = Recurrence(
    name="AdaGrad-Norm",
    source=Source("mine", "section 2"),
    parameters=(ALPHA,),
    steps=((total, Prev(total) + Norm2Squared(g)),),
    point=x - alpha * pinv(sqrt(total)) * g,
    metric=1,
)
BOUND = (D_2**2 / (2 * alpha) + alpha) * sqrt(CumSum(Norm2Squared(g)))
THEOREM = Theorem(
    id="mine.theorem",
    title="Regret of AdaGrad-Norm",
    source=Source("mine", "section 2"),
    algorithms=("AdaGrad-Norm",),
    lhs=Regret(S.One),
    readings=(Reading("full", BOUND, "as proved"), Reading("half", BOUND / 2, "half of it: false")),
    assumptions=(
        Assumption("the losses are convex", Requires.CONVEX_LOSSES),
        Assumption("X is compact", Requires.COMPACT_SET),
    ),
)


def slope(options: Options) -> Plan:
    """f(x) = x on [-1, 1] from the wrong end."""
    end = {"horizon": 1000, "parameters": {"alpha": 1.5}, "start": [1.0]}
    return Plan((THEOREM,), Game(ALGORITHM, LINEAR, constant([1.0]), Box(-1.0, 1.0, dimension=1), **end))


def patients(options: Options) -> Plan:
    """Logistic regression on real data, in a seeded order."""
    stream = Shuffled(breast_cancer(), seed=options.seed, with_replacement=False)
    ball, step = L2Ball(30, radius=0.5), {"alpha": 0.7}
    return Plan((THEOREM,), Game(ALGORITHM, LOGISTIC, stream, ball, horizon=5000, parameters=step))


SCENARIOS = (
    Scenario("my_slope", "A constant slope", ("mine.theorem",), slope),
    Scenario("my_patients", "Logistic regression on breast cancer", ("mine.theorem",), patients),
)
