"""Nothing stale: whatever a stored result was made from, a change of it plays again, no change does not."""

import json
import os
from dataclasses import replace
from itertools import product

import pytest

from levels import mostly_slow
from paper_checks.cli.main import main
from paper_checks.run.own_file import load_file
from paper_checks.run.record import load_record
from paper_checks.run.runner import run_records
from paper_checks.run.store import record_path, stored_record, trace_path
from paper_checks.run.sweep import sweep
from paper_checks.scenario import Options
from theory_folder import CHANGES, change, played, write_theory


@pytest.fixture
def folder(tmp_path, undrawn):
    """The folder of a theory file that reads from everywhere."""
    return write_theory(tmp_path / "mine")


def answer(folder, out, *more):
    """The rows of a run, up to its time."""
    assert main(["run", str(folder / "my.py"), "--out", str(out), "--jobs", "1", *more]) == 0
    rows = json.loads((out / "results.json").read_text())
    return [{k: v for k, v in row.items() if k != "seconds"} for row in rows]


@pytest.mark.parametrize(
    "text",
    # The other inputs in the plain tests of the result cache.
    mostly_slow([(change,) for change in CHANGES], lambda number, text: number % 2 == 0),
    ids=lambda c: f"{c[0]}:{c[2]}",
)
def test_one_byte_of_any_input_plays_again(folder, tmp_path, text):
    """The answer is that of a fresh run, and not the old one, though size and time stamp are the same."""
    name, before, after = text
    old = answer(folder, tmp_path / "out")
    assert answer(folder, tmp_path / "out", "--resume") == old
    assert played(folder) == 1  # the control: without a change nothing is played
    path = folder / name
    stamp = path.stat()
    change(path, before, after)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    found = answer(folder, tmp_path / "out", "--resume")
    assert played(folder) == 2
    assert found == answer(folder, tmp_path / "fresh")
    assert found != old


def test_an_archive_is_an_input(folder, tmp_path):
    """Other weights in the npz are another game."""
    import numpy as np

    old = answer(folder, tmp_path / "out")
    np.savez(folder / "weights.npz", w=np.array([1.5]))
    found = answer(folder, tmp_path / "out", "--resume")
    assert found == answer(folder, tmp_path / "fresh") != old


@pytest.mark.parametrize("more", [["--seed", "1"], ["--full"], ["--engine", "numpy"]], ids=" ".join)
def test_other_options_play_again(folder, tmp_path, more):
    """The seed, the length and the engine belong to the key; the same ones again are resumed."""
    answer(folder, tmp_path / "out")
    found = answer(folder, tmp_path / "out", "--resume", *more)
    assert played(folder) == 2
    assert found == answer(folder, tmp_path / "out", "--resume", *more)
    assert played(folder) == 2


def test_worker_processes_note_the_same(folder, tmp_path):
    """What a worker read is in the record too: a sweep of two is resumed, and played again after a change."""
    more = ["--seeds", "0:2", "--jobs", "2"]
    arguments = ["run", str(folder / "my.py"), "--out", str(tmp_path / "out"), *more]
    assert main(arguments) == 0
    assert played(folder) == 2
    assert main([*arguments, "--resume"]) == 0
    assert played(folder) == 2
    (folder / "farther_helper.py").write_text("HALF = 0.90\n")
    assert main([*arguments, "--resume"]) == 0
    assert played(folder) == 4


def test_a_file_that_comes_into_being_plays_again(folder, tmp_path):
    """A table that overrides another one, where there is one, was looked for: its absence was an input."""
    path = folder / "my.py"
    text = path.read_text().replace(
        "ndmin=2) + options.seed / 8",
        'ndmin=2)\n    try:\n        rows = np.loadtxt(HERE / "override.csv", ndmin=2)\n'
        "    except FileNotFoundError:\n        pass",
    )
    assert text != path.read_text()
    path.write_text(text)
    old = answer(folder, tmp_path / "out")
    assert answer(folder, tmp_path / "out", "--resume") == old
    assert played(folder) == 1
    (folder / "override.csv").write_text("0.125\n0.5\n")
    assert answer(folder, tmp_path / "out", "--resume") == answer(folder, tmp_path / "fresh") != old


def test_two_files_have_helpers_of_their_own(folder, tmp_path):
    """A helper of the same name in another folder is another module, in one process too."""
    other = tmp_path / "other"
    other.mkdir()
    for path in folder.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    (other / "farther_helper.py").write_text("HALF = 0.90\n")
    (other / "late_helper.py").write_text("SCALE = 1.5\n")
    mine, theirs = (load_file(place / "my.py")[0] for place in (folder, other))
    renamed = replace(theirs, id="theirs")
    assert [s.build(Options()).game.parameters for s in (mine, theirs, mine)] == [
        {"alpha": 0.75},
        {"alpha": 1.15},
        {"alpha": 0.75},
    ]
    assert renamed.build(Options()).game.streams[0].block(0, 1).vectors[0, 0] == 0.75
    assert mine.build(Options()).game.streams[0].block(0, 1).vectors[0, 0] == 0.5


def scenario_of(build):
    """A scenario of no file, as a script makes it."""
    from paper_checks.scenario import Scenario

    return Scenario("scripted", "Scripted", ("toy.sgd",), build)


def test_a_scenario_of_a_script_is_known_by_its_code(tmp_path, toys):
    """Two functions that build other games have other keys; the same one is resumed."""
    built = []

    def with_step(alpha):
        def build(options):
            plan = toys[0].build(options)
            return plan.with_game(parameters={"alpha": alpha})

        return build

    one, other = scenario_of(with_step(1.0)), scenario_of(with_step(0.5))
    first = run_records([one], Options(), out=tmp_path)
    assert run_records([one], Options(), out=tmp_path, resume=True)[0] == first[0]
    second = run_records([other], Options(), out=tmp_path, resume=True)
    assert second[0].results[0].detail.margin != first[0].results[0].detail.margin
    assert built == []


def row_of(content):
    """The first row of a record."""
    return content["results"][0]


def nested(content):
    """A list in a list, ten thousand deep, where a parameter was."""
    text = json.dumps(content)
    mark = json.dumps(row_of(content)["played"]["parameters"])
    return text.replace(mark, "[" * 10_000 + "]" * 10_000, 1)


def changed(**values):
    """Set fields of the first row."""
    return lambda content: row_of(content).update(values)


DAMAGES = {
    "no results": lambda c: c.update(results=[]),
    "unknown verdict": changed(verdict="MAYBE"),
    "margin as text": lambda c: row_of(c)["detail"].update(margin="2.0"),
    "another margin": lambda c: row_of(c)["detail"].update(margin=2.5),
    "margin as a list": lambda c: row_of(c)["detail"].update(margin=[1.0]),
    "no verdict": changed(verdict=None),
    "a field missing": lambda c: row_of(c).pop("title"),
    "results as an object": lambda c: c.update(results={"0": row_of(c)}),
    "no section": lambda c: c.update(section=None),
    "section as text": lambda c: c.update(section="x"),
    "no inputs": lambda c: c.update(inputs={}),
    "inputs as a list": lambda c: c.update(inputs=[]),
    "files as numbers": lambda c: c.update(files={"a": 1}),
    "no files": lambda c: c.update(files={}),
    "no digest": lambda c: c.pop("digest"),
    "an older format": lambda c: c.update(format="regretcheck-record-1"),
    "deep nesting": nested,
    "truncated": lambda c: json.dumps(c)[:500],
    "empty": lambda c: "",
    "null": lambda c: "null",
    "a list": lambda c: "[]",
    "a number without end": lambda c: json.dumps(c).replace('"horizon": 400', f'"horizon": {"9" * 5000}'),
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory, toys):
    """A finished run of one toy."""
    out = tmp_path_factory.mktemp("finished")
    (record,) = run_records(toys[:1], Options(), out=out)
    return out, record


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_record_is_not_finished(finished, damage):
    """Whatever happened to it, it is as if it were not there; whole again it is taken."""
    out, record = finished
    path = record_path(out, "toy_plain")
    whole = path.read_bytes()
    content = json.loads(whole)
    text = DAMAGES[damage](content)
    try:
        path.write_text(text if isinstance(text, str) else json.dumps(content))
        assert stored_record(out, "toy_plain", record.key) is None
    finally:
        path.write_bytes(whole)
    assert stored_record(out, "toy_plain", record.key) == record


def test_every_flipped_byte_of_a_record_is_seen(finished):
    """A record says so itself when it is not what was written, wherever the damage lies."""
    out, record = finished
    whole = record_path(out, "toy_plain").read_bytes()
    for place in range(0, len(whole), 97):
        try:
            found = load_record(whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :])
        except ValueError:
            continue
        assert found == record  # a space became another one


FILES = [("traces/toy_plain.npz", d) for d in ("gone", "empty", "cut", "flipped")]
FILES += [("plots/toy_plain.toy.sgd.svg", d) for d in ("gone", "empty", "cut", "flipped")]


@pytest.mark.parametrize(("name", "damage"), FILES, ids=lambda x: x)
def test_a_file_that_is_not_as_it_was_written_is_made_again(finished, name, damage, toys):
    """A trace or a plot that is gone, emptied, cut or changed: the game is played again, without a word."""
    out, record = finished
    path = out / name
    whole = path.read_bytes()
    assert stored_record(out, "toy_plain", record.key) is not None
    if damage == "gone":
        path.unlink()
    else:
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
        path.write_bytes({"empty": b"", "cut": whole[:-7], "flipped": flipped}[damage])
    assert stored_record(out, "toy_plain", record.key) is None
    run_records(toys[:1], Options(), out=out, resume=True)
    assert stored_record(out, "toy_plain", record.key) is not None
    assert path.stat().st_size > 500


def test_sweeps_share_the_key(folder, tmp_path):
    """A sweep of a file is played again, point by point, when its helper changes."""
    path = folder / "my.py"
    grid = {"alpha": [0.5, 1.0]}
    # The names of the grid are looked up in a plan that is built for them, beside the two games.
    for scale, more in (("1.0", 3), ("1.0", 1), ("1.5", 3), ("1.5", 1)):
        (folder / "late_helper.py").write_text(f"SCALE = {scale}\n")
        before = played(folder)
        sweep(load_file(path)[0], grid, seeds=[0], out=tmp_path / "out", resume=True)
        assert played(folder) == before + more


def test_a_trace_that_cannot_be_read_is_no_finished_one(finished, toys):
    """The trace holds what `plot` draws: an archive of nothing is none."""
    import numpy as np

    out, record = finished
    np.savez(trace_path(out, "toy_plain"), rounds=np.arange(3))
    assert stored_record(out, "toy_plain", record.key) is None
    run_records(toys[:1], Options(), out=out, resume=True)
    assert stored_record(out, "toy_plain", record.key) is not None
    assert main(["plot", "toy_plain", "--from", str(out), "--out", str(out / "again.svg")]) == 0


def test_the_data_folder_is_an_input_by_its_names(tmp_path):
    """A file that is added to the folder of data may be taken where the package's own was."""
    from paper_checks.run.store import digest

    data = tmp_path / "data"
    data.mkdir()
    before = digest("x", Options(data=data))
    assert digest("x", Options(data=data)) == before
    (data / "prices.csv").write_text("1")
    assert digest("x", Options(data=data)) != before


def test_every_pair_of_changes_is_seen(folder, tmp_path):
    """Two helpers changed and only one changed back: what counts is what each of them holds now."""
    texts = {
        "farther_helper.py": ("HALF = 0.50\n", "HALF = 0.90\n"),
        "late_helper.py": ("SCALE = 1.0\n", "SCALE = 1.5\n"),
    }
    seen = {}
    for pair in product((0, 1), repeat=2):
        for (name, text), which in zip(texts.items(), pair, strict=True):
            (folder / name).write_text(text[which])
        rows = answer(folder, tmp_path / "out", "--resume")
        seen[pair] = rows[0]["margin"]
        assert rows == answer(folder, tmp_path / "out", "--resume")
    assert len(set(seen.values())) == 4
    assert played(folder) == 4
