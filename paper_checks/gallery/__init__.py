"""Small counterexamples to the statements that are false, one file per theorem; each has a certificate."""

__all__: list[str] = []
