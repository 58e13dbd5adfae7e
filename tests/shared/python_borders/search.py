"""Games, searches, certificates and proofs of bounds: what the functions take, and what they must refuse."""

from __future__ import annotations

from fractions import Fraction

from bounds.certificates.certify import certain_sides, certify, excess
from bounds.certificates.from_game import exact_set
from bounds.falsifier.search import falsify, falsify_descent, falsify_gradients
from bounds.games import (
    Block,
    Counterexample,
    DescentGame,
    ExactBall,
    ExactBox,
    ExactL1Ball,
    ExactSegment,
    ExactSimplex,
    LinearGame,
    exact,
)
from bounds.prover.prove import prove
from bounds.shrinker.shrink import shrink
from bounds.tightener.factors import needed_factor
from bounds.tightener.forms import surviving_forms
from online_sim.domains import Box
from python_borders.border import FOUND, GAME, NO_EPS, ONE, Border
from theory.algorithms.adal import ADAL
from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING
from theory.losses.piecewise_quadratic import quadratic_slope
from theory.theorems.adal import THEOREM1, THEOREM2
from theory.theorems.amsgrad import REDDI_ICLR

BORDERS = (
    Border("exact_set", exact_set, {"domain": Box(-1, 1, dimension=2)}, kinds={"domain": "domain"}),
    Border("exact", exact, {"value": "2/5"}, kinds={"value": "exact"}),
    Border(
        "ExactBox",
        ExactBox,
        {"lower": (0,), "upper": (1,)},
        bad=(
            ("lower", 3, "list of exact numbers"),
            ("lower", (2,), "empty"),
            ("lower", (0.5,), "exact number"),
        ),
    ),
    Border(
        "ExactSegment", ExactSegment, {"begin": (0, 1), "end": (1, 0)}, bad=(("end", (0, 1), "two points"),)
    ),
    Border(
        "ExactSimplex",
        ExactSimplex,
        {"size": 3, "total": 1},
        kinds={"size": "count"},
        bad=(("total", 0, "must be > 0"), ("total", 0.5, "exact number")),
    ),
    Border(
        "ExactBall",
        ExactBall,
        {"middle": (0, 1), "radius": 2},
        bad=(("radius", -1, "must be > 0"), ("middle", (), "must have coordinates"), ("middle", 3, "a list")),
    ),
    Border(
        "ExactL1Ball",
        ExactL1Ball,
        {"middle": (0, 1), "radius": 2},
        bad=(("radius", -1, "must be > 0"), ("middle", (), "must have coordinates"), ("middle", 3, "a list")),
    ),
    Border(
        "Block",
        Block,
        {"pattern": ((1,), (-1,)), "times": 5},
        kinds={"times": "count"},
        bad=(("pattern", 3, "rows"), ("pattern", (), "at least one gradient")),
    ),
    Border(
        "LinearGame",
        LinearGame,
        {
            "recurrence": ADAL,
            "parameters": NO_EPS,
            "feasible": ExactBox((-1,), (1,)),
            "start": (0,),
            "blocks": (Block(((1,),)),),
        },
        kinds={"recurrence": "recurrence", "parameters": "mapping"},
        bad=(
            ("feasible", Box(-1, 1, dimension=1), "an ExactBox"),
            ("blocks", 3, "a list, each member a Block"),
            ("blocks", (), "at least one round"),
            ("blocks", (((1,),),), "a Block"),
            ("start", "ab", "list of exact numbers"),
            ("start", (5,), "not a point"),
        ),
    ),
    Border(
        "DescentGame",
        DescentGame,
        {"recurrence": ADAL, "parameters": NO_EPS, "slope": quadratic_slope(1), "start": (0,), "horizon": 1},
        kinds={"recurrence": "recurrence", "horizon": "count"},
        bad=(("slope", 3, "a Slope"),),
    ),
    Border(
        "Counterexample",
        Counterexample,
        {"theorem": THEOREM1, "reading": "C", "game": GAME, "comparator": (1,)},
        kinds={"theorem": "theorem"},
        bad=(("game", 3, "a LinearGame"), ("reading", "Z", "known: A, B, C")),
    ),
    Border(
        "certify",
        certify,
        {"found": FOUND, "title": "four tenths"},
        kinds={"found": "found", "title": "name"},
    ),
    Border(
        "certain_sides",
        certain_sides,
        {"found": FOUND, "precision": 128, "digits": 6},
        kinds={"found": "found", "precision": "count", "digits": "count"},
    ),
    Border(
        "excess", excess, {"found": FOUND, "precision": 128}, kinds={"found": "found", "precision": "count"}
    ),
    Border(
        "shrink",
        shrink,
        {
            "found": FOUND,
            "margin": Fraction(0),
            "keep": frozenset(),
            "scale": "free",
            "calls": 3,
            "seconds": 5.0,
        },
        kinds={"found": "found", "calls": "count", "seconds": "budget"},
        passes={"seconds": (None,)},
        bad=(
            ("margin", "a", "rational"),
            ("scale", "fre", "did you mean free"),
            ("keep", {"alhpa"}, "AdaL has alpha"),
        ),
    ),
    Border(
        "prove",
        prove,
        {
            "theorem": THEOREM1,
            "reading": "C",
            "recurrence": ADAL,
            "horizon": 1,
            "parameters": NO_EPS,
            "lower": -1,
            "upper": 1,
            "dimension": 1,
            "gradient": 1,
            "budget": 50,
            "relax": 0,
            "first": 1,
        },
        kinds={
            "theorem": "theorem",
            "recurrence": "recurrence",
            "horizon": "count",
            "first": "count",
            "budget": "count",
            "dimension": "count",
            "lower": "exact",
            "upper": "exact",
            "gradient": "exact",
            "relax": "exact",
            "parameters": "mapping",
        },
        passes={"dimension": (None,), "lower": (ONE,), "upper": (ONE,)},
        bad=(
            ("parameters>alhpa", {"alhpa": 1}, "did you mean alpha"),
            ("lower", 1, "less than"),
            ("lower", (-1, -1), "one for all"),
            ("gradient", (1, 2, 3), "a pair"),
            ("relax", -1, "at least 0"),
            ("first", 2, "first"),
            ("reading", "c", "known"),
        ),
    ),
    Border(
        "falsify",
        falsify,
        {
            "theorem": THEOREM1,
            "reading": "C",
            "recurrence": ADAL,
            "fixed": {},
            "scale": "free",
            "set_kind": "box",
            "feasible": None,
            "start": None,
            "dimensions": (1,),
            "horizons": (1,),
            "most_rounds": 10,
            "seconds": None,
            "evaluations": 5,
            "enough": 1.5,
            "seed": 0,
        },
        kinds={
            "theorem": "theorem",
            "recurrence": "recurrence",
            "fixed": "mapping",
            "dimensions": "wholes",
            "horizons": "wholes",
            "most_rounds": "count",
            "seconds": "budget",
            "enough": "budget",
            "seed": "seed",
        },
        bad=(
            ("fixed", {"alhpa": 1}, "did you mean alpha"),
            ("fixed>alpha", {"alpha": 0.5}, "exact number"),
            ("scale", "fre", "did you mean free"),
            ("set_kind", "bxo", "did you mean box"),
            ("set_kind", 3, "known: box"),
            ("feasible", "simplex", "an exact set"),
            ("start", (1,), "give that set too"),
            ("evaluations", True, "whole number"),
            ("evaluations", 0, "at least 1"),
        ),
    ),
    Border(
        "needed_factor",
        needed_factor,
        {
            "theorem": THEOREM1,
            "reading": "C",
            "recurrence": ADAL,
            "weights": (1, 0),
            "fixed": {},
            "dimensions": (1,),
            "most_rounds": 1,
            "evaluations": 5,
            "seed": 0,
        },
        kinds={
            "theorem": "theorem",
            "recurrence": "recurrence",
            "fixed": "mapping",
            "dimensions": "wholes",
            "most_rounds": "count",
            "evaluations": "count",
            "seed": "seed",
        },
        bad=(
            ("weights", (1,), "one for each term"),
            ("weights", (0, 0), "not all 0"),
            ("weights", 3, "number >= 0"),
            ("reading", "c", "known"),
        ),
    ),
    Border(
        "surviving_forms",
        surviving_forms,
        {
            "theorem": REDDI_ICLR,
            "reading": "stated",
            "recurrence": AMSGRAD_DECAYING,
            "fixed": {},
            "dimensions": (1,),
            "most_rounds": 1,
            "evaluations": 5,
            "seed": 0,
        },
        kinds={
            "theorem": "theorem",
            "recurrence": "recurrence",
            "dimensions": "wholes",
            "most_rounds": "count",
            "evaluations": "count",
            "seed": "seed",
        },
        bad=(("fixed", {"alhpa": 1}, "did you mean alpha"), ("reading", "state", "known")),
    ),
    Border(
        "falsify_gradients",
        falsify_gradients,
        {
            "theorem": THEOREM2,
            "reading": "sqrtT",
            "recurrence": ADAL,
            "dimensions": (1,),
            "most_rounds": 1,
            "evaluations": 5,
            "seed": 0,
            "enough": 1.05,
            "seconds": 20.0,
        },
        kinds={
            "theorem": "theorem",
            "recurrence": "recurrence",
            "dimensions": "wholes",
            "most_rounds": "count",
            "seconds": "budget",
            "seed": "seed",
        },
    ),
    Border(
        "falsify_descent",
        falsify_descent,
        {
            "theorem": THEOREM2,
            "reading": "sqrtT",
            "recurrence": ADAL,
            "horizon": 1,
            "letters": 1,
            "dimension": 1,
            "evaluations": 5,
            "seed": 0,
            "fixed": {},
        },
        kinds={
            "theorem": "theorem",
            "recurrence": "recurrence",
            "horizon": "count",
            "letters": "count",
            "dimension": "count",
            "seed": "seed",
            "fixed": "mapping",
        },
    ),
)
