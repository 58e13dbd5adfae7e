"""The command line `regretcheck`: one file per command, heavy libraries only inside the commands.

Import each object from the module that carries its name.
"""

__all__: list[str] = []
