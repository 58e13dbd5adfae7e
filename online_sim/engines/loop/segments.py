"""The loop over the rounds between two that are recorded, for a round that is played in two ways.

The lean body and the full one, which also computes what is recorded, differ in few statements. The compiler
would translate twice what they have in common, so it is written once, with branches for the rest: every
round computes the same expressions in the same order as with two bodies. With little in common two bodies
are better: most passes over the coordinates then have two forms anyway, little of the compiler's time is
saved, and rounds of one coordinate were up to 15 % slower.
"""

from collections.abc import Sequence

from online_sim.engines.tree import Line, Node, Suite, alternatives, lines

SAVED = 0.5
"""The least share of the lean body's lines that one body for all rounds must save."""
GAP = 4
"""The most lines that are repeated between two branches of such a body."""


def segments(begin: Sequence[Node], lean: Sequence[Node], full: Sequence[Node]) -> list[Node]:
    """All rounds of a block, each of which starts with `begin`."""
    both = alternatives("t_now == recorded", full, lean, gap=GAP)
    whole, plain, more = (len(lines(nodes)) for nodes in (both, lean, full))
    if plain + more - whole >= SAVED * plain:
        segment: list[Node] = [
            Line("recorded = checkpoints[segment] if segment < n_checkpoints else 0  # 0: none"),
            Line("stop = recorded if segment < n_checkpoints else t_start + m_rounds"),
            Suite("while t_now < stop", (*begin, *both)),
        ]
    else:
        segment = [
            Line("stop = checkpoints[segment] - 1 if segment < n_checkpoints else t_start + m_rounds"),
            Suite("while t_now < stop", (*begin, *lean)),
            Suite("if segment < n_checkpoints", (*begin, *full)),
        ]
    return [Suite("for segment in range(n_checkpoints + 1)", segment)]
