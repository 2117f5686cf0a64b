"""Raised figures: 10 with a raised 6 is not 106, and the mark of a footnote is no part of the figure before it.

Text has no raised letters, so digits and signs become the characters that stand for raised ones. Words do not ("1st").
"""

from __future__ import annotations

from typing import Any

_RAISED = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
# What refers from a text to its note, and back (DPUB-ARIA roles, EPUB's types).
_NOTES = frozenset(("doc-noteref", "doc-backlink", "noteref", "backlink"))
_TYPE = "{http://www.idpf.org/2007/ops}type"


def raised(text: str) -> str:
    """Return text as it stands where it is raised."""
    return text.translate(_RAISED)


def raise_in_page(root: Any) -> None:
    """Write what is raised in a page of HTML so, and take out what refers to notes and back."""
    for one in list(root.iter("a", "sup", "sub")):
        if _is_reference(one):
            one.drop_tree()
            continue
        if one.tag == "sup":
            for part in one.iter():
                part.text = raised(part.text) if isinstance(part.tag, str) and part.text else part.text
                if part is not one and part.tail:
                    part.tail = raised(part.tail)
        if one.tag != "a":
            # Between elements a page's main content may get a space.
            one.drop_tag()


def _is_reference(element: Any) -> bool:
    said = {element.get("role"), element.get(_TYPE), element.get("epub:type")}
    if said & _NOTES:
        return True
    inner = element.find("a") if element.tag == "sup" else None
    return inner is not None and (inner.get("href") or "").startswith("#")
