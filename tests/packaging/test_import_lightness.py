"""Light parts import light: what a module brings along is measured in a fresh interpreter."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

LIGHT = {
    "theory": {"torch", "numba", "cvxpy", "matplotlib"},
    "online_sim": {"sympy", "torch", "cvxpy", "numba", "matplotlib"},
    "online_sim.optimizers": {"sympy", "torch", "jax", "optax", "numba"},
    "online_sim.domains": {"sympy", "torch", "cvxpy", "numba", "matplotlib", "scipy", "sklearn", "pandas"},
    "online_sim.streams": {"sympy", "torch", "cvxpy", "numba", "matplotlib", "scipy", "sklearn", "pandas"},
    "bounds": {"sympy", "torch", "cvxpy", "numba", "matplotlib"},
    "paper_checks": {"sympy", "torch", "cvxpy", "numba", "matplotlib"},
    "paper_checks.report.builder": {"sympy", "torch", "cvxpy", "numba", "matplotlib"},
    "paper_checks.cli.main": {"sympy", "numpy", "scipy", "matplotlib", "cvxpy", "numba", "torch", "sklearn"},
}


def brought_along(modules: list[str], folder: Path) -> set[str]:
    """Top-level modules present in a fresh interpreter, started in `folder`, after importing `modules`."""
    code = (
        "import importlib, json, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("module", sorted(LIGHT))
def test_module_imports_light(module: str, tmp_path: Path) -> None:
    """Importing the module loads none of the heavy libraries it promises to do without."""
    assert brought_along([module], tmp_path) & LIGHT[module] == set()


def test_the_whole_of_theory_imports_without_engines(tmp_path: Path) -> None:
    """All modules of `theory` together load no compiler, solver, plotter or tensor library."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((ROOT / "theory").rglob("*.py"))
    ]
    assert len(modules) > 1
    assert brought_along(modules, tmp_path) & {"torch", "numba", "cvxpy", "matplotlib", "sklearn"} == set()


@pytest.mark.parametrize(
    ("module", "heavy"), [("sympy", "sympy"), ("scipy.sparse", "numpy"), ("matplotlib.figure", "matplotlib")]
)
def test_the_measurement_sees_a_heavy_import(module: str, heavy: str, tmp_path: Path) -> None:
    """The same measurement reports a library that is there."""
    assert heavy in brought_along([module], tmp_path)
