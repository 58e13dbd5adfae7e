"""Claim 14: the snippet's norm of one tensor, compared with Algorithm 1's norm of the whole gradient."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.adal.claims.step_sizes import step_sizes
from theory import ADAL, Source
from theory.algorithms.adal import ADAL_GROUP

ROUNDS = (1, 100, 300, 1000)


def check(options: Options, *, groups: Sequence[int] = (0, 1)) -> Finding:
    """Compare the steps for two one-coordinate tensors, with gradients 1 in every round and 100 * 0.99^t."""
    decay = 100 * 0.99 ** np.arange(1, ROUNDS[-1] + 1)
    rows = np.stack([np.ones_like(decay), decay], axis=1)[None]
    whole = step_sizes(ADAL, rows, list(ROUNDS))[0, :, 0]
    each = step_sizes(ADAL_GROUP, rows, list(ROUNDS), groups=list(groups))[0, :, 0]
    apart = float(np.max(np.abs(whole - each)))
    evidence = (
        f"Relative steps of the first tensor (gradient 1 throughout) at t = {', '.join(map(str, ROUNDS))}: "
        f"{_shown(whole)} with the norm of the whole gradient, {_shown(each)} with the norm of each tensor.",
        "The text also names a third quantity, the norm of the weight matrix A.",
    )
    verdict = ClaimVerdict.TRUE if apart < 1e-9 else ClaimVerdict.FALSE
    numbers = {f"global@{t}": float(v) for t, v in zip(ROUNDS, whole, strict=True)}
    return Finding(verdict, evidence, numbers | {"apart": apart})


def _shown(values: NDArray[np.float64]) -> str:
    return ", ".join(f"{v:.2g}" for v in values)


CLAIM = Claim(
    "adal.claim.14",
    "grad_norm = torch.norm(grad, p=1, dim=None); grad_new = grad_norm * grad",
    Source("adal", "section 2.3"),
    "The snippet, applied to each tensor, gives the steps of Algorithm 1, whose ||g_t||_1 is that of all "
    "coordinates.",
    check,
)
