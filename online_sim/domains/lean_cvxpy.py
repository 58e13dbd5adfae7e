"""Import cvxpy without jax where jax can be of no use to it.

To see whether its solver MPAX is there, cvxpy imports jax and then mpax. Without mpax it drops MPAX, but jax
stays: half a second, and a function that jax lets run at every garbage collection.
"""

import sys
from importlib.util import find_spec


def import_cvxpy() -> None:
    """Load cvxpy; nothing else changes, also if jax is used later."""
    if "cvxpy" in sys.modules:
        return
    absent = "jax" not in sys.modules and find_spec("mpax") is None
    if absent:
        sys.modules["jax"] = None  # type: ignore[assignment]  # Python's own way to refuse an import
    try:
        import cvxpy  # noqa: F401
    finally:
        if absent:
            del sys.modules["jax"]
