"""The repaired theorems on the paper's games: the plans of `paper_checks.adal` with different statements."""

__all__: list[str] = []
