"""The sets of online_sim: what the functions take, and what they must refuse."""

from __future__ import annotations

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
from python_borders.border import NAN, Border

BORDERS = (
    Border(
        "Box",
        Box,
        {"lower": -1.0, "upper": [1.0, 2.0], "dimension": 2},
        kinds={"lower": "array", "upper": "array", "dimension": "count"},
        passes={"dimension": (None,)},
        bad=(
            ("lower", [3.0, 3.0], "exceeds"),
            ("lower", NAN, "finite numbers"),
            ("upper", None, "array of real numbers"),
        ),
    ),
    Border(
        "BoxHyperplane",
        BoxHyperplane,
        {"lower": 0.0, "upper": 1.0, "normal": [1.0, 1.0], "offset": 1.0},
        kinds={"lower": "array", "upper": "array", "normal": "array", "offset": "number"},
        bad=(("offset", 9.0, "out of reach"), ("lower", 2.0, "exceeds")),
    ),
    Border(
        "Ellipsoid",
        Ellipsoid,
        {"axes": [1.0, 2.0], "centre": [0.0, 0.0]},
        kinds={"axes": "array", "centre": "array"},
        bad=(("axes", [0.0, 1.0], "positive"),),
    ),
    Border(
        "HalfSpace",
        HalfSpace,
        {"normal": [1.0, 2.0], "offset": 1.0},
        kinds={"normal": "array", "offset": "number"},
        bad=(("normal", [0.0, 0.0], "not be zero"),),
    ),
    Border(
        "L1Ball",
        L1Ball,
        {"dimension": 2, "radius": 1.0, "centre": [0.0, 0.0]},
        kinds={"dimension": "count", "radius": "positive", "centre": "array"},
    ),
    Border(
        "L2Ball",
        L2Ball,
        {"dimension": 2, "radius": 1.0, "centre": [0.0, 0.0]},
        kinds={"dimension": "count", "radius": "positive", "centre": "array"},
    ),
    Border(
        "Polytope",
        Polytope,
        {"A": [[1.0], [-1.0]], "b": [1.0, 1.0]},
        kinds={"A": "array", "b": "array"},
        bad=(("A", [], "shape"),),
    ),
    Border(
        "Simplex",
        Simplex,
        {"dimension": 3, "total": 1.0},
        kinds={"dimension": "count", "total": "positive"},
        bad=(("dimension", 2**60, r"at most 2\^53; pass the number d"),),
    ),
    Border(
        "CvxpySet",
        CvxpySet,
        {
            "dimension": 1,
            "constraints": lambda v: [v >= 0, v <= 1],
            "name": "unit",
            "accuracy": 1e-3,
            "certify": True,
            "solver": "CLARABEL",
            "solver_options": {},
        },
        kinds={"dimension": "count", "constraints": "function", "name": "name", "certify": "flag"},
        bad=(
            ("solver", "CLARABLE", "did you mean CLARABEL"),
            ("solver", None, "not installed"),
            ("solver_options", 3, "must map"),
            ("accuracy", True, "a finite number"),
            ("constraints", lambda v: None, "returned None"),
            ("constraints", lambda v: [True], "not a cvxpy constraint"),
            ("constraints", lambda v: 1 / 0, "raised ZeroDivisionError"),
        ),
    ),
    Border(
        "contains",
        Box(-1, 1, dimension=2).contains,
        {"point": [0.0, 0.0], "tolerance": 0.0},
        kinds={"point": "array", "tolerance": "number"},
        bad=(("point", [0.0], "shape"),),
    ),
    Border(
        "project",
        L2Ball(2, 1.0).project,
        {"point": [3.0, 0.0], "weight": [1.0, 2.0]},
        kinds={"point": "array", "weight": "array"},
        bad=(("weight", [-1.0, 1.0], "negative"),),
    ),
)
