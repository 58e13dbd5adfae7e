"""my_theorem: a regret bound of mirror descent. Check it with `regretcheck run my_theorem.py`."""

from sympy import S, log

from online_sim import Game, Periodic, Simplex
from paper_checks import Options, Plan, Scenario
from theory import (
    ENTROPY,
    LINEAR,
    Assumption,
    Norm,
    Reading,
    Requires,
    Source,
    StepSet,
    Theorem,
    add_source,
    mirror_descent,
    strongly_convex,
)
from theory.parameters import ALPHA, alpha
from theory.quantities import CumMax, NormInf, Regret
from theory.symbols import T, d, g

add_source("my_theorem", "Authors. Title. Year.")
HERE = Source("my_theorem", "Theorem 1")

# The algorithm: mirror descent with the entropy on the simplex. For a map of your own write, say,
# MirrorMap("mine", HERE, psi=x**2 / 2 - log(x), domain=(0, oo)) and play it on=StepSet.BOX.
ALGORITHM = mirror_descent(
    ENTROPY, step=alpha, on=StepSet.SIMPLEX, parameters=(ALPHA,), name="my_theorem", source=HERE
)

# The statement: d is the number of coordinates. The entropy is 1-strongly convex in the l1 norm on the
# simplex, which sympy checks, so the bound has the dual norm of the gradients.
THEOREM = Theorem(
    id="my_theorem",
    title="Exponentiated gradient",
    source=HERE,
    algorithms=(ALGORITHM,),
    lhs=Regret(S.One),
    readings=(Reading("stated", log(d) / alpha + alpha * T * CumMax(NormInf(g)) ** 2 / 2, "as printed"),),
    assumptions=(
        Assumption("the losses are convex", Requires.CONVEX_LOSSES),
        *strongly_convex(ENTROPY, S.One, norm=Norm.L1, on=StepSet.SIMPLEX),
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
