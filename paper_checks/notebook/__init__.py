"""Every public name of `theory`, `online_sim` and `bounds`, for one line of imports in a notebook.

``from paper_checks.notebook import ADAL, LINEAR, Box, Game, checks, constant, play, theorem``
"""

from theory.front_door import front_door

__getattr__, __dir__, __all__ = front_door(__name__)
