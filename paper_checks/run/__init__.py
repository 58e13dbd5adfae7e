"""Running checks: find them, choose, play, examine, keep the rows.

Import each object from the module that carries its name.
"""

__all__: list[str] = []
