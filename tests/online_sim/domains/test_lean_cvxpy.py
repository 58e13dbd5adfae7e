"""cvxpy is imported without jax, has the same solvers, and leaves jax to others."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest


def _seen(code: str) -> list[object]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found: list[object] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(find_spec("mpax") is not None, reason="cvxpy uses jax where mpax is installed")
def test_cvxpy_comes_without_jax_and_with_all_its_solvers() -> None:
    """The control imports it plainly."""
    tell = "import json, sys; print(json.dumps([found, 'cvxpy' in sys.modules, 'jax' in sys.modules]))"
    plain = _seen(f"import cvxpy; found = cvxpy.installed_solvers(); {tell}")
    lean = _seen(
        f"from online_sim.domains.lean_cvxpy import installed_solvers; found = installed_solvers(); {tell}"
    )
    assert lean == [plain[0], True, False]


@pytest.mark.skipif(find_spec("mpax") is not None, reason="cvxpy uses jax where mpax is installed")
def test_a_set_by_constraints_comes_without_jax() -> None:
    """From checking its solver to projecting onto it."""
    code = (
        "import json, sys, numpy as np; from online_sim.domains import CvxpySet; "
        "made = CvxpySet(2, lambda x: [x >= 0, x <= 1]); made.project(np.full(2, 2.0), np.ones(2)); "
        "print(json.dumps(['cvxpy' in sys.modules, 'jax' in sys.modules]))"
    )
    assert _seen(code) == [True, False]


@pytest.mark.skipif(find_spec("jax") is None, reason="jax is not installed")
def test_jax_can_be_imported_before_and_after() -> None:
    """What refused it for a moment is gone; a jax that was there stays."""
    lean = "from online_sim.domains.lean_cvxpy import import_cvxpy; import_cvxpy(); import jax, json, sys; "
    told = "print(json.dumps([sys.modules['jax'] is jax, hasattr(jax, 'numpy')]))"
    assert _seen(lean + told) == _seen(f"import jax; {lean}{told}") == [True, True]
