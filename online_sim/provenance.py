"""The provenance of a trace: the game, the engine, the versions, and facts that later checks need."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from online_sim.blocks import rows_played
from online_sim.constants import constant_bounds, properties
from online_sim.game import Game, fingerprint
from online_sim.inputs import program_digest, versions
from online_sim.ranges import first_round, known_ranges, same_law
from online_sim.start import points_inside
from theory.loss import Loss

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from online_sim.engines.base import Engine
    from online_sim.engines.program import Program


@dataclass(frozen=True)
class RangeExit:
    """The first round in which a number left the range of the engine's floats, and the number's name."""

    round: int
    what: str


@dataclass(frozen=True)
class Provenance:
    """What was played, how it was played, and what is known about it; plain JSON throughout.

    algorithm, algorithm_digest, source, variant: the recurrence; loss, domain: names; streams: the first
    names; seeds: of every stream; parameters: name -> the distinct values, parameter_values: name -> one
    value per replicate; start: x_1 (its sum in more than 16 dimensions), one_start: whether all replicates
    share it; fingerprint: a hash of the game; program: a hash of the code; inputs: files read, with digests;
    recorded: keys of records; vectors: digests of given vectors; constants, constant_bounds: D, L, ... of the
    game; properties: `Requires` name -> (whether it holds, why), and z or z_t -> (whether it lies in the set,
    why); path_weights: probabilities of the replicates if these are all paths; stochastic: whether anything
    is random, one_law: whether replicates are independent draws from one law; ranges: quantity -> bounds that
    hold for every noise;
    not_finite_from, range_left: the round from which the numbers are meaningless, None if there is none;
    rows: how sparse rows were played, and why if they were made dense; "" for other data;
    engine_details: reported by the engine; twin, scenario, confirmed: added by later checks.
    """

    algorithm: str
    algorithm_digest: str
    source: str
    variant: Mapping[str, str]
    loss: str
    domain: str
    streams: Sequence[str]
    seeds: Sequence[int | None]
    parameters: Mapping[str, Sequence[float]]
    parameter_values: Mapping[str, Sequence[float]]
    start: Sequence[float]
    one_start: bool
    replicates: int
    dimension: int
    fingerprint: str
    program: str
    recorded: Sequence[str]
    vectors: Mapping[str, str]
    engine: str
    dtype: str
    precision: str
    projection: str
    constants: Mapping[str, float | None]
    constant_bounds: Mapping[str, Sequence[float]]
    properties: Mapping[str, Sequence[Any]]
    path_weights: Sequence[float] | None
    stochastic: bool
    one_law: bool
    ranges: Mapping[str, Sequence[float]]
    versions: Mapping[str, str]
    inputs: Mapping[str, str] = field(default_factory=dict)
    not_finite_from: int | None = None
    range_left: RangeExit | None = None
    seconds: float = 0.0
    rows: str = ""
    engine_details: Mapping[str, Any] = field(default_factory=dict)
    twin: Mapping[str, Any] | None = None
    scenario: Mapping[str, Any] | None = None
    confirmed: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        left = self.range_left
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        return {**found, "range_left": None if left is None else {"round": left.round, "what": left.what}}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Provenance:
        """The inverse of `to_json`; TypeError if names are missing or unknown."""
        left = found.get("range_left")
        return cls(**{**found, "range_left": None if left is None else RangeExit(**left)})


SAME_GAME = (
    "algorithm", "loss", "domain", "streams", "seeds", "parameters", "start", "replicates", "vectors",
    "fingerprint", "program",
)  # fmt: skip
"""The fields that two runs must share for one to resume the other."""


def provenance(
    game: Game,
    engine: Engine,
    program: Program,
    *,
    recorded: Sequence[Expr],
    given: Mapping[Symbol, NDArray[np.float64]],
    known: Mapping[str, float | None],
) -> Provenance:
    """The provenance of a game before its first round; known: its constants."""
    names = game.parameter_names
    noisy = isinstance(game.loss, Loss) and game.loss.oracle is not None
    sampled = any(s.seed is not None for s in game.streams)
    random = noisy or sampled or game.all_paths is not None
    return Provenance(
        algorithm=game.recurrence.name,
        algorithm_digest=game.recurrence.digest,
        source=str(game.recurrence.source),
        variant=dict(game.recurrence.variant),
        loss=game.loss.name,
        domain=game.domain.name if game.domain is not None else "unconstrained",
        streams=[s.name for s in game.streams[:8]],
        seeds=[s.seed for s in game.streams],
        parameters={n: sorted(set(game.numbers[:, k].tolist())) for k, n in enumerate(names)},
        parameter_values={n: game.numbers[:, k].tolist() for k, n in enumerate(names)},
        start=game.starts[0].tolist() if game.dimension <= 16 else [float(np.sum(game.starts[0]))],
        one_start=game.replicates == 1 or bool(np.all(game.starts == game.starts[0])),
        replicates=game.replicates,
        dimension=game.dimension,
        fingerprint=fingerprint(game),
        program=program_digest(),
        recorded=[key for key, _ in (*program.records, *program.series)],
        vectors={str(s): hashlib.sha256(v.tobytes()).hexdigest()[:16] for s, v in given.items()},
        engine=engine.name,
        dtype=str(engine.dtype),
        precision=engine.precision,
        projection=program.projection.value,
        constants=dict(known),
        constant_bounds={name: list(ends) for name, ends in constant_bounds(game, known).items()},
        properties=properties(game, known=known) | points_inside(game, given),
        path_weights=None if game.all_paths is None else game.all_paths.weights(game.horizon).tolist(),
        stochastic=random,
        one_law=random and same_law(game),
        ranges={**known_ranges(game), **first_round(game, recorded)} if sampled else {},
        versions=versions(),
        rows=rows_played(engine, game, program),
    )


__all__ = ["SAME_GAME", "Provenance", "RangeExit", "provenance"]
