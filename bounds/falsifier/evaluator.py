"""Both sides of a regret statement on many games of linear losses at once, in compiled floats.

Linear losses are enough: docs/certificates.md, "Why these games are enough". Their regret is the total loss
minus min_{z in X} <sum_t w_t g_t, z>, so a game needs no solver: it records the sum and takes an extreme
point of the set. Everything that differs between games is data of one kernel, which is compiled once for a
statement and an algorithm, whatever T and d are. Floats find; `bounds.certificates` proves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Integer, Symbol

from bounds.borders import MOST_COORDINATES
from bounds.falsifier.fixed_points import Curve, Term, Total
from bounds.falsifier.sets.base import SearchedSet
from bounds.falsifier.sets.box import Boxes
from bounds.prover.covered import losses_covered
from bounds.scope import OutOfScope, check_given, check_scope, composite_of, required
from bounds.statement import EPS, OPERATIONS, Inequality, Sides, evaluated, in_rounds
from online_sim.borders import Floats
from online_sim.checkpoints import checkpoint_rounds
from online_sim.engines.base import BlockData, RunState, Setting
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.program import Projection
from online_sim.expressions import compiled
from online_sim.meant_for import MODULUS
from online_sim.regret import paid
from theory.losses.linear import LINEAR
from theory.quantities import CumSum, Dot, LossAt, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem
from theory.symbols import D_2, D, D_i, Scalar, T, d, f, g, t, x, x_next, z, z_t

MOST_ROUNDS_DENSE = 64
"""The most rounds T at which every round is checked; longer games use log-spaced rounds."""
MOST_WRITTEN_OUT = 256
"""The most rounds T of streams of different shapes that are written out to be played at once."""
LOSSES = {False: "linear", True: "least curved"}
"""The losses in words, by whether they are curved."""
CAPACITY = 4096
"""The most games played at once."""


@dataclass(frozen=True, eq=False)
class Batch:
    """R games of linear losses with equal T and d.

    rows: (R, n, d), the first `lead` of them played once, the others cyclically. ends: (R, m, d), the
    anchors of each set, such as the two corners of a box. start: (R, d), points of the sets. parameters:
    (R, p) in the order of the recurrence. comparator: (R, d), the points z of the sets; None for
    the starts. moving: (R, n, d), the points z_t that go with the rows, or None.
    """

    rows: Floats
    lead: int
    horizon: int
    ends: Floats
    start: Floats
    parameters: Floats
    comparator: Floats | None = None
    moving: Floats | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, chosen: slice) -> Batch:
        """Some of the games."""
        return Batch(
            self.rows[chosen], self.lead, self.horizon, self.ends[chosen], self.start[chosen],
            self.parameters[chosen], self.z[chosen], None if self.moving is None else self.moving[chosen],
        )  # fmt: skip

    @classmethod
    def joined(cls, batches: Sequence[Batch]) -> Sequence[Batch]:
        """The games of batches of equal T and d as one, unless they are long and differ in shape."""
        first = batches[0]
        alike = all(b.lead == first.lead and b.rows.shape[1:] == first.rows.shape[1:] for b in batches)
        if len(batches) == 1 or not (alike or first.horizon <= MOST_WRITTEN_OUT):
            return batches
        rows = np.concatenate([b.rows if alike else b.rows[:, b.index] for b in batches])
        moving = [b.moving if alike else b.moving[:, b.index] for b in batches if b.moving is not None]
        ends, start, parameters, z = (
            np.concatenate([getattr(b, name) for b in batches])
            for name in ("ends", "start", "parameters", "z")
        )
        lead = first.lead if alike else 0
        points = np.concatenate(moving) if moving else None
        return [cls(rows, lead, first.horizon, ends, start, parameters, z, points)]

    @property
    def z(self) -> Floats:
        """The comparators, (R, d)."""
        return self.start if self.comparator is None else self.comparator

    @property
    def index(self) -> NDArray[np.int64]:
        """The row of each round, (T,)."""
        find = _index if self.horizon <= MOST_WRITTEN_OUT else _index.__wrapped__  # long ones fill the memory
        return find(self.horizon, self.lead, self.rows.shape[1])


# Whoever searches plays games of few shapes, many times each.
@lru_cache(maxsize=256)
def _index(horizon: int, lead: int, count: int) -> NDArray[np.int64]:
    """The row of each round if there are so many rows, (T,)."""
    rounds = np.arange(horizon)
    return _kept(np.where(rounds < lead, rounds, lead + (rounds - lead) % max(1, count - lead)))


@lru_cache(maxsize=256)
def _rounds(horizon: int) -> NDArray[np.int64]:
    """The rounds at which games are compared: all of a short one, log-spaced ones of a long one."""
    return _kept(checkpoint_rounds("all" if horizon <= MOST_ROUNDS_DENSE else "log", horizon))


def _kept(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same array, not to be written to."""
    numbers.setflags(write=False)
    return numbers


class RegretEvaluator:
    """Plays batches of linear games with a recurrence and evaluates one reading of a theorem on them.

    Conditions must hold in every round up to the one evaluated. OutOfScope if the left side contains neither
    a regret nor a comparator, z or z_t, or if the statement is not meant for such games or reads what
    they do not provide.
    """

    def __init__(
        self, theorem: Theorem, reading: str, recurrence: Recurrence, *, kind: SearchedSet | None = None
    ) -> None:
        """Compile the game and both sides; kind: of the sets, by default boxes."""
        self.kind = kind = kind or Boxes()
        self.recurrence, self.curved = recurrence, curved_losses(theorem, recurrence)
        games = f"this search plays {LOSSES[self.curved]} losses over {kind.words}"
        shown = kind.shown | ({Requires.STRONGLY_CONVEX} if self.curved else set())
        check_scope(theorem, shown, games, composite=True)
        phi = composite_of(theorem, recurrence)
        self.term = None if phi is None else Term(phi)
        if not about_losses(theorem):
            raise OutOfScope(f"the left side of `{theorem.id}` is not a regret; {games}")
        against_z = bool(theorem.spelled_out(theorem.lhs).has(z, z_t))
        if against_z:
            losses_covered(theorem, reading, recurrence)
        check_given(
            theorem, reading, recurrence, (x, g, d, D, D_2, D_i), games,
            stated_only=(x_next, z, z_t, f) if against_z else (x_next,), other_points=against_z,
        )  # fmt: skip
        self.statement = _in_gradients(in_rounds(theorem, reading), curved=self.curved)
        kept = [node for node in self.statement.nodes if not isinstance(node, Regret)]
        self.regrets: list[tuple[str, list[str]]] = []
        for regret in sorted(theorem.spelled_out(theorem.lhs).atoms(Regret), key=str):
            weight, *phi = regret.args
            parts = [
                paid(weight, *phi),
                CumSum(weight * g),
                *moments(weight)[: 3 if self.curved else len(phi)],
            ]
            kept += parts
            self.regrets.append((str(regret), [str(part) for part in parts]))
        given = tuple(s for s in (D_i, z) if any(node.has(s) for node in kept))
        self.program = compile_program(Request(
            kind.projected(recurrence), LINEAR, projection=Projection.NONE, record=kept,
            given=given, moving=any(node.has(z_t) for node in kept),
        ))  # fmt: skip
        nothing = np.zeros((1, MOST_COORDINATES))
        group = np.zeros(MOST_COORDINATES, dtype=np.int64)
        numbers = np.ones((1, len(self.program.parameters)))
        setting = Setting(self.program, None, numbers, None, group, nothing, np.zeros(1))
        # Most searches end before a compiler would: the same bits, compiled or not.
        self.advance = NumbaEngine(interpreted=None, reproducible=True).prepare_any(setting)
        names = [p.symbol for p in self.recurrence.parameters]
        states = self.program.vector_states[1:], self.program.scalar_states
        self.initial = [[(s.old.name, _begin(s.initial, names)) for s in part] for part in states]
        records = self.program.scalar_records, self.program.vector_records
        self.keys = [[key for key, _ in part] for part in records]

    def sides(self, batch: Batch, rounds: NDArray[np.int64] | None = None) -> Sides:
        """Both sides of every game; rounds: by default all of a short game, log-spaced ones of a long one."""
        if rounds is None:
            rounds = _rounds(batch.horizon)
        if len(batch) <= CAPACITY:
            return self._sides(batch, rounds)
        parts = [self._sides(batch[k : k + CAPACITY], rounds) for k in range(0, len(batch), CAPACITY)]
        return Sides.joined(parts)

    def _sides(self, batch: Batch, rounds: NDArray[np.int64]) -> Sides:
        scalars, vectors = self._play(batch, rounds)
        for regret, (lost, gradients, *more) in self.regrets:
            total = self._total(batch, vectors[gradients], more, scalars, vectors)
            least, size = total.least(batch.ends, self.kind)
            if more:
                # Large parts may cancel: what may be rounding is not regret.
                least = least + (OPERATIONS + rounds) * EPS * (np.abs(scalars[lost]) + size)
            scalars[regret] = scalars[lost] - least
        of_game = {
            **dict(zip(self.recurrence.parameter_names, batch.parameters.T, strict=True)),
            **self.kind.diameters(batch.ends),
        }
        named: dict[str, Any] = {name: column[:, None, None] for name, column in of_game.items()}
        named |= {T.name: rounds, t.name: rounds, d.name: batch.start.shape[1]}
        value = partial(evaluated, node=lambda node: scalars[str(node)][:, None], named=named)
        return self.statement.sides(rounds, len(batch), value)

    def _total(
        self,
        batch: Batch,
        gradients: Floats,
        more: list[str],
        scalars: dict[str, Floats],
        vectors: dict[str, Floats],
    ) -> Total:
        """The total loss of fixed points; more: the keys of the sums of w, and of w x and w ||x||^2."""
        columns = zip(self.recurrence.parameter_names, batch.parameters.T, strict=True)
        named = {name: column[:, None, None] for name, column in columns}
        curve, count = None, scalars[more[0]] if more else np.zeros(gradients.shape[:2])
        if self.curved:
            _, place, square = more
            curve = Curve(named[MODULUS][:, :, 0], count, vectors[place], scalars[square])
        return Total(gradients, curve, self.term, count, named)

    def _play(self, batch: Batch, rounds: NDArray[np.int64]) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """The recorded quantities by key: scalars (R, K) and vectors (R, K, d)."""
        count, dimension = batch.start.shape
        data = {
            **{f"{u.name}__prev": batch.ends[:, k] for k, u in enumerate(self.kind.anchors)},
            D_i.name: self.kind.widths(batch.ends),
            z.name: batch.z,
        }
        columns = [batch.parameters[:, k] for k in range(batch.parameters.shape[1])]
        vectors = np.empty((count, 1 + len(self.initial[0]), dimension))
        scalars = np.empty((count, len(self.initial[1])))
        vectors[:, 0] = batch.start
        for k, (name, value) in enumerate(self.initial[0], start=1):
            vectors[:, k] = data[name] if name in data else np.reshape(value(*columns), (-1, 1))
        for k, (_, value) in enumerate(self.initial[1]):
            scalars[:, k] = value(*columns)
        rows = batch.rows if batch.moving is None else np.concatenate([batch.rows, batch.moving], axis=1)
        rows = np.ascontiguousarray(rows, dtype=np.float64)
        block = BlockData(rows, np.zeros(rows.shape[:2]), np.array(batch.index[None, :]))
        parameters = np.ascontiguousarray(batch.parameters)
        result = self.advance(parameters, RunState(0, vectors, scalars), block, np.array(rounds))
        found = [np.asarray(part, dtype=np.float64) for part in (result.scalars, result.vectors)]
        named = zip(self.keys, found, strict=True)
        by_key = [{key: part[:, :, k] for k, key in enumerate(keys)} for keys, part in named]
        return by_key[0], by_key[1]


def _begin(initial: Expr, names: list[Symbol]) -> Callable[..., Any]:
    """An initial value as a function of the parameters; a number is evaluated once."""
    value = compiled(initial, tuple(names))
    if initial.free_symbols:
        return value
    number = value(*np.ones(len(names)))
    return lambda *columns: number


def about_losses(theorem: Theorem) -> bool:
    """Whether the left side of a statement is a regret, or compares with a fixed point z or with z_t."""
    return bool(theorem.spelled_out(theorem.lhs).has(Regret, z, z_t))


def curved_losses(theorem: Theorem, recurrence: Recurrence) -> bool:
    """Whether a statement is about strongly convex losses, whose modulus is a parameter of the algorithm."""
    return Requires.STRONGLY_CONVEX in required(theorem) and MODULUS in recurrence.parameter_names


def moments(weight: Expr) -> tuple[Expr, Expr, Expr]:
    """The sums over the rounds of w, w x and w ||x||^2."""
    return CumSum(weight), CumSum(weight * x), CumSum(weight * SumCoords(x**2))


def _in_gradients(statement: Inequality, *, curved: bool) -> Inequality:
    """The statement with <g_t, x_t - z> for f_t(x_t) - f_t(z), whose two parts may cancel in floats."""
    gap: dict[Expr, Expr] = {}
    for point in (z, z_t):
        bend = Scalar(MODULUS) / 2 * SumCoords((x - point) ** 2) if curved else Integer(0)
        gap[f - LossAt(point)] = Dot(g, x - point) - bend
    conditions = tuple(c.xreplace(gap) for c in statement.conditions)
    return Inequality(statement.lhs.xreplace(gap), statement.rhs.xreplace(gap), conditions)
