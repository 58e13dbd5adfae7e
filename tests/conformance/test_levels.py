"""The plain and the slow cases of a test: none is lost, and each test keeps a plain one."""

import pytest

from levels import mostly_slow


def slow(case) -> bool:
    """Whether a case is left to the slow tests."""
    return "slow" in {mark.name for mark in case.marks}


def test_every_case_is_there_and_the_others_are_slow() -> None:
    """In their order, with their names and other marks."""
    cases = [("a", 1), pytest.param("b", 2, id="second", marks=pytest.mark.torch), ("c", 3)]
    found = mostly_slow(cases, lambda number, letter, value: number + 1 == value != 2)
    assert [case.values for case in found] == [("a", 1), ("b", 2), ("c", 3)]
    assert [slow(case) for case in found] == [False, True, False]
    assert found[1].id == "second"
    assert {mark.name for mark in found[1].marks} == {"torch", "slow"}
    assert [case.values for case in mostly_slow("xy", lambda _, letter: letter == "x")] == [("x",), ("y",)]


@pytest.mark.parametrize("keep", [True, False])
def test_a_check_without_a_plain_case_is_an_error(keep: bool) -> None:
    """None kept would be a check that `make test` no longer makes; all kept, a mistake too."""
    with pytest.raises(ValueError, match="must keep some, but not all"):
        mostly_slow([1, 2, 3], lambda *_: keep)
