"""Running, resuming and storing an experiment."""

import json
from dataclasses import replace

import pytest

from paper_checks.experiments.experiment import Place, Run, Unit
from paper_checks.experiments.results import begin, read_results, with_run, write_results
from paper_checks.experiments.runner import run_experiment
from toy_experiment import TOY

PLACE = Place()


def plain(results):
    """The results without the times."""
    return replace(results, runs={unit: replace(run, seconds=0.0) for unit, run in results.runs.items()})


def test_tuning_comes_first_and_every_run_is_stored(tmp_path):
    """Six tuning runs and two final runs of each contender; the file says the same as the return value."""
    path = tmp_path / "toy.json"
    results = run_experiment(TOY, path, PLACE)
    assert results.finished
    assert len(results.runs) == 6 + 4
    assert read_results(path, TOY).of(TOY).runs.keys() == results.runs.keys()
    diverged = [unit for unit, run in results.runs.items() if run.diverged is not None]
    assert {(unit.rate, unit.contender) for unit in diverged} == {(3.0, "plain")}


def test_an_interrupted_experiment_goes_on_where_it_was(tmp_path):
    """Three runs, then the rest: the same results as without a break, and no run is done twice."""
    whole = run_experiment(TOY, tmp_path / "whole.json", PLACE)
    done = []
    path = tmp_path / "toy.json"
    part = run_experiment(TOY, path, PLACE, limit=3)
    assert len(part.runs) == 3
    assert not part.finished
    with pytest.raises(ValueError, match="unfinished"):
        part.of(TOY)
    rest = run_experiment(TOY, path, PLACE, resume=True, told=lambda run, *_: done.append(run.unit))
    assert plain(rest) == plain(whole)
    assert len(done) == 10 - 3


def test_two_processes_find_what_one_finds(tmp_path):
    """The runs do not depend on each other."""
    one = run_experiment(TOY, tmp_path / "one.json", PLACE)
    two = run_experiment(TOY, tmp_path / "two.json", PLACE, jobs=2)
    assert plain(one) == plain(two)


def test_results_are_not_overwritten(tmp_path):
    """Without --resume an existing file is refused."""
    path = tmp_path / "toy.json"
    run_experiment(TOY, path, PLACE)
    with pytest.raises(ValueError, match=r"exists; give --resume"):
        run_experiment(TOY, path, PLACE)


def test_results_of_another_design_are_refused(tmp_path):
    """Both hashes and the changed field are told, whether one reads or resumes."""
    path = tmp_path / "toy.json"
    found = run_experiment(TOY, path, PLACE)
    other = replace(TOY, steps=26)
    with pytest.raises(ValueError, match=rf"\(steps\).*{TOY.digest}.*{other.digest}"):
        found.of(other)
    with pytest.raises(ValueError, match=rf"another design \({TOY.digest}, now {other.digest}\)"):
        run_experiment(other, path, PLACE, resume=True)


def test_words_are_not_part_of_the_design():
    """A better title is no other experiment; another number is."""
    assert replace(TOY, title="Better words", source="elsewhere").digest == TOY.digest
    assert replace(TOY, seeds=(0, 2)).digest != TOY.digest


def test_a_file_changed_by_hand_is_noticed(tmp_path):
    """One digit of one loss."""
    path = tmp_path / "toy.json"
    run_experiment(TOY, path, PLACE)
    text = path.read_text()
    number = json.loads(text)["runs"][0]["numbers"]["end"]
    path.write_text(text.replace(str(number), str(number / 2)))
    with pytest.raises(ValueError, match="was changed after it was written"):
        read_results(path, TOY)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"format": 1', "null", '{"digest": 1, "format": 1}', "\0"]
)
def test_a_damaged_file_is_one_clear_error(tmp_path, content):
    """Whatever lies there, the error names the file and the command."""
    path = tmp_path / "toy.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"toy\.json.*run `regretcheck experiment toy`"):
        read_results(path, TOY)


def test_missing_results_name_the_command(tmp_path):
    """There are none: the error says how to make them."""
    with pytest.raises(ValueError, match="regretcheck experiment toy"):
        read_results(tmp_path / "toy.json", TOY)


def test_a_number_that_json_has_not_is_refused(tmp_path):
    """NaN is no JSON: nothing is written."""
    path = tmp_path / "toy.json"
    bad = with_run(
        begin(TOY, data={}, device="cpu"), Run(Unit("final", "plain", 0.1, 0), {"end": float("nan")})
    )
    with pytest.raises(ValueError, match=r"Out of range float|not JSON compliant"):
        write_results(bad, path)
    assert not path.exists()
