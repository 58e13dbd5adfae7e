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
    ask = "import json, sys, cvxpy; print(json.dumps(['jax' in sys.modules, cvxpy.installed_solvers()]))"
    plain = _seen(ask)
    lean = _seen(f"from online_sim.domains.lean_cvxpy import import_cvxpy; import_cvxpy(); {ask}")
    assert lean == [False, plain[1]]


@pytest.mark.skipif(find_spec("jax") is None, reason="jax is not installed")
def test_jax_can_be_imported_before_and_after() -> None:
    """What refused it for a moment is gone; a jax that was there stays."""
    lean = "from online_sim.domains.lean_cvxpy import import_cvxpy; import_cvxpy(); import jax, json, sys; "
    told = "print(json.dumps([sys.modules['jax'] is jax, hasattr(jax, 'numpy')]))"
    assert _seen(lean + told) == _seen(f"import jax; {lean}{told}") == [True, True]
