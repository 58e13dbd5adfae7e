"""Small counterexamples to false statements, one file per theorem, each with a certificate."""

__all__: list[str] = []
