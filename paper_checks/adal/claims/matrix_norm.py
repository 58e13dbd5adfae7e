"""Claim 15: torch's p = 1 norm with dim=None is the sum of absolute entries, even for a matrix."""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source

Array = NDArray[np.float64]
SHAPES = ((4,), (3, 5), (1, 7), (2, 3, 4))
ROUNDING = 1e-14


def check(options: Options, *, norm: Callable[[Array], float] | None = None) -> Finding:
    """Compare on random tensors, with numpy's norm of the entries if torch is not installed."""
    torch_is_here = find_spec("torch") is not None
    chosen, who = (norm, "the given norm") if norm is not None else _standard(torch_is_here)
    generator = np.random.default_rng(options.seed)
    apart, operator = 0.0, 0.0
    for shape in SHAPES:
        value = generator.standard_normal(shape)
        total = float(np.abs(value).sum())
        apart = max(apart, abs(chosen(value) - total) / total)
        if value.ndim == 2:
            operator = max(operator, abs(float(np.linalg.norm(value, 1)) - total) / total)
    evidence = (
        f"{who} and sum |A_ij| agree within {apart:.2g} (relative) on tensors of shapes "
        f"{', '.join(str(s) for s in SHAPES)}; the operator 1-norm of the matrices differs by "
        f"{operator:.2g}.",
    )
    verdict = ClaimVerdict.TRUE if apart <= ROUNDING else ClaimVerdict.FALSE
    return Finding(verdict, evidence, {"apart": apart, "operator": operator})


def _standard(torch_is_here: bool) -> tuple[Callable[[Array], float], str]:
    if not torch_is_here:
        return lambda value: float(np.linalg.norm(value.ravel(), 1)), (
            "torch is not installed; numpy's 1-norm of the flattened entries"
        )
    import torch

    return lambda value: float(
        torch.norm(torch.from_numpy(value), p=1, dim=None)
    ), "torch.norm(p=1, dim=None)"


CLAIM = Claim(
    "adal.claim.15",
    "‖N‖_1 = Σ Σ |N_ij|, which is different from the definition of 1-norm of matrix",
    Source("adal", "section 2.1"),
    "torch.norm(A, p=1, dim=None) = sum_ij |A_ij|.",
    check,
)
