"""psi(x) = ||x||_2^2/2, whose divergence is half the squared distance: mirror descent is gradient descent.

Source: Bubeck 2015, section 4.3, "ball setup".
"""

from theory.mirror_maps.mirror_map import DUAL, MirrorMap
from theory.source import Source
from theory.symbols import x

EUCLIDEAN = MirrorMap(
    "half the squared l2 norm",
    Source("bubeck2015", "section 4.3, ball setup", secondary=True),
    psi=x**2 / 2,
    inverse=DUAL,
)
