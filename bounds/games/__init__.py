"""Games in exact rationals: what a counterexample consists of before it is written down.

Two kinds are enough. Linear losses over a set refute a regret bound whenever any convex losses do: to replace
f_t by <g_t, .>, with g_t a subgradient of f_t at x_t, keeps the trajectory and every quantity made of
gradients, and can only raise the regret. A bound on gradient averages speaks of one smooth f and of noise;
here f is a sum over coordinates of one function whose slope is piecewise linear, so that its smoothness
constant and its minimum are exact, and the noise has finitely many letters, so that an expectation is a
finite sum.
"""

from bounds.games.base import ExactGame as ExactGame
from bounds.games.counterexample import Counterexample as Counterexample
from bounds.games.descent import DescentGame as DescentGame
from bounds.games.exact import Number as Number
from bounds.games.exact import Point as Point
from bounds.games.exact import exact as exact
from bounds.games.exact import point as point
from bounds.games.linear import LinearGame as LinearGame
from bounds.games.sets import ExactBox as ExactBox
from bounds.games.sets import ExactSegment as ExactSegment

__all__ = [
    "Counterexample",
    "DescentGame",
    "ExactBox",
    "ExactGame",
    "ExactSegment",
    "LinearGame",
    "Number",
    "Point",
    "exact",
    "point",
]
