"""The same work done by other tools: each peer is written as its experts would and checked against ours."""

__all__: list[str] = []
