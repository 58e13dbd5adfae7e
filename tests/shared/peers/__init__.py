"""Implementations that are not ours, and the games on which algorithms are compared with them."""
