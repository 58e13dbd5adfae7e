"""The rule for accepting a certificate, shared by the command line, the report and the baselines."""

import time
import warnings
from dataclasses import dataclass

from bounds.certificates.binding import Binding, Bound, bind
from bounds.certificates.checker import Answer, Refused, ReplayOutcome, check_certificate
from bounds.certificates.checker.replay import HIGHEST_PRECISION, PRECISION, WORK
from bounds.certificates.older_formats import current


@dataclass(frozen=True)
class Verification:
    """The result of verifying a certificate.

    Args:
        answer: the result of the replay; None if the file was refused.
        binding: whose statement the file contains; None if it was refused.
        refused: why it was refused, else empty.
        seconds: the duration.
    """

    answer: Answer | None
    binding: Binding | None
    refused: str
    seconds: float

    @property
    def problem(self) -> str:
        """Why the certificate is not accepted, in one sentence; empty if it is."""
        if self.answer is None or self.binding is None:
            return f"refused: {self.refused}"
        if self.answer.outcome is not ReplayOutcome.CERTIFIED:
            return f"{self.answer.outcome.value}: {self.answer.reason}"
        if self.binding.bound is Bound.ALTERED:
            return f"{self.binding.bound.value}: {', '.join(self.binding.differences)}"
        return ""

    @property
    def accepted(self) -> bool:
        """Whether it proves a violation of its statement; `foreign` says whose statement that is."""
        return not self.problem

    @property
    def foreign(self) -> bool:
        """Whether the statement or the algorithm is not one of this package's."""
        return self.binding is not None and self.binding.bound is Bound.FOREIGN


def verify_certificate(
    raw: bytes, *, precision: int = PRECISION, highest: int = HIGHEST_PRECISION, work: int = WORK
) -> Verification:
    """Replay a certificate in ball arithmetic and compare its statement with the package's.

    This never raises, whatever the bytes: `Verification.problem` says what is wrong with a file.

    Args:
        raw: the content of the file, of this format or of an older one.
        precision: the initial precision in bits, doubled while a comparison is undecided.
        highest: the precision in bits at which to give up.
        work: the maximum total work of all replays, in units of about 25 ns.
    """
    began = time.perf_counter()
    answer, binding, refused = None, None, ""
    try:
        raw = current(raw)
        with warnings.catch_warnings():
            # Python's parser warns about a formula such as `1and 2`; the checker itself reports it.
            warnings.simplefilter("ignore")
            answer = check_certificate(raw, precision=precision, highest=highest, work=work)
            binding = bind(raw)
    except Refused as problem:
        refused = str(problem)
    except Exception as problem:
        # The file is untrusted: whatever it breaks, other files must still be verified.
        answer, refused = None, f"it breaks the examination ({type(problem).__name__})"
    return Verification(answer, binding, refused, time.perf_counter() - began)
