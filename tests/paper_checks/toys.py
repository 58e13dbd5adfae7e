"""Toy scenarios for the tests of the command line: gradient descent on an interval, a second in all."""

from __future__ import annotations

import os
import time
from pathlib import Path

from online_sim.game import Game
from paper_checks.scenario import Options, Plan, Scenario


def statement(*, narrow: bool):
    """A true, a false and an empty reading; `narrow` adds an assumption that alpha = 1 breaks."""
    from sympy import Rational, S, sqrt

    from theory.parameters import alpha
    from theory.quantities import Regret
    from theory.source import Source
    from theory.statement import Assumption, Reading, Requires, Theorem
    from theory.symbols import D, T

    extra = (Assumption("alpha < 1/2", alpha < Rational(1, 2)),) if narrow else ()
    return Theorem(
        id="toy.narrow" if narrow else "toy.sgd",
        title="A toy theorem",
        source=Source("zinkevich2003", "Theorem 1"),
        algorithms=("SGD",),
        lhs=Regret(S.One),
        readings=(
            Reading("true", (D**2 / (2 * alpha) + alpha) * sqrt(T), "the usual bound for gradients up to 1"),
            Reading("false", sqrt(T) / 1000, "far too small"),
            Reading("loose", 100 * D * T, "larger than anything"),
        ),
        assumptions=(Assumption("the losses are convex", Requires.CONVEX_LOSSES), *extra),
    )


def game(options: Options, *, narrow: bool = False, title: str = "") -> Plan:
    """400 rounds of f(x) = x on [-1, 1] from x = 1, in the readable engine: nothing is compiled."""
    from online_sim.domains.box import Box
    from online_sim.streams import ArrayStream
    from theory.algorithms.sgd import SGD
    from theory.losses.linear import LINEAR

    return Plan(
        (statement(narrow=narrow),),
        Game(
            recurrence=SGD,
            loss=LINEAR,
            stream=ArrayStream([[1.0]] * 400),
            domain=Box(lower=-1.0, upper=1.0, dimension=1),
            horizon=400,
            parameters={"alpha": 1.0},
            start=[1.0],
        ),
        engine="numpy",
        checkpoints=12,
        note=f"A <toy> & nothing more, seed {options.seed}.{title}",
    )


def count(name: str) -> None:
    """Leave a trace of a call where the test asks for it."""
    folder = os.environ.get("REGRETCHECK_TOYS")
    if folder:
        with (Path(folder) / name).open("a") as file:
            file.write("x")


def plain(options: Options) -> Plan:
    """All three readings decide."""
    count("plain")
    return game(options)


def narrow(options: Options) -> Plan:
    """An assumption does not hold."""
    count("narrow")
    return game(options, narrow=True)


def slow(options: Options) -> Plan:
    """Takes long, so that it can be interrupted."""
    count("slow")
    time.sleep(60)
    return game(options)


def broken(options: Options) -> Plan:
    """Crashes."""
    raise RuntimeError(f"deliberate <b>crash</b> [red] with seed {options.seed}")


PLAIN = Scenario("toy_plain", "A toy that decides", ("toy.sgd",), plain)
NARROW = Scenario("toy_narrow", "A toy whose assumption is broken", ("toy.narrow",), narrow)
SLOW = Scenario("toy_slow", "A toy that takes long", ("toy.sgd",), slow)
BROKEN = Scenario("toy_broken", "A toy that <crashes>", ("toy.sgd",), broken)
SCENARIOS = (PLAIN, NARROW)
