"""The AdaL paper: its two theorems, and what is true instead."""

from paper_checks.paper import Paper, PaperStatement

PAPER = Paper(
    "adal",
    "The AdaL paper",
    (
        PaperStatement(
            "adal.theorem1",
            "Theorem 1",
            "The regret of AdaL on convex losses over a compact set is bounded by the order sqrt(T log T).",
            instead="The regret weighted by ||g_t||_1 has such a bound if the second moment never decreases "
            "(a maximum, as in AMSGrad); the plain regret of AdaL can be linear in T.",
            repaired=("repaired.theoremR",),
            picture="wrong_end",
        ),
        PaperStatement(
            "adal.theorem2",
            "Theorem 2",
            "The average squared gradient of AdaL on a smooth function is O(log T/sqrt(T)).",
            instead="Without noise the average l1 norm of the gradient is O(log T/sqrt(T)); with a maximum "
            "the average of ||grad f||_1 ||grad f||_2^2 is.",
            repaired=("repaired.theoremP_average", "repaired.theoremN"),
            picture="skewed_noise",
        ),
    ),
)  # fmt: skip
