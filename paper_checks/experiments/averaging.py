"""What an algorithm makes of noise: its own lines, applied to gradients that are drawn at one point.

Section 2.4 of the AdaL paper speaks of the noise of an exponential mean. The mean is that of the recurrence:
its lines of m_t and mhat_t are printed for arrays, with the noise in place of what m_t averages.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Function, Symbol, lambdify

from paper_checks.experiments.contender import Contender
from theory.quantities import Prev, SumCoords
from theory.recurrence import Recurrence
from theory.symbols import g, m, mhat, t

Array = NDArray[np.float64]


def transformation(contender: Contender) -> Callable[[Array], Array] | None:
    """What the algorithm averages, as a function of a tensor's gradient; None if that is the gradient.

    Raises:
        ValueError: the algorithm has no exponential mean m_t, or it averages what is not a function of g_t.
    """
    averaged = _averaged(contender.recurrence)
    if averaged == g:
        return None
    line = dict(contender.recurrence.steps)[averaged]
    if line.free_symbols != {g} or line.has(Prev):
        raise ValueError(
            f"`contender` = {contender.name} averages {averaged} = {line}; "
            f"take one that averages a function of g_t alone"
        )
    total = Function("total")
    printed: Callable[[Array], Array] = lambdify(
        [_plain(g)], line.replace(SumCoords, total).xreplace({g: _plain(g)}), [{"total": np.sum}, "numpy"]
    )
    return printed


def average(contender: Contender, noise: Array) -> Array:
    """mhat_t, were what m_t averages the noise (n, d) of round t: an array (n, d).

    Raises:
        ValueError: the algorithm has no exponential mean m_t.
    """
    step, corrected = _lines(contender.recurrence)
    given = {str(name): value for name, value in contender.parameters.items()}
    state = np.zeros(noise.shape[1])
    found = np.empty_like(noise)
    for number, now in enumerate(noise, start=1):
        state = step(state, now, number, given)
        found[number - 1] = corrected(state, number, given)
    return found


def _averaged(recurrence: Recurrence) -> Symbol:
    """The one symbol of a vector that the line of m_t reads, apart from m_{t-1}."""
    line = dict(recurrence.steps).get(m)
    if line is None or mhat not in dict(recurrence.steps):
        raise ValueError(f"`contender`: {recurrence.name} has no lines of m_t and mhat_t; take one like Adam")
    parameters = {p.symbol for p in recurrence.parameters}
    read = line.replace(Prev, lambda *_: 0).free_symbols - parameters - {t}
    if len(read) != 1:
        raise ValueError(
            f"`contender`: m_t of {recurrence.name} averages {sorted(map(str, read))}; take one like Adam"
        )
    return read.pop()


@lru_cache(maxsize=16)
def _lines(recurrence: Recurrence) -> tuple[Any, Any]:
    """The lines of m_t and mhat_t as functions of (m_{t-1}, noise, t, values) and of (m_t, t, values)."""
    lines = dict(recurrence.steps)
    noise = _averaged(recurrence)
    names = [p.symbol for p in recurrence.parameters]
    old = Symbol("old")
    plain = {s: _plain(s) for s in (noise, m, t, *names)}
    arguments = [plain[s] for s in names]

    def printed(first: list[Symbol], line: Any) -> Any:
        body = line.replace(Prev, lambda *_: old).xreplace(plain)
        compiled = lambdify([*first, *arguments], body, "numpy")
        return lambda *values: compiled(*values[:-1], *(values[-1].get(str(s), np.nan) for s in names))

    return printed([old, plain[noise], plain[t]], lines[m]), printed([plain[m], plain[t]], lines[mhat])


def _plain(symbol: Symbol) -> Symbol:
    return Symbol(symbol.name)
