"""Whether a certificate is accepted: the one rule, for the command line, the report and the baselines."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bounds.certify.binding import Binding, Bound, bind
from bounds.certify.checker import Answer, Outcome, Refused, check
from bounds.certify.checker.replay import HIGHEST_PRECISION, PRECISION


@dataclass(frozen=True)
class Examined:
    """What was found of a certificate: the replay's answer and whose statement it is, or why it was refused.

    seconds: the time that it took.
    """

    answer: Answer | None
    binding: Binding | None
    refused: str
    seconds: float

    @property
    def problem(self) -> str:
        """Why it is not accepted, in one sentence; empty where it is."""
        if self.answer is None or self.binding is None:
            return f"refused: {self.refused}"
        if self.answer.outcome is not Outcome.CERTIFIED:
            return f"{self.answer.outcome.value}: {self.answer.reason}"
        if self.binding.bound is Bound.ALTERED:
            return f"{self.binding.bound.value}: {', '.join(self.binding.differences)}"
        return ""

    @property
    def accepted(self) -> bool:
        """Whether it shows a violation of the statement that it names."""
        return not self.problem


def examine(raw: bytes, *, precision: int = PRECISION, highest: int = HIGHEST_PRECISION) -> Examined:
    """Replay a certificate, and compare its statement with the package's."""
    began = time.perf_counter()
    try:
        answer, binding = check(raw, precision=precision, highest=highest), bind(raw)
    except Refused as problem:
        return Examined(None, None, str(problem), time.perf_counter() - began)
    return Examined(answer, binding, "", time.perf_counter() - began)


__all__ = ["Examined", "examine"]
