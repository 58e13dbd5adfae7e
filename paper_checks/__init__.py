"""What the paper says: its claims one by one, how each is checked, the report and the command line.

Import each object from the module that carries its name.
"""

__all__: list[str] = []
