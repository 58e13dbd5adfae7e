"""AdaL as printed on the wrong-end stream: do the weights ||g_t||_1 change the best point (F2)?"""

from __future__ import annotations

from paper_checks.audit import Audit

AUDIT = Audit(
    "wrong_end",
    note="2, -1, -1, -1: the sum of the gradients and the sum weighted by their norms differ in sign.",
)
