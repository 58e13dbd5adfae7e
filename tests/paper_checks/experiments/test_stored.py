"""The results that come with the package: whole, of the present design, and with the same first steps."""

import pytest

from paper_checks.cli.experiment import RELATIVE
from paper_checks.experiments.experiment import Place
from paper_checks.experiments.registry import experiments
from paper_checks.experiments.results import STORED, read_results, stored
from paper_checks.experiments.runner import digests, smoke
from paper_checks.run.registry import claims
from paper_checks.scenario import Options

NAMES = sorted(path.stem for path in STORED.glob("*.json"))


def test_every_file_is_that_of_an_experiment():
    """No file is left over from an experiment that is gone."""
    assert set(NAMES) <= set(experiments())
    assert NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_is_whole_and_of_the_present_design(name):
    """Every run that the design asks for, and no other one."""
    experiment = experiments()[name]
    results = stored(experiment)
    assert {*experiment.ready(results.runs)} == {*results.runs}
    assert (STORED / f"{name}.json").stat().st_size < 500_000


@pytest.mark.parametrize("name", NAMES)
def test_every_result_is_read_by_a_claim(name):
    """What is stored decides something."""
    readers = [claim for claim in claims() if name in claim.experiments]
    assert readers
    for claim in readers:
        assert claim.check(Options()).evidence


# Training in single precision amplifies the roundings of another processor: those run with the slow tests.
STEPS = [
    pytest.param(name, marks=pytest.mark.slow) if experiments()[name].datasets else name for name in NAMES
]


@pytest.mark.parametrize("name", STEPS)
def test_the_first_steps_come_out_again(name, request):
    """20 steps of each contender, to 1e-4: single precision, another processor."""
    experiment = experiments()[name]
    place = Place(request.getfixturevalue("shared_data") if experiment.datasets else None)
    then = read_results(STORED / f"{name}.json", experiment)
    assert digests(experiment, place) == then.data
    now = smoke(experiment, place)
    assert now.keys() == then.smoke.keys()
    for contender, losses in now.items():
        assert losses == pytest.approx(list(then.smoke[contender]), rel=RELATIVE, nan_ok=True), contender
