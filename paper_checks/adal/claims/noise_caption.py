"""Claim 31: the caption of Figure 3, a figure of gradient noise, is that of Figure 1, a figure of norms."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source

CAPTIONS: Mapping[int, str] = MappingProxyType(
    {
        1: "Figure 1: Gradient norm of one parameter in MLP on MNIST during the training process.",
        3: "Figure 3: Gradient norm of one parameter in MLP on MNIST during the training process.",
    }
)
"""As printed."""
REFERENCE = "In Figure 3, we illustrate the gradient noise of the Adam, SGD and our AdaL in a line."
"""What section 2.4 says that Figure 3 shows."""


def check(options: Options, *, captions: Mapping[int, str] = CAPTIONS) -> Finding:
    """Compare the captions without their numbers, and look for the words of the text in that of Figure 3."""
    first, third = (_without_number(captions[number]) for number in (1, 3))
    same = first == third
    wanted = {"noise", "Adam", "SGD", "AdaL"} & set(re.findall(r"\w+", REFERENCE))
    absent = sorted(wanted - set(re.findall(r"\w+", third)))
    evidence = (
        f"The captions of Figures 1 and 3 {'are the same' if same else 'differ'} apart from the number.",
        f"The text says that Figure 3 shows {', '.join(sorted(wanted))}; "
        + (f"the caption names {'none' if len(absent) == len(wanted) else 'not all'} of them." if absent
           else "the caption names all of them."),
    )  # fmt: skip
    verdict = ClaimVerdict.MALFORMED if same or absent else ClaimVerdict.TRUE
    return Finding(verdict, evidence, {"same": float(same), "absent": float(len(absent))})


def _without_number(caption: str) -> str:
    return re.sub(r"^Figure \d+: ", "", caption)


CLAIM = Claim(
    "adal.claim.31",
    "Figure 3: Gradient norm of one parameter in MLP on MNIST during the training process",
    Source("adal", "Figure 3"),
    "The caption of Figure 3 says what the text says of it: the noise of Adam, SGD and AdaL.",
    check,
)
