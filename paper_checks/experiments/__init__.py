"""The paper's experiments: designs as data, a runner that resumes, stored results, and the rule of verdicts.

A design is one file in `designs`; its results are one file in `results`. `regretcheck experiment` runs one.
"""

__all__: list[str] = []
