"""The homogeneous forms near AdaL's Theorem 1, and which of them survive."""

from dataclasses import replace

import pytest

from bounds.falsifier.search import falsify
from bounds.scope import OutOfScope
from bounds.tightener.forms import WEIGHT, Form, homogeneous_forms, proved_reading, surviving_forms
from theory.algorithms.adal import ADAL, ADAL_NO_EPS, ADAL_R2
from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING
from theory.quantities import Regret
from theory.scaling import degrees
from theory.statement import Status
from theory.theorems.adal import THEOREM1
from theory.theorems.amsgrad import REDDI_ICLR
from theory.theorems.repaired import R

GAMES = 60_000
ROUNDS = 12


@pytest.fixture(scope="module")
def forms() -> tuple[Form, ...]:
    """The forms of reading C."""
    return homogeneous_forms(THEOREM1, "C", ADAL)


def test_every_form_is_homogeneous_and_changed(forms: tuple[Form, ...]) -> None:
    """Both sides have the same degrees under all three scalings, which those of the original have not."""
    assert not degrees(THEOREM1, "C", ADAL).homogeneous
    assert len(forms) > 5
    for form in forms:
        assert form.changes
        assert degrees(form.theorem, "C", form.recurrence).homogeneous


def test_the_fewest_changes_come_first(forms: tuple[Form, ...]) -> None:
    """The forms are ranked by the number of changes."""
    sizes = [len(form.changes) for form in forms]
    assert sizes == sorted(sizes)
    assert len({(form.recurrence.name, form.theorem.lhs) for form in forms}) == len(forms)


def test_a_factor_repairs_the_degrees_of_the_plain_regret(forms: tuple[Form, ...]) -> None:
    """Reading C has one power of M too many for the plain regret."""
    plain = next(f for f in forms if f.recurrence == ADAL and f.theorem.lhs != Regret(WEIGHT))
    assert plain.changes == ("right side times 1/M",)


def of_weighted_regret(theorem, reading, recurrence):  # type: ignore[no-untyped-def]
    """The forms about the weighted regret, with the maximum R2 and without one."""
    return tuple(
        form
        for form in homogeneous_forms(theorem, reading, recurrence)
        if form.theorem.lhs == Regret(WEIGHT) and form.recurrence in (ADAL_NO_EPS, ADAL_R2)
    )


@pytest.fixture(scope="module", params=["two", pytest.param("all", marks=pytest.mark.slow)])
def survivors(request):  # type: ignore[no-untyped-def]
    """What survives a small budget, from AdaL without epsilon on: half as many games to compile.

    In the plain tests of two forms, one of which is false: each has a search of its own to compile.
    """
    with pytest.MonkeyPatch.context() as patched:
        if request.param == "two":
            patched.setattr("bounds.tightener.forms.homogeneous_forms", of_weighted_regret)
        return surviving_forms(
            THEOREM1, "C", ADAL_NO_EPS, dimensions=(1,), most_rounds=ROUNDS, evaluations=GAMES
        )


def test_the_form_of_theorem_r_survives(survivors) -> None:  # type: ignore[no-untyped-def]
    """The weighted regret with the maximum is proposed, and the package's theorem about it is named."""
    found = [s for s in survivors if s.form.recurrence == ADAL_R2 and s.form.theorem.lhs == Regret(WEIGHT)]
    assert len(found) == 1
    assert R.id in found[0].related
    assert found[0].searched.evaluations >= GAMES
    assert "not proved" in found[0].label


def test_forms_known_to_be_false_are_not_listed(survivors) -> None:  # type: ignore[no-untyped-def]
    """The control: without the maximum both regrets have a counterexample, and neither is listed."""
    listed = {(s.form.recurrence.name, s.form.theorem.lhs) for s in survivors}
    assert not [name for name, _ in listed if "maximum" not in name]
    false = [f for f in homogeneous_forms(THEOREM1, "C", ADAL_NO_EPS) if f.recurrence == ADAL_NO_EPS]
    assert len(false) == 2
    for form in false:
        found = falsify(
            form.theorem, "C", ADAL_NO_EPS, dimensions=(1,), most_rounds=ROUNDS, evaluations=GAMES
        )
        assert found.violated


def test_a_proved_statement_is_recognised() -> None:
    """A form that is exactly a proved reading of the package is labelled with it."""
    copy = replace(R, id="tightened.copy", algorithms=(ADAL_R2,), status=Status.PRINTED)
    assert proved_reading(Form(copy, "D", ADAL_R2, ("none",))) == "repaired.theoremR.D"
    halved = replace(copy, readings=(replace(R.reading("D"), rhs=R.reading("D").rhs / 2),))
    assert not proved_reading(Form(halved, "D", ADAL_R2, ("none",)))


def test_the_missing_step_size_of_amsgrad_is_found() -> None:
    """ICLR's Theorem 4 lacks an alpha below its first term; with it, the form is the proved statement."""
    forms = homogeneous_forms(REDDI_ICLR, "stated", AMSGRAD_DECAYING)
    found = {proved_reading(form): form for form in forms if len(form.changes) == 1}
    assert found.keys() == {"", "amsgrad.reddi.stated"}
    assert found["amsgrad.reddi.stated"].changes[0].endswith("times 1/alpha")


def test_only_a_plain_regret_has_forms() -> None:
    """A weighted regret is refused with the reason."""
    with pytest.raises(OutOfScope, match="plain regret only"):
        homogeneous_forms(R, "D", ADAL_R2)
