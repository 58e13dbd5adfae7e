"""Structured streams of one size, each sharpened around its best games, several of them side by side.

The random numbers are drawn, and the games remembered, in the order of one stream after the other: playing
together saves time and changes no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bounds.falsifier.evaluator import Batch
from bounds.falsifier.family import Place, Player
from bounds.falsifier.space import RegretSpace, games_of
from bounds.statement import Sides
from online_sim.borders import Floats

SHARPER = (1.0, 0.5, 0.2)
"""The successive standard deviations of the draws around the best games of each stream."""
ELITE = 16
"""The number of best games to draw around."""
TOGETHER = 1024
"""The number of first games of the streams that are played together."""


@dataclass(frozen=True)
class Start:
    """The first vectors of a space (R, n), and standard normal numbers for each of the draws around them."""

    space: RegretSpace
    name: str
    vectors: Floats
    normals: tuple[Floats, ...]

    @classmethod
    def drawn(cls, space: RegretSpace, name: str, vectors: Floats, rng: np.random.Generator) -> Start:
        """Draw the normal numbers; how many there are depends on the number of vectors only."""
        count, normals = len(vectors), []
        for _ in SHARPER:
            elite = min(ELITE, count)
            near = elite * max(1, count // elite)
            normals.append(rng.standard_normal((near, vectors.shape[1])))
            count = elite + near
        return cls(space, name, vectors, tuple(normals))


def gathered(starts: Iterator[Start], *, alone: bool) -> Iterator[list[Start]]:
    """Starts in groups of about `TOGETHER` games; alone: each by itself."""
    group: list[Start] = []
    for start in starts:
        group.append(start)
        if alone or sum(len(each.vectors) for each in group) >= TOGETHER:
            yield group
            group = []
    if group:
        yield group


def sharpened(
    starts: Sequence[Start], sides_of: Callable[[Sequence[Batch]], Sequence[Sides]], player: Player
) -> Iterator[list[Place]]:
    """The best game of each space, found among its vectors and draws around the best ones.

    sides_of: both sides of the games of several batches of one size.
    """
    spaces = [start.space for start in starts]
    vectors = [start.vectors for start in starts]
    played: list[tuple[Sequence[Batch], Sequence[Sides]]] = []
    worth: list[Floats] = []
    for spread in (None, *SHARPER):
        if spread is not None:
            normals = [start.normals[len(played) - 1] for start in starts]
            vectors = [_near(*of, spread) for of in zip(vectors, worth, normals, strict=True)]
        batches = games_of(spaces, vectors)
        found = sides_of(batches)
        played.append((batches, found))
        worth = [player.worth(part) for part in found]
    for k, start in enumerate(starts):
        best = int(np.argmax(worth[k]))
        place = Place(float(worth[k][best]), start.space, vectors[k][best], start.name)
        for left, (games, sides) in zip(reversed(range(len(played))), played, strict=True):
            player.remember(games[k], sides[k], [(start.name, len(games[k]))])
            yield [] if left else [place]


def _near(vectors: Floats, worth: Floats, normals: Floats, spread: float) -> Floats:
    """The best vectors, and vectors drawn around them."""
    elite = vectors[np.argsort(-worth, kind="stable")[:ELITE]]
    near = np.repeat(elite, len(normals) // len(elite), axis=0)
    return np.concatenate([elite, near + spread * normals])
