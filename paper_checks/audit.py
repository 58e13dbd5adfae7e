"""An audit: a scenario whose proofs the report examines step by step. A new audit is one new file.

It does not state the outcome: `paper_checks.run.audits` finds which step fails first.
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
