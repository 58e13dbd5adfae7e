"""A search for what no compiled search can play: games of linear losses, each played by the numpy engine.

It is small: it draws games of few rounds on boxes and l2 balls around the origin, keeps those with the
largest lhs/rhs and varies them. What it finds is played again and counts if the check confirms it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from sympy import Expr

from bounds.evaluate import check
from bounds.scope import OutOfScope, check_scope
from bounds.statement import Inequality, Sides, evaluated, in_rounds
from bounds.verdict import Verdict
from online_sim.borders import Floats
from online_sim.domains.base import Domain
from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.borders import whole
from theory.losses.linear import LINEAR
from theory.quantities import Regret
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem
from theory.symbols import D_2, D, T, d, t, z

SIDE_BY_SIDE = 20
"""The games that share a set and a length."""
GENERATIONS = 6
"""How often the games of a set are varied."""
ROWS = 4
"""The most gradients that a game repeats in turn."""
SHOWN = frozenset(
    {
        Requires.CONVEX_LOSSES,
        Requires.COMPACT_SET,
        Requires.CONTAINS_ORIGIN,
        Requires.START_AT_ORIGIN,
        Requires.START_AT_CENTRE,
        Requires.EXACT_GRADIENTS,
    }
)
"""What every game of this search satisfies."""


@dataclass(frozen=True)
class PlayedSearch:
    """The outcome of a search.

    Args:
        evaluations: The games played.
        said: Those in which the statement applied and both sides were numbers.
        ratio: The largest lhs/rhs, -inf if there is none.
        horizon: The rounds of that game, or None.
        dimension: Its coordinates, or None.
        violated: Whether playing that game again confirmed a violation.
    """

    evaluations: int
    said: int
    ratio: float
    horizon: int | None
    dimension: int | None
    violated: bool

    @property
    def evidence(self) -> bool:
        """Whether the statement applied to any game."""
        return self.said > 0


@dataclass(frozen=True, eq=False)
class _Genes:
    """R games as numbers: rows (R, n, d), logarithms of parameters (R, p), and z as a share of an end."""

    rows: Floats
    logs: Floats
    lean: Floats
    share: Floats

    def __getitem__(self, chosen: Any) -> _Genes:
        return _Genes(self.rows[chosen], self.logs[chosen], self.lean[chosen], self.share[chosen])


def falsify_one_by_one(
    theorem: Theorem,
    reading: str,
    recurrence: Recurrence,
    *,
    evaluations: int = 4000,
    seed: int = 0,
    dimensions: Sequence[int] = (1, 2, 3),
    horizons: Sequence[int] = (1, 2, 4, 8, 16, 32),
) -> PlayedSearch:
    """Search for a violation of a statement against a fixed point z, with linear losses from x_1 = 0.

    Args:
        theorem: A statement whose left side compares with z.
        reading: The key of one of its readings.
        recurrence: The algorithm.
        evaluations: The most games.
        seed: Of all random numbers.
        dimensions: Numbers of coordinates d.
        horizons: Numbers of rounds T; every round up to T counts.

    Raises:
        OutOfScope: The statement is about a regret, or asks for what no such game has.
        ValueError: A number is out of range.
    """
    whole("evaluations", evaluations, least=1)
    whole("seed", seed, least=0)
    check_scope(theorem, SHOWN, "this search plays linear losses over boxes and l2 balls around the origin")
    if theorem.spelled_out(theorem.lhs).has(Regret):
        raise OutOfScope(f"`{theorem.id}` is about a regret; this search compares with a point z")
    search = _Search(theorem, reading, recurrence, np.random.default_rng(seed))
    turns = [(rounds, size) for rounds in horizons for size in dimensions]
    turn = 0
    while search.played < evaluations:
        rounds, size = turns[turn % len(turns)]
        search.one_set(rounds, size, evaluations, ball=turn // len(turns) % 2 == 1)
        turn += 1
    return search.outcome()


class _Search:
    """The games so far, and the best of them."""

    def __init__(
        self, theorem: Theorem, reading: str, recurrence: Recurrence, rng: np.random.Generator
    ) -> None:
        self.theorem, self.reading, self.recurrence, self.rng = theorem, reading, recurrence, rng
        self.statement: Inequality = in_rounds(theorem, reading)
        self.played = self.said = 0
        self.best: tuple[float, int, Game, Floats] | None = None

    def one_set(self, rounds: int, size: int, most: int, *, ball: bool) -> None:
        """Draw games on one set, and vary the best of them."""
        domain: Domain
        if ball and size > 1:
            domain = L2Ball(size, radius=float(np.exp(self.rng.normal())))
        else:
            sides = np.exp(self.rng.normal(size=size))
            domain = Box(-sides, sides)
        genes = self._drawn(size)
        worth = self._worth(domain, rounds, genes)
        for generation in range(GENERATIONS):
            if self.played >= most:
                return
            order = np.argsort(-worth, kind="stable")[: SIDE_BY_SIDE // 4]
            parents = genes[np.concatenate([order] * 4)]
            varied = self._varied(parents, 0.5 * 0.6**generation)
            fresh = self._worth(domain, rounds, varied)
            better = fresh > np.concatenate([worth[order]] * 4)
            genes = _Genes(
                *(
                    np.where(better.reshape(-1, *[1] * (a.ndim - 1)), b, a)
                    for a, b in zip(_parts(parents), _parts(varied), strict=True)
                )
            )
            worth = np.where(better, fresh, np.concatenate([worth[order]] * 4))

    def _drawn(self, size: int) -> _Genes:
        count = SIDE_BY_SIDE
        rows = self.rng.normal(size=(count, ROWS, size))
        # Some streams repeat fewer gradients, or are as large in some rounds as in all others.
        kept = self.rng.integers(1, ROWS + 1, size=count)
        rows = rows[np.arange(count)[:, None], np.arange(ROWS)[None, :] % kept[:, None]]
        rows *= np.exp(self.rng.normal(size=(count, ROWS, 1)) * self.rng.integers(0, 2, size=(count, 1, 1)))
        logs = self.rng.normal(scale=2.0, size=(count, len(self.recurrence.parameters)))
        return _Genes(rows, logs, self.rng.normal(size=(count, size)), self.rng.uniform(size=count))

    def _varied(self, genes: _Genes, by: float) -> _Genes:
        noise = self.rng.normal
        return _Genes(
            genes.rows + by * noise(size=genes.rows.shape),
            genes.logs + 2 * by * noise(size=genes.logs.shape),
            genes.lean + by * noise(size=genes.lean.shape),
            np.clip(genes.share + by * noise(size=genes.share.shape), 0.0, 1.0),
        )

    def _worth(self, domain: Domain, rounds: int, genes: _Genes) -> Floats:
        """The largest lhs/rhs of each game, over its rounds."""
        # Every number is a short decimal, so that a game can be told.
        rows, logs = np.round(genes.rows, 3), np.exp(genes.logs)
        numbers = np.array([[float(f"{u:.3g}") for u in line] for line in logs])
        data = rows[:, np.arange(rounds) % ROWS]
        total = data.sum(axis=1)
        ends = [
            domain.maximiser(-u - 0.1 * np.abs(u).sum() * w) for u, w in zip(total, genes.lean, strict=True)
        ]
        points = np.where(genes.share > 0.5, 1.0, 2 * genes.share)[:, None] * np.array(ends)
        named = dict(zip(self.recurrence.parameter_names, numbers.T, strict=True))
        game = Game(
            self.recurrence, LINEAR, [ArrayStream(u) for u in data], domain,
            horizon=rounds, parameters=named, start=np.zeros(domain.dimension),
        )  # fmt: skip
        sides = self._sides(game, points)
        worth = np.max(sides.ratio, axis=1)
        self.played += len(worth)
        self.said += int(np.any(sides.said, axis=1).sum())
        k = int(np.argmax(worth))
        if worth[k] > (self.best[0] if self.best else -np.inf):
            at = int(sides.rounds[np.argmax(sides.ratio[k])])
            alone = replace(
                game, stream=game.streams[k : k + 1], replicates=1, horizon=at,
                parameters={name: column[k] for name, column in named.items()},
            )  # fmt: skip
            self.best = float(worth[k]), at, alone, points[k]
        return np.asarray(worth)

    def _sides(self, game: Game, points: Floats) -> Sides:
        trace = play(
            game, record=self.statement.nodes, checkpoints="all", engine="numpy", vectors={z: points}
        )
        domain: Any = game.domain
        named: dict[str, Any] = {name: column[:, None, None] for name, column in game.columns.items()}
        named |= {T.name: trace.rounds, t.name: trace.rounds, d.name: game.dimension}
        named |= {D.name: domain.diameter(), D_2.name: domain.diameter("2")}

        def measured(node: Expr) -> Floats:
            return np.asarray(trace.scalars[str(node)])[:, None]

        value = partial(evaluated, node=measured, named=named)
        return self.statement.sides(trace.rounds, game.replicates, value)

    def outcome(self) -> PlayedSearch:
        """What was found; the best game is played again if it seems to be a violation."""
        if self.best is None:
            return PlayedSearch(self.played, self.said, -np.inf, None, None, violated=False)
        ratio, rounds, game, point = self.best
        violated = False
        if ratio > 1:
            trace = play(game, record=self.theorem.quantities, checkpoints="all", vectors={z: point})
            violated = check(self.theorem, self.reading, trace).verdict is Verdict.VIOLATED
        return PlayedSearch(self.played, self.said, ratio, rounds, game.dimension, violated)


def _parts(genes: _Genes) -> tuple[Floats, ...]:
    return genes.rows, genes.logs, genes.lean, genes.share
