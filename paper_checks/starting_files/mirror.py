"""my_theorem: a regret bound of mirror descent. Check it with `regretcheck run my_theorem.py`."""

from sympy import S, exp, log

from online_sim import Game, Periodic, Simplex
from paper_checks import Options, Plan, Scenario
from theory import LINEAR, Assumption, Reading, Recurrence, Requires, Source, Theorem, add_source
from theory.parameters import ALPHA, alpha
from theory.quantities import CumMax, MaxCoords, NormInf, Prev, Regret, SumCoords
from theory.symbols import T, Vector, d, g

add_source("my_theorem", "Authors. Title. Year.")
HERE = Source("my_theorem", "Theorem 1")

# The algorithm: mirror descent on the simplex with the entropy is an exponential of the sum of gradients. Its
# point lies in the simplex by itself, so the projection leaves it where it is. The largest exponent is
# subtracted, which changes nothing and avoids an overflow.
total, shifted = Vector("total"), Vector("shifted")
ALGORITHM = Recurrence(
    name="my_theorem",
    source=HERE,
    parameters=(ALPHA,),
    steps=((total, Prev(total) - alpha * g), (shifted, exp(total - MaxCoords(total)))),
    point=shifted / SumCoords(shifted),
    metric=1,
)

# The statement: d is the number of coordinates.
THEOREM = Theorem(
    id="my_theorem",
    title="Exponentiated gradient",
    source=HERE,
    algorithms=(ALGORITHM,),
    lhs=Regret(S.One),
    readings=(Reading("stated", log(d) / alpha + alpha * T * CumMax(NormInf(g)) ** 2 / 2, "as printed"),),
    assumptions=(
        Assumption("the losses are convex", Requires.CONVEX_LOSSES),
        Assumption("X is the simplex", Requires.PROBABILITY_SIMPLEX),
        Assumption("x_1 is its centre", Requires.START_AT_CENTRE),
    ),
)


# The game. Search for a counterexample with `regretcheck falsify my_theorem.py`.
def build(options: Options) -> Plan:
    """Three experts, whose losses come in turn."""
    stream = Periodic([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.3, 0.2, 0.9]])
    game = Game(ALGORITHM, LINEAR, stream, Simplex(3), horizon=1000, parameters={"alpha": 0.1})
    return Plan((THEOREM,), game, checkpoints="all")


SCENARIO = Scenario("my_theorem", "Three experts in turn", ("my_theorem",), build)
