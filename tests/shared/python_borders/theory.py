"""Algorithms, losses and statements of theory: what the functions take, and what they must refuse."""

from __future__ import annotations

from fractions import Fraction

from sympy import Integer, Symbol

from python_borders.border import NAN, Border
from theory.algorithms.adal import adal
from theory.algorithms.registry import algorithm
from theory.algorithms.sgd import SGD
from theory.composites.composite import Composite
from theory.composites.l1 import L1
from theory.loss import Loss, Shape
from theory.losses.half_square import HALF_SQUARE
from theory.losses.noise import with_noise
from theory.losses.piecewise_family import piecewise_family
from theory.losses.piecewise_quadratic import Slope, quadratic_slope
from theory.losses.scaled import scaled
from theory.mirror_maps.entropy import ENTROPY
from theory.mirror_maps.mirror_map import MirrorMap
from theory.mirror_maps.strong_convexity import Norm, strongly_convex
from theory.mirror_step import mirror_descent
from theory.parameters import ALPHA, Parameter, alpha, resolve
from theory.proximal_step import proximal
from theory.quantities import CumSum, Prev, SumCoords
from theory.recurrence import Recurrence
from theory.source import BIBLIOGRAPHY, Source, add_source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.step_sets import StepSet
from theory.symbols import Scalar, f, g, m, x
from theory.theorems.adal import THEOREM1

SOURCE = Source("adal", "Algorithm 1")
READING = Reading("stated", CumSum(f), "as printed")

BORDERS = (
    Border(
        "Parameter",
        Parameter,
        {"symbol": Scalar("w"), "latex": "w", "meaning": "a weight", "lower": 0, "upper": 1, "default": 0.5},
        kinds={"latex": "name", "meaning": "name"},
        bad=(
            ("symbol", "alpha", "a Scalar"),
            ("lower", NAN, "number"),
            ("lower", 2, "exceeds"),
            ("default", "a", "number"),
        ),
    ),
    Border("validate", ALPHA.validate, {"value": 0.1}),
    Border(
        "resolve",
        resolve,
        {"parameters": [ALPHA], "values": {"alpha": 1}},
        kinds={"values": "mapping"},
        bad=(("values>alhpa", {"alhpa": 1}, "did you mean alpha"),),
    ),
    Border(
        "Source",
        Source,
        {"key": "adal", "place": "Algorithm 1"},
        kinds={"key": "name", "place": "name"},
        bad=(("key", "adla", "did you mean adal"),),
    ),
    Border(
        "add_source",
        add_source,
        {"key": "adal", "text": BIBLIOGRAPHY["adal"]},
        kinds={"key": "name", "text": "name"},
    ),
    Border(
        "Recurrence",
        Recurrence,
        {
            "name": "toy",
            "source": SOURCE,
            "parameters": (ALPHA,),
            "steps": ((m, Prev(m) + g),),
            "point": x - alpha * m,
            "metric": Integer(1),
            "initial": {m: 0},
            "variant": {},
        },
        kinds={
            "name": "name",
            "source": "source",
            "parameters": "items",
            "steps": "items",
            "point": "expression",
            "metric": "expression",
            "initial": "mapping",
            "variant": "mapping",
        },
        bad=(
            ("steps>m", ((m, Prev(x) + g),), "line of its own"),
            ("steps", ((m,),), "a pair"),
            ("steps", ((Symbol("q"), g),), "Vector or a Scalar"),
            ("steps", (("m", g),), "Vector"),
            ("steps", ((m, "g"),), "sympy expression"),
        ),
    ),
    Border(
        "Loss",
        Loss,
        {
            "name": "toy",
            "source": SOURCE,
            "value": SumCoords(x**2),
            "shape": Shape.CONVEX,
            "parameters": (),
            "oracle": None,
            "smoothness": Integer(2),
            "minimum": Integer(0),
        },
        kinds={"name": "name", "source": "source", "value": "expression", "parameters": "items"},
        bad=(
            ("shape", "convex", "a Shape"),
            ("oracle", "df", "sympy expression"),
            ("smoothness", "L", "sympy expression"),
        ),
    ),
    Border(
        "Reading",
        Reading,
        {"key": "A", "rhs": alpha, "note": "as printed", "constants": {}},
        kinds={"rhs": "expression", "note": "name", "constants": "mapping"},
    ),
    Border(
        "Assumption",
        Assumption,
        {"text": "alpha <= 1", "condition": alpha <= 1},
        kinds={"text": "name"},
        bad=(
            ("condition", "convex_losses", "did you mean CONVEX_LOSSES"),
            ("condition", 3, "relation"),
            ("condition", None, "relation"),
        ),
    ),
    Border(
        "Theorem",
        Theorem,
        {
            "id": "toy.one",
            "title": "A toy",
            "source": SOURCE,
            "algorithms": ("SGD",),
            "lhs": CumSum(f),
            "readings": (READING,),
            "assumptions": (Assumption("convex", Requires.CONVEX_LOSSES),),
            "letters": (),
            "measures": "a sum",
            "status": THEOREM1.status,
        },
        kinds={
            "title": "name",
            "source": "source",
            "algorithms": "items",
            "lhs": "expression",
            "readings": "items",
            "assumptions": "items",
            "letters": "items",
            "measures": "name",
        },
        bad=(
            ("readings>toy", (), "distinct keys"),
            ("status", "proved", "a Status"),
            ("algorithms", "SGD", "a list"),
            ("letters", (("M", f),), "Symbol"),
        ),
    ),
    Border("with_noise", with_noise, {"loss": HALF_SQUARE}, kinds={"loss": "loss"}),
    Border(
        "scaled", scaled, {"loss": HALF_SQUARE, "factor": 2}, kinds={"loss": "loss", "factor": "expression"}
    ),
    Border(
        "Slope",
        Slope,
        {"knots": ((0, 0),), "left": 1, "right": 0.5},
        kinds={"knots": "items", "left": "number", "right": "number"},
    ),
    Border("quadratic_slope", quadratic_slope, {"curvature": Fraction(1, 2)}, kinds={"curvature": "number"}),
    Border("piecewise_family", piecewise_family, {"knots": 2}, kinds={"knots": "count"}),
    Border(
        "Composite",
        Composite,
        {
            "name": "l1",
            "source": SOURCE,
            "term": L1.term,
            "parameters": L1.parameters,
            "minimiser": L1.minimiser,
            "metric": L1.metric,
            "boxes_only": True,
        },
        kinds={"name": "name", "boxes_only": "flag"},
        bad=(
            ("source", "duchi2011", "a Source"),
            ("term", -L1.term, "convex"),
            ("parameters", ["lam"], "a Parameter"),
            ("metric", x, "unknown symbols x"),
        ),
    ),
    Border(
        "proximal",
        proximal,
        {"recurrence": SGD, "phi": L1, "weight": alpha},
        kinds={"weight": "expression"},
        bad=(
            ("recurrence", "SGD", "a Recurrence"),
            ("phi", "l1", "a Composite"),
            ("phi", L1.value, "a Composite"),
            ("weight", x, "each coordinate"),
        ),
    ),
    Border(
        "MirrorMap",
        MirrorMap,
        {
            "name": "entropy",
            "source": SOURCE,
            "psi": ENTROPY.psi,
            "domain": ENTROPY.domain,
            "parameters": (),
            "inverse": ENTROPY.inverse,
        },
        kinds={"name": "name", "psi": "expression", "parameters": "items"},
        bad=(
            ("source", "bubeck2015", "a Source"),
            ("domain", (1,), "two ends"),
            ("domain", ("0", "1"), "sympy expression"),
            ("inverse", x, "unknown symbols x"),
            ("inverse", "exp", "sympy expression"),
        ),
    ),
    Border(
        "mirror_descent",
        mirror_descent,
        {"psi": ENTROPY, "step": alpha, "on": StepSet.SIMPLEX, "parameters": (ALPHA,)},
        kinds={"step": "expression", "parameters": "items"},
        bad=(
            ("psi", "entropy", "a MirrorMap"),
            ("step", x, "each coordinate"),
            ("on", "simplex", "a StepSet"),
            ("on", StepSet.ANY, "no closed form"),
        ),
    ),
    Border(
        "strongly_convex",
        strongly_convex,
        {"psi": ENTROPY, "modulus": Integer(1), "norm": Norm.L1, "on": StepSet.SIMPLEX},
        kinds={"modulus": "expression"},
        bad=(
            ("psi", "entropy", "a MirrorMap"),
            ("modulus", Integer(2), "not so strongly convex"),
            ("norm", "l1", "a Norm"),
            ("on", "simplex", "two ends"),
        ),
    ),
    Border("reading", THEOREM1.reading, {"key": "C"}, bad=(("key>reading", "c", "known: A, B, C"),)),
    Border(
        "algorithm",
        algorithm,
        {"name": "AdaL"},
        bad=(("name", "AdaLl", "nearest: AdaL"), ("name", 3, "the name of an algorithm")),
    ),
    Border(
        "adal",
        adal,
        {"maximum": None, "eps_mode": "none", "norm": "global", "bias_correction": True},
        kinds={"bias_correction": "flag"},
        bad=(
            ("norm", "golbal", "did you mean global"),
            ("norm", True, "global, group"),
            ("norm", ["global"], "global, group"),
        ),
    ),
)
