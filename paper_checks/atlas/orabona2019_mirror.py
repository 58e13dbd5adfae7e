"""F. Orabona, A modern introduction to online learning, and S. Bubeck 2015: mirror descent, given maps."""

from functools import partial

from sympy import Rational

from paper_checks.atlas.entry import Entry
from paper_checks.scenario import Options, Plan, Scenario
from theory.loss import Loss, Shape
from theory.quantities import Component
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Theorem
from theory.symbols import x
from theory.theorems.orabona_mirror import (
    THEOREM4_2_FERMI_DIRAC,
    THEOREM4_2_HYPERBOLIC,
    THEOREM4_2_LOG_BARRIER,
    THEOREM4_2_REGRET_FERMI_DIRAC,
    THEOREM4_2_REGRET_HYPERBOLIC,
    THEOREM4_2_REGRET_LOG_BARRIER,
    THEOREM6_11_CONSTANT_FERMI_DIRAC,
    THEOREM6_11_CONSTANT_HYPERBOLIC,
    THEOREM6_11_CONSTANT_LOG_BARRIER,
    THEOREM6_11_FERMI_DIRAC,
    THEOREM6_11_HYPERBOLIC,
    THEOREM6_11_LOG_BARRIER,
)

SQUARES = Loss(
    "two squares",
    Source("bubeck2015", "section 4.2, for an f of this package", secondary=True),
    ((Component(x, 0) - Rational(3, 4)) ** 2 + (Component(x, 1) + Rational(1, 2)) ** 2) / 2,
    Shape.CONVEX,
)
PROVED = {"stated": "docs/proofs.md"}


def _entry(theorem: Theorem, why_not_searched: str = "") -> Entry:
    (algorithm,) = (a for a in theorem.algorithms if isinstance(a, Recurrence))
    return Entry(theorem, algorithm, proved=PROVED, why_not_searched=why_not_searched)


def _average(theorem: Theorem, regret: Theorem) -> Entry:
    why = "the games of a search change the loss from round to round; the stronger"
    return _entry(theorem, f"{why} {regret.id} is searched, and the scenarios atlas.mirror_* play one f")


THEOREMS = (
    _entry(THEOREM6_11_FERMI_DIRAC),
    _entry(THEOREM6_11_CONSTANT_FERMI_DIRAC),
    _entry(THEOREM6_11_LOG_BARRIER),
    _entry(THEOREM6_11_CONSTANT_LOG_BARRIER),
    _entry(THEOREM6_11_HYPERBOLIC),
    _entry(THEOREM6_11_CONSTANT_HYPERBOLIC),
    _average(THEOREM4_2_FERMI_DIRAC, THEOREM4_2_REGRET_FERMI_DIRAC),
    _entry(THEOREM4_2_REGRET_FERMI_DIRAC),
    _average(THEOREM4_2_LOG_BARRIER, THEOREM4_2_REGRET_LOG_BARRIER),
    _entry(THEOREM4_2_REGRET_LOG_BARRIER),
    _average(THEOREM4_2_HYPERBOLIC, THEOREM4_2_REGRET_HYPERBOLIC),
    _entry(THEOREM4_2_REGRET_HYPERBOLIC),
)


def one_function(statements: tuple[Theorem, ...], parameters: dict[str, float], options: Options) -> Plan:
    """((x_0 - 3/4)^2 + (x_1 + 1/2)^2)/2 on a box from its centre, with the step for L = 1 and T = 1000."""
    from online_sim import Box, Game
    from theory.symbols import z

    (algorithm,) = (a for a in statements[0].algorithms if isinstance(a, Recurrence))
    box = Box(-1.0, 1.0, dimension=2)
    return Plan(
        statements,
        Game(algorithm, SQUARES, None, box, horizon=1000, start=[0.0, 0.0], parameters=parameters),
        vectors={z: [0.75, -0.5]},
        note="One fixed f, which the search does not play.",
    )


SCENARIOS = tuple(
    Scenario(
        f"atlas.mirror_{name}",
        f"Mirror descent on one function, {statements[0].title.rpartition('psi = ')[2]}",
        tuple(theorem.id for theorem in statements),
        partial(one_function, statements, parameters),
    )
    for name, parameters, statements in (
        (
            "fermi_dirac",
            {"alpha": 0.0225, "radius": 2.0},
            (THEOREM4_2_FERMI_DIRAC, THEOREM4_2_REGRET_FERMI_DIRAC, THEOREM6_11_CONSTANT_FERMI_DIRAC),
        ),
        (
            "log_barrier",
            {"alpha": 0.0475, "radius": 2.0},
            (THEOREM4_2_LOG_BARRIER, THEOREM4_2_REGRET_LOG_BARRIER, THEOREM6_11_CONSTANT_LOG_BARRIER),
        ),
        (
            "hyperbolic",
            {"alpha": 0.054, "softness": 0.5},
            (THEOREM4_2_HYPERBOLIC, THEOREM4_2_REGRET_HYPERBOLIC, THEOREM6_11_CONSTANT_HYPERBOLIC),
        ),
    )
)
