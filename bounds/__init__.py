"""Does it hold: bounds evaluated along a trace, verdicts, and the search for a counterexample.

A statement of ``theory`` meets a trace of ``online_sim`` here.
Import each object from the module that carries its name.
"""

__all__: list[str] = []
