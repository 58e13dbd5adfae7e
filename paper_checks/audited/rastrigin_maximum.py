"""The same f with the maximum R1: does every step of Theorem A hold?"""

from __future__ import annotations

from paper_checks.audit import Audit

AUDIT = Audit(
    "repaired.cubic.rastrigin",
    note="The same game with AMSGrad's maximum, without bias correction and epsilon.",
)
