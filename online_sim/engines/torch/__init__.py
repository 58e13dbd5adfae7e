"""A program printed for torch tensors, and the loop around it; imported only where torch is wanted."""

__all__: list[str] = []
