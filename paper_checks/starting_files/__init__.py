"""Starting files for `regretcheck new`: ordinary modules, copied under the user's name; a file is a kind."""

__all__: list[str] = []
