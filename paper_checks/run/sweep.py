"""Many games: a scenario under several seeds and over a grid of parameters, each game a separate task."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paper_checks.scenario import SEPARATOR, Options, Scenario, Varied
from theory.borders import WrongType, items, listed, mapping, shown, twice, whole

if TYPE_CHECKING:
    from paper_checks.run.results import Result

Grid = Mapping[str, Sequence[float]]

MOST_GAMES = 100_000
"""The largest number of games in a sweep: each is an object while it waits and a file when finished."""


def sweep(
    scenario: Scenario,
    grid: Grid | None = None,
    seeds: Iterable[int] = (0,),
    *,
    options: Options | None = None,
    out: Path | None = None,
    resume: bool = False,
    **how: Any,
) -> list[Result]:
    """One row for each reading, grid point and seed, nested in this order with the seed innermost.

    grid: parameter -> the values to try instead of the scenario's value. seeds: of the random streams.
    options: the user's other choices. out: the folder where each finished game is stored at once. resume:
    play only what is missing there. how: `jobs`, `backend`, `scheduler`, `progress` of `run_tasks`. Raises
    ValueError for a parameter that the scenario does not have, and whenever `run_tasks` does.
    """
    from paper_checks.run.runner import play_task
    from paper_checks.run.tasks import run_tasks

    games = varied([scenario], options or Options(), grid or {}, seeds)
    tasks = [play_task(one, chosen, files=out is not None) for one, chosen in games]
    return [row for record in run_tasks(tasks, out=out, resume=resume, **how) for row in record.results]


def varied(
    scenarios: Sequence[Scenario], options: Options, grid: Grid, seeds: Iterable[int]
) -> list[tuple[Scenario, Options]]:
    """Every scenario at every grid point under every seed; the id names point and seed."""
    numbers = _numbers(seeds)
    values_of = {name: _values(name, values) for name, values in _mapping(grid).items()}
    games = len(scenarios) * len(numbers) * math.prod(map(len, values_of.values()))
    if games > MOST_GAMES:
        raise ValueError(
            f"`seeds` and `grid` ask for {games:,} games, more than {MOST_GAMES:,}; give fewer of them"
        )
    if grid:
        _check_names(scenarios, options, grid)
    points = [tuple(zip(values_of, values, strict=True)) for values in product(*values_of.values())]
    return [
        (_at(s, point, seed), replace(options, seed=seed))
        for s in scenarios
        for point in points
        for seed in numbers
    ]


def _mapping(grid: object) -> Mapping[str, Any]:
    return mapping("grid", grid, "the name of a parameter -> the values to try")


def _numbers(seeds: object) -> list[int]:
    """The seeds without duplicates."""
    if isinstance(seeds, range):  # its length is known without expanding it
        _few("seeds", max(0, (seeds.stop - seeds.start) // seeds.step))
    found = list(dict.fromkeys(items("seeds", seeds, object, "a whole number, at least 0")))
    for k, seed in enumerate(found):
        found[k] = whole(f"seeds[{k}]", seed, most=None)
    if not found or min(found) < 0:
        raise ValueError(
            f"`seeds` = {shown(found)} must be whole numbers, at least 0 and at least one of them"
        )
    return found


def _values(name: str, values: object) -> list[float]:
    """The values of one parameter."""
    from online_sim.borders import as_numbers

    found = as_numbers(values)
    if found is None or found.ndim != 1:
        raise WrongType(
            f"`grid` gives `{name}` = {shown(values)}; give a list of the numbers to try, one at least"
        )
    if not found.size:
        raise ValueError(f"`grid` gives `{name}` no value; give at least one")
    _few(f"grid[{name}]", found.size)
    if not all(map(math.isfinite, found)):
        raise ValueError(f"`grid` gives `{name}` = {shown(values)}; give finite numbers")
    return [float(value) for value in found]


def _few(name: str, count: int) -> None:
    if count > MOST_GAMES:
        raise ValueError(f"`{name}` holds {count:,} numbers, more than {MOST_GAMES:,} games; give fewer")


def _at(scenario: Scenario, point: tuple[tuple[str, float], ...], seed: int) -> Scenario:
    words = [f"{name}={value!r}" for name, value in point] + [f"seed={seed}"]
    build = Varied(scenario.build, point) if point else scenario.build
    title = f"{scenario.title} ({', '.join(words).replace('=', ' = ')})"
    return replace(scenario, id=SEPARATOR.join([scenario.id, *words]), title=title, build=build)


def _check_names(scenarios: Sequence[Scenario], options: Options, grid: Grid) -> None:
    """Report misspelt names before anything is played."""
    from paper_checks.run.runner import planned

    for s in scenarios:
        plan = planned(s, options)
        known = plan.game.parameter_names
        for name in grid:
            if name not in known:
                raise ValueError(f"`grid` names {shown(name)}, which {s.id} has not; {listed(name, known)}")


def parse_seeds(text: str) -> range | tuple[int, ...]:
    """The seeds in a text: `0:8` means 0 to 7, `3` and `1,5` are lists; ValueError for anything else."""
    first, colon, last = text.partition(":")
    try:
        seeds = range(int(first or 0), int(last)) if colon else tuple(int(part) for part in text.split(","))
    except ValueError:
        seeds = ()
    if not seeds or seeds[0] < 0 or min(seeds[:MOST_GAMES]) < 0:
        raise ValueError(
            f"`--seeds` = {shown(text)} must be FIRST:END, such as 0:8 for the eight seeds 0 to 7"
        )
    if isinstance(seeds, range):
        _few("--seeds", seeds.stop - seeds.start)
    else:
        twice("--seeds", map(str, seeds))
    return seeds


def parse_grid(entries: Sequence[str]) -> dict[str, list[float]]:
    """The grid of entries such as `alpha=0.1,0.3`, one per parameter; ValueError for anything else."""
    found: list[tuple[str, list[float]]] = []
    for entry in entries:
        name, sign, values = entry.partition("=")
        try:
            numbers = [float(Fraction(value.strip())) for value in values.split(",")]
        except (ValueError, ZeroDivisionError, OverflowError):
            numbers = []
        if not (sign and name.strip() and numbers):
            raise ValueError(f"`--grid` = {shown(entry)} must be NAME=NUMBER,NUMBER, such as alpha=0.1,0.3")
        found.append((name.strip(), numbers))
    twice("--grid", [name for name, _ in found])
    return dict(found)
