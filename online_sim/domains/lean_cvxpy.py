"""Import cvxpy without jax where jax can be of no use to it.

To see whether its solver MPAX is there, cvxpy imports jax and then mpax. Without mpax it drops MPAX, but jax
stays: half a second, and a function that jax lets run at every garbage collection.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec


def import_cvxpy() -> None:
    """Load cvxpy; nothing else changes, also if jax is used later."""
    if "cvxpy" not in sys.modules:
        with _without_idle_jax():
            import cvxpy  # noqa: F401


def installed_solvers() -> list[str]:
    """The names of the solvers that cvxpy finds, which it looks for anew each time."""
    import_cvxpy()
    import cvxpy

    with _without_idle_jax():
        return list(cvxpy.installed_solvers())


@contextmanager
def _without_idle_jax() -> Iterator[None]:
    """Refuse the import of jax inside, unless it is there or mpax could use it."""
    absent = "jax" not in sys.modules and find_spec("mpax") is None
    if absent:
        sys.modules["jax"] = None  # type: ignore[assignment]  # Python's own way to refuse an import
    try:
        yield
    finally:
        if absent:
            del sys.modules["jax"]
