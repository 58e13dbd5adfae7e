"""What happens: the online game, its sets, streams, engines and traces.

An algorithm stated in ``theory`` is printed into an engine here and played round by round:
``from online_sim import Box, Game, constant, play``.
"""

from theory.front_door import front_door

__getattr__, __dir__, __all__ = front_door(__name__)
