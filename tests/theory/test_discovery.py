"""Objects are found by looking into modules: what is offered, what is imported, what clashes."""

from dataclasses import replace
from types import ModuleType

import pytest

import theory.losses
from theory.algorithms.adam import ADAM
from theory.algorithms.sgd import SGD
from theory.discovery import collect, modules_called, modules_of, modules_that_write
from theory.recurrence import Recurrence


def module(name: str, **contents: object) -> ModuleType:
    """A module made on the spot."""
    made = ModuleType(name)
    vars(made).update(contents)
    return made


def named(*modules: ModuleType) -> dict[str, Recurrence]:
    """The recurrences that modules offer as ALGORITHM or ALGORITHMS."""
    return collect(modules, Recurrence, "algorithms", key="name", name="ALGORITHM")


def test_modules_come_in_the_order_of_their_names() -> None:
    """Each file of a folder once, whatever the system lists first."""
    names = [found.__name__ for found in modules_of("theory.losses", "theory.proofs")]
    assert names[0].startswith(f"{theory.losses.__name__}.")
    assert names[-1].startswith("theory.proofs.")
    assert names == sorted(set(names))
    found = [found.__name__ for found in modules_of("theory.theorems", start="adagrad_")]
    assert found == ["theory.theorems.adagrad_composite", "theory.theorems.adagrad_full_matrix"]


def test_modules_of_one_name_come_in_the_order_of_packages() -> None:
    """Each package that has such a file; a name that is no file's has none."""
    found = modules_called("registry", "theory.theorems", "theory.proofs", "theory.losses")
    assert [one.__name__ for one in found] == ["theory.theorems.registry", "theory.losses.registry"]
    assert list(modules_called("no_such_file", "theory.losses")) == []
    assert list(modules_called("registry.theorems", "theory.theorems")) == []


def test_modules_that_write_a_text_are_those_that_quote_it() -> None:
    """In the order of their names; a part of a longer text does not count."""
    found = modules_that_write("adal.theorem2_maximum", "theory.theorems", "theory.losses")
    assert [one.__name__ for one in found] == ["theory.theorems.adal_maximum"]
    assert list(modules_that_write("adal.theorem2_maxi", "theory.theorems")) == []


def test_a_new_file_is_found_and_an_import_of_another_is_not_a_second_one() -> None:
    """Public objects in order; the same object in two modules is one."""
    toy = replace(SGD, name="toy")
    modules = [module("one", TOY=toy, _HIDDEN=ADAM, number=3), module("two", SGD=SGD, TOY=toy)]
    found = collect(modules, Recurrence, "algorithms", key="name")
    assert list(found.items()) == [("toy", toy), ("SGD", SGD)]


def test_an_offer_is_one_object_or_several() -> None:
    """One name for one object, with an S for several; None is no offer, and a module may offer nothing."""
    toy = replace(SGD, name="toy")
    found = named(module("a", ALGORITHM=SGD, ALGORITHMS=[None, toy]), module("b", other=3))
    assert list(found) == ["SGD", "toy"]
    assert list(named(module("c", ALGORITHMS=SGD))) == ["SGD"]


@pytest.mark.parametrize(
    ("offers", "message"),
    [
        ({"ALGORITHM": 3}, "ALGORITHM of m is a int; make it a Recurrence"),
        ({"ALGORITHMS": 3}, "ALGORITHMS of m is a int; make it a tuple of Recurrences"),
        ({"ALGORITHMS": (SGD, "x")}, "ALGORITHM of m is a str; make it a Recurrence"),
    ],
)
def test_what_is_offered_must_be_of_the_kind(offers: dict[str, object], message: str) -> None:
    """A wrong object under the name is an error that says what to do, not an object passed over."""
    with pytest.raises(ValueError, match=message):
        named(module("m", **offers))


def test_an_offer_is_made_once() -> None:
    """A module that offers what another offers already is an error, though it is the same object."""
    with pytest.raises(ValueError, match=r"two algorithms have the name 'SGD', one of them b\.ALGORITHM; "):
        named(module("a", ALGORITHM=SGD), module("b", ALGORITHM=SGD))
