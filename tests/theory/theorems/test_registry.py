"""Theorems by their ids."""

import subprocess
import sys

import pytest

from theory import Theorem, theorem
from theory.borders import WrongType
from theory.theorems.adal import THEOREM1
from theory.theorems.registry import theorems


def test_an_id_stands_for_a_theorem() -> None:
    """Every one of them, and a theorem for itself."""
    assert theorem("adal.theorem1") is THEOREM1
    assert theorem(THEOREM1) is THEOREM1
    assert all(isinstance(found, Theorem) and theorem(name) is found for name, found in theorems().items())


def test_an_unknown_id_is_one_clear_error() -> None:
    """It names the nearest one; a reading is not a theorem."""
    with pytest.raises(ValueError, match=r"`name` = 'adal\.theorem' is not a theorem; known: .*did you mean"):
        theorem("adal.theorem")
    with pytest.raises(WrongType, match="`name` = 3 must be a Theorem, or the id of one"):
        theorem(3)


@pytest.mark.parametrize(
    "name",
    [
        "adal.theorem1",
        "adal.theorem2_maximum",
        "repaired.theoremR_eps_any_set",
        "adagrad.theorem5_md_delta_l1",
    ],
)
def test_a_known_id_loads_few_files(name: str) -> None:
    """Also where the file is called otherwise, or makes the id of parts; mirror maps take a second."""
    code = (
        "import sys; from theory.theorems.registry import find; "
        f"assert find({name!r}).id == {name!r}; assert 'theory.theorems.orabona_mirror' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
