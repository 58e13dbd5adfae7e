"""The engine that confirms float64 results by replaying the game in higher precision or a wider range."""

import numpy as np

from online_sim.engines.base import Engine, Setting
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine

FEW = 5_000
"""The number of rounds of all replicates up to which long double is faster than compiling a loop."""
LONGEST_INTERPRETED = 200_000
"""The maximum number of rounds of all replicates in long double, at 20 us or more each."""
LONGEST_COMPILED = 300_000_000
"""The maximum number of rounds of all replicates, times 1 + 3/4 d, in doubled precision, at 0.2 us each."""


def longer_engine(setting: Setting, *, rounds: int, wide: bool) -> Engine:
    """The engine that replays a game of `rounds` rounds in higher precision; ValueError if there is none.

    wide: whether the floats must have a wider range than float64.
    """
    replicates, dimension = len(setting.parameters), setting.dimension
    work = rounds * replicates
    longer = _interpreted(setting)
    if longer is not None and (work <= FEW or (wide and work <= LONGEST_INTERPRETED)):
        return longer
    doubled = NumbaEngine(double_double=True)
    reason = doubled.refuse(setting)
    if not wide and reason is None and work * (1 + 0.75 * dimension) <= LONGEST_COMPILED:
        return doubled
    if longer is not None and work <= LONGEST_INTERPRETED:
        return longer
    if longer is None and (wide or reason is not None):
        raise ValueError(f"no engine plays this game in longer floats{f': {reason}' if reason else ''}")
    raise ValueError(f"{work} rounds are too many to play again in longer floats")


def _interpreted(setting: Setting) -> Engine | None:
    longer = NumpyEngine(np.longdouble, decimals=True)
    if setting.program.python_loss or longer.rounding is None or longer.refuse(setting) is not None:
        return None
    return longer


def precise_engine(setting: Setting) -> Engine | None:
    """An engine with higher precision than float64 that plays this game, or None if there is none.

    It is the first of these that does not refuse:

    * the compiled loop in doubled precision, with 106 bits; for AdaL with linear losses it takes 0.2 us per
      round and 0.15 us more per coordinate. It plays any symbolic algorithm and loss without sines and
      cosines, on a box or without a set, with tables, groups and data given by a formula;
    * numpy in longdouble, with 64 bits on x86 and possibly only float64's 53 elsewhere (then it is left out),
      at 20 us or more per round. It plays any symbolic loss, and every set whose projection is a kernel of
      the package. Such a projection may stop at float64 accuracy: the points are then no more accurate than
      that, but the losses at them are.

    A Python loss returns float64, so no engine plays it more precisely. Both engines read parameters and
    declared initial values as the decimals that their floats print as (0.1 is 1/10), and take the data, start
    and bounds of the set as floats: a game differs from its float64 run by the rounding of floats, including
    that of the parameters. Both have at least the range of float64; in doubled precision accuracy fades below
    1e-275 (`double_double_kernel`). ``setting_of(game, record=...)`` makes the setting.
    """
    doubled = NumbaEngine(double_double=True)
    if doubled.refuse(setting) is None:
        return doubled
    return _interpreted(setting)
