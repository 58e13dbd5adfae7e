"""The negative entropy, psi(x) = sum_i (x_i log x_i - x_i), on the positive orthant.

psi' = log x. Its divergence is the (generalised) Kullback-Leibler divergence; a step multiplies x_i by
exp(-eta g_i), and the projection in the divergence onto the simplex divides by the sum.

Source: Bubeck 2015, section 4.3, "simplex setup".
"""

from sympy import S, exp, log, oo

from theory.mirror_maps.mirror_map import DUAL, MirrorMap
from theory.source import Source
from theory.symbols import x

ENTROPY = MirrorMap(
    "negative entropy",
    Source("bubeck2015", "section 4.3, simplex setup", secondary=True),
    psi=x * log(x) - x,
    domain=(S.Zero, oo),
    inverse=exp(DUAL),
)
