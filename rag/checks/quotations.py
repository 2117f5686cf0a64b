"""What a text puts in quotation marks, double or single; an apostrophe is no mark."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Pairs, so that what stands between two quotations is not taken for a third.
_PAIRED = re.compile(
    r"„([^„“”\"]*)[“”\"]|“([^„“”]*)”|»([^»«]*)«|«([^»«]*)»|\"([^\"]*)\""
    r"|‹([^‹›]*)›|›([^‹›]*)‹|‚([^‚‘]*)‘"
)
# Marks that are apostrophes as well: a quotation begins behind white space or a bracket, and not with what is
# written short ("the '90s", "hat's", "rock 'n' roll").
_SHORT = r"(?:\d+s|s|n|ne|nen|nem|em|til|tis|twas|cause|cos|bout|round)\b"
_OPENING = re.compile(rf"(?<![^\s(\[{{–—-])['’‘‚`´]{{1,2}}(?=[^\s'’‘‚`´])(?!{_SHORT})", re.IGNORECASE)
# It ends before white space, punctuation or the end of the text.
_CLOSING = re.compile(r"(?<=[^\s(\[{])['’‘`´]{1,2}(?![\w'’‘`´])")
_SHORTEST = 3
_LEAST_WORDS = 2


def quotations(text: str) -> Iterator[str]:
    """Yield what stands in quotation marks.

    In marks that may be apostrophes only what is two words and more counts: whose the workers' hall is, is no quotation.
    """
    for match in _PAIRED.finditer(text):
        part = next(group for group in match.groups() if group is not None)
        if len(part) >= _SHORTEST:
            yield part
    # Inside of other marks a quotation is held with what stands around it.
    plain = _PAIRED.sub(lambda match: "\n" * len(match[0]), text)
    at = 0
    while opening := _OPENING.search(plain, at):
        beyond = _OPENING.search(plain, opening.end())
        part = _up_to_its_end(plain[opening.end() : beyond.start() if beyond else None])
        at = opening.end() + len(part)
        if len(part.split()) >= _LEAST_WORDS:
            yield part


def _up_to_its_end(behind: str) -> str:
    """Return what an opening mark opens, or nothing where no mark closes it."""
    line = behind.partition("\n")[0]
    ends = list(_CLOSING.finditer(line))
    # A mark behind an s and before a word is rather that of "the workers' hall".
    sure = [m for m in ends if line[m.start() - 1] not in "sS" or not line[m.end() :].lstrip(" ")[:1].isalpha()]
    return line[: (sure or ends)[0].start()] if ends else ""
