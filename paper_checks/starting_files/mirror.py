"""my_theorem: a regret bound of mirror descent. Check it with `regretcheck run my_theorem.py`."""

from sympy import Integer, exp, log

from online_sim import Box, Game, Periodic
from paper_checks import Options, Plan, Scenario
from theory import (
    LINEAR,
    MirrorMap,
    Norm,
    Reading,
    Source,
    StepSet,
    Theorem,
    add_source,
    mirror_descent,
    strongly_convex,
)
from theory.mirror_maps.mirror_map import DUAL
from theory.parameters import ALPHA, alpha
from theory.quantities import CumSum, First, Norm2Squared
from theory.symbols import g, x, z
from theory.theorems.against import GAP, INSIDE
from theory.theorems.shared import COMPACT, CONVEX, SEPARABLE

add_source("my_theorem", "Authors. Title. Year.")
HERE = Source("my_theorem", "Theorem 1")

# The mirror map: psi of one coordinate on an open interval. sympy checks that `inverse` inverts its gradient;
# without it, sympy looks for one.
MAP = MirrorMap(
    "my_theorem",
    HERE,
    psi=(1 + x) * log(1 + x) + (1 - x) * log(1 - x),
    domain=(-1, 1),
    inverse=1 - 2 / (1 + exp(DUAL)),
)

# The algorithm: x_{t+1} minimises alpha <g_t, u> + B(u; x_t) over a box X.
ALGORITHM = mirror_descent(MAP, step=alpha, on=StepSet.BOX, parameters=(ALPHA,), name="my_theorem")

# The statement, against every point z of X. sympy checks that psi is 2-strongly convex in the l2 norm.
BOUND = First(MAP.divergence(z, x)) / alpha + alpha * CumSum(Norm2Squared(g)) / 4
THEOREM = Theorem(
    id="my_theorem",
    title="Mirror descent",
    source=HERE,
    algorithms=(ALGORITHM,),
    lhs=GAP,
    readings=(Reading("stated", BOUND, "as printed"),),
    assumptions=(CONVEX, COMPACT, SEPARABLE, INSIDE, *strongly_convex(MAP, Integer(2), norm=Norm.L2)),
    measures="regret against z",
)


# The game. Search for a counterexample with `regretcheck falsify my_theorem.py`.
def build(options: Options) -> Plan:
    """Three gradients in turn; z is the best point of the box."""
    stream = Periodic([[1.0, 0.0], [-0.5, 1.0], [0.3, 0.2]])
    box = Box(-0.9, 0.9, dimension=2)
    game = Game(ALGORITHM, LINEAR, stream, box, horizon=1000, parameters={"alpha": 0.1})
    return Plan((THEOREM,), game, checkpoints="all", vectors={z: [-0.9, -0.9]})


SCENARIO = Scenario("my_theorem", "Three gradients in turn", ("my_theorem",), build)
