"""Scenarios of paper_checks: what the functions take, and what they must refuse."""

from __future__ import annotations

from paper_checks.run.registry import scenario
from paper_checks.run.sweep import parse_grid, parse_seeds, varied
from paper_checks.scenario import Options
from python_borders.border import Border

BORDERS = (
    Border(
        "varied",
        varied,
        {
            "scenarios": [scenario("one_round")],
            "options": Options(),
            "grid": {"alpha": [0.1]},
            "seeds": (0, 1),
        },
        kinds={"grid": "mapping"},
        bad=(
            ("seeds", 3, "a list"),
            ("seeds", range(10**9), "give fewer"),
            ("seeds", [True], "whole number"),
            ("seeds", [], "at least one"),
            ("grid", {"alhpa": [1.0]}, "did you mean alpha"),
            ("grid", {"alpha": []}, "at least one"),
            ("grid", {"alpha": [True]}, "numbers to try"),
            ("grid", {"alpha": 0.1}, "numbers to try"),
        ),
    ),
    Border(
        "parse_seeds",
        parse_seeds,
        {"text": "0:8"},
        bad=(
            ("text>--seeds", "0:1000000000", "give fewer"),
            ("text>--seeds", "a", "0:8"),
            ("text>--seeds", "", "0:8"),
            ("text>--seeds", "1,1", "give it once"),
            ("text>--seeds", "0:1" + "0" * 30, "give fewer"),
        ),
    ),
    Border(
        "parse_grid",
        parse_grid,
        {"entries": ["alpha=0.1,0.2"]},
        bad=(
            ("entries>--grid", ["alpha=1", "alpha=2"], "give it once"),
            ("entries>--grid", ["alpha"], "alpha=0.1"),
            ("entries>--grid", ["alpha=1e400,a"], "alpha=0.1"),
        ),
    ),
)
