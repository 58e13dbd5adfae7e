"""What the AdaL paper claims apart from its theorems: one claim per file, with its check."""

__all__: list[str] = []
