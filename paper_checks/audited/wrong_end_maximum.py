"""The wrong-end stream with the maximum R2: what does the printed theorem need besides Theorem R?"""

from __future__ import annotations

from paper_checks.audit import Audit

AUDIT = Audit("repaired.maximum.wrong_end", note="The same game with AMSGrad's maximum and without epsilon.")
