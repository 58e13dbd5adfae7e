"""The linear minimisation oracle of a game's set, for algorithms that ask for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from online_sim.engines.lowering import ORACLES
from theory.quantities import LinearMinimiser

if TYPE_CHECKING:
    from online_sim.domains.oracles import Oracle
    from online_sim.game import Game


def oracle_of(game: Game) -> Oracle:
    """The oracle of the set of a game; nothing for an algorithm that asks for none.

    Raises:
        ValueError: The algorithm asks for an oracle, and there is no set, or it has none.
    """
    algorithm, domain = game.recurrence, game.domain
    if not any(e.has(LinearMinimiser) for e in algorithm.expressions()):
        return (), {}
    found = None if domain is None else domain.linear_minimiser()
    if found is None:
        there = "the game has no set" if domain is None else f"{domain.name} has none"
        asks = f"{algorithm.name} asks for a linear minimisation oracle"
        raise ValueError(f"`domain`: {asks}, and {there}; play on {ORACLES}")
    return found
