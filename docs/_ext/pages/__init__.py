"""What the pages of the site show of the code: Markdown written from registries, signatures and docstrings.

Nothing here imports Sphinx but `pages.sphinx_parts`, so that the tests read the pages without it.
"""

__all__: list[str] = []
