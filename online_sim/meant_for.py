"""Whether a game has the properties that statements require of its set, its start and its losses.

Every answer is (whether the game has the property, the reason in words). A property is decided if the set,
the start or the formula of the loss decides it; otherwise the answer is False, and says that it is not known.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sympy import Abs, Dummy, Expr, Heaviside, Max, Min, Piecewise, sign, simplify

from online_sim.domains.base import Domain
from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from online_sim.domains.validate import distinct
from online_sim.expressions import evaluate
from online_sim.game import Game
from theory.convexity import Curvature, curvature
from theory.loss import Loss
from theory.quantities import Quantity, SumCoords
from theory.sign import nonnegative
from theory.statement import Requires
from theory.symbols import a, x

MODULUS = "mu"
"""The name of the parameter for the assumed modulus of strong convexity or exp-concavity of the losses."""

KINKS = (Abs, Max, Min, Piecewise, Heaviside, sign)
"""The nodes with which a second derivative does not decide whether a function is convex."""

Answer = tuple[bool, str]


def meant_for(game: Game, *, smooth: bool, minimum: float | None) -> dict[Requires, Answer]:
    """What is known about the set, the start and the losses of a game.

    smooth: whether the smoothness constant L is known; minimum: the minimum of f, if it is known.
    """
    nonnegative_losses = _nonnegative(game, minimum)
    return {
        Requires.PROBABILITY_SIMPLEX: _simplex(game.domain),
        Requires.BALL: _ball(game.domain),
        Requires.CONTAINS_ORIGIN: _contains_origin(game),
        Requires.START_AT_ORIGIN: (_starts_at(game, np.zeros(1)), _point("x_1", game.starts[0])),
        Requires.START_AT_CENTRE: _at_centre(game),
        Requires.STRONGLY_CONVEX: _modulus(game, "strongly convex", strong_convexity),
        Requires.EXP_CONCAVE: _modulus(game, "exp-concave", exp_concavity),
        Requires.NONNEGATIVE_LOSSES: nonnegative_losses,
        Requires.SELF_BOUNDED: _self_bounded(nonnegative_losses, smooth=smooth),
    }


@lru_cache(maxsize=128)
def strong_convexity(loss: Loss) -> Expr | None:
    """The largest mu with f_t - mu ||x||_2^2/2 convex, as a formula in parameters; None if it is not found.

    It is found if the Hessian is a number times the identity; where f_t is seen to be a convex function plus
    c ||x||_2^2, 2 c is a modulus, if not the largest.
    """
    slope = loss.gradient
    if slope.has(*KINKS) or any(node.has(x) for node in slope.atoms(Quantity)):
        return _ridge(loss)
    bend = simplify(slope.diff(x))
    return bend if bend.free_symbols <= _parameters(loss) and not bend.atoms(Quantity) else _ridge(loss)


def _ridge(loss: Loss) -> Expr | None:
    """2 c, where a loss is c ||x||_2^2 and what is convex by the rules of `theory.convexity`."""
    square = SumCoords(x**2)
    weight = loss.value.coeff(square)
    rest = loss.value - weight * square
    convex = curvature(rest, x) in {Curvature.CONSTANT, Curvature.AFFINE, Curvature.CONVEX}
    return 2 * weight if weight != 0 and convex and weight.free_symbols <= _parameters(loss) else None


@lru_cache(maxsize=128)
def exp_concavity(loss: Loss) -> Expr | None:
    """The largest mu with exp(-mu f_t) concave, as a formula in parameters; None if it is not found.

    It is found for f_t(x) = phi(<a_t, x>) if phi''/(phi')^2 is constant, as for -log.
    """
    products = {node for node in loss.value.atoms(SumCoords) if node.has(x)}
    if products != {SumCoords(a * x)}:
        return None
    u = Dummy("u", real=True)
    phi = loss.value.xreplace({products.pop(): u})
    if phi.has(x, *KINKS) or phi.diff(u) == 0:
        return None
    share = simplify(phi.diff(u, 2) / phi.diff(u) ** 2)
    return share if share.free_symbols <= _parameters(loss) else None


def _parameters(loss: Loss) -> set[Expr]:
    return {p.symbol for p in loss.parameters}


def _simplex(domain: Domain | None) -> Answer:
    if isinstance(domain, Simplex) and domain.total == 1:
        return True, domain.name
    return False, f"{_name(domain)} is not known to be the probability simplex"


def _ball(domain: Domain | None) -> Answer:
    # An interval is a ball of R^1.
    if isinstance(domain, L2Ball) or (domain is not None and domain.dimension == 1):
        return True, domain.name
    return False, f"{_name(domain)} is not known to be an l2 ball"


def _contains_origin(game: Game) -> Answer:
    domain = game.domain
    if isinstance(domain, Box):  # a wide one may be one number
        inside = not (np.any(distinct(domain.lower) > 0) or np.any(distinct(domain.upper) < 0))
    else:
        inside = domain is None or domain.contains(np.zeros(game.dimension))
    return inside, f"{_name(domain)} {'contains' if inside else 'does not contain'} the origin"


def _at_centre(game: Game) -> Answer:
    centre = _centre(game.domain)
    if centre is None:
        return False, f"no rule says which point is the centre of {_name(game.domain)}"
    return _starts_at(game, distinct(centre)), (
        f"{_point('x_1', game.starts[0])}, {_point('the centre', centre)}"
    )


def _starts_at(game: Game, point: NDArray[np.float64]) -> bool:
    """Whether every replicate starts at this point, given as (d,) or as one number for all coordinates."""
    return all(bool(np.all(distinct(start) == point)) for start in game.starts)


def _centre(domain: Domain | None) -> NDArray[np.float64] | None:
    """The centre, which is the default start of these sets."""
    return domain.start() if isinstance(domain, L2Ball | Box | Simplex) else None


def _modulus(game: Game, what: str, found: Callable[[Loss], Expr | None]) -> Answer:
    """Whether every loss has at least the modulus given by the game's parameter `MODULUS`."""
    loss = game.loss
    if MODULUS not in game.parameter_names:
        return False, f"no parameter of the game is called {MODULUS}; give the modulus this name"
    formula = found(loss) if isinstance(loss, Loss) else None
    if formula is None or not isinstance(loss, Loss):
        return False, f"it is not known whether {loss.name} is {what}"
    for r in range(game.replicates):
        values = game.loss_symbols(r)
        has, asked = float(evaluate(formula, values)), game.values(r)[MODULUS]
        if not 0 < asked <= has:
            return False, f"{loss.name} is {what} with modulus {has:g}, asked is {MODULUS} = {asked:g}"
    return True, f"{loss.name} is {what} with modulus {has:g}, asked is {MODULUS} = {asked:g}"


def _nonnegative(game: Game, minimum: float | None) -> Answer:
    loss = game.loss
    if minimum is not None:
        return minimum >= 0, f"the minimum of {loss.name} is {minimum:g}"
    seen = isinstance(loss, Loss) and nonnegative(loss.value)
    return seen, f"{loss.name} is {'never negative' if seen else 'not known to be nonnegative'}"


def _self_bounded(nonnegative_losses: Answer, *, smooth: bool) -> Answer:
    """A nonnegative function that is L-smooth on all of R^d is self-bounded."""
    if not smooth:
        return False, "L is not known"
    return nonnegative_losses


def _name(domain: Domain | None) -> str:
    return "the whole space" if domain is None else domain.name


def _point(name: str, values: NDArray[np.float64]) -> str:
    shown = ", ".join(f"{u:g}" for u in values[:4]) + (", ..." if len(values) > 4 else "")
    return f"{name} = ({shown})"
