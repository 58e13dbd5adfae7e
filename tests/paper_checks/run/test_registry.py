"""Finding scenarios and theorems, and choosing among them by name."""

from pathlib import Path
from types import ModuleType

import pytest

from paper_checks.run.own_file import load_file
from paper_checks.run.registry import audits, claims, exhibits, in_its_file, scenarios, scenarios_in
from paper_checks.run.results import Result
from paper_checks.run.selection import choose, select
from paper_checks.scenario import Scenario
from theory.theorems.registry import find, theorems


def build(_):
    """A build that no test calls."""
    raise AssertionError("never built")


def made(name, *statements):
    """A scenario that checks these theorems."""
    return Scenario(name, name, statements, build)


KNOWN = (
    made("one", "adal.theorem1"),
    made("two", "adal.theorem2"),
    made("both", "adal.theorem1", "adal.theorem2"),
)


def row(scenario, reading):
    """A row of results."""
    return Result(reading, reading.rpartition(".")[0], "", scenario, "", "HOLDS", "")


def chosen(*names):
    """The ids that these names choose."""
    return [s.id for s in select(names, KNOWN).scenarios]


def test_the_paper_has_scenarios_and_theorems():
    """Every scenario of the package is found, in a fixed order, and names theorems that exist."""
    found = scenarios()
    assert len(found) >= 10
    assert found == scenarios()
    assert {i for s in found for i in s.theorem_ids} <= set(theorems())
    readings = [f"{t.id}.{r.key}" for t in theorems().values() for r in t.readings]
    assert {"adal.theorem1.A", "adal.theorem1.B", "adal.theorem1.C"} <= set(readings)


def test_no_name_means_everything():
    """Without a name all scenarios and all rows are wanted."""
    selection = select((), KNOWN)
    assert selection.scenarios == KNOWN
    assert selection.wanted(row("one", "adal.theorem1.A"))


def test_names_choose_by_scenario_theorem_reading_and_prefix():
    """Each kind of name picks the scenarios it is about, in the registry's order."""
    assert chosen("two") == ["two"]
    assert chosen("adal.theorem1") == ["one", "both"]
    assert chosen("adal.theorem2.sqrtT") == ["two", "both"]
    assert chosen("adal") == ["one", "two", "both"]
    assert chosen("both", "one") == ["one", "both"]


@pytest.mark.parametrize("name", ["wrong_end", "repaired.maximum.wrong_end", "rates.drift.skewed"])
def test_a_scenario_is_chosen_by_its_own_name(name):
    """Also one that is derived from another, whose plan is made with a mapping of changes."""
    assert [s.id for s in select([name], scenarios()).scenarios] == [name]


def test_the_file_of_a_scenario_is_a_short_cut_to_the_same_choice():
    """A name that is a file chooses what it chooses among everything that is registered."""
    known = scenarios()
    direct = [s.id for s in known if in_its_file(s.id) is not None]
    assert {"one_round", "breast_cancer"} <= set(direct)
    assert len(direct) < len(known)  # others share a file, or are found by looking at all
    everything = {"ledger": claims(), "audited": audits(), "gallery": exhibits()}
    for name in direct:
        short, long = choose([name]), select([name], known, **everything)
        assert [s.id for s in short.scenarios] == [s.id for s in long.scenarios] == [name]
        assert (short.claims, short.audits) == (long.claims, long.audits)
        assert short.certificates == long.certificates == ()


@pytest.mark.parametrize("name", ["", "paper", "claims", "calibration.ogd_ball", "../one_round", "no_such"])
def test_no_other_name_is_a_short_cut(name):
    """A file without a scenario, a folder, an id that is no file's name, and what cannot be a module."""
    assert in_its_file(name) is None


def test_a_theorem_is_found_in_its_file_or_among_all():
    """The short cut to a theorem ends at the object of the registry; an unknown id is None."""
    assert all(find(name) is theorem for name, theorem in theorems().items())
    assert find("adal.theorem9") is find("no/file.theorem") is None


def test_a_reading_wants_its_own_rows_only():
    """A reading hides the other readings, a scenario shows all of its rows."""
    wanted = select(["adal.theorem1.A", "two"], KNOWN).wanted
    assert wanted(row("one", "adal.theorem1.A"))
    assert not wanted(row("one", "adal.theorem1.B"))
    assert not wanted(row("both", "adal.theorem2.sqrtT"))
    assert wanted(row("two", "adal.theorem2.sqrtT"))


def test_a_crash_is_shown_for_every_reading_of_its_theorem():
    """A scenario that crashed before its readings were known still appears."""
    wanted = select(["adal.theorem1.A"], KNOWN).wanted
    assert wanted(Result("adal.theorem1", "adal.theorem1", "", "one", "", None, "", error="no"))


@pytest.mark.parametrize(
    "name", ["", "on", "adal.theorem", "adal.theorem1.Z", "../one", "one\x00", "[red]", "ONE"]
)
def test_unknown_names_are_refused(name):
    """A prefix must end at a dot; nothing is guessed."""
    with pytest.raises(ValueError, match="no scenario, theorem or reading is called"):
        select([name], KNOWN)


def test_near_names_are_offered():
    """A typing error gets a hint."""
    with pytest.raises(ValueError, match=r"did you mean .*adal\.theorem1\.A"):
        select(["adal.theorem1.a"], KNOWN)


def offering(**offers):
    """A module made on the spot."""
    module = ModuleType("toy")
    vars(module).update(offers)
    return module


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b", "a\n", "a..b", "é", "a+seed=1"])
def test_ids_must_be_able_to_name_files(name):
    """An id that would leave the folder, not be a file name, or be that of a sweep, is refused."""
    with pytest.raises(ValueError, match="cannot name a file"):
        scenarios_in([offering(SCENARIO=made(name))])


def test_ids_are_unique():
    """Two scenarios cannot share an id: their files would be one."""
    two = [made("a"), made("a")]
    with pytest.raises(ValueError, match=r"two scenarios have the id 'a', one of them toy\.SCENARIOS"):
        scenarios_in([offering(SCENARIOS=two)])
    with pytest.raises(ValueError, match=r"two scenarios have the id 'a', one of them toy\.SCENARIOS"):
        scenarios_in([offering(SCENARIO=two[0], SCENARIOS=two[:1])])


def test_a_file_must_offer_scenarios(tmp_path):
    """A file without any, a file that does not load, and no file at all: each is one clear error."""
    empty, wrong, broken = tmp_path / "empty.py", tmp_path / "wrong.py", tmp_path / "broken.py"
    empty.write_text("x = 1\n")
    wrong.write_text("SCENARIO = 3\n")
    broken.write_text("import nothing_of_this_name\n")
    for path, message in (
        (empty, "neither SCENARIO"), (wrong, "is a int"), (broken, "cannot load"),
        (tmp_path / "no.py", "no file"), (tmp_path, "no file"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            load_file(Path(path))


def test_modules_without_scenarios_offer_none():
    """A helper module beside the scenarios is no error."""
    assert scenarios_in([pytest]) == ()
