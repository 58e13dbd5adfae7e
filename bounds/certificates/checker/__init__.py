"""The checker that has to be trusted: it reads a certificate and replays it in ball arithmetic.

It uses the standard library and python-flint and nothing else of this package: not the simulator, not sympy.
What the algorithm does and what the theorem says stand in the file as text (docs/certificates.md);
`bounds.certificates.binding` compares that text with the package's own statements.
"""

from bounds.certificates.checker.reading import Refused as Refused
from bounds.certificates.checker.replay import Answer as Answer
from bounds.certificates.checker.replay import ReplayOutcome as ReplayOutcome
from bounds.certificates.checker.replay import check_certificate as check_certificate

__all__ = ["Answer", "Refused", "ReplayOutcome", "check_certificate"]
