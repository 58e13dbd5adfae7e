"""What the paper says: its claims one by one, how each is checked, the report and the command line.

A file of scenarios imports what it needs with ``from paper_checks import Options, Plan, Scenario``.
"""

from theory.front_door import front_door

__getattr__, __dir__, __all__ = front_door(__name__)
