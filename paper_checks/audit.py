"""An audit: a scenario whose proofs the report takes apart, step by step. A new one is one new file.

Nothing about the outcome is written in it: `paper_checks.run.audits` finds which step fails first.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Audit:
    """A scenario whose proofs belong in the report.

    scenario: its id; note: one sentence on what to look at; rounds: how many to play.
    """

    scenario: str
    note: str
    rounds: int = 1000
