"""The command line `regretcheck`: one file per command, heavy libraries only inside the commands."""

__all__: list[str] = []
