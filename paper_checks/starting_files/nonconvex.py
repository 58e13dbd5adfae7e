"""my_theorem: a bound on gradients of a smooth function. Check it with `regretcheck run my_theorem.py`."""

from online_sim import Game
from paper_checks import Options, Plan, Scenario
from theory import Assumption, Reading, Recurrence, Requires, Source, Theorem, add_source
from theory.losses.rastrigin import RASTRIGIN
from theory.parameters import ALPHA, alpha
from theory.quantities import CumMax, CumSum, First, Norm2Squared, NormInf
from theory.symbols import L, T, df, f, f_star, g, x

add_source("my_theorem", "Authors. Title. Year.")
HERE = Source("my_theorem", "Theorem 1")

# The algorithm: g is the gradient that it sees, with noise if there is any.
ALGORITHM = Recurrence(
    name="my_theorem", source=HERE, parameters=(ALPHA,), steps=(), point=x - alpha * g, metric=1
)

# The statement: df is the true gradient at the point played, f the value, f_star the minimum, L the
# smoothness constant; First(f) is the value at the start, CumSum the sum over the rounds so far.
THEOREM = Theorem(
    id="my_theorem",
    title="Gradient descent on a smooth function",
    source=HERE,
    algorithms=(ALGORITHM,),
    lhs=CumSum(Norm2Squared(df)) / T,
    readings=(Reading("stated", 2 * (First(f) - f_star) / (alpha * T), "as printed"),),
    assumptions=(
        Assumption("f is L-smooth", Requires.SMOOTH_LOSS),
        Assumption("f has a known minimum", Requires.MINIMUM_KNOWN),
        Assumption("one function", Requires.FIXED_LOSS),
        Assumption("no projection", Requires.UNCONSTRAINED),
        Assumption("no noise", CumMax(NormInf(g - df)) <= 0),
        Assumption("alpha <= 1/L", alpha * L <= 1),
    ),
    measures="average squared gradient",
)


# The game. Search for a counterexample with `regretcheck falsify my_theorem.py`.
def build(options: Options) -> Plan:
    """Rastrigin's function in d = 2."""
    game = Game(ALGORITHM, RASTRIGIN, horizon=1000, parameters={"alpha": 0.002}, start=[2.2, -1.7])
    return Plan((THEOREM,), game, checkpoints="all")


SCENARIO = Scenario("my_theorem", "Gradient descent on Rastrigin's function", ("my_theorem",), build)
