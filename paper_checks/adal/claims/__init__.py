"""What the AdaL paper claims besides its theorems: one claim a file, each with its check."""

__all__: list[str] = []
