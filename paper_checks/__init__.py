"""The claims of the paper one by one, the check of each, the report and the command line.

A scenario file imports what it needs with ``from paper_checks import Options, Plan, Scenario``.
"""

from theory.front_door import front_door

__getattr__, __dir__, __all__ = front_door(__name__)
