"""What happens: the online game, its domains, streams, engines, traces and comparators.

An algorithm stated in ``theory`` is printed into an engine here and played round by round.
Import each object from the module that carries its name.
"""

__all__: list[str] = []
