"""Regret at 60 checkpoints: the best fixed points of a whole game, against one solve at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from paper_checks.bench.peers.one_solve import Rows, hinge_total, lbfgs_in_a_box, liblinear, w8a_like
from paper_checks.bench.row import Answer, BenchRow, Call, Case, Contender, Goal, Peer, Settings, Unavailable

if TYPE_CHECKING:
    from online_sim.domains.base import Domain
    from theory.loss import Loss

SOLVES = 5.0
"""The goal: how many solves at the last round all checkpoints may cost."""
RADIUS = 1.0
"""Of the box of the logistic losses."""
CHECKPOINTS = 60
ROUNDS = 3000
"""The rounds of the drawn data."""
EVERY = 3000
"""The rounds of a game that is compared in every round."""
FEW = 20
"""Its coordinates."""
GROWTH = 1.25
"""The goal: how many times as long a checkpoint may take in a game that is `LONGER` times as long."""
LONGER = 4
DATA = {"w8a": 49_749, "ijcnn1": 49_990}
"""Files of the data folder, by their number of rows."""
ACCURACY = {"logistic": 1e-8, "hinge": 3e-6}
"""How far the two minima may be apart, relative; ours is an upper end, and hinge losses have kinks."""

Draw = Callable[[int], Rows]


def read(name: str, rounds: int) -> Rows:
    """Rows of a file in LIBSVM format, in a drawn order; Unavailable without it.

    In the order of the file both labels may come late.
    """
    import numpy as np

    from online_sim import libsvm_file

    try:
        stream = libsvm_file(f"libsvm/{name}.bz2")
    except ValueError as problem:
        raise Unavailable(f"{name} is not in the data folder; set REGRETCHECK_DATA ({problem})") from None
    if stream.table is None:
        raise Unavailable(f"{name} has no table of rows")
    vectors, labels = stream.table
    chosen = np.random.default_rng(0).permutation(len(labels))[:rounds]
    return vectors[chosen], labels[chosen]


def _ours(loss: Loss, domain: Domain, rows: Rows, checkpoints: str | int = CHECKPOINTS) -> Call:
    from online_sim import ArrayStream
    from online_sim.checkpoints import checkpoint_rounds
    from online_sim.comparator import best_in_hindsight

    stream = ArrayStream(*rows, order="once")
    ends = checkpoint_rounds(checkpoints, len(rows[1]))

    def call() -> Answer:
        return {"minimum": best_in_hindsight(loss, {}, domain, stream, ends)[-1].upper}

    return call


def _logistic(draw: Draw, rounds: int) -> Call:
    from online_sim import Box
    from theory import LOGISTIC

    rows = draw(rounds)
    return _ours(LOGISTIC, Box(-RADIUS, RADIUS, dimension=rows[0].shape[1]), rows)


def _every_round(rounds: int) -> Call:
    from online_sim import Box
    from theory import LOGISTIC

    box = Box(-RADIUS, RADIUS, dimension=FEW)
    return _ours(LOGISTIC, box, w8a_like(rounds, dimension=FEW), "all")


def _hinge(draw: Draw, rounds: int) -> Call:
    import numpy as np

    from online_sim import L2Ball
    from theory import HINGE

    rows = draw(rounds)
    radius = float(np.linalg.norm(liblinear(rows)()))  # the ball of which the peer solves the same problem
    return _ours(HINGE, L2Ball(rows[0].shape[1], radius=radius), rows)


def _one_logistic(draw: Draw, rounds: int) -> Call:
    return lbfgs_in_a_box(draw(rounds), RADIUS)


def _one_hinge(draw: Draw, rounds: int) -> Call:
    rows = draw(rounds)
    solve = liblinear(rows)
    return lambda: {"minimum": hinge_total(rows, solve())}


def cases(_: Settings) -> Sequence[Case]:
    """Drawn data, then every round, then two files, one for each loss, which take minutes."""
    drawn = "drawn like w8a, d = 300"
    return [
        case_of("regret.logistic", f"logistic losses in a box, {drawn}", w8a_like, ROUNDS, "logistic"),
        case_of("regret.hinge", f"hinge losses in a ball, {drawn}", w8a_like, ROUNDS, "hinge"),
        _of_all_rounds(),
        _of_file("regret.w8a", "logistic losses in a box", "logistic"),
        _of_file("regret.ijcnn1", "hinge losses in a ball", "hinge"),
    ]


def _of_all_rounds() -> Case:
    short = EVERY // LONGER
    part = Contender(f"the same, T = {short}", _every_round, short)
    return Case(
        "regret.all", f"a best fixed point in every round, logistic losses, d = {FEW}, T = {EVERY:,}",
        "round", Contender("best_in_hindsight", _every_round, EVERY),
        (Peer(part, Goal(within=GROWTH), note="ours too: of linear cost, both take as long for each round"),),
        check=50,
    )  # fmt: skip


def _of_file(identifier: str, title: str, loss: str) -> Case:
    name = identifier.partition(".")[2]
    found = case_of(identifier, f"{title}, {name}", partial(read, name), DATA[name], loss)
    return replace(found, named_only=True, once=True)


def case_of(identifier: str, title: str, draw: Draw, rounds: int, loss: str) -> Case:
    """A case for these rows and "logistic" losses in a box, or "hinge" losses in a ball."""
    ours, name, solve = {
        "logistic": (_logistic, "L-BFGS-B, sparse, one solve", _one_logistic),
        "hinge": (_hinge, "liblinear, one solve", _one_hinge),
    }[loss]
    peer = Contender(name, partial(solve, draw), rounds, ("sklearn",) if loss == "hinge" else ())
    return Case(
        identifier, f"{CHECKPOINTS} best fixed points: {title}, T = {rounds:,}", "game",
        Contender("best_in_hindsight", partial(ours, draw), rounds),
        (Peer(peer, Goal(within=SOLVES), ACCURACY[loss], note="solves for the last round only"),),
        scale=1 / rounds, check=100,
    )  # fmt: skip


ROW = BenchRow("regret", "the best fixed points at the checkpoints of a game", cases)
