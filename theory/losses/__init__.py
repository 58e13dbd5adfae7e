"""Losses as data, one a file under its textbook name; `registry.losses` lists them."""
