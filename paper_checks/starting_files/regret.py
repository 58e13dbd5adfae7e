"""my_theorem: a regret bound of online convex optimization. Check it with `regretcheck run my_theorem.py`."""

from sympy import S, sqrt

from online_sim import Box, Game, GaussianStream, constant
from paper_checks import Options, Plan, Scenario
from theory import LINEAR, Assumption, Reading, Recurrence, Requires, Source, Theorem, add_source
from theory.parameters import ALPHA, alpha
from theory.quantities import CumSum, Norm2Squared, Prev, Regret, pinv
from theory.symbols import D_2, Scalar, g, x

add_source("my_theorem", "Authors. Title. Year.")
HERE = Source("my_theorem", "Theorem 1")

# The algorithm: named lines, then the next point before it is projected in the metric. A line may use t, x,
# g (the gradient), the parameters, earlier lines, and Prev of any line. pinv(w) is 1/w, and 0 where w = 0.
total = Scalar("total", nonnegative=True)
ALGORITHM = Recurrence(
    name="my_theorem",
    source=HERE,
    parameters=(ALPHA,),
    steps=((total, Prev(total) + Norm2Squared(g)),),
    point=x - alpha * pinv(sqrt(total)) * g,
    metric=1,  # the Euclidean projection; a vector is the diagonal of a metric
)

# The statement: left side <= right side, one reading for each way to read the text. D_2 is the diameter of X.
THEOREM = Theorem(
    id="my_theorem",
    title="A regret bound",
    source=HERE,
    algorithms=(ALGORITHM,),
    lhs=Regret(S.One),
    readings=(
        Reading("stated", (D_2**2 / (2 * alpha) + alpha) * sqrt(CumSum(Norm2Squared(g))), "as printed"),
    ),
    assumptions=(
        Assumption("the losses are convex", Requires.CONVEX_LOSSES),
        Assumption("X is compact", Requires.COMPACT_SET),
    ),
)


# The games. Search for a counterexample with `regretcheck falsify my_theorem.py`.
def slope(options: Options) -> Plan:
    """f_t(x) = x on [-1, 1], from the worst end."""
    box = Box(-1.0, 1.0, dimension=1)
    step = {"alpha": 1.5}
    game = Game(ALGORITHM, LINEAR, constant([1.0]), box, horizon=1000, parameters=step, start=[1.0])
    return Plan((THEOREM,), game)


def noise(options: Options) -> Plan:
    """Random linear losses on a cube in d = 3."""
    stream, box = GaussianStream(3, seed=options.seed), Box(-1.0, 1.0, dimension=3)
    return Plan((THEOREM,), Game(ALGORITHM, LINEAR, stream, box, horizon=1000, parameters={"alpha": 1.5}))


SCENARIOS = (
    Scenario("my_theorem_slope", "A constant slope", ("my_theorem",), slope),
    Scenario("my_theorem_noise", "Random linear losses", ("my_theorem",), noise),
)
