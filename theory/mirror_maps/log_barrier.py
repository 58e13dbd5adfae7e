"""The logarithmic barrier of (-R, R), psi(x) = -(R^2/2) sum_i log(1 - x_i^2/R^2).

psi' = R^2 x/(R^2 - x^2), and psi'' is at least 1, its value at 0. Without its other half, -log x alone
(Burg's entropy) is no mirror map: its gradient -1/x takes no value above 0.

Source: Nesterov 2018, chapter 5.
"""

from sympy import log, sqrt

from theory.mirror_maps.fermi_dirac import RADIUS, R
from theory.mirror_maps.mirror_map import DUAL, MirrorMap
from theory.source import Source
from theory.symbols import x

LOG_BARRIER = MirrorMap(
    "logarithmic barrier",
    Source("nesterov2018", "the barrier of an interval", secondary=True),
    psi=-(R**2) * log(1 - x**2 / R**2) / 2,
    domain=(-R, R),
    parameters=(RADIUS,),
    inverse=2 * R * DUAL / (R + sqrt(R**2 + 4 * DUAL**2)),
)
