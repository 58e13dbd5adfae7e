"""Every public function refuses what is no argument of it: one line with the name, the value and the remedy.

The table: `GOOD` holds for each function arguments that it takes, `KINDS` what is bad for a kind of argument
and what the message must say, `ARGUMENTS` which argument is of which kind, `SINGLE` the rows of their own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Integer, Symbol

from bounds.certificates.certify import certain_sides, certify, excess
from bounds.certificates.from_game import exact_set
from bounds.claimed_rate import compare_rate
from bounds.drift import observed_mean
from bounds.evaluate import check, checks
from bounds.expectation import asymptotic_sequence, enumerated_mean, mean_interval
from bounds.falsifier.search import falsify, falsify_descent, falsify_gradients
from bounds.games import Counterexample, DescentGame, ExactBox, ExactSegment, LinearGame, exact
from bounds.plot import figure_bytes, plot_checks
from bounds.prover.prove import prove
from bounds.rates import fit_slope
from bounds.shrinker.shrink import shrink
from online_sim.domains import (
    Box,
    BoxHyperplane,
    CvxpySet,
    Ellipsoid,
    HalfSpace,
    L1Ball,
    L2Ball,
    Polytope,
    Simplex,
)
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams import (
    AlphabetStream,
    ArrayStream,
    Enumeration,
    FormulaStream,
    GaussianStream,
    NoiseAlphabet,
    Periodic,
    Shuffled,
    build_up,
    constant,
    enumerate_paths,
    is_stuck,
    one_coordinate_at_a_time,
    one_large_then_small,
    path_stream,
    rademacher,
    reddi,
    skewed,
    wrong_end,
)
from paper_checks.run.registry import scenario
from paper_checks.run.sweep import parse_grid, parse_seeds, varied
from paper_checks.scenario import Options
from theory.algorithms.adal import ADAL, adal
from theory.algorithms.registry import algorithm
from theory.algorithms.sgd import SGD
from theory.borders import shown
from theory.loss import Loss, Shape
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.noise import with_noise
from theory.losses.piecewise_family import piecewise_family
from theory.losses.piecewise_quadratic import Slope, quadratic_slope
from theory.losses.scaled import scaled
from theory.order import Order
from theory.parameters import ALPHA, Parameter, alpha, resolve
from theory.quantities import CumSum, Prev, SumCoords, uniform
from theory.recurrence import Recurrence
from theory.source import BIBLIOGRAPHY, Source, add_source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import Scalar, T, f, g, m, t, x, z
from theory.theorems.adal import THEOREM1, THEOREM2

NO_EPS = {"alpha": 1, "beta1": 0, "beta2": "1/2", "eps": 0}
GAME = LinearGame(ADAL, NO_EPS, ExactBox((-1,), (1,)), (1,), (("2/5",),), 1)
FOUND = Counterexample(THEOREM1, "C", GAME)
SOURCE = Source("adal", "Algorithm 1")
ALPHABET = skewed()
READING = Reading("stated", CumSum(f), "as printed")
TRACE = play(
    Game(
        ADAL,
        LINEAR,
        constant([0.4]),
        Box(-1, 1, dimension=1),
        horizon=2,
        parameters={"alpha": 1.0, "beta1": 0.0, "beta2": 0.5, "eps": 0.0},
        start=[1.0],
    ),
    engine="numpy",
    record=THEOREM1.quantities,
)
TWO = play(
    Game(SGD, LINEAR, GaussianStream(1), horizon=2, parameters={"alpha": 0.1}, replicates=2),
    record=[x],
    engine="numpy",
)
CHECKS = checks(THEOREM1, TRACE)

GOOD: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "play": (
        play,
        {
            "recurrence": ADAL, "loss": LINEAR, "stream": GaussianStream(2, 1), "domain": Box(-1, 1,
            dimension=2),
            "horizon": 3, "parameters": {"alpha": 0.1}, "start": [0.0, 0.5], "record": [x], "series": [f],
            "checkpoints": 2, "engine": "numpy", "replicates": 1, "groups": [0, 1], "vectors": {z: [0.0,
            0.0]},
            "table": (np.eye(2), np.ones(2)), "progress": lambda done, horizon: None, "autosave": None,
            "enumeration": None, "resume": None,
        },
    ),
    "play_all_paths": (
        play,
        {"recurrence": SGD, "loss": with_noise(HALF_SQUARE), "alphabet": ALPHABET, "horizon": 2,
         "parameters": {"alpha": 0.1}, "engine": "numpy"},
    ),
    "PythonLoss": (PythonLoss, {"name": "mine", "function": lambda *_: (0.0, np.zeros(2)),
    "shape": Shape.CONVEX}),
    "Box": (Box, {"lower": -1.0, "upper": [1.0, 2.0], "dimension": 2}),
    "BoxHyperplane": (BoxHyperplane, {"lower": 0.0, "upper": 1.0, "normal": [1.0, 1.0], "offset": 1.0}),
    "Ellipsoid": (Ellipsoid, {"axes": [1.0, 2.0], "centre": [0.0, 0.0]}),
    "HalfSpace": (HalfSpace, {"normal": [1.0, 2.0], "offset": 1.0}),
    "L1Ball": (L1Ball, {"dimension": 2, "radius": 1.0, "centre": [0.0, 0.0]}),
    "L2Ball": (L2Ball, {"dimension": 2, "radius": 1.0, "centre": [0.0, 0.0]}),
    "Polytope": (Polytope, {"A": [[1.0], [-1.0]], "b": [1.0, 1.0]}),
    "Simplex": (Simplex, {"dimension": 3, "total": 1.0}),
    "CvxpySet": (
        CvxpySet,
        {"dimension": 1, "constraints": lambda v: [v >= 0, v <= 1], "name": "unit", "accuracy": 1e-3,
         "certify": True, "solver": "CLARABEL", "solver_options": {}},
    ),
    "contains": (Box(-1, 1, dimension=2).contains, {"point": [0.0, 0.0], "tolerance": 0.0}),
    "project": (L2Ball(2, 1.0).project, {"point": [3.0, 0.0], "weight": [1.0, 2.0]}),
    "ArrayStream": (ArrayStream, {"vectors": [[1.0], [2.0]], "labels": [0.0, 1.0], "order": "once",
    "name": "rows",
                                  "provenance": "here"}),
    "Periodic": (Periodic, {"pattern": [3.0, -1.0], "lead": [1.0], "name": "mine"}),
    "GaussianStream": (
        GaussianStream,
        {"dimension": 2, "seed": 0, "mean": 0.0, "std": 1.0, "planted": [1.0, 1.0], "noise": 0.1,
        "classes": False},
    ),
    "FormulaStream": (FormulaStream, {"row": uniform() / t, "dimension": 2, "seed": 1, "label": 0}),
    "Shuffled": (Shuffled, {"base": ArrayStream([[1.0], [2.0]]), "seed": 0, "with_replacement": True}),
    "NoiseAlphabet": (NoiseAlphabet, {"values": [1, -1], "probabilities": ["1/2", "1/2"], "name": "coin"}),
    "AlphabetStream": (AlphabetStream, {"alphabet": ALPHABET, "seed": 0}),
    "Enumeration": (Enumeration, {"alphabet": ALPHABET, "horizon": 2, "limit": 100}),
    "check of Enumeration": (
        Enumeration(ALPHABET, 2).check, {"streams": Enumeration(ALPHABET, 2).streams, "horizon": 2}
    ),
    "enumerate_paths": (enumerate_paths, {"alphabet": ALPHABET, "horizon": 2, "limit": 100}),
    "path_stream": (path_stream, {"alphabet": ALPHABET, "path": [0, 1]}),
    "skewed": (skewed, {"scale": 1}),
    "rademacher": (rademacher, {"scale": Fraction(1, 2)}),
    "constant": (constant, {"vector": [0.5, 1.0]}),
    "reddi": (reddi, {"C": 3}),
    "wrong_end": (wrong_end, {"a": 2, "k": 3}),
    "is_stuck": (is_stuck, {"a": 2, "k": 3, "beta1": Fraction(9, 10)}),
    "one_large_then_small": (one_large_then_small, {"large": 2, "small": 1}),
    "build_up": (build_up, {"k": 2, "release": 3, "ratio": 1}),
    "one_coordinate_at_a_time": (one_coordinate_at_a_time, {"dimension": 2, "value": 1}),
    "Parameter": (Parameter, {"symbol": Scalar("w"), "latex": "w", "meaning": "a weight", "lower": 0,
    "upper": 1,
                              "default": 0.5}),
    "validate": (ALPHA.validate, {"value": 0.1}),
    "resolve": (resolve, {"parameters": [ALPHA], "values": {"alpha": 1}}),
    "Source": (Source, {"key": "adal", "place": "Algorithm 1"}),
    "add_source": (add_source, {"key": "adal", "text": BIBLIOGRAPHY["adal"]}),
    "Recurrence": (
        Recurrence,
        {"name": "toy", "source": SOURCE, "parameters": (ALPHA,), "steps": ((m, Prev(m) + g),),
         "point": x - alpha * m, "metric": Integer(1), "initial": {m: 0}, "variant": {}},
    ),
    "Loss": (
        Loss,
        {"name": "toy", "source": SOURCE, "value": SumCoords(x**2), "shape": Shape.CONVEX, "parameters": (),
         "oracle": None, "smoothness": Integer(2), "minimum": Integer(0)},
    ),
    "Reading": (Reading, {"key": "A", "rhs": alpha, "note": "as printed", "constants": {}}),
    "Assumption": (Assumption, {"text": "alpha <= 1", "condition": alpha <= 1}),
    "Theorem": (
        Theorem,
        {"id": "toy.one", "title": "A toy", "source": SOURCE, "algorithms": ("SGD",), "lhs": CumSum(f),
         "readings": (READING,), "assumptions": (Assumption("convex", Requires.CONVEX_LOSSES),),
         "letters": (),
         "measures": "a sum", "status": THEOREM1.status},
    ),
    "with_noise": (with_noise, {"loss": HALF_SQUARE}),
    "scaled": (scaled, {"loss": HALF_SQUARE, "factor": 2}),
    "Slope": (Slope, {"knots": ((0, 0),), "left": 1, "right": 0.5}),
    "quadratic_slope": (quadratic_slope, {"curvature": Fraction(1, 2)}),
    "piecewise_family": (piecewise_family, {"knots": 2}),
    "exact_set": (exact_set, {"domain": Box(-1, 1, dimension=2)}),
    "observed_mean": (observed_mean, {"trace": TWO, "quantity": x, "decades": 0.5, "level": 0.9}),
    "reading": (THEOREM1.reading, {"key": "C"}),
    "algorithm": (algorithm, {"name": "AdaL"}),
    "adal": (adal, {"maximum": None, "eps_mode": "none", "norm": "global",
                    "bias_correction": True}),
    "exact": (exact, {"value": "2/5"}),
    "ExactBox": (ExactBox, {"lower": (0,), "upper": (1,)}),
    "ExactSegment": (ExactSegment, {"begin": (0, 1), "end": (1, 0)}),
    "LinearGame": (
        LinearGame,
        {"recurrence": ADAL, "parameters": NO_EPS, "feasible": ExactBox((-1,), (1,)), "start": (0,),
         "pattern": ((1,),), "horizon": 1, "lead": ()},
    ),
    "DescentGame": (
        DescentGame,
        {"recurrence": ADAL, "parameters": NO_EPS, "slope": quadratic_slope(1), "start": (0,), "horizon": 1},
    ),
    "Counterexample": (Counterexample, {"theorem": THEOREM1, "reading": "C", "game": GAME,
    "comparator": (1,)}),
    "certify": (certify, {"found": FOUND, "title": "four tenths"}),
    "certain_sides": (certain_sides, {"found": FOUND, "precision": 128, "digits": 6}),
    "excess": (excess, {"found": FOUND, "precision": 128}),
    "shrink": (shrink, {"found": FOUND, "margin": Fraction(0), "keep": frozenset(), "scale": "free",
    "calls": 3,
                        "seconds": 5.0}),
    "check": (check, {"theorem": THEOREM1, "reading": "C", "trace": TRACE, "constants": {}, "ranges": {}}),
    "checks": (checks, {"theorem": THEOREM1, "trace": TRACE, "constants": None, "ranges": None}),
    "prove": (
        prove,
        {"theorem": THEOREM1, "reading": "C", "recurrence": ADAL, "horizon": 1, "parameters": NO_EPS,
        "lower": -1,
         "upper": 1, "dimension": 1, "gradient": 1, "budget": 50, "relax": 0},
    ),
    "falsify": (
        falsify,
        {"theorem": THEOREM1, "reading": "C", "recurrence": ADAL, "fixed": {}, "scale": "free",
        "set_kind": "box",
         "dimensions": (1,), "horizons": (1,), "most_rounds": 10, "seconds": None, "evaluations": 5,
         "enough": 1.5,
         "seed": 0},
    ),
    "falsify_gradients": (
        falsify_gradients,
        {"theorem": THEOREM2, "reading": "sqrtT", "recurrence": ADAL, "dimensions": (1,), "most_rounds": 1,
         "evaluations": 5, "seed": 0, "enough": 1.05, "seconds": 20.0},
    ),
    "falsify_descent": (
        falsify_descent,
        {"theorem": THEOREM2, "reading": "sqrtT", "recurrence": ADAL, "horizon": 1, "letters": 1,
        "dimension": 1,
         "evaluations": 5, "seed": 0, "fixed": {}},
    ),
    "plot_checks": (plot_checks, {"checks": CHECKS, "path": None, "title": None, "width": "page",
    "trivial": True,
                                  "slope": True, "band": None}),
    "figure_bytes": (figure_bytes, {"figure": plot_checks(CHECKS), "format": "svg"}),
    "enumerated_mean": (enumerated_mean, {"values": [1.0, 2.0], "weights": [Fraction(1, 2)] * 2}),
    "mean_interval": (mean_interval, {"values": [1.0, 2.0], "level": 0.9, "low": 0.0, "high": 3.0}),
    "asymptotic_sequence": (asymptotic_sequence, {"values": [1.0, 2.0], "level": 0.9, "tuned_at": 10}),
    "fit_slope": (fit_slope, {"rounds": [1, 2, 3, 4], "values": [1.0, 2.0, 3.0, 4.0], "decades": 2.0,
    "level": 0.9,
                              "seed": 0}),
    "compare_rate": (compare_rate, {"rounds": np.arange(1.0, 200), "values": np.arange(1.0, 200),
                                    "claimed": Order(1), "decades": 1.0, "contraction": 0.5}),
    "varied": (varied, {"scenarios": [scenario("one_round")], "options": Options(), "grid": {"alpha": [0.1]},
                        "seeds": (0, 1)}),
    "parse_seeds": (parse_seeds, {"text": "0:8"}),
    "parse_grid": (parse_grid, {"entries": ["alpha=0.1,0.2"]}),
}  # fmt: skip

HUGE, NAN, INF = 10**20, math.nan, math.inf
TYPES: tuple[Any, ...] = (
    True,
    "3",
    "a",
    None,
    1j,
    [3],
    object(),
    int,
    np.bool_(True),
    np.array([1, 2]),
    {"a": 1},
)
WHOLE = r"whole number|integer"
NUMBER = r"number|finite"
ARRAY = r"numbers|row of|shape|\(vectors"
COUNTS: tuple[Any, ...] = (*TYPES, 2.5, NAN, INF, 0, -3, np.float64(2.0))
PAIR = [1.0, 2.0]
RAGGED = [[1.0], [2.0, 3.0]]

KINDS: dict[str, tuple[tuple[Any, ...], str]] = {
    "count": ((*COUNTS, HUGE, 10**5000), rf"{WHOLE}|at least 1|at most|GB"),
    "seed": (tuple(v for v in COUNTS if not (type(v) is int and v == 0)), rf"{WHOLE}"),
    "number": ((True, "0.1", None, 1j, [1.0, 2.0], object(), np.bool_(True), NAN, INF, 10**400, float),
    NUMBER),
    "positive": ((0, -1.0, True, "0.1", None, 1j, PAIR, object(), NAN, -INF, float),
    rf"{NUMBER}|> 0|lie|is missing"),
    "array": (
        ("a", {"a": 1}, ["a", "b"], [1j, 0.0], [None, 1.0], RAGGED, [NAN, 0.0], [0.0, INF], object(), [True,
        0.5],
         [object(), 1], np.zeros((2, 2, 2)), np.array([b"a", b"b"])),
        rf"{ARRAY}|every entry|finite|repair",
    ),
    "name": ((3, None, b"x", ["a"], True), r"text|str|ASCII|printable"),
    "flag": ((1, 0, "yes", None, np.int64(1), []), r"True or False"),
    "exact": ((0.5, True, "much", None, 1j, [1], "1/0", object(), NAN), r"exact number|rational"),
    "expression": (("x + 1", None, True, [x], np.eye(2), alpha <= 1, object(), {"a": 1}),
    r"sympy expression"),
    "mapping": ((3, "alpha=1", [("alpha", 1)], True, {"alpha"}), r"a dict"),
    "items": ((3, "abc", {"a": 1}, [object()], True), r"a list|must be|pair"),
    "recurrence": ((None, "AdaL", 3, Recurrence, LINEAR), r"Recurrence.*(take one|that is the class)"),
    "loss": ((None, "linear", 3, Loss, ADAL), r"Loss.*(take one|that is the class)"),
    "theorem": ((None, "adal.theorem1", 3, Theorem, ADAL), r"a Theorem.*(take one|that is the class)"),
    "domain": ((None, "box", 3, Box), r"a Domain.*(a Box say|that is the class)"),
    "trace": ((None, "run.npz", 3, FOUND), r"a Trace; play returns one"),
    "source": ((None, "adal", 3, Source), r"a Source"),
    "alphabet": ((None, "skewed", 3, NoiseAlphabet, [1, -1]), r"a NoiseAlphabet"),
    "found": ((None, "FOUND", 3, Counterexample, GAME), r"a Counterexample"),
    "wholes": ((3, "12", [True], [1.5], [0], [-1], [None], ["a"], [[1]]), WHOLE),
    "function": ((3, "f", [1], True), r"function|map a cvxpy"),
    "budget": ((0, -1.0, True, "60", 1j, [1.0], NAN, object()), r"number, above 0"),
}  # fmt: skip
"""What is bad for a kind of argument, and what the message must say."""

ARGUMENTS: dict[str, dict[str, str]] = {
    "play": {
        "recurrence": "recurrence", "loss": "loss", "horizon": "count", "replicates": "count",
        "start": "array",
        "parameters.alpha": "positive", "parameters": "mapping", "record": "items", "series": "items",
        "vectors": "mapping", "progress": "function",
    },
    "play_all_paths": {"alphabet": "alphabet", "horizon": "count"},
    "PythonLoss": {"name": "name", "function": "function"},
    "Box": {"lower": "array", "upper": "array", "dimension": "count"},
    "BoxHyperplane": {"lower": "array", "upper": "array", "normal": "array", "offset": "number"},
    "Ellipsoid": {"axes": "array", "centre": "array"},
    "HalfSpace": {"normal": "array", "offset": "number"},
    "L1Ball": {"dimension": "count", "radius": "positive", "centre": "array"},
    "L2Ball": {"dimension": "count", "radius": "positive", "centre": "array"},
    "Polytope": {"A": "array", "b": "array"},
    "Simplex": {"dimension": "count", "total": "positive"},
    "CvxpySet": {"dimension": "count", "constraints": "function", "name": "name", "certify": "flag"},
    "contains": {"point": "array", "tolerance": "number"},
    "project": {"point": "array", "weight": "array"},
    "ArrayStream": {"vectors": "array", "labels": "array", "name": "name", "provenance": "name"},
    "Periodic": {"pattern": "array", "lead": "array", "name": "name"},
    "GaussianStream": {
        "dimension": "count", "seed": "seed", "mean": "array", "std": "array", "planted": "array",
        "noise": "number", "classes": "flag",
    },
    "FormulaStream": {"row": "expression", "dimension": "count", "label": "expression"},
    "Shuffled": {"seed": "seed", "with_replacement": "flag"},
    "NoiseAlphabet": {"values": "array", "name": "name"},
    "AlphabetStream": {"alphabet": "alphabet", "seed": "seed"},
    "Enumeration": {"alphabet": "alphabet", "horizon": "count", "limit": "count"},
    "enumerate_paths": {"alphabet": "alphabet", "horizon": "count", "limit": "count"},
    "path_stream": {"alphabet": "alphabet"},
    "skewed": {"scale": "number"},
    "rademacher": {"scale": "number"},
    "constant": {"vector": "array"},
    "reddi": {"C": "positive"},
    "wrong_end": {"a": "positive", "k": "count"},
    "is_stuck": {"a": "number", "k": "count", "beta1": "number"},
    "one_large_then_small": {"large": "positive", "small": "positive"},
    "build_up": {"k": "count", "release": "positive", "ratio": "positive"},
    "one_coordinate_at_a_time": {"dimension": "count", "value": "number"},
    "Parameter": {"latex": "name", "meaning": "name"},
    "resolve": {"values": "mapping"},
    "Source": {"key": "name", "place": "name"},
    "add_source": {"key": "name", "text": "name"},
    "Recurrence": {
        "name": "name", "source": "source", "parameters": "items", "steps": "items", "point": "expression",
        "metric": "expression", "initial": "mapping", "variant": "mapping",
    },
    "Loss": {"name": "name", "source": "source", "value": "expression", "parameters": "items"},
    "Reading": {"rhs": "expression", "note": "name", "constants": "mapping"},
    "Assumption": {"text": "name"},
    "Theorem": {
        "title": "name", "source": "source", "algorithms": "items", "lhs": "expression", "readings": "items",
        "assumptions": "items", "letters": "items", "measures": "name",
    },
    "exact": {"value": "exact"},
    "with_noise": {"loss": "loss"},
    "scaled": {"loss": "loss", "factor": "expression"},
    "Slope": {"knots": "items", "left": "number", "right": "number"},
    "quadratic_slope": {"curvature": "number"},
    "piecewise_family": {"knots": "count"},
    "exact_set": {"domain": "domain"},
    "observed_mean": {"trace": "trace", "quantity": "expression"},
    "adal": {"bias_correction": "flag"},
    "LinearGame": {"recurrence": "recurrence", "horizon": "count", "parameters": "mapping"},
    "DescentGame": {"recurrence": "recurrence", "horizon": "count"},
    "Counterexample": {"theorem": "theorem"},
    "certify": {"found": "found", "title": "name"},
    "certain_sides": {"found": "found", "precision": "count", "digits": "count"},
    "excess": {"found": "found", "precision": "count"},
    "shrink": {"found": "found", "calls": "count", "seconds": "budget"},
    "check": {"theorem": "theorem", "constants": "mapping", "ranges": "mapping"},
    "checks": {"theorem": "theorem", "constants": "mapping", "ranges": "mapping"},
    "prove": {
        "theorem": "theorem", "recurrence": "recurrence", "horizon": "count", "budget": "count",
        "dimension": "count", "lower": "exact", "upper": "exact", "gradient": "exact", "relax": "exact",
        "parameters": "mapping",
    },
    "falsify": {
        "theorem": "theorem", "recurrence": "recurrence", "fixed": "mapping", "dimensions": "wholes",
        "horizons": "wholes", "most_rounds": "count", "seconds": "budget", "enough": "budget", "seed": "seed",
    },
    "falsify_gradients": {
        "theorem": "theorem", "recurrence": "recurrence", "dimensions": "wholes", "most_rounds": "count",
        "seconds": "budget", "seed": "seed",
    },
    "falsify_descent": {
        "theorem": "theorem", "recurrence": "recurrence", "horizon": "count", "letters": "count",
        "dimension": "count", "seed": "seed", "fixed": "mapping",
    },
    "plot_checks": {"checks": "items", "trivial": "flag", "slope": "flag"},
    "enumerated_mean": {"values": "array"},
    "mean_interval": {"values": "array", "level": "number"},
    "asymptotic_sequence": {"values": "array", "level": "number", "tuned_at": "count"},
    "fit_slope": {"decades": "positive", "level": "number", "seed": "seed"},
    "compare_rate": {"contraction": "number"},
    "varied": {"grid": "mapping"},
}  # fmt: skip
"""The kind of each argument."""


def takes_none(function: str, argument: str) -> bool:
    """Whether None stands for something there."""
    return (function, argument) in {
        ("play", "vectors"), ("Periodic", "lead"), ("shrink", "seconds"), ("FormulaStream", "seed"),
        ("play", "parameters"),
    }  # fmt: skip


PASSES: dict[tuple[str, str], tuple[Any, ...]] = {
    # A list is one number for each replicate.
    ("play", "parameters.alpha"): (PAIR,),
    # A number stands for as many as there are coordinates, and 0 or a negative number is one too.
    ("Box", "dimension"): (None,),
    # Exact numbers of any size are numbers.
    ("falsify", "fixed"): (),
    ("certain_sides", "digits"): (),
    ("GaussianStream", "seed"): (),
    # Rows, a table, or several columns are what these take.
    ("ArrayStream", "labels"): (None,),
}
"""Values of a kind that are good for an argument all the same."""

SINGLE: tuple[tuple[str, str, Any, str], ...] = (
    ("play", "stream", "noise", "a Stream"), ("play", "stream", 3, "a Stream"),
    ("play", "stream", GaussianStream, "that is the class"), ("play", "stream", [], "empty list"),
    ("play", "stream", [GaussianStream(2), 3], "a Stream"), ("play", "domain", "box", "a Domain or None"),
    ("play", "domain", Box, "that is the class"), ("play", "domain", 3, "a Domain or None"),
    ("play", "engine", "nunba", "did you mean numba"), ("play", "engine", 3, "known: auto"),
    ("play", "engine", NumpyEngine, "that is the class"), ("play", "engine", ["numpy"], "known: auto"),
    ("play", "checkpoints", True, "whole rounds"), ("play", "checkpoints", "al", "did you mean all"),
    ("play", "checkpoints", 0, "at least 1"), ("play", "checkpoints", 2.0, "whole rounds"),
    ("play", "checkpoints", [True], "whole rounds"), ("play", "checkpoints", [4], "1..3"),
    ("play", "checkpoints", [], "whole rounds"), ("play", "checkpoints", None, "whole rounds"),
    ("play", "checkpoints", 10**15, "GB"), ("play", "groups", [0.5, 1], "whole numbers"),
    ("play", "groups", [True, False], "whole numbers"), ("play", "groups", "ab", "whole numbers"),
    ("play", "groups", [0], "2 whole numbers"), ("play", "table", 3, "a pair"),
    ("play", "table", (np.eye(2),), "a pair"), ("play", "table", ("a", "b"), "a pair"),
    ("play", "table", (np.eye(2), [1j, 0]), "a pair"), ("play", "autosave", "", "path of a file"),
    ("play", "autosave", 3, "path of a file"), ("play", "resume", "run.npz", "load_trace"),
    ("play", "enumeration", 3, "an Enumeration"), ("play", "start", "a", "array of real numbers"),
    ("play", "start", [2.0, 0.0], "lies outside"),
    ("play", "parameters>alhpa", {"alhpa": 1}, "did you mean alpha?"),
    ("play", "parameters.alpha", [True, 0.1], "number"),
    ("play", "parameters.alpha", [[0.1]], "each replicate"),
    ("play", "parameters.alpha", [0.1, [0.2]], "number"), ("play", "parameters.alpha", [], "empty list"),
    ("play", "vectors", {"z": [0.0, 0.0]}, "Vector symbols"), ("play", "vectors", {z: "a"}, "finite numbers"),
    ("play", "vectors", {z: [0.0]}, "shape"), ("play", "vectors", {z: [NAN, 0.0]}, "finite numbers"),
    ("play", "record", ["abc"], "sympy expression"), ("play", "record", x, "a list"),
    ("play", "record>T", [T * f], "write t, the round"),
    ("play", "replicates", 10**12, "GB"), ("PythonLoss", "shape", "convex", "a Shape"),
    ("PythonLoss", "name", "", "says something"), ("Box", "lower", [3.0, 3.0], "exceeds"),
    ("Box", "lower", NAN, "finite numbers"), ("Box", "upper", None, "array of real numbers"),
    ("BoxHyperplane", "offset", 9.0, "out of reach"), ("BoxHyperplane", "lower", 2.0, "exceeds"),
    ("Ellipsoid", "axes", [0.0, 1.0], "positive"), ("HalfSpace", "normal", [0.0, 0.0], "not be zero"),
    ("Simplex", "dimension", 2**60, r"at most 2\^53; pass the number d"), ("Polytope", "A", [], "shape"),
    ("CvxpySet", "solver", "CLARABLE", "did you mean CLARABEL"),
    ("CvxpySet", "solver", None, "not installed"),
    ("CvxpySet", "solver_options", 3, "must map"), ("CvxpySet", "accuracy", True, "a finite number"),
    ("CvxpySet", "constraints", lambda v: None, "returned None"),
    ("CvxpySet", "constraints", lambda v: [True], "no cvxpy constraint"),
    ("CvxpySet", "constraints", lambda v: 1 / 0, "raised ZeroDivisionError"),
    ("contains", "point", [0.0], "shape"), ("project", "weight", [-1.0, 1.0], "negative"),
    ("ArrayStream", "order", "loop", "known: once"), ("ArrayStream", "order", 1, "known: once"),
    ("ArrayStream", "name", "two\nlines", "one line"), ("FormulaStream", "seed", True, "whole number"),
    ("FormulaStream", "row", x, "may hold"), ("Shuffled", "base", 3, "a pair"),
    ("Shuffled", "base", "ab", "a pair"),
    ("NoiseAlphabet", "probabilities", 3, "exact rationals"),
    ("NoiseAlphabet", "probabilities", "ab", "exact rational"),
    ("NoiseAlphabet", "probabilities", [0.5, 0.5], "exact rationals"),
    ("NoiseAlphabet", "probabilities", [None, None], "exact rationals"),
    ("Enumeration", "horizon", 10**6, "limit"), ("check of Enumeration", "streams", 3, "a list"),
    ("check of Enumeration", "streams", [3, 4, 5, 6], "a Stream"),
    ("path_stream", "path", "ab", "letter numbers"),
    ("path_stream", "path", [True], "letter numbers"), ("path_stream", "path", [9], "leaves"),
    ("reddi", "C", 0, "above 0"),
    ("Parameter", "symbol", "alpha", "a Scalar"), ("Parameter", "lower", NAN, "number"),
    ("Parameter", "lower", 2, "exceeds"), ("Parameter", "default", "a", "number"),
    ("resolve", "values>alhpa", {"alhpa": 1}, "did you mean alpha"),
    ("Source", "key", "adla", "did you mean adal"),
    ("Recurrence", "steps>m", ((m, Prev(x) + g),), "line of its own"),
    ("Recurrence", "steps", ((m,),), "a pair"),
    ("Recurrence", "steps", ((Symbol("q"), g),), "Vector or a Scalar"),
    ("Recurrence", "steps", (("m", g),), "Vector"),
    ("Recurrence", "steps", ((m, "g"),), "sympy expression"), ("Loss", "shape", "convex", "a Shape"),
    ("Loss", "oracle", "df", "sympy expression"), ("Loss", "smoothness", "L", "sympy expression"),
    ("Assumption", "condition", "convex_losses", "did you mean CONVEX_LOSSES"),
    ("Assumption", "condition", 3, "relation"), ("Assumption", "condition", None, "relation"),
    ("Theorem", "readings>toy", (), "distinct keys"), ("Theorem", "status", "proved", "a Status"),
    ("Theorem", "algorithms", "SGD", "a list"), ("Theorem", "letters", (("M", f),), "Symbol"),
    ("reading", "key>reading", "c", "known: A, B, C"), ("algorithm", "name", "AdaLl", "nearest: AdaL"),
    ("algorithm", "name", 3, "the name of an algorithm"), ("adal", "norm", "golbal", "did you mean global"),
    ("adal", "norm", True, "global, group"), ("adal", "norm", ["global"], "global, group"),
    ("ExactBox", "lower", 3, "list of exact numbers"), ("ExactBox", "lower", (2,), "empty"),
    ("ExactBox", "lower", (0.5,), "exact number"), ("ExactSegment", "end", (0, 1), "two points"),
    ("LinearGame", "feasible", Box(-1, 1, dimension=1), "an ExactBox"), ("LinearGame", "pattern", 3, "rows"),
    ("LinearGame", "pattern", (), "at least one gradient"),
    ("LinearGame", "start", "ab", "list of exact numbers"),
    ("LinearGame", "start", (5,), "no point"), ("DescentGame", "slope", 3, "a Slope"),
    ("Counterexample", "game", 3, "a LinearGame"), ("Counterexample", "reading", "Z", "known: A, B, C"),
    ("shrink", "margin", "a", "rational"), ("shrink", "scale", "fre", "did you mean free"),
    ("shrink", "keep", {"alhpa"}, "AdaL has alpha"), ("check", "trace", "run.npz", r"play\("),
    ("check", "constants", {"D": "1"}, "finite number"), ("check", "constants", {"D": True}, "finite number"),
    ("check", "constants", {"Q": 1.0}, "does not use"), ("check", "ranges", {x: 3}, "two numbers"),
    ("check", "ranges", {"x": (0, 1)}, "expressions"), ("check", "reading", "c", "known: A, B, C"),
    ("prove", "parameters>alhpa", {"alhpa": 1}, "did you mean alpha"), ("prove", "lower", 1, "less than"),
    ("prove", "gradient", (1, 2, 3), "a pair"), ("prove", "relax", -1, "at least 0"),
    ("prove", "reading", "c", "known"), ("falsify", "fixed", {"alhpa": 1}, "did you mean alpha"),
    ("falsify", "fixed>alpha", {"alpha": 0.5}, "exact number"),
    ("falsify", "scale", "fre", "did you mean free"),
    ("falsify", "set_kind", "bxo", "did you mean box"), ("falsify", "set_kind", 3, "known: box"),
    ("falsify", "evaluations", True, "whole number"), ("falsify", "evaluations", 0, "at least 1"),
    ("plot_checks", "checks", [], "empty"), ("plot_checks", "width", "pag", "did you mean page"),
    ("plot_checks", "width", True, "inches"), ("plot_checks", "width", 1, "2.5 to 40"),
    ("plot_checks", "path", 3, "path of a file"), ("plot_checks", "path", "", "names no file"),
    ("plot_checks", "path", "picture.bmp", "use .svg"), ("plot_checks", "title", 3, "text"),
    ("figure_bytes", "format", "gif", "svg, png, pdf"), ("figure_bytes", "format", None, "svg, png, pdf"),
    ("enumerated_mean", "weights", [True, False], "probabilities"),
    ("enumerated_mean", "weights", ["a", "b"], "probabilities"),
    ("enumerated_mean", "weights", [0.5], "one per row"), ("mean_interval", "low", "a", "a number"),
    ("fit_slope", "rounds", "abcd", "real numbers"), ("fit_slope", "values", [True] * 4, "real numbers"),
    ("compare_rate", "claimed", "T", "an Order"), ("varied", "seeds", 3, "a list"),
    ("varied", "seeds", range(10**9), "give fewer"), ("varied", "seeds", [True], "whole number"),
    ("varied", "seeds", [], "at least one"), ("varied", "grid", {"alhpa": [1.0]}, "did you mean alpha"),
    ("varied", "grid", {"alpha": []}, "at least one"),
    ("varied", "grid", {"alpha": [True]}, "numbers to try"),
    ("varied", "grid", {"alpha": 0.1}, "numbers to try"),
    ("parse_seeds", "--seeds", "0:1000000000", "give fewer"),
    ("parse_seeds", "--seeds", "a", "0:8"), ("parse_seeds", "--seeds", "", "0:8"),
    ("parse_seeds", "--seeds", "1,1", "give it once"),
    ("parse_seeds", "--seeds", "0:1" + "0" * 30, "give fewer"),
    ("parse_grid", "--grid", ["alpha=1", "alpha=2"], "give it once"),
    ("parse_grid", "--grid", ["alpha"], "alpha=0.1"),
    ("parse_grid", "--grid", ["alpha=1e400,a"], "alpha=0.1"),
)  # fmt: skip
"""(function, argument, bad value, what the message must say)."""


@dataclass(frozen=True)
class Row:
    """A call that must be refused: the function, the argument, the value, and what the message must say.

    argument: its name, as ``parameters.alpha`` where a member of a mapping is meant, and after a ``>`` what
    the message names where that is something else.
    """

    function: str
    argument: str
    value: Any
    words: str

    def __str__(self) -> str:
        """As pytest names it."""
        value = re.sub(r" at 0x\w+", "", shown(self.value))  # the same name in every process
        return f"{self.function}({self.argument}={value[:24]})"

    def call(self) -> Any:
        """The call with this value in place of the good one."""
        function, good = GOOD[self.function]
        name, _, inner = self.argument.partition(">")[0].partition(".")
        if name.startswith("--"):
            return function(self.value)
        return function(**{**good, name: {inner: self.value} if inner else self.value})


def _of_kinds() -> list[Row]:
    rows = []
    for function, arguments in ARGUMENTS.items():
        for argument, kind in arguments.items():
            values, words = KINDS[kind]
            passes = PASSES.get((function, argument), ())
            rows += [
                Row(function, argument, value, words)
                for value in values
                if not any(value is good for good in passes)
                and not (value is None and takes_none(function, argument))
            ]
    return rows


ROWS = [*_of_kinds(), *(Row(*row) for row in SINGLE)]


def complaint(call: Callable[[], Any], argument: str, words: str) -> str | None:
    """What is wrong with the way in which a call is refused, None where all is well."""
    try:
        call()
    except Exception as error:
        said = str(error)
        if not isinstance(error, ValueError | TypeError):
            return f"it raises {type(error).__name__}: {said}"
        if len(said.splitlines()) != 1:
            return f"it takes {len(said.splitlines())} lines: {said}"
        if not re.search(rf"`[^`]*{re.escape(re.split('[.>]', argument)[-1])}[^`]*`", said):
            return f"it does not name `{argument}`: {said}"
        if not re.search(words, said):
            return f"it does not say {words!r}: {said}"
        if len(said) > 700:
            return f"it has {len(said)} characters: {said}"
        return None
    return "it passes"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_bad_value_is_one_clear_error(row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ValueError or TypeError, one line with the argument and the remedy, and no file is written."""
    monkeypatch.chdir(tmp_path)
    assert complaint(row.call, row.argument, row.words) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("function", GOOD)
def test_good_values_pass(function: str) -> None:
    """The borders let the good arguments through, so that they do not refuse everything."""
    call, good = GOOD[function]
    if function.startswith("parse_"):
        call(*good.values())
    else:
        call(**good)


@pytest.mark.parametrize(
    ("function", "argument", "value"),
    [
        ("play", "horizon", np.int64(3)), ("play", "horizon", np.array(3)), ("play", "horizon", Integer(3)),
        ("play", "replicates", np.uint8(2)), ("play", "checkpoints", np.array([1, 3])),
        ("play", "parameters.alpha", np.float32(0.5)), ("play", "parameters.alpha", Fraction(1, 3)),
        ("play", "parameters.alpha", np.array(0.1)), ("play", "parameters.alpha", [0.1, 0.2]),
        ("play", "parameters.alpha", Integer(1)), ("play", "start", (0, 0)), ("play", "vectors", None),
        ("Box", "dimension", np.int32(2)), ("Box", "lower", np.array(-1.0)),
        ("Box", "lower", Fraction(-1, 2)),
        ("L2Ball", "radius", np.float64(2.0)), ("L2Ball", "radius", Fraction(1, 2)),
        ("L2Ball", "centre", None),
        ("ArrayStream", "labels", np.array([True, False])),
        ("ArrayStream", "vectors", [[Fraction(1, 3)], [2]]),
        ("GaussianStream", "seed", 10**30), ("exact", "value", np.int64(3)),
        ("exact", "value", Integer(3) / 7),
        ("prove", "lower", Integer(-1)), ("falsify", "seconds", INF), ("varied", "seeds", range(3)),
    ],
)  # fmt: skip
def test_numbers_of_other_kinds_are_numbers(function: str, argument: str, value: Any) -> None:
    """Scalars of numpy, arrays without axes, fractions and sympy's numbers are what they say."""
    Row(function, argument, value, "").call()


@pytest.mark.parametrize(
    ("toy", "found"),
    [
        (lambda: 3, "passes"),
        (lambda: {}["size"], "KeyError"),
        (lambda: (_ for _ in ()).throw(ValueError("`size` = 3\nmust be 4, a whole number")), "2 lines"),
        (lambda: (_ for _ in ()).throw(ValueError("3 must be a whole number")), "does not name"),
        (lambda: np.zeros(2) + np.zeros(3), "does not name"),
        (lambda: (_ for _ in ()).throw(ValueError("`size` = 3 is bad")), "does not say"),
        (
            lambda: (_ for _ in ()).throw(ValueError(f"`size` = {[1] * 999} must be a whole number")),
            "characters",
        ),
    ],
)
def test_a_border_without_a_check_is_noticed(toy: Callable[[], Any], found: str) -> None:
    """The control: what passes, or fails in another way, does not count as a clear error."""
    assert found in str(complaint(toy, "size", "whole number"))


def test_the_table_is_long_and_has_no_row_twice() -> None:
    """The rows that this page promises are there, and each is another one."""
    assert len(ROWS) >= 200
    assert set(ARGUMENTS) <= set(GOOD)
    assert {row.function for row in ROWS} <= set(GOOD)
