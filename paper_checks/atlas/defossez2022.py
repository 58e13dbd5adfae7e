"""A. Defossez, L. Bottou, F. Bach, N. Usunier. A simple convergence proof of Adam and Adagrad. TMLR 2022."""

from paper_checks.atlas.entry import Entry
from theory.theorems.defossez import ADAGRAD_SUMS, ADAM_SUMS, ADAM_SUMS_MOMENTUM, THEOREM1, THEOREM2, THEOREM4

# The step is one for each coordinate, and R is common to all: more coordinates add nothing.
_SEARCH = {"dimensions": (1,), "most_rounds": 1000}
THEOREMS = (
    Entry(THEOREM1, ADAGRAD_SUMS, search=_SEARCH),
    Entry(THEOREM2, ADAM_SUMS, search=_SEARCH),
    Entry(THEOREM4, ADAM_SUMS_MOMENTUM, search=_SEARCH),
)
