"""The streams of online_sim: what the functions take, and what they must refuse."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy.sparse import csr_array

from online_sim.streams import (
    AlphabetStream,
    ArrayStream,
    FormulaStream,
    GaussianStream,
    NoiseAlphabet,
    Periodic,
    Shuffled,
    SparseStream,
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
from python_borders.border import ALPHABET, Border
from theory.quantities import uniform
from theory.symbols import t, x

BORDERS = (
    Border(
        "ArrayStream",
        ArrayStream,
        {
            "vectors": [[1.0], [2.0]],
            "labels": [0.0, 1.0],
            "order": "once",
            "name": "rows",
            "provenance": "here",
        },
        kinds={"vectors": "array", "labels": "array", "name": "name", "provenance": "name"},
        passes={"labels": (None,)},
        bad=(
            ("order", "loop", "known: once"),
            ("order", 1, "known: once"),
            ("name", "two\nlines", "one line"),
        ),
    ),
    Border(
        "SparseStream",
        SparseStream,
        {
            "rows": csr_array([[1.0, 0.0], [0.0, 2.0]]),
            "labels": [0.0, 1.0],
            "order": "once",
            "name": "rows",
            "provenance": "here",
        },
        kinds={"labels": "array", "name": "name", "provenance": "name"},
        passes={"labels": (None,)},
        bad=(
            ("order", "loop", "known: once"),
            ("rows", [[1.0], [2.0]], "csr_array"),
            ("rows", None, "sparse matrix"),
            ("rows", csr_array([[1.0, np.nan]]), "NaN in row 0, column 1"),
            ("rows", csr_array([[0.0], [-np.inf]]), "inf in row 1, column 0"),
            ("rows", csr_array((0, 3)), "at least one"),
            ("rows", csr_array([[1j]]), "real numbers"),
        ),
    ),
    Border(
        "Periodic",
        Periodic,
        {"pattern": [3.0, -1.0], "lead": [1.0], "name": "mine"},
        kinds={"pattern": "array", "lead": "array", "name": "name"},
        passes={"lead": (None,)},
    ),
    Border(
        "GaussianStream",
        GaussianStream,
        {
            "dimension": 2,
            "seed": 0,
            "mean": 0.0,
            "std": 1.0,
            "planted": [1.0, 1.0],
            "noise": 0.1,
            "classes": False,
        },
        kinds={
            "dimension": "count",
            "seed": "seed",
            "mean": "array",
            "std": "array",
            "planted": "array",
            "noise": "number",
            "classes": "flag",
        },
    ),
    Border(
        "FormulaStream",
        FormulaStream,
        {"row": uniform() / t, "dimension": 2, "seed": 1, "label": 0},
        kinds={"row": "expression", "dimension": "count", "label": "expression"},
        bad=(("seed", True, "whole number"), ("row", x, "may hold")),
    ),
    Border(
        "Shuffled",
        Shuffled,
        {"base": ArrayStream([[1.0], [2.0]]), "seed": 0, "with_replacement": True},
        kinds={"seed": "seed", "with_replacement": "flag"},
        bad=(("base", 3, "a pair"), ("base", "ab", "a pair")),
    ),
    Border(
        "NoiseAlphabet",
        NoiseAlphabet,
        {"values": [1, -1], "probabilities": ["1/2", "1/2"], "name": "coin"},
        kinds={"values": "array", "name": "name"},
        bad=(
            ("probabilities", 3, "exact rationals"),
            ("probabilities", "ab", "exact rational"),
            ("probabilities", [0.5, 0.5], "exact rationals"),
            ("probabilities", [None, None], "exact rationals"),
        ),
    ),
    Border(
        "AlphabetStream",
        AlphabetStream,
        {"alphabet": ALPHABET, "seed": 0},
        kinds={"alphabet": "alphabet", "seed": "seed"},
    ),
    Border(
        "enumerate_paths",
        enumerate_paths,
        {"alphabet": ALPHABET, "horizon": 2, "limit": 100},
        kinds={"alphabet": "alphabet", "horizon": "count", "limit": "count"},
    ),
    Border(
        "path_stream",
        path_stream,
        {"alphabet": ALPHABET, "path": [0, 1]},
        kinds={"alphabet": "alphabet"},
        bad=(("path", "ab", "letter numbers"), ("path", [True], "letter numbers"), ("path", [9], "leaves")),
    ),
    Border("skewed", skewed, {"scale": 1}, kinds={"scale": "number"}),
    Border("rademacher", rademacher, {"scale": Fraction(1, 2)}, kinds={"scale": "number"}),
    Border("constant", constant, {"vector": [0.5, 1.0]}, kinds={"vector": "array"}),
    Border("reddi", reddi, {"C": 3}, kinds={"C": "positive"}),
    Border("wrong_end", wrong_end, {"a": 2, "k": 3}, kinds={"a": "positive", "k": "count"}),
    Border(
        "is_stuck",
        is_stuck,
        {"a": 2, "k": 3, "beta1": Fraction(9, 10)},
        kinds={"a": "number", "k": "count", "beta1": "number"},
    ),
    Border(
        "one_large_then_small",
        one_large_then_small,
        {"large": 2, "small": 1},
        kinds={"large": "positive", "small": "positive"},
    ),
    Border(
        "build_up",
        build_up,
        {"k": 2, "release": 3, "ratio": 1},
        kinds={"k": "count", "release": "positive", "ratio": "positive"},
    ),
    Border(
        "one_coordinate_at_a_time",
        one_coordinate_at_a_time,
        {"dimension": 2, "value": 1},
        kinds={"dimension": "count", "value": "number"},
    ),
)
