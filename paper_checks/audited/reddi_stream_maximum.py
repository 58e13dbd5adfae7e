"""Reddi's stream with the maximum R2: does every step of Theorem R hold?"""

from __future__ import annotations

from paper_checks.audit import Audit

AUDIT = Audit("repaired.maximum.reddi_stream", note="The same game with AMSGrad's maximum.")
