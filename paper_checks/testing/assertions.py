"""Assert the verdict of a theorem on a game, in any repository's tests; see `paper_checks.testing`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from bounds.evaluate import check as hold
from bounds.verdict import Check, Verdict
from online_sim.game import Game
from online_sim.simulate import play
from theory.borders import instance
from theory.printable import printable
from theory.statement import Theorem
from theory.theorems.registry import theorems

if TYPE_CHECKING:
    from sympy import Expr

OBJECTS = ("theorem", "game")
"""The positional arguments, in this order."""
ARGUMENTS = tuple(f.name for f in fields(Game) if f.init)
"""The arguments of a game that a call may replace."""


@dataclass(frozen=True)
class Regretcheck:
    """Plays a game, checks a theorem on it, and fails the test when the verdict differs.

    Every method takes the theorem (or its id, or the id of one reading) and the `Game`, then by keyword the
    options of `play` (`checkpoints`, `engine`, ...), `reading` (a key, or several; all by default),
    `constants` and `ranges` (values that the game does not determine), and arguments of `Game` that replace
    those of the game (`horizon`, `parameters`, ...). The marker `theorem` supplies what a call leaves out.
    """

    marked: Mapping[str, Any] = field(default_factory=dict)
    test: str = ""
    record: Callable[[str, object], None] = lambda name, value: None
    plots: str | None = None

    def holds(self, *objects: Any, margin: float | None = None, **options: Any) -> list[Check]:
        """Assert that every reading asked for is HOLDS, with a bound/measured ratio of at least `margin`.

        A vacuous bound fails. Returns the checks, in the order of the readings.
        """
        __tracebackhide__ = True
        return self.verdict(Verdict.HOLDS, *objects, margin=margin, **options)

    def violated(self, *objects: Any, by: int | None = None, **options: Any) -> list[Check]:
        """Assert that every reading asked for is VIOLATED, no later than round `by` if given."""
        __tracebackhide__ = True
        checks = self.verdict(Verdict.VIOLATED, *objects, **options)
        for c in checks:
            if by is not None and (c.first_violation is None or c.first_violation > by):
                self._fail(c, f"is violated from round {c.first_violation} on, expected by round {by}")
        return checks

    def verdict(
        self, expected: Verdict | str, *objects: Any, margin: float | None = None, **options: Any
    ) -> list[Check]:
        """Assert that every reading asked for has the verdict `expected`, a `Verdict` or its name."""
        __tracebackhide__ = True
        wanted = _verdict(expected)
        checks = self.checks(*objects, **options)
        for c in checks:
            if c.verdict is not wanted:
                self._fail(c, f"is {c.verdict.name}, expected {wanted.name}")
            if margin is not None and (c.margin is None or c.margin < margin):
                self._fail(c, f"has the margin {_margin(c)}, expected at least {margin:g}")
        return checks

    def checks(self, *objects: Any, **options: Any) -> list[Check]:
        """Play and check without asserting: one `Check` for each reading asked for."""
        given = {**self.marked, **_named(objects), **options}
        missing = [name for name in OBJECTS if name not in given]
        if missing:
            raise TypeError(f"`{missing[0]}` is missing; give it to the call or to @pytest.mark.theorem")
        theorem, keys = _statement(given.pop("theorem"), given.pop("reading", None))
        return self._play(theorem, keys, given.pop("game"), **given)

    def _play(
        self,
        theorem: Theorem,
        keys: Sequence[str],
        game: Game,
        *,
        constants: Mapping[str, float] | None = None,
        ranges: Mapping[Expr, tuple[float, float]] | None = None,
        **options: Any,
    ) -> list[Check]:
        if "record" in options:
            raise TypeError("`record` is what the theorem asks for; leave it out")
        instance("game", game, Game, "a Game", "Game(algorithm, loss, stream, domain, horizon=...)")
        changes = {name: options.pop(name) for name in ARGUMENTS if name in options}
        trace = play(replace(game, **changes), record=theorem.quantities, **options)
        found = [hold(theorem, key, trace, constants=constants, ranges=ranges) for key in keys]
        for c in found:
            self.record(f"regretcheck.{c.id}", f"{c.verdict.name}, margin {_margin(c)}")
        return found

    def _fail(self, c: Check, what: str) -> NoReturn:
        __tracebackhide__ = True
        lines = [f"{c.id} {what}", *(f"  {line}" for line in explain(c))]
        if self.plots is not None:
            lines.append(f"  picture: {_draw(c, Path(self.plots), self.test)}")
        lines.append(f"  to repeat: pytest {self.test!r}" if self.test else "")
        pytest.fail(printable("\n".join(filter(None, lines)), lines=True))


def explain(c: Check) -> list[str]:
    """What a check saw, its margin, its broken assumptions, and how to replay the game, one per line."""
    run = c.run
    lines = [c.verdict.value, f"seen: {c.reason}", f"margin (bound/measured): {_margin(c)}"]
    if c.first_violation is not None:
        lines.append(f"first violated in round {c.first_violation}")
    lines += [f"assumption broken: {a.text} ({a.detail})" for a in c.assumptions if not a.holds]
    if run is None:
        return lines
    parameters = ", ".join(
        f"{name}={values[0] if len(values) == 1 else values}" for name, values in run.parameters.items()
    )
    seeds = sorted({seed for seed in run.seeds if seed is not None})
    streams = ", ".join(run.streams) or "no stream"
    return [
        *lines,
        f"game: {run.algorithm}({parameters}) on {run.domain}, loss {run.loss}, {streams}",
        f"rounds 1 to {c.rounds[-1]} from {run.start}, seeds {seeds or 'none'}, engine {run.engine}",
    ]


def defaults(markers: Iterable[tuple[tuple[Any, ...], Mapping[str, Any]]]) -> dict[str, Any]:
    """The values of markers, closest first: they take precedence over those of the class and the module."""
    game: dict[str, Any] = {}
    for arguments, keywords in markers:
        game = {**_named(arguments), **keywords, **game}
    return game


def _named(objects: Sequence[Any]) -> dict[str, Any]:
    if len(objects) > len(OBJECTS):
        raise TypeError(f"{len(objects)} positional arguments; at most {', '.join(OBJECTS)}")
    return dict(zip(OBJECTS, objects, strict=False))


def _statement(theorem: Any, reading: str | Sequence[str] | None) -> tuple[Theorem, Sequence[str]]:
    """The theorem and the keys of its readings; an id of the package names one, or one of its readings."""
    if isinstance(theorem, str):
        known = theorems()
        name, _, key = theorem.rpartition(".")
        if theorem not in known and name in known and reading is None:
            theorem, reading = name, key
        if theorem not in known:
            raise ValueError(
                f"`theorem` = {theorem!r} is unknown; known: {', '.join(known)}, or give a Theorem"
            )
        theorem = known[theorem]
    if not isinstance(theorem, Theorem):
        raise TypeError(f"`theorem` = {theorem!r} must be a Theorem or the id of one")
    keys = [reading] if isinstance(reading, str) else list(reading or (r.key for r in theorem.readings))
    return theorem, [theorem.reading(key).key for key in keys]


def _verdict(expected: Verdict | str) -> Verdict:
    if isinstance(expected, Verdict):
        return expected
    if expected not in Verdict.__members__:
        known = ", ".join(Verdict.__members__)
        raise ValueError(f"`expected` = {expected!r} is not a verdict; known: {known}")
    return Verdict[expected]


def _margin(c: Check) -> str:
    return "none" if c.margin is None else f"{c.margin:.6g} at round {c.at}"


def _draw(c: Check, folder: Path, test: str) -> Path:
    from bounds.plot import figure_bytes, plot_checks
    from online_sim.files import write_bytes

    path = folder / (re.sub(r"[^A-Za-z0-9_.-]+", "_", f"{test}.{c.id}").strip("_")[-180:] + ".svg")
    write_bytes(path, figure_bytes(plot_checks([c], width="screen")))
    return path


__all__ = ["Regretcheck", "defaults", "explain"]
