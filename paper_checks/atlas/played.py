"""Games on real data and against natural adversaries, on which the bounds of the atlas are checked.

A search looks for the worst game; these are games that one would play: online games, and descents of the
functions in `paper_checks.atlas.functions`. Their outcomes are stored with the digest of the statement, as
those of searches are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf, log, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from online_sim.borders import Floats
from online_sim.game import Game
from paper_checks.atlas.descents import Checked, outcomes_of
from paper_checks.atlas.entry import Entry
from paper_checks.atlas.searched import digest_of
from paper_checks.atlas.stored import read_rows
from theory.statement import Requires
from theory.symbols import z, z_t

if TYPE_CHECKING:
    from bounds.verdict import Check

STORED = Path(__file__).with_name("played.json")
"""The outcomes that come with the package."""


@dataclass(frozen=True)
class NaturalGame:
    """A game that one would play.

    Args:
        name: Its name in the table.
        loss: The name of its loss in the registry.
        rows: The data, (T, d), one row a round.
        steepest: The largest |g_i| over the set and all rounds.
        longest: The largest ||g||_2 over the set and all rounds.
        best: The best fixed point, (d,).
        each: The best point of each round, (T, d).
        simplex: Whether it is played on the probability simplex from its centre, else on [-1, 1]^d from 0.
    """

    name: str
    loss: str
    rows: Floats
    steepest: float
    longest: float
    best: Floats
    each: Floats
    simplex: bool = False


@dataclass(frozen=True)
class Played:
    """One reading, checked on one game.

    Args:
        reading: Such as "amsgrad.theorem4.iclr".
        game: The name of the game.
        digest: Of the statement, the algorithm and the settings of its search.
        verdict: The name of a `bounds.verdict.Verdict`.
        ratio: The largest lhs/rhs over the recorded rounds, or None if the left side was never positive.
        horizon: The rounds played.
    """

    reading: str
    game: str
    digest: str
    verdict: str
    ratio: float | None
    horizon: int


@cache
def natural_games() -> tuple[NaturalGame, ...]:
    """The games: the diabetes data, which come with scikit-learn, and streams of the literature."""
    from online_sim.streams.datasets import diabetes

    features = diabetes().vectors
    count, d = features.shape
    farthest = 1 + np.abs(features)
    longest = float(np.sqrt(np.sum(farthest**2, axis=1)).max())
    mean, median = (np.clip(middle(features, axis=0), -1, 1) for middle in (np.mean, np.median))
    inside = np.clip(features, -1, 1)
    low, high = features.min(axis=0), features.max(axis=0)
    t = np.arange(count)
    turns = np.where(t % 2 == 0, 1.0, -1.0)
    in_turn = np.eye(4)[t % 4] * np.where(t % 8 < 4, 1.0, -1.0)[:, None]
    return (
        NaturalGame("means of diabetes", "quadratic", features, float(farthest.max()), longest, mean, inside),
        NaturalGame("medians of diabetes", "absolute", features, 1.0, sqrt(d), median, inside),
        _linear("alternating gradients", np.stack([turns, -turns], axis=1)),
        _linear("one coordinate at a time", in_turn),
        _linear("Reddi's stream", np.where(t % 3 == 0, 3.0, -1.0)[:, None]),
        _linear("experts on diabetes", (features - low) / (high - low), simplex=True),
        _linear("two experts in turn", np.eye(2)[t % 2], simplex=True),
    )


def _linear(name: str, rows: Floats, *, simplex: bool = False) -> NaturalGame:
    best, each = (
        np.eye(rows.shape[1])[np.argmin(g, axis=-1)] if simplex else np.where(g > 0, -1.0, 1.0)
        for g in (rows.sum(axis=0), rows)
    )
    longest = float(np.sqrt(np.sum(rows**2, axis=1)).max())
    return NaturalGame(name, "linear", rows, float(np.abs(rows).max()), longest, best, each, simplex)


def games_of(entry: Entry) -> Iterator[tuple[NaturalGame, Game]]:
    """The games on the kind of set that a statement is about, with parameters.

    A parameter has its default, or a typical value, or the number that the statements of the atlas assume of
    it: bounds on the set and on the gradients are met with equality, and step sizes on the simplex are those
    of the theorems for this horizon. Further games have the largest gradient, in either norm, as epsilon,
    which dual averaging asks for, and alpha = D/sqrt(2), the choice of AdaGrad's corollary.
    """
    from bounds.scope import has_full_matrix
    from online_sim import ArrayStream, Box, Simplex
    from online_sim.domains.full_metric import MOST_COORDINATES
    from theory.losses.registry import losses

    known = {loss.name: loss for loss in losses()}
    simplex = any(a.condition is Requires.PROBABILITY_SIMPLEX for a in entry.theorem.assumptions)
    most = MOST_COORDINATES if has_full_matrix(entry.theorem, entry.recurrence) else inf
    for natural in natural_games():
        rounds, d = natural.rows.shape
        if natural.simplex != simplex or d > most:
            continue
        given = {"alpha": 1.0, "lam": 0.01, "D_bar": 2 * sqrt(d), "G_bar": natural.longest}
        if simplex:
            given = {
                "eta": min(0.5, sqrt(log(d) / rounds)),
                "alpha": sqrt(2 * log(d) / rounds) / natural.steepest,
            }
        settings: dict[str, Any] = {
            p.name: given.get(p.name, p.typical[1] if p.default is None else p.default)
            for p in entry.recurrence.parameters
        }
        others = ("eps", natural.steepest), ("eps", natural.longest), ("alpha", sqrt(2))
        for parameters in (settings, *(settings | {k: v} for k, v in others if k in settings)):
            yield natural, Game(
                entry.recurrence, known[natural.loss], ArrayStream(natural.rows),
                Simplex(d) if simplex else Box(-np.ones(d), np.ones(d)),
                horizon=rounds, start=None if simplex else np.zeros(d), parameters=parameters,
            )  # fmt: skip


def play_entry(entry: Entry) -> list[Played]:
    """Check every reading of a statement on every natural game that it is about.

    A game on which an assumption fails says nothing and is left out; of two with the same name, the one with
    the larger ratio stays.

    Raises:
        OutOfScope: a right side reads an expectation, which a played game does not have.
    """
    from bounds.falsifier.evaluator import about_losses

    digests = {reading.key: digest_of(entry, reading.key) for reading in entry.theorem.readings}
    found = dict[tuple[str, str], Played]()
    for name, rounds, answers in _online(entry) if about_losses(entry.theorem) else outcomes_of(entry):
        for k, key in enumerate(digests):
            verdict, ratio = _together([checks[k] for checks in answers])
            if verdict is None:
                continue
            row = Played(f"{entry.id}.{key}", name, digests[key], verdict, ratio, rounds)
            before = found.get((key, name))
            if before is None or (row.ratio or 0) > (before.ratio or 0):
                found[key, name] = row
    return list(found.values())


def _online(entry: Entry) -> Iterator[Checked]:
    """The checks of an online game, against its best fixed point, or the best point of each round."""
    from bounds.evaluate import checks
    from online_sim.simulate import play

    for natural, game in games_of(entry):
        trace = play(game, record=entry.theorem.quantities, vectors={z: natural.best, z_t: natural.each})
        yield natural.name, game.horizon, [checks(entry.theorem, trace)]


def _together(checks: Sequence[Check]) -> tuple[str | None, float | None]:
    """One verdict and the largest ratio; no verdict if an assumption fails.

    checks: for each choice of constants that are known only in an enclosure.
    """
    from bounds.verdict import Verdict

    verdicts = {check.verdict for check in checks}
    if Verdict.ASSUMPTION_BROKEN in verdicts:
        return None, None
    margins = [check.margin for check in checks if check.margin is not None]
    ratio = float(f"{max(1 / margin for margin in margins):.4g}") if margins else None
    return (verdicts.pop() if len(verdicts) == 1 else Verdict.UNDECIDED).name, ratio


def read_played(path: Path = STORED) -> Mapping[str, list[Played]]:
    """The outcomes in a file by reading; none if there is no file.

    Raises:
        ValueError: the file is damaged.
    """
    found = dict[str, list[Played]]()
    for row in read_rows(path, Played):
        found.setdefault(row.reading, []).append(row)
    return found
