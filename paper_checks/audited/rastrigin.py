"""AdaL as printed on a nonconvex f without a set: does Theorem A need more than it says?"""

from __future__ import annotations

from paper_checks.audit import Audit

AUDIT = Audit("rastrigin", note="Nonconvex, without noise; nothing forces A_t to decrease.")
