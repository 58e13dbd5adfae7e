"""Many games: a scenario under several seeds and over a grid of parameters, each game one task of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paper_checks.scenario import SEPARATOR, Options, Scenario, Varied

if TYPE_CHECKING:
    from paper_checks.results import Result

Grid = Mapping[str, Sequence[float]]


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
    """One row for each reading, point of the grid and seed, in this order of nesting, the seed innermost.

    grid: parameter -> the values to try, in place of the scenario's own; seeds: of the random streams;
    options: what else the user chose; out: the folder where each finished game is stored at once; resume:
    play only what is missing there; how: `jobs`, `backend`, `scheduler`, `progress` of `run_tasks`. Raises
    ValueError for a parameter that the scenario does not have, and as `run_tasks` does.
    """
    from paper_checks.runner import play_task
    from paper_checks.tasks import run_tasks

    games = varied([scenario], options or Options(), grid or {}, seeds)
    tasks = [play_task(one, chosen, files=out is not None) for one, chosen in games]
    return [row for record in run_tasks(tasks, out=out, resume=resume, **how) for row in record.results]


def varied(
    scenarios: Sequence[Scenario], options: Options, grid: Grid, seeds: Iterable[int]
) -> list[tuple[Scenario, Options]]:
    """Every scenario at every point of the grid under every seed; the id says which."""
    numbers = list(dict.fromkeys(seeds))
    if not numbers or min(numbers) < 0:
        raise ValueError(f"`seeds` = {numbers} must be whole numbers, at least 0 and at least one of them")
    for name, values in grid.items():
        if not len(values):
            raise ValueError(f"`grid` gives `{name}` no value; give at least one")
    if grid:
        _check_names(scenarios, options, grid)
    points = [tuple(zip(grid, map(float, values), strict=True)) for values in product(*grid.values())]
    return [
        (_at(s, point, seed), replace(options, seed=seed))
        for s in scenarios
        for point in points
        for seed in numbers
    ]


def _at(scenario: Scenario, point: tuple[tuple[str, float], ...], seed: int) -> Scenario:
    words = [f"{name}={value!r}" for name, value in point] + [f"seed={seed}"]
    build = Varied(scenario.build, point) if point else scenario.build
    title = f"{scenario.title} ({', '.join(words).replace('=', ' = ')})"
    return replace(scenario, id=SEPARATOR.join([scenario.id, *words]), title=title, build=build)


def _check_names(scenarios: Sequence[Scenario], options: Options, grid: Grid) -> None:
    """Say what is misspelt before anything is played."""
    for s in scenarios:
        plan = s.build(options)
        known = [p.name for p in (*plan.recurrence.parameters, *plan.loss.parameters)]
        for name in grid:
            if name not in known:
                raise ValueError(f"`grid` names {name!r}, which {s.id} has not; known: {', '.join(known)}")


def parse_seeds(text: str) -> range | tuple[int, ...]:
    """`0:8` are the seeds 0 to 7, `3` and `1,5` are themselves; ValueError for anything else."""
    first, colon, last = text.partition(":")
    try:
        seeds = range(int(first or 0), int(last)) if colon else tuple(int(part) for part in text.split(","))
    except ValueError:
        seeds = ()
    if not seeds or min(seeds) < 0:
        raise ValueError(f"`--seeds` = {text!r} must be FIRST:END, such as 0:8 for the eight seeds 0 to 7")
    return seeds


def parse_grid(entries: Sequence[str]) -> dict[str, list[float]]:
    """`alpha=0.1,0.3` and the like, once for each parameter; ValueError for anything else."""
    grid: dict[str, list[float]] = {}
    for entry in entries:
        name, sign, values = entry.partition("=")
        try:
            grid[name.strip()] = [float(Fraction(value.strip())) for value in values.split(",")]
        except (ValueError, ZeroDivisionError):
            sign = ""
        if not (sign and name.strip()):
            raise ValueError(f"`--grid` = {entry!r} must be NAME=NUMBER,NUMBER, such as alpha=0.1,0.3")
    return grid


__all__ = ["parse_grid", "parse_seeds", "sweep", "varied"]
