"""A sweep: one scenario over a grid and under many seeds."""

import json
from pathlib import Path

import pytest

from paper_checks.cli.main import main
from paper_checks.run.sweep import parse_grid, parse_seeds, sweep

TOYS = Path(__file__).parent.with_name("toys.py")


def test_every_point_and_seed_is_a_game(toys):
    """The rows come in order, with the parameter and the seed that were played."""
    found = sweep(toys[0], {"alpha": [0.5, 1.0]}, seeds=range(2))
    played = list(dict.fromkeys((row.scenario, row.played.parameters["alpha"], row.seed) for row in found))
    assert played == [
        (f"toy_plain+alpha={alpha}+seed={seed}", alpha, seed) for alpha in (0.5, 1.0) for seed in (0, 1)
    ]
    assert found[0].command == "regretcheck run toys.py --seed 0 --grid alpha=0.5"
    # x = 1 walks to -1 in steps alpha / sqrt(t): another step, another regret
    assert found[0].detail.margin != found[-3].detail.margin


def test_a_sweep_is_resumed(toys, tmp_path, calls):
    """A second sweep with a longer grid plays only what is new."""
    sweep(toys[0], {"alpha": [0.5]}, seeds=[0, 1], out=tmp_path / "out")
    before = calls("plain")
    sweep(toys[0], {"alpha": [0.5, 1.0]}, seeds=[0, 1], out=tmp_path / "out", resume=True)
    # One call looks up the parameters' names, two play.
    assert calls("plain") - before == 3


def test_the_command_line_sweeps(tmp_path, capsys):
    """--seeds and --grid multiply the games of a file, and the results name each."""
    arguments = ["run", str(TOYS), "--seeds", "0:2", "--grid", "alpha=1/4,1", "--jobs", "1", "--json"]
    assert main([*arguments, "--out", str(tmp_path)]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len({row["scenario"] for row in rows}) == 2 * 2 * 2
    assert (tmp_path / "partial" / "toy_plain+alpha=0.25+seed=1.json").exists()


def test_what_is_varied_is_read_exactly():
    """Seeds are a range or a list, values are numbers or fractions."""
    assert list(parse_seeds("2:4")) == [2, 3]
    assert parse_seeds("1,5") == (1, 5)
    assert parse_grid(["alpha=9/10,2", "eps=0"]) == {"alpha": [0.9, 2.0], "eps": [0.0]}


@pytest.mark.parametrize("seeds", [[], [-1]])
def test_no_seed_or_a_negative_one_is_refused(toys, seeds):
    """The error names the argument."""
    with pytest.raises(ValueError, match="`seeds`"):
        sweep(toys[0], {}, seeds=seeds)
