"""A family on which steps that shrink like 1/t^2 never leave, so that no regret bound C sqrt(T) holds."""

from sympy import Integer, Interval, S, sqrt

from bounds.families.family import GameFamily, Stretch, Turn, k, n, regret
from theory.parameters import Parameter
from theory.quantities import Regret
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Reading, Theorem
from theory.symbols import Scalar, T, g, t, x
from theory.theorems.shared import COMPACT, CONVEX

SIZE = Parameter(Scalar("size", positive=True), "s", "the size of the first step", lower=0, lower_open=True)
SLOW = Recurrence(
    "slow descent", Source("adal", "none"), (SIZE,), (), x - SIZE.symbol * g / (t * (t + 1)), Integer(1)
)
C = Scalar("C", positive=True)
ROOT_T = Theorem(
    id="toy.slow",
    title="slow descent has regret C sqrt(T)",
    source=Source("adal", "none"),
    algorithms=(SLOW,),
    lhs=Regret(S.One),
    readings=(Reading("every_C", C * sqrt(T), "for some C"), Reading("C1", sqrt(T), "C = 1")),
    assumptions=(CONVEX, COMPACT),
)
AWAY = GameFamily(
    name="toy_slow",
    title="-1 always, on [-1, 1] from -1",
    theorem=ROOT_T,
    reading="every_C",
    recurrence=SLOW,
    parameters={"size": S.Half},
    stretches=(Stretch((Turn(Integer(-1), {x: -S.Half - 1 / (2 * t), regret: (3 * k / 2, None)}),), n),),
    final={regret: (3 * n / 2, None)},
    ends=(Integer(-1), Integer(1)),
    start=Integer(-1),
    comparator=Integer(1),
    at_least=3 * n / 2,
    at_most=(C * sqrt(n),),
    ranges={C: Interval.open(0, S.Infinity)},
)
