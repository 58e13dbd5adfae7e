"""The words, signs and colours for verdicts, shared by the terminal and the report. Never colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Word:
    """How a verdict is shown.

    short: a word or two; sign, ascii_sign: a mark beside it; style: the terminal's colour; css: the class in
    the report; plain: a paragraph for a reader who sees the word for the first time.
    """

    short: str
    sign: str
    ascii_sign: str
    style: str
    css: str
    plain: str


WORDS: Mapping[str | None, Word] = {
    "HOLDS": Word(
        "no violation", "✓", "+", "green", "holds",
        "At every round of the games played, the measured left side stayed below the bound. This is evidence "
        "from these games only. The margin says how far below: 1 would be a tie, 20 means that the bound was "
        "twenty times what was measured.",
    ),
    "HOLDS_WHERE_RECORDED": Word(
        "no violation where recorded", "✓", "+", "green", "holds",
        "The same at the recorded rounds, some dozens of a long game. The left side is not known "
        "at the others, where the best fixed point takes a computation of its own.",
    ),
    "VIOLATED": Word(
        "violated", "✗", "x", "bold red", "violated",
        "All assumptions of the statement were met, and yet at some round the left side was above the bound, "
        "by more than rounding and by more than the uncertainty of the comparator; the game was played again "
        "in ball arithmetic or in longer floats to confirm it. One such game is a counterexample to the "
        "statement as it is read here.",
    ),
    "VACUOUS": Word(
        "says nothing", "○", "o", "yellow", "vacuous",
        "The bound was undefined, infinite, or larger than what a player who never moves is guaranteed "
        "anyway. The statement is not contradicted, but it carries no information about this game.",
    ),
    "ASSUMPTION_BROKEN": Word(
        "not applicable", "–", "-", "cyan", "broken",
        "The game breaks an assumption of the statement, so that it promises nothing here. The broken "
        "assumption is named beside the verdict.",
    ),
    "UNDECIDED": Word(
        "undecided", "?", "?", "magenta", "undecided",
        "Both sides are known only as intervals, and these overlap: a tie, a comparator that is not tight "
        "enough, too few noise samples, numbers beyond the range of floats, or a violation that could not be "
        "confirmed. The reason says which.",
    ),
    None: Word(
        "crashed", "!", "!", "bold red", "crashed",
        "The scenario ended in an error of the program. Nothing is known about the statement here.",
    ),
}  # fmt: skip
"""By the name of a `Verdict`, or `outcome` of a row; None for a scenario that crashed."""


CLAIM_WORDS: Mapping[str | None, Word] = {
    "TRUE": Word(
        "true",
        "✓",
        "+",
        "green",
        "holds",
        "Everything that was computed for this claim came out as the paper says.",
    ),
    "FALSE": Word("false", "✗", "x", "bold red", "violated", "The computation contradicts the claim."),
    "PARTLY": Word(
        "partly",
        "◐",
        "~",
        "yellow",
        "vacuous",
        "One part of the claim, or one reading of it, holds; another does not.",
    ),
    "MALFORMED": Word(
        "malformed", "✗", "x", "magenta", "undecided", "What is printed does not say what it is meant to say."
    ),
    "NOT_SUPPORTED": Word(
        "not supported",
        "–",
        "-",
        "cyan",
        "broken",
        "What was computed does not show the claim, nor refute it.",
    ),
    "WAITING": Word(
        "waiting", "…", ".", "dim", "soft", "The claim has its place, but this version does not check it."
    ),
    None: Word("crashed", "!", "!", "bold red", "crashed", "The check ended in an error of the program."),
}
"""By the name of a `ClaimVerdict`; None for a check that crashed."""


PROOF_WORDS: Mapping[str | None, Word] = {
    "INTACT": Word(
        "intact", "✓", "+", "green", "holds",
        "Every step held in every round played, up to rounding. That proves none of them.",
    ),
    "BREAKS": Word(
        "broken", "✗", "x", "bold red", "violated",
        "A step is false on this run, by more than rounding explains: it is false as a general statement, or "
        "what it needs is not met. The proof fails there; what it wants to prove may hold all the same.",
    ),
    "UNDEFINED": Word(
        "undefined", "?", "?", "magenta", "undecided",
        "No step breaks, but a side of one is not finite, so that it neither holds nor breaks.",
    ),
    None: Word(
        "crashed", "!", "!", "bold red", "crashed", "The audit ended in an error of the program.",
    ),
}  # fmt: skip
"""By the name of a `ProofVerdict`; None for an audit that crashed."""

CERTIFICATE_WORDS: Mapping[str | None, Word] = {
    "CERTIFIED": Word(
        "certified", "✓", "+", "green", "holds",
        "The replay in balls shows that the statement is false on this game.",
    ),
    "REFUTED": Word(
        "refuted", "✗", "x", "bold red", "violated", "The replay contradicts what the certificate claims.",
    ),
    "UNDECIDED": Word(
        "undecided", "?", "?", "magenta", "undecided", "A comparison is open at the highest precision.",
    ),
    None: Word("refused", "!", "!", "bold red", "crashed", "The file is missing, or is no certificate."),
}  # fmt: skip
"""By the name of an outcome of the checker; None for a file that it refused."""

STEP_WORDS: Mapping[str, Word] = {
    "HOLDS": replace(PROOF_WORDS["INTACT"], short="holds"),
    "BREAKS": replace(PROOF_WORDS["BREAKS"], short="breaks"),
    "UNDEFINED": PROOF_WORDS["UNDEFINED"],
}
"""By the name of an `Outcome`: what a run says of one step."""


def margin_text(margin: float | None) -> str:
    """A margin for people: three digits, with a times sign; a dash where it is undefined."""
    if margin is None:
        return "–"
    if 1e3 <= abs(margin) < 1e6:
        return f"{float(f'{margin:.3g}'):.0f}×"
    return f"{margin:.3g}×"


def tally(verdicts: Iterable[str | None], words: Mapping[str | None, Word] = WORDS) -> str:
    """How often each verdict came, in words: ``8 no violation, 1 violated``."""
    seen = list(verdicts)
    counts = [(seen.count(v), word.short) for v, word in words.items()]
    return ", ".join(f"{n} {short}" for n, short in counts if n)
