"""The words, signs and colours for verdicts, shared by terminal and report; never colour alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Word:
    """The display of a verdict.

    short: a word or two. sign, ascii_sign: the mark next to it. style: the terminal's colour. css: the class
    in the report. plain: a paragraph for a reader who sees the word for the first time.
    """

    short: str
    sign: str
    ascii_sign: str
    style: str
    css: str
    plain: str


GOOD = ("✓", "+", "green", "holds")
BAD = ("✗", "x", "bold red", "violated")
OUTSIDE = ("–", "-", "cyan", "broken")
OPEN = ("?", "?", "magenta", "undecided")
CRASHED = ("!", "!", "bold red", "crashed")
"""The sign, ASCII sign, colour and class shared by words that look alike."""

WORDS: Mapping[str | None, Word] = {
    "HOLDS": Word(
        "no violation", *GOOD,
        "The measured left side stayed below the bound in every round that was played. This is evidence "
        "from these games only, not a proof. The margin is the ratio of the bound to the measured value: 1 "
        "is a tie, 20 means that the bound is twenty times larger.",
    ),
    "HOLDS_WHERE_RECORDED": Word(
        "no violation where recorded", *GOOD,
        "The measured left side stayed below the bound at the recorded rounds, a few dozen in a long game. "
        "It was not evaluated at the other rounds.",
    ),
    "VIOLATED": Word(
        "violated", *BAD,
        "The game satisfies all assumptions of the statement, and at some round the left side exceeds the "
        "bound by more than rounding and the uncertainty of the comparator can explain. The game was "
        "played again in ball arithmetic or in longer floats to confirm this. One such game is a "
        "counterexample to this reading of the statement.",
    ),
    "VACUOUS": Word(
        "vacuous", "○", "o", "yellow", "vacuous",
        "The bound is undefined, infinite, or larger than what a player who never moves is guaranteed. The "
        "statement is not contradicted, but it gives no information about this game.",
    ),
    "ASSUMPTION_BROKEN": Word(
        "not applicable", *OUTSIDE,
        "The game violates an assumption of the statement, so the statement does not apply to it. The "
        "reason names the assumption.",
    ),
    "UNDECIDED": Word(
        "undecided", *OPEN,
        "Both sides are known only as intervals, and the intervals overlap. The reason says why: a tie, a "
        "comparator that is not tight enough, too few noise samples, numbers outside the range of floats, "
        "or a violation that could not be confirmed.",
    ),
    None: Word(
        "crashed", *CRASHED,
        "The scenario ended in an error. It gives no information about the statement.",
    ),
}  # fmt: skip
"""Words by the name of a `Verdict` or the `outcome` of a row; None: the scenario crashed."""


CLAIM_WORDS: Mapping[str | None, Word] = {
    "TRUE": Word("true", *GOOD, "Every computation for this claim agrees with the paper."),
    "FALSE": Word("false", *BAD, "The computation contradicts the claim."),
    "PARTLY": Word(
        "partly", "◐", "~", "yellow", "vacuous", "One part or reading of the claim is true; another is false."
    ),
    "MALFORMED": Word(
        "malformed",
        "✗",
        "x",
        "magenta",
        "undecided",
        "The printed claim does not say what its authors must have meant.",
    ),
    "NOT_SUPPORTED": Word(
        "not supported", *OUTSIDE, "The computation neither supports nor refutes the claim."
    ),
    None: Word("crashed", *CRASHED, "The check ended in an error."),
}
"""Words by the name of a `ClaimVerdict`; None: the check crashed."""


PROOF_WORDS: Mapping[str | None, Word] = {
    "INTACT": Word(
        "intact", *GOOD,
        "Every step holds in every round played, up to rounding. This is not a proof of any step.",
    ),
    "BREAKS": Word(
        "broken", *BAD,
        "A step is false in this run by more than rounding can explain: it is false in general, or its "
        "premises are not met. The proof fails there; its conclusion may still be true.",
    ),
    "UNDEFINED": Word(
        "undefined", *OPEN,
        "No step fails, but one has a side that is not finite, so it can be neither confirmed nor refuted.",
    ),
    None: Word(
        "crashed", *CRASHED, "The audit ended in an error.",
    ),
}  # fmt: skip
"""Words by the name of a `ProofVerdict`; None: the audit crashed."""

CERTIFICATE_WORDS: Mapping[str | None, Word] = {
    "CERTIFIED": Word(
        "certified", *GOOD,
        "The replay in ball arithmetic shows that the statement is false on this game.",
    ),
    "REFUTED": Word(
        "refuted", *BAD, "The replay contradicts what the certificate claims.",
    ),
    "UNDECIDED": Word(
        "undecided", *OPEN,
        "A comparison is still undecided at the highest precision.",
    ),
    None: Word("refused", *CRASHED, "The file is missing or is not a certificate."),
}  # fmt: skip
"""Words by the outcome of the checker; None: the checker refused the file."""

STEP_WORDS: Mapping[str, Word] = {
    "HOLDS": replace(PROOF_WORDS["INTACT"], short="holds"),
    "BREAKS": replace(PROOF_WORDS["BREAKS"], short="breaks"),
    "UNDEFINED": PROOF_WORDS["UNDEFINED"],
}
"""Words by the name of an `Outcome`: the result of one step."""


ATLAS_WORDS: Mapping[str | None, Word] = {
    "REFUTED": Word(
        "false", *BAD, "A counterexample is certified: an exact game, replayed in ball arithmetic."
    ),
    "OUTGROWN": Word(
        "false for every constant",
        *BAD,
        "A family of games outgrows the bound, whatever its constant: sympy checked the induction.",
    ),
    "FALLS": Word("falls", "✗", "x", "red", "violated", "A search found a violation; it is not certified."),
    "PROVED": Word("proved", *GOOD, "Proved, and the search found no violation."),
    "STANDS": Word(
        "stands", "◌", "o", "green", "holds", "The search found no violation, which is not a proof."
    ),
    "NO_EVIDENCE": Word("no evidence", *OPEN, "It was not searched, or applied to no game of the search."),
    "UNSTATED": Word("not stated", *OUTSIDE, "The language cannot state it yet, for the reason given."),
}
"""Words by the name of an `AtlasVerdict`."""


def margin_text(margin: float | None) -> str:
    """A margin for people: three digits with a times sign, or a dash if undefined."""
    if margin is None:
        return "–"
    if 1e3 <= abs(margin) < 1e6:
        return f"{float(f'{margin:.3g}'):.0f}×"
    return f"{margin:.3g}×"


def tally(verdicts: Iterable[str | None], words: Mapping[str | None, Word] = WORDS) -> str:
    """The number of each verdict in words: ``8 no violation, 1 violated``."""
    seen = list(verdicts)
    counts = [(seen.count(v), word.short) for v, word in words.items()]
    return ", ".join(f"{n} {short}" for n, short in counts if n)
