"""What a plan promises is checked: its region, and its twin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paper_checks.adal import capped_simplex, rosenbrock
from paper_checks.playing import play_plan
from paper_checks.scenario import Options


def test_the_twin_agrees_with_cvxpy_in_the_loop() -> None:
    """The same set by cvxpy and by its fast projection gives the same trajectory, and the trace says so."""
    trace = play_plan(capped_simplex.build(Options()).with_game(horizon=30))
    assert trace.run.twin["distance"] < 1e-8  # cvxpy's own accuracy in this well-scaled set is 1e-9


def test_a_twin_that_is_another_set_fails_the_scenario() -> None:
    """Must-fail control: a twin with another cap is noticed."""
    from online_sim.domains import Simplex

    plan = replace(capped_simplex.build(Options()), twin=Simplex(4)).with_game(horizon=30)
    with pytest.raises(ValueError, match="goes another way"):
        play_plan(plan)


def test_a_run_that_leaves_the_region_fails() -> None:
    """Constants of a region are refused where the run leaves it."""
    plan = replace(rosenbrock.build(Options()), region=1.5).with_game(horizon=10)
    with pytest.raises(ValueError, match="left the region"):
        play_plan(plan)
