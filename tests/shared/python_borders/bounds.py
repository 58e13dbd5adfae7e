"""Checks, means, rates and plots of bounds: what the functions take, and what they must refuse."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from bounds.claimed_rate import compare_rate
from bounds.drift import observed_mean
from bounds.evaluate import check, checks
from bounds.expectation import asymptotic_sequence, enumerated_mean, mean_interval
from bounds.plot import figure_bytes, plot_checks
from bounds.rates import fit_slope
from bounds.verdict import Checks
from online_sim.domains import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import GaussianStream, constant
from python_borders.border import Border
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.order import Order
from theory.symbols import x
from theory.theorems.adal import THEOREM1

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

BORDERS = (
    Border(
        "observed_mean",
        observed_mean,
        {"trace": TWO, "quantity": x, "decades": 0.5, "level": 0.9},
        kinds={"trace": "trace", "quantity": "expression"},
    ),
    Border(
        "check",
        check,
        {"theorem": THEOREM1, "reading": "C", "trace": TRACE, "constants": {}, "ranges": {}},
        kinds={"theorem": "theorem", "constants": "mapping", "ranges": "mapping"},
        bad=(
            ("trace", "run.npz", r"play\("),
            ("constants", {"D": "1"}, "finite number"),
            ("constants", {"D": True}, "finite number"),
            ("constants", {"Q": 1.0}, "does not use"),
            ("ranges", {x: 3}, "two numbers"),
            ("ranges", {"x": (0, 1)}, "expressions"),
            ("reading", "c", "known: A, B, C"),
        ),
    ),
    Border(
        "checks",
        checks,
        {"theorem": THEOREM1, "trace": TRACE, "constants": None, "ranges": None},
        kinds={"theorem": "theorem", "constants": "mapping", "ranges": "mapping"},
    ),
    Border("Checks", Checks, {"checks": CHECKS}, kinds={"checks": "items"}),
    Border(
        "plot_checks",
        plot_checks,
        {
            "checks": CHECKS,
            "path": None,
            "title": None,
            "width": "page",
            "trivial": True,
            "slope": True,
            "band": None,
        },
        kinds={"checks": "items", "trivial": "flag", "slope": "flag"},
        bad=(
            ("checks", [], "empty"),
            ("width", "pag", "did you mean page"),
            ("width", True, "inches"),
            ("width", 1, "2.5 to 40"),
            ("path", 3, "path of a file"),
            ("path", "", "names no file"),
            ("path", "picture.bmp", "use .svg"),
            ("title", 3, "text"),
        ),
    ),
    Border(
        "figure_bytes",
        figure_bytes,
        {"figure": plot_checks(CHECKS), "format": "svg"},
        bad=(("format", "gif", "svg, png, pdf"), ("format", None, "svg, png, pdf")),
    ),
    Border(
        "enumerated_mean",
        enumerated_mean,
        {"values": [1.0, 2.0], "weights": [Fraction(1, 2)] * 2},
        kinds={"values": "array"},
        bad=(
            ("weights", [True, False], "probabilities"),
            ("weights", ["a", "b"], "probabilities"),
            ("weights", [0.5], "one per row"),
        ),
    ),
    Border(
        "mean_interval",
        mean_interval,
        {"values": [1.0, 2.0], "level": 0.9, "low": 0.0, "high": 3.0},
        kinds={"values": "array", "level": "number"},
        bad=(("low", "a", "a number"),),
    ),
    Border(
        "asymptotic_sequence",
        asymptotic_sequence,
        {"values": [1.0, 2.0], "level": 0.9, "tuned_at": 10},
        kinds={"values": "array", "level": "number", "tuned_at": "count"},
    ),
    Border(
        "fit_slope",
        fit_slope,
        {"rounds": [1, 2, 3, 4], "values": [1.0, 2.0, 3.0, 4.0], "decades": 2.0, "level": 0.9, "seed": 0},
        kinds={"decades": "positive", "level": "number", "seed": "seed"},
        bad=(("rounds", "abcd", "real numbers"), ("values", [True] * 4, "real numbers")),
    ),
    Border(
        "compare_rate",
        compare_rate,
        {
            "rounds": np.arange(1.0, 200),
            "values": np.arange(1.0, 200),
            "claimed": Order(1),
            "decades": 1.0,
            "contraction": 0.5,
        },
        kinds={"contraction": "number"},
        bad=(("claimed", "T", "an Order"),),
    ),
)
