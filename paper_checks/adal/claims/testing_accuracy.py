"""Claim 25: panels (b) and (d) of Figure 4 are called testing accuracy.

An accuracy is a share of examples; the caption of the figure and the text say that the panels show points on
contours. Whether a function has examples at all is read from its symbols.
"""

from collections.abc import Mapping
from types import MappingProxyType

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import RASTRIGIN, ROSENBROCK, Loss, Source
from theory.quantities import MeanRows
from theory.symbols import a, b

SHOWN: Mapping[str, Loss] = MappingProxyType({"(b)": RASTRIGIN, "(d)": ROSENBROCK})
"""The panels and what is descended in them."""


def check(options: Options, *, panels: Mapping[str, Loss] = SHOWN) -> Finding:
    """Look for the data of an example: its vector a and its label b, or the rows of a table."""
    found = {panel: has_examples(loss) for panel, loss in panels.items()}
    without = [panel for panel, examples in found.items() if not examples]
    verdict = ClaimVerdict.MALFORMED if without else ClaimVerdict.TRUE
    evidence = tuple(
        f"Panel {panel}: the value of {panels[panel].name} "
        + ("depends on an example, so that an accuracy can be computed." if examples else
           "depends on the point alone: there is no example that could be classified.")
        for panel, examples in found.items()
    )  # fmt: skip
    return Finding(verdict, evidence, {"panels without examples": len(without)})


def has_examples(loss: Loss) -> bool:
    """Whether a loss is that of labelled examples."""
    symbols = loss.value.free_symbols
    return {a, b} <= symbols or bool(loss.value.has(MeanRows))


CLAIM = Claim(
    "adal.claim.25",
    "(b) Testing Accuracy … (d) Testing Accuracy",
    Source("adal", "Figure 4"),
    "Panels (b) and (d) show the share of examples of a test set that are classified correctly.",
    check,
)
