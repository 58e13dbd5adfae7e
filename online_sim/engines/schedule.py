"""The order of a round: definitions are sorted into stages, so that each finds what it reads.

The level of a symbol is the first stage that can read it; reductions are computed one stage earlier.
"""

from collections.abc import Iterable, Mapping, Sequence

from sympy import Symbol

from online_sim.engines.program import (
    METRIC,
    POINT,
    Answered,
    Assigned,
    Averaged,
    Body,
    Definition,
    OfMatrix,
    Picked,
    Projected,
    Reduced,
    Stacked,
    Stage,
)


def schedule(
    definitions: Mapping[Symbol, Definition], roots: Iterable[Symbol], keep: Sequence[Symbol] = ()
) -> Body:
    """The stages that compute `roots` and nothing else; the vectors in `keep` are stored."""
    order = _reachable(definitions, roots)
    level: dict[Symbol, int] = {}
    project_at: int | None = None
    for symbol in order:
        definition = definitions[symbol]
        base = max((level[s] for s in definition.dependencies if s in level), default=0)
        level[symbol] = base + _is_barrier(definition, level)
        if isinstance(definition, Projected):
            project_at = level[symbol]
    count = max([*level.values(), 0]) + 1
    stages = []
    for number in range(count):
        here = [definitions[s] for s in order if level[s] == number]
        ahead = [definitions[s] for s in order if level[s] == number + 1]
        vectors = tuple(line for line in here if isinstance(line, Assigned) and line.vector)
        alone = (line for line in here if isinstance(line, Assigned | Picked | Stacked | OfMatrix | Answered))
        stages.append(
            Stage(
                scalars=tuple(line for line in alone if line not in vectors),
                vectors=vectors,
                reductions=tuple(line for line in ahead if isinstance(line, Reduced)),
                rows=tuple(line for line in ahead if isinstance(line, Averaged)),
            )
        )
    stored = _read_later(stages, definitions, level)
    arguments = (POINT, METRIC) if project_at is not None else ()
    stored |= {s for s in (*arguments, *keep) if s in level and definitions[s].vector}
    return Body(tuple(stages), project_at, frozenset(stored))


def _is_barrier(definition: Definition, level: Mapping[Symbol, int]) -> bool:
    """Whether a symbol must wait for a whole pass, as does a coordinate of a vector from this round."""
    if isinstance(definition, Picked):
        return definition.source in level
    return isinstance(definition, Reduced | Averaged | Projected | OfMatrix)


def _reachable(definitions: Mapping[Symbol, Definition], roots: Iterable[Symbol]) -> list[Symbol]:
    """Every definition that the roots need, dependencies first; the order of definition breaks ties."""
    rank = {symbol: number for number, symbol in enumerate(definitions)}
    done: dict[Symbol, None] = {}

    def visit(symbol: Symbol) -> None:
        if symbol in done or symbol not in definitions:
            return
        for other in sorted(definitions[symbol].dependencies & rank.keys(), key=rank.__getitem__):
            visit(other)
        done[symbol] = None

    for root in sorted(roots, key=lambda s: rank.get(s, -1)):
        visit(root)
    return list(done)


def _read_later(
    stages: Sequence[Stage], definitions: Mapping[Symbol, Definition], level: Mapping[Symbol, int]
) -> set[Symbol]:
    """Vectors that must be stored, because they are read in a later stage than the one that computes them."""
    found: set[Symbol] = set()
    for number, stage in enumerate(stages):
        for definition in stage.definitions:
            for s in definition.dependencies & definitions.keys():
                source = definitions[s]
                # The pass over the rows comes after the one over the coordinates of the same stage.
                later = level[s] < number or isinstance(definition, Averaged)
                if isinstance(source, Assigned) and source.vector and later:
                    found.add(s)
    return found
