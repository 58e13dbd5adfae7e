"""The result cache: a run into another folder reuses what is the same, and nothing else."""

import json
import os
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from levels import mostly_slow
from online_sim.unseen import doubts
from paper_checks.cli.main import main
from paper_checks.run import here
from paper_checks.run.own_file import load_file
from paper_checks.run.result_cache import ResultCache, entries, open_cache, packed, shrink, unpacked, why_not
from paper_checks.run.runner import play_task, run_records
from paper_checks.run.store import Finished
from paper_checks.scenario import Options
from theory_folder import CHANGES, change, played, write_theory
from warm_python import MAIN


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """A cache of this test's own, with room; the folder of its entries."""
    monkeypatch.setenv("REGRETCHECK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("REGRETCHECK_RESULTS_MB", "100")
    return tmp_path / "cache" / "results"


@pytest.fixture
def folder(tmp_path, undrawn):
    """The folder of a theory file that reads from everywhere."""
    return write_theory(tmp_path / "mine")


def run(folder, out, *more):
    """Run the theory file of a folder; its rows without what tells a reused one from a played one."""
    assert main(["run", str(folder / "my.py"), "--out", str(out), "--jobs", "1", *more]) == 0
    rows = json.loads((out / "results.json").read_text())
    return [{k: v for k, v in row.items() if k not in {"seconds", "reused"}} for row in rows]


def reused(out):
    """When the rows of a run were made, for those that were reused."""
    return [row["reused"] for row in json.loads((out / "results.json").read_text()) if row["reused"]]


@pytest.mark.parametrize("undrawn", [False], indirect=True)
def test_a_run_into_another_folder_plays_nothing(folder, tmp_path, capsys):
    """Every file is there and the same, but for the mark; the last line and the report tell of it."""
    first = run(folder, tmp_path / "a")
    assert "reused" not in capsys.readouterr().out
    assert "reused from" not in (tmp_path / "a" / "report.html").read_text()
    assert run(folder, tmp_path / "b") == first
    assert played(folder) == 1
    assert reused(tmp_path / "a") == []
    (made,) = reused(tmp_path / "b")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", made)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"0 of 1 played, 1 reused from a run of {made}; --no-cache plays all"
    assert f"1 of 1 results are reused from a run of {made}" in (tmp_path / "b" / "report.html").read_text()
    names = [sorted(p.relative_to(tmp_path / x) for p in (tmp_path / x).rglob("*")) for x in "ab"]
    assert names[0] == names[1]
    for name in ("traces/mine.npz", "plots/mine.mine.sgd.svg"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert main(["report", str(tmp_path / "b")]) == 0
    assert f"reused from a run of {made}" in (tmp_path / "b" / "report.html").read_text()


def test_a_reused_result_can_be_resumed_and_says_so_still(folder, tmp_path):
    """`--resume` finds the record in its own folder."""
    run(folder, tmp_path / "a")
    first = run(folder, tmp_path / "b")
    assert run(folder, tmp_path / "b", "--resume", "--no-cache") == first
    assert played(folder) == 1
    assert len(reused(tmp_path / "b")) == 1


@pytest.mark.parametrize(
    "text",
    # The other inputs in the plain tests of --resume.
    mostly_slow([(change,) for change in CHANGES], lambda number, text: number % 2 == 1),
    ids=lambda c: f"{c[0]}:{c[2]}",
)
def test_one_byte_of_any_input_plays_again(folder, tmp_path, text):
    """A source line, a helper, a helper's helper or a table: the answer is that of a run without a cache."""
    name, before, after = text
    old = run(folder, tmp_path / "a")
    path = folder / name
    stamp = path.stat()
    change(path, before, after)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    found = run(folder, tmp_path / "b")
    assert played(folder) == 2
    assert reused(tmp_path / "b") == []
    assert found == run(folder, tmp_path / "c", "--no-cache") != old
    assert played(folder) == 3
    # What was played last replaces the entry: back again is another change.
    assert run(folder, tmp_path / "d") == found
    assert played(folder) == 3


OTHER = [["--seed", "1"], ["--full"], ["--engine", "numpy"], ["--seeds", "0:1"], ["--grid", "alpha=0.5"]]


@pytest.mark.parametrize("more", OTHER, ids=" ".join)
def test_other_options_play_again(folder, tmp_path, more):
    """The seed, the length, the engine and the parameters belong to the key."""
    run(folder, tmp_path / "a")
    run(folder, tmp_path / "b", *more)
    assert reused(tmp_path / "b") == []
    run(folder, tmp_path / "c", *more)
    assert len(reused(tmp_path / "c")) == 1


def test_another_program_plays_again(folder, tmp_path, monkeypatch):
    """A changed file of the package, or another version of a dependency."""
    run(folder, tmp_path / "a")
    monkeypatch.setattr("paper_checks.run.store.program_digest", lambda: "another program")
    run(folder, tmp_path / "b")
    assert reused(tmp_path / "b") == []
    run(folder, tmp_path / "c")
    assert len(reused(tmp_path / "c")) == 1


ELSEWHERE = {
    "a library": lambda m: m.setattr(here, "installed", lambda: [("numpy-0.dist-info", 1, 1)]),
    "a processor": lambda m: m.setattr(here, "processor", lambda: ["model name: another"]),
    "a compiler's option": lambda m: m.setenv("NUMBA_DISABLE_JIT", "1"),
    "the data": lambda m: m.setenv("REGRETCHECK_DATA", str(Path(__file__).parent)),
    "a search path": lambda m: m.syspath_prepend("/nowhere"),
    "a working folder": lambda m: m.chdir("/"),
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_another_place_plays_again(folder, tmp_path, monkeypatch, what):
    """What matters on this machine, though not in the folder of one run."""
    run(folder, tmp_path / "a")
    with monkeypatch.context() as changed:
        ELSEWHERE[what](changed)
        run(folder, tmp_path / "b")
    assert reused(tmp_path / "b") == []
    run(folder, tmp_path / "c")
    assert len(reused(tmp_path / "c")) == 1


def test_a_copy_beside_another_helper_is_another_scenario(folder, tmp_path):
    """The file is the same to the byte, but imports what lies beside it: also when resumed."""
    first = run(folder, tmp_path / "a")
    other = write_theory(tmp_path / "other")
    change(other / "farther_helper.py", "HALF = 0.50", "HALF = 0.90")
    found = run(other, tmp_path / "b")
    assert reused(tmp_path / "b") == []
    assert found != first
    assert run(other, tmp_path / "a", "--resume", "--no-cache") == found


def test_a_theory_file_that_changes_the_package_leaves_no_result_of_it(folder, tmp_path):
    """A scenario of the package is reused beside the same theory files only."""
    path = folder / "my.py"
    words = ["run", "one_round", "--jobs", "1", "--out"]
    patch = "import theory.theorems.adal as adal\nadal.MINE = 1\n"
    path.write_text(patch + path.read_text())
    assert main([*words, str(tmp_path / "a"), str(path)]) == 0
    assert main([*words, str(tmp_path / "b"), str(path)]) == 0
    assert len(reused(tmp_path / "b")) == 4
    assert main([*words, str(tmp_path / "c")]) == 0
    assert reused(tmp_path / "c") == []
    change(path, "adal.MINE = 1", "adal.MINE = 2")
    assert main([*words, str(tmp_path / "d"), str(path)]) == 0
    assert reused(tmp_path / "d") == []


def test_an_environment_variable_is_an_input(folder, tmp_path, monkeypatch):
    """A theory file that reads one is played again when its value changes, resumed or not."""
    change(folder / "my.py", "HORIZON = 30", 'import os\nHORIZON = int(os.environ.get("MY_HORIZON", "30"))')
    first = run(folder, tmp_path / "a")
    assert run(folder, tmp_path / "b") == first
    assert played(folder) == 1
    monkeypatch.setenv("MY_HORIZON", "40")
    found = run(folder, tmp_path / "c")
    assert found[0]["horizon"] == 40
    assert reused(tmp_path / "c") == []
    assert run(folder, tmp_path / "a", "--resume") == found


TWO = """
from dataclasses import replace
from functools import cache


@cache
def table(name):
    return np.loadtxt(HERE / name, delimiter=",", ndmin=2)


OTHER = replace(SCENARIO, id="other")
SCENARIOS = (OTHER,)
"""


def test_what_one_scenario_left_in_memory_is_an_input_of_the_next(folder, tmp_path):
    """A table that the file keeps in memory is opened once, but both scenarios depend on it."""
    path = folder / "my.py"
    change(path, "import sys\n", "import sys\nimport numpy as np\n")
    change(path, 'np.loadtxt(HERE / "data.csv", delimiter=",", ndmin=2)', 'table("data.csv")')
    path.write_text(path.read_text() + TWO)
    first = run(folder, tmp_path / "a")
    assert run(folder, tmp_path / "b") == first
    assert len(reused(tmp_path / "b")) == 2
    change(folder / "data.csv", "0.75", "0.85")
    found = run(folder, tmp_path / "c")
    assert reused(tmp_path / "c") == []
    assert {row["margin"] for row in found}.isdisjoint({row["margin"] for row in first})


HIDDEN = {
    "import time": "it imports time",
    "import datetime": "it imports datetime",
    "import random": "it imports random",
    "import socket": "it imports socket",
    "import os; os.system('true')": "it starts another process",
    "import os; os.environ.copy()": "it goes through all environment variables",
    "import numpy; numpy.random.default_rng().random()": "it draws without a seed",
    "import numpy; numpy.random.random()": "the global random state of numpy or Python is used",
    "with open('/dev/urandom', 'rb') as noise: noise.read(1)": "it reads /dev/urandom",
}


WHERE = [("my.py", line) for line in HIDDEN]
WHERE += [(name, "import time") for name in ("far_helper.py", "farther_helper.py", "late_helper.py")]


@pytest.mark.parametrize(("name", "line"), WHERE)
def test_what_reads_unseen_is_never_kept(folder, tmp_path, capsys, kept, name, line):
    """In the file or in a helper, loaded or building: the reason is said with --verbose."""
    path = folder / name
    path.write_text(f"{line}\n{path.read_text()}")
    run(folder, tmp_path / "a", "--verbose")
    said = [row for row in capsys.readouterr().out.splitlines() if row.startswith("not kept")]
    assert len(said) == 1
    assert said[0].startswith("not kept for later runs: mine (")
    assert HIDDEN[line] in said[0]
    assert entries(kept) == []
    run(folder, tmp_path / "b")
    assert played(folder) == 2
    # Resuming is the user's explicit wish.
    run(folder, tmp_path / "b", "--resume")
    assert played(folder) == 2


def test_a_file_among_the_libraries_is_never_kept(tmp_path, kept, warm):
    """What lies there, and what it reads there, is not noted: an installation may change it.

    In a process of its own, where its modules stay as those of libraries do.
    """
    place = tmp_path / "site-packages"
    place.mkdir()
    own = write_theory(place / "mine") / "my.py"
    words = ["run", str(own), "--out", str(tmp_path / "a"), "--jobs", "1", "--verbose"]
    done = warm.text(MAIN, *words, environment=dict(os.environ))
    assert done.returncode == 0, done.stderr
    assert "mine (my.py lies among the files of libraries or caches)" in done.stdout
    assert entries(kept) == []


def test_a_crash_is_never_kept(folder, tmp_path, kept):
    """The next run tries again."""
    change(folder / "my.py", "return Plan(", "raise RuntimeError('x')\n    return Plan(")
    assert main(["run", str(folder / "my.py"), "--out", str(tmp_path / "a"), "--jobs", "1"]) == 1
    assert entries(kept) == []


def test_without_the_cache_everything_is_played(folder, tmp_path, kept, monkeypatch):
    """--no-cache neither reuses nor keeps; so does a limit of 0."""
    run(folder, tmp_path / "a", "--no-cache")
    assert entries(kept) == []
    run(folder, tmp_path / "b")
    run(folder, tmp_path / "c", "--no-cache")
    assert played(folder) == 3
    monkeypatch.setenv("REGRETCHECK_RESULTS_MB", "0")
    assert open_cache() is None
    run(folder, tmp_path / "d")
    assert played(folder) == 4


def test_a_wrong_limit_is_wrong_use(folder, tmp_path, monkeypatch, capsys):
    """Exit code 2 and one line, before anything is played."""
    monkeypatch.setenv("REGRETCHECK_RESULTS_MB", "lots")
    assert main(["run", str(folder / "my.py"), "--out", str(tmp_path / "a")]) == 2
    assert capsys.readouterr().err == (
        "error: `REGRETCHECK_RESULTS_MB` = 'lots' must be a number of megabytes, such as 1000\n"
    )
    assert played(folder) == 0


def resealed(content, edit):
    """An entry whose record was edited by someone who knows the outer format."""
    form, _, body = content.split(b"\n", 2)
    sizes, _, rest = zlib.decompress(body).partition(b"\n")
    lengths = json.loads(sizes)
    name = next(iter(lengths))
    record = edit(rest[: lengths[name]])
    told = json.dumps({**lengths, name: len(record)}).encode()
    body = zlib.compress(told + b"\n" + record + rest[lengths[name] :])
    return b"\n".join([form, sha256(body).hexdigest().encode(), body])


DAMAGES = {
    "emptied": lambda c: b"",
    "truncated": lambda c: c[:-20],
    "cut in its head": lambda c: c[:30],
    "an edited byte": lambda c: c[:200] + bytes([c[200] ^ 1]) + c[201:],
    "another format": lambda c: c.replace(b"result-1", b"result-0", 1),
    "another verdict": lambda c: resealed(c, lambda r: r.replace(b'"HOLDS"', b'"VIOLATED"')),
    "another margin": lambda c: resealed(c, lambda r: r.replace(b'"margin": ', b'"margin": 1', 1)),
    "no record": lambda c: resealed(c, lambda r: b""),
    "no JSON": lambda c: resealed(c, lambda r: r[:-9]),
    "foreign": lambda c: Path(__file__).read_bytes(),
}


@pytest.mark.parametrize(
    "damage",
    # Not whole, not the same bytes, other words under a right digest, no record.
    mostly_slow(
        DAMAGES, lambda _, damage: damage in {"truncated", "an edited byte", "another verdict", "no JSON"}
    ),
)
def test_a_damaged_entry_is_noticed_and_played_again(folder, tmp_path, kept, capsys, damage):
    """One line names the task, the answer is the played one, and the entry is whole again."""
    first = run(folder, tmp_path / "a")
    ((path, _),) = entries(kept)
    whole = path.read_bytes()
    assert b'"HOLDS"' in zlib.decompress(whole.split(b"\n", 2)[2])
    damaged = DAMAGES[damage](whole)
    assert damaged != whole
    path.write_bytes(damaged)
    capsys.readouterr()
    assert run(folder, tmp_path / "b") == first
    assert "regretcheck: the kept result of mine is not used (" in capsys.readouterr().err
    assert played(folder) == 2
    assert reused(tmp_path / "b") == []
    assert run(folder, tmp_path / "c") == first
    assert played(folder) == 2


@pytest.fixture
def scenario(folder):
    """The scenario of the theory file."""
    return load_file(folder / "my.py")[0]


def finished(scenario, options, tmp_path):
    """The task of a scenario, and what it stored."""
    out = tmp_path / "finished"
    (record,) = run_records([scenario], options, out=out)
    files = {path: (out / path).read_bytes() for path in record.files}
    return play_task(scenario, options), Finished(record, files)


def test_every_flipped_byte_is_noticed(scenario, tmp_path):
    """No damage of a single byte gives anything but what was kept."""
    task, done = finished(scenario, Options(), tmp_path)
    whole = packed(done, task.name, "here")
    assert unpacked(whole, task.name, "here").files == done.files
    for place in range(0, len(whole), 53):
        with pytest.raises(ValueError, match=r"^it "):
            unpacked(whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :], task.name, "here")


def test_an_entry_is_of_its_address_and_task_only(scenario, tmp_path, kept, capsys):
    """A whole entry under the name of another one is not used: another seed, another task, another place."""
    task, done = finished(scenario, Options(), tmp_path)
    cache = open_cache()
    cache.keep(task, done)
    assert cache.take(task).files == done.files
    ((path, _),) = entries(kept)
    other = play_task(scenario, Options(seed=1))
    assert cache.take(other) is None
    path.rename(cache.path_of(cache.address_of(other)))
    assert cache.take(other) is None
    assert "is not used (it is not a result of this task)" in capsys.readouterr().err
    assert entries(kept) == []
    cache.keep(task, done)
    assert replace(cache, where="another machine").take(task) is None
    assert cache.take(task) is not None


def test_an_entry_cannot_write_elsewhere(scenario, tmp_path):
    """A file outside of the folders of a run is refused."""
    task, done = finished(scenario, Options(), tmp_path)
    for name in ("../escaped", "traces/../../escaped", str(tmp_path / "escaped"), "report.html"):
        record = replace(done.record, files={name: sha256(b"x").hexdigest()})
        content = packed(Finished(record, {name: b"x"}), task.name, "here")
        with pytest.raises(ValueError, match="not a result of this task"):
            unpacked(content, task.name, "here")


def record_with(done, **changes):
    """A record with other fields."""
    return replace(done.record, **changes)


def test_only_a_complete_result_is_kept(scenario, tmp_path, kept):
    """An error, a note, a changing file, a doubt or a device is a reason not to keep it."""
    task, done = finished(scenario, Options(), tmp_path)
    row = done.record.results[0]
    assert why_not(done.record) is None
    reasons = {
        "it ended in an error": record_with(done, ended=True),
        "x: no picture": record_with(done, notes=("x: no picture",)),
        "it reads the moon": record_with(done, inputs={"it reads the moon": "cannot be seen"}),
        "a.csv changed while it was read": record_with(done, inputs={"a.csv": "changed while it was read"}),
        "torch plays it": record_with(
            done, results=(replace(row, played=replace(row.played, engine="torch")),)
        ),
    }
    reasons["it ended in an error "] = record_with(done, results=(replace(row, error="impossible"),))
    cache = open_cache()
    for reason, record in reasons.items():
        assert why_not(record) == reason.strip()
        cache.keep(task, replace(done, record=record))
        assert cache.left == {task.name: reason.strip()}
    cache.keep(task, replace(done, keep=False))
    assert entries(kept) == []
    cache.keep(task, done)
    assert len(entries(kept)) == 1


def test_the_least_recently_used_is_deleted_first(scenario, tmp_path, kept):
    """Taking an entry is a use; what is not an entry stays, but for abandoned temporary files."""
    cache = open_cache()
    made = []
    for seed in range(3):
        task, done = finished(scenario, Options(seed=seed), tmp_path / str(seed))
        cache.keep(task, done)
        made.append(task)
    for number, task in enumerate(made):
        os.utime(cache.path_of(cache.address_of(task)), (1000 + number, 1000 + number))
    assert cache.take(made[0]) is not None
    (kept / "notes.txt").write_text("mine")
    (kept / f".{'0' * 64}.result.0123456789ab.tmp").write_text("abandoned")
    os.utime(kept / f".{'0' * 64}.result.0123456789ab.tmp", (1000, 1000))
    sizes = [size for _, size in entries(kept)]
    assert shrink(kept, sum(sizes)) == 0
    assert sorted(p.name for p in kept.iterdir() if not p.name.endswith(".result")) == ["notes.txt"]
    assert shrink(kept, sum(sizes) - 1) == 1
    assert [cache.take(task) is not None for task in made] == [True, False, True]
    assert shrink(kept, 0) == 2
    assert entries(kept) == []


def test_a_run_keeps_the_limit(folder, scenario, tmp_path, kept, monkeypatch):
    """What does not fit is gone, during the run and at its end."""
    monkeypatch.setenv("REGRETCHECK_RESULTS_MB", "0.001")
    run(folder, tmp_path / "a")
    assert entries(kept) == []
    task, done = finished(scenario, Options(), tmp_path)
    open_cache().keep(task, done)
    assert entries(kept) == []


def test_a_cache_that_cannot_be_written_only_costs_time(folder, tmp_path, kept, capsys):
    """One line, and the games are played."""
    kept.parent.mkdir(mode=0o700)
    kept.write_text("in the way")
    first = run(folder, tmp_path / "a")
    assert "results are not kept for later runs" in capsys.readouterr().err
    assert run(folder, tmp_path / "b") == first
    assert played(folder) == 2


def test_a_folder_that_others_can_write_to_is_not_used(folder, tmp_path, kept):
    """Anyone could have put a verdict there."""
    run(folder, tmp_path / "a")
    kept.chmod(0o777)
    run(folder, tmp_path / "b")
    assert reused(tmp_path / "b") == []
    kept.chmod(0o700)
    run(folder, tmp_path / "c")
    assert len(reused(tmp_path / "c")) == 1


def test_ci_never_asks_the_cache(folder, tmp_path, monkeypatch, kept):
    """Its answer is that of the code as it is; the control is a run, which asks."""
    run(folder, tmp_path / "a")
    asked = []
    monkeypatch.setattr(ResultCache, "take", lambda cache, task: asked.append(task.name))
    for more in (["--update"], []):
        assert main(["ci", str(folder / "my.py"), "--jobs", "1", *more]) == 0
    assert asked == []
    assert played(folder) == 3
    run(folder, tmp_path / "b")
    assert asked == ["mine"]


def test_no_function_of_python_asks_the_cache_unless_told(toys, tmp_path, kept):
    """`run_records` and `sweep` play: a cache is an argument."""
    run_records(toys[:1], Options(), out=tmp_path / "a")
    assert not kept.exists()
    with pytest.raises(ValueError, match="`cache` holds what a run writes; give the folder `out`"):
        run_records(toys[:1], Options(), cache=ResultCache(kept, "", 1))


def test_workers_fill_the_cache_too(folder, tmp_path):
    """Two processes play a sweep; one process reuses it."""
    more = ["--seeds", "0:2"]
    arguments = ["run", str(folder / "my.py"), "--out", str(tmp_path / "a"), *more]
    assert main([*arguments, "--jobs", "2"]) == 0
    assert played(folder) == 2
    run(folder, tmp_path / "b", *more)
    assert played(folder) == 2
    assert len(reused(tmp_path / "b")) == 2


@pytest.mark.slow
def test_runs_at_once_are_whole(folder, tmp_path, kept):
    """Four processes with one cache and folders of their own, twice: every answer is that of one alone."""
    alone = run(folder, tmp_path / "alone", "--no-cache", "--seeds", "0:3")
    for turn in range(2):
        outs = [tmp_path / f"{turn}{number}" for number in range(4)]
        words = ["run", str(folder / "my.py"), "--seeds", "0:3", "--jobs", "1", "--out"]
        started = [
            subprocess.Popen([sys.executable, "-c", MAIN, *words, str(out)], stderr=subprocess.PIPE)
            for out in outs
        ]
        for process, out in zip(started, outs, strict=True):
            _, error = process.communicate()
            assert process.returncode == 0, error
            assert b"is not used" not in error
            rows = json.loads((out / "results.json").read_text())
            assert [{k: v for k, v in row.items() if k not in {"seconds", "reused"}} for row in rows] == alone
    assert len(reused(outs[0])) == 3
    assert len(entries(kept)) == 3
    assert not list(kept.glob("*.tmp"))


def test_the_command_line_reuses(tmp_path, warm):
    """In processes of their own: a scenario of the package and a starting file are played once."""
    new = warm.text(MAIN, "new", "mine", "--out", str(tmp_path), environment=dict(os.environ))
    assert new.returncode == 0, new.stderr
    words = ["run", "one_round", str(tmp_path / "mine.py"), "--out"]
    first = warm.text(MAIN, *words, str(tmp_path / "a"), "--verbose", environment=dict(os.environ))
    assert first.returncode == 0, first.stderr
    assert "not kept" not in first.stdout
    again = warm.text(MAIN, *words, str(tmp_path / "b"), environment=dict(os.environ))
    assert re.search(r"\n0 of (\d+) played, \1 reused from ", again.stdout)
    assert first.stdout.splitlines()[-2] in again.stdout
    as_json = warm.text(MAIN, *words, str(tmp_path / "c"), "--json", environment=dict(os.environ))
    assert json.loads(as_json.stdout) == json.loads((tmp_path / "b" / "results.json").read_text())
    assert "0 of" in as_json.stderr


def test_the_examples_are_kept():
    """The starting files and the example of the documentation read nothing unseen."""
    root = Path(__file__).resolve().parents[3]
    found = [
        *(root / "docs" / "examples").glob("*.py"),
        *(root / "paper_checks" / "starting_files").glob("[a-z]*.py"),
    ]
    assert len(found) >= 5
    assert {path.name: doubts(str(path)) for path in found} == {path.name: () for path in found}
