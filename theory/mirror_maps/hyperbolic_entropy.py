"""The hyperbolic entropy, psi(x) = sum_i (x_i arsinh(x_i/b) - sqrt(x_i^2 + b^2)), on R^d.

It is between the entropy (b small, on both sides of 0) and the squared norm (b large). psi' = arsinh(x/b),
and psi'' = 1/sqrt(x^2 + b^2) is at least 1/sqrt(r^2 + b^2) where |x| <= r.

Source: Ghai, Hazan and Singer 2020.
"""

from sympy import asinh, sinh, sqrt

from theory.mirror_maps.mirror_map import DUAL, MirrorMap
from theory.parameters import Parameter
from theory.source import Source
from theory.symbols import Scalar, x

SOFTNESS = Parameter(
    Scalar("softness", positive=True), "b", "the size of x below which the map is nearly a square",
    lower=0, lower_open=True, typical=(0.1, 1.0), default=0.5,
)  # fmt: skip
b = SOFTNESS.symbol

HYPERBOLIC_ENTROPY = MirrorMap(
    "hyperbolic entropy",
    Source("ghai2020", "the hypentropy", secondary=True),
    psi=x * asinh(x / b) - sqrt(x**2 + b**2),
    parameters=(SOFTNESS,),
    inverse=b * sinh(DUAL),
)
