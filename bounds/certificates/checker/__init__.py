"""The trusted checker: it reads a certificate and replays it in ball arithmetic.

It depends only on the standard library and python-flint, not on sympy or any other part of this package.
The certificate states the algorithm and the theorem as text (docs/certificates.md);
`bounds.certificates.binding` compares that text with the package's own statements.
"""

from bounds.certificates.checker.reading import Refused as Refused
from bounds.certificates.checker.replay import Answer as Answer
from bounds.certificates.checker.replay import ReplayOutcome as ReplayOutcome
from bounds.certificates.checker.replay import check_certificate as check_certificate

__all__ = ["Answer", "Refused", "ReplayOutcome", "check_certificate"]
