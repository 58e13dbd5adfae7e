"""`regretcheck run --engine --device --dtype`: which engine plays, and what is refused before anything is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from paper_checks.adal.one_round import SCENARIO
from paper_checks.cli.main import main
from paper_checks.run.runner import command, engine_of, fingerprint, on_engine, run_scenarios
from paper_checks.scenario import Options

TORCH = Options(engine="torch", device="cpu", dtype="float32")


def test_the_choice_reaches_the_game(tmp_path: Path) -> None:
    """The row names the engine, the command repeats the choice, and the verdicts are those of the default."""
    chosen = run_scenarios([SCENARIO], TORCH, out=tmp_path)
    default = run_scenarios([SCENARIO], Options())
    assert {row.played.engine for row in chosen} == {"torch"}
    assert {row.played.engine for row in default} == {"numba"}
    assert [row.verdict for row in chosen] == [row.verdict for row in default]
    assert command(SCENARIO, TORCH).endswith("--seed 0 --engine torch --device cpu --dtype float32")
    assert command(SCENARIO, Options(full=True)).endswith("--seed 0 --full")
    assert fingerprint(SCENARIO, TORCH) != fingerprint(SCENARIO, Options())


def test_a_device_or_a_precision_chooses_torch() -> None:
    """Either is enough; a plan that is about an engine keeps it."""
    assert engine_of(Options()) == "auto"
    assert engine_of(Options(engine="numpy")) == "numpy"
    assert engine_of(Options(device="cpu")).name == "torch"
    assert str(engine_of(Options(dtype="float32")).dtype) == "float32"
    plan = SCENARIO.build(TORCH)
    assert on_engine(plan, TORCH).engine.name == "torch"
    assert on_engine(replace(plan, engine="numpy"), TORCH).engine == "numpy"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--engine", "foo"], "`--engine` = 'foo' is unknown; known: auto, numba, numpy, torch"),
        (
            ["--engine", "numba", "--dtype", "float32"],
            "belong to the torch engine, but `--engine` is 'numba'",
        ),
        (["--device", "cuda:99"], "`device` = 'cuda:99' is absent"),
        (["--dtype", "half"], "`dtype` = 'half' is unknown"),
    ],
)
def test_wrong_choices_end_before_anything_is_played(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and one sentence."""
    assert main(["run", "one_round", "--out", str(tmp_path), *words]) == 2
    assert message in capsys.readouterr().err
