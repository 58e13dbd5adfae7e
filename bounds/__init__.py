"""Checks of theorems: bounds along a trace, verdicts, counterexamples, certificates and proofs.

A statement of ``theory`` meets a trace of ``online_sim`` here: ``from bounds import checks, plot_checks``.
"""

from theory.front_door import front_door

__getattr__, __dir__, __all__ = front_door(__name__)
