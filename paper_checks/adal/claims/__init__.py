"""What the AdaL paper claims outside its theorems: one claim per file, each with its check."""

__all__: list[str] = []
