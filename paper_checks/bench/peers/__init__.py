"""The same work done by others: each peer written as its experts would, and checked against ours."""

__all__: list[str] = []
