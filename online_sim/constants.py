"""The constants and properties of a game that theorems ask for: D, L, f(x_*), convexity, compactness."""

import math
from collections.abc import Callable, Mapping
from weakref import WeakKeyDictionary

import numpy as np

from online_sim.comparator import smoothness_constant
from online_sim.domains.base import Domain
from online_sim.expressions import evaluate
from online_sim.game import Game
from online_sim.meant_for import meant_for
from online_sim.sparse_rows import same_rows
from online_sim.symmetry import symmetric_noise
from theory.loss import Loss
from theory.quantities import MeanRows
from theory.statement import Requires
from theory.symbols import a, b, d, df, row, row_label


def constants(game: Game) -> dict[str, float | None]:
    """Name -> value: d, D (infinity norm), D_2 (l2 norm), L, f_star; None for a constant that does not exist.

    x_gap and G_f are always None: no rule finds the minimisers of f, or a bound of its gradients on R^d.
    L and f_star are also None if they differ between replicates: such a game has no single f.
    """
    return {
        "d": float(game.dimension),
        "D": _diameters(game.domain)[0] if game.domain is not None else None,
        "D_2": _diameters(game.domain)[1] if game.domain is not None else None,
        "L": _common(game, _smoothness),
        "f_star": _common(game, _minimum),
        "x_gap": None,
        "G_f": None,
    }


def _diameters(domain: Domain) -> tuple[float, float]:
    """(D, D_2); cached for each set."""
    if domain not in _WIDE:
        _WIDE[domain] = domain.diameter("inf"), domain.diameter("2")
    return _WIDE[domain]


def constant_bounds(game: Game, known: Mapping[str, float | None]) -> dict[str, tuple[float, float]]:
    """Name -> guaranteed lower and upper bounds of each constant that the game knows.

    known: the game's `constants`. The set encloses its diameters. Any sufficiently large L is valid, so it is
    rounded up; the minimum of f is a formula of a few operations.
    """
    found: dict[str, tuple[float, float]] = dict(_set_bounds(game.domain)) if game.domain is not None else {}
    few = 8 * float(np.finfo(np.float64).eps)
    L, least = known.get("L"), known.get("f_star")
    if L is not None:
        found["L"] = (L, L * (1 + few))
    if least is not None:
        found["f_star"] = (least - few * abs(least), least + few * abs(least))
    return found


def side_slack(domain: Domain) -> float:
    """The maximum relative excess of the sides D_i of a set, which are upper bounds."""
    if domain not in _SLACK:
        low, high = domain.coordinate_diameter_bounds()
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(high > low, high / low, 1.0)
        _SLACK[domain] = float(np.max(ratio)) - 1.0
    return _SLACK[domain]


def _set_bounds(domain: Domain) -> Mapping[str, tuple[float, float]]:
    """The bounds of D and D_2; cached for each set, because they may need linear programs."""
    if domain not in _KEPT:
        _KEPT[domain] = {"D": domain.diameter_bounds("inf"), "D_2": domain.diameter_bounds("2")}
    return _KEPT[domain]


_SLACK: WeakKeyDictionary[Domain, float] = WeakKeyDictionary()
_WIDE: WeakKeyDictionary[Domain, tuple[float, float]] = WeakKeyDictionary()
_KEPT: WeakKeyDictionary[Domain, Mapping[str, tuple[float, float]]] = WeakKeyDictionary()


def properties(game: Game, *, known: Mapping[str, float | None] | None = None) -> dict[str, tuple[bool, str]]:
    """Name of a `Requires` -> (whether the game has it, the reason in words).

    known: the game's `constants`, if they have already been computed.
    """
    loss = game.loss
    known = constants(game) if known is None else known
    diameter = math.inf if known["D"] is None else known["D"]
    symbolic = isinstance(loss, Loss)
    fixed = isinstance(loss, Loss) and not loss.uses_stream
    separable = game.domain is None or game.domain.box_bounds() is not None
    found = {
        Requires.CONVEX_LOSSES: (game.convex, f"{loss.name} is {loss.shape.value}"),
        Requires.COMPACT_SET: (
            math.isfinite(diameter),
            f"D = {diameter:g}" if game.domain is not None else "there is no set",
        ),
        Requires.SMOOTH_LOSS: (known["L"] is not None, _known("L", known["L"])),
        Requires.MINIMUM_KNOWN: (known["f_star"] is not None, _known("f(x_*)", known["f_star"])),
        Requires.FIXED_LOSS: (fixed, "one function" if fixed else "the losses change from round to round"),
        Requires.UNCONSTRAINED: (game.domain is None, game.domain.name if game.domain else "no set"),
        Requires.SEPARABLE_SET: (separable, game.domain.name if game.domain else "no set"),
        Requires.SYMMETRIC_NOISE: symmetric_noise(game),
        Requires.UNBIASED_ORACLE: _unbiased(game) if symbolic else (False, "a Python loss"),
        Requires.EXACT_GRADIENTS: _exact(loss),
        **meant_for(game, smooth=known["L"] is not None, minimum=known["f_star"]),
    }
    return {requirement.name: answer for requirement, answer in found.items()}


def _known(name: str, value: float | None) -> str:
    return f"{name} = {value:g}" if value is not None else f"{name} is not known; give it in `constants`"


def _exact(loss: object) -> tuple[bool, str]:
    if not isinstance(loss, Loss):
        return False, "a Python loss"
    exact = loss.oracle is None
    return exact, "the true gradient is handed out" if exact else f"{loss.name} hands out another gradient"


def _unbiased(game: Game) -> tuple[bool, str]:
    loss = game.loss
    if not isinstance(loss, Loss) or loss.oracle is None:
        return True, "the true gradient is handed out"
    if loss.oracle == df + a:
        return _zero_mean(game)
    one_row = loss.oracle.xreplace({a: row, b: row_label})
    if one_row == loss.gradient.replace(MeanRows, lambda inner: inner):
        tables = [s.table for s in game.streams if s.draws_uniformly]
        same = [
            t
            for t in tables
            if t is not None and same_rows(t[0], game.rows) and np.array_equal(t[1], game.row_labels)
        ]
        drawn = len(same) == len(game.streams)
        return (
            drawn,
            "the gradient at a row drawn uniformly"
            if drawn
            else "the rows are not drawn uniformly from the table",
        )
    return False, f"no rule says that the mean of {loss.oracle} is the gradient"


def _zero_mean(game: Game) -> tuple[bool, str]:
    if game.all_paths is not None:
        zero = not any(game.all_paths.alphabet.mean)
        return zero, "the noise has mean zero on every path" if zero else "the noise has a mean"
    means = [s.mean for s in game.streams]
    if any(mean is None for mean in means):
        return False, "the mean of the noise is not known"
    zero = not any(np.any(mean) for mean in means)
    return zero, "the noise has mean zero" if zero else "the noise has a mean"


def _common(game: Game, constant: Callable[[Game, int], float | None]) -> float | None:
    """A constant of f; None if it differs between replicates."""
    replicates: dict[tuple[float, ...], int] = {}
    for r in range(game.replicates):
        replicates.setdefault(tuple(game.loss_values(r).values()), r)
    found = {constant(game, r) for r in replicates.values()}
    return found.pop() if len(found) == 1 else None


def _smoothness(game: Game, replicate: int) -> float | None:
    """L for this game: a maximum over the rows if it depends on the round's data."""
    if not isinstance(game.loss, Loss) or game.loss.smoothness is None:
        return None
    loss, values, rows = game.loss, game.loss_values(replicate), (game.rows, game.row_labels)
    if not game.loss.smoothness.has(a, b):
        return smoothness_constant(loss, values, table=rows)
    tables = [s.table for s in game.streams]
    # Streams that differ only in their seeds share one table.
    known = {id(table[0]): table for table in tables if table is not None}
    if any(table is None for table in tables) or not known:
        return None
    return max(smoothness_constant(loss, values, data=table, table=rows) for table in known.values())


def _minimum(game: Game, replicate: int) -> float | None:
    if not isinstance(game.loss, Loss) or game.loss.minimum is None:
        return None
    return float(evaluate(game.loss.minimum, {**game.loss_symbols(replicate), d: float(game.dimension)}))
