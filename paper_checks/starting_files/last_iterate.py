"""my_theorem: a bound on f at the last point. Check it with `regretcheck run my_theorem.py`."""

from online_sim import Game
from paper_checks import Options, Plan, Scenario
from theory import Assumption, Reading, Recurrence, Requires, Source, Theorem, add_source
from theory.losses.huber import HUBER_FUNCTION
from theory.parameters import ALPHA, alpha
from theory.quantities import CumMax, LossAt, NormInf
from theory.symbols import L, T, df, f_star, g, x, x_gap, x_next

add_source("my_theorem", "Authors. Title. Year.")
HERE = Source("my_theorem", "Theorem 1")

# The algorithm: x_{t+1} = x_t - alpha g_t. A second sequence would be a line of its own.
ALGORITHM = Recurrence(
    name="my_theorem", source=HERE, parameters=(ALPHA,), steps=(), point=x - alpha * g, metric=1
)

# The statement, for every T: x_next is the point after T steps, x_gap the distance from x_1 to the nearest
# minimiser. The best value so far would be -CumMax(-LossAt(x)), that at the average point
# LossAt(CumSum(x) / T).
THEOREM = Theorem(
    id="my_theorem",
    title="Gradient descent on a smooth convex function",
    source=HERE,
    algorithms=(ALGORITHM,),
    lhs=LossAt(x_next) - f_star,
    readings=(Reading("stated", x_gap**2 / (2 * alpha * T), "after T steps, as printed"),),
    assumptions=(
        Assumption("f is convex", Requires.CONVEX_LOSSES),
        Assumption("f is L-smooth", Requires.SMOOTH_LOSS),
        Assumption("f has a known minimum", Requires.MINIMUM_KNOWN),
        Assumption("one function", Requires.FIXED_LOSS),
        Assumption("no projection", Requires.UNCONSTRAINED),
        Assumption("no noise", CumMax(NormInf(g - df)) <= 0),
        Assumption("alpha <= 1/L", alpha * L <= 1),
    ),
    measures="f(x_{T+1}) - f(x_*)",
)


# The game; what it does not determine is given. Search for a counterexample with
# `regretcheck falsify my_theorem.py`.
def build(options: Options) -> Plan:
    """Huber's function, whose minimum is at 0, from far away."""
    game = Game(ALGORITHM, HUBER_FUNCTION, horizon=1000, parameters={"alpha": 1.0}, start=[30.0, -40.0])
    return Plan((THEOREM,), game, constants={"x_gap": 50.0}, checkpoints="all")


SCENARIO = Scenario("my_theorem", "Gradient descent on Huber's function", ("my_theorem",), build)
