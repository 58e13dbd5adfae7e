"""Games in exact rationals, of which counterexamples consist before they are written to a file.

Two kinds are enough. Linear losses over a set refute a regret bound whenever any convex losses do: replacing
f_t by <g_t, .>, with g_t a subgradient of f_t at x_t, keeps the trajectory and every quantity made of
gradients, and can only raise the regret. A bound on gradient averages is about one smooth f and noise. Here f
is a sum over coordinates of one function whose slope is piecewise linear, so that its smoothness constant and
its minimum are exact, and the noise has finitely many letters, so that an expectation is a finite sum.
"""

from theory.front_door import front_door

__getattr__, __dir__, __all__ = front_door(__name__)
