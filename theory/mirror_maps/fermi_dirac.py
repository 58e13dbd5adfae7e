"""The Fermi-Dirac entropy on (-R, R): psi(x) = sum_i ((R + x_i) log(R + x_i) + (R - x_i) log(R - x_i))/2.

It is the binary entropy of p = (R + x)/(2 R), moved from (0, 1) to an interval around 0 and scaled so that
psi'' = R/(R^2 - x^2), which is at least 1/R. psi' = artanh(x/R).

Source: Bauschke, Bolte and Teboulle 2017, for (0, 1).
"""

from sympy import exp, log

from theory.mirror_maps.mirror_map import DUAL, MirrorMap
from theory.parameters import Parameter
from theory.source import Source
from theory.symbols import Scalar, x

RADIUS = Parameter(
    Scalar("radius", positive=True), "R", "the half-width of the domain of the mirror map",
    lower=0, lower_open=True, typical=(0.5, 2.0), default=2.0,
)  # fmt: skip
R = RADIUS.symbol

FERMI_DIRAC = MirrorMap(
    "Fermi-Dirac entropy",
    Source("bauschke2017", "the Fermi-Dirac entropy of (0, 1)", secondary=True),
    psi=((R + x) * log(R + x) + (R - x) * log(R - x)) / 2,
    domain=(-R, R),
    parameters=(RADIUS,),
    # R tanh(y), which as a function of exp(2 y) neither overflows nor needs artanh(x/R).
    inverse=R * (1 - 2 / (1 + exp(2 * DUAL))),
)
