"""The engine that confirms what float64 found: the same game again, in more precision or in a wider range."""

import numpy as np

from online_sim.engines.base import Engine, Setting
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine

FEW = 5_000
"""Up to this many rounds of all replicates, long double is faster than compiling a loop."""
LONGEST_INTERPRETED = 200_000
"""Rounds of all replicates in long double, 20 us each and more."""
LONGEST_COMPILED = 300_000_000
"""Rounds of all replicates, times 1 + 3/4 d, in doubled precision, 0.2 us each."""


def longer_engine(setting: Setting, *, rounds: int, wide: bool) -> Engine:
    """The engine that plays a game of `rounds` rounds again in more precision; ValueError with the reason.

    wide: only floats of a longer range than float64 will do.
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
    """An engine of more than float64's precision that plays this game, or None where there is none.

    The first of these that does not refuse:

    * the compiled loop in doubled precision, 106 bits, 0.2 us a round and 0.15 us more a coordinate for AdaL
      with linear losses: any algorithm and loss in symbols without sines and cosines, on a box or without a
      set, with tables, groups and data that are a formula;
    * numpy in longdouble, 64 bits on x86 and as few as float64's 53 elsewhere (then it is left out), 20 us a
      round and more: any loss in symbols, and every set whose projection is a kernel of the package. Such a
      projection may stop at the accuracy of floats: points are then no more exact than that, the losses paid
      at them are.

    A Python loss hands out float64, so nothing plays it more precisely. Both engines read parameters and
    declared initial values as the decimals that their floats print as (0.1 is 1/10), and take data, start and
    bounds of the set as the floats they are: a game differs from its float64 run by the rounding of floats,
    that of the parameters included. Both keep the range of float64 or more; in doubled precision accuracy
    fades below 1e-275 (`double_double_kernel`). ``setting_of(game, record=...)`` makes
    the setting.
    """
    doubled = NumbaEngine(double_double=True)
    if doubled.refuse(setting) is None:
        return doubled
    return _interpreted(setting)
