"""Lexical search in Tantivy: the only importer of tantivy.

One index for each shard (a language), with that language's stop words and stemmer, so that word
statistics are those of the language. A question is never parsed: its words are analysed and become
term queries, so ``*``, ``id:`` or ``NOT`` in it are just characters.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rag.errors import FixStorage, RebuildIndex
from rag.text.umlauts import spellings
from rag.text.words import FUNCTION

_STEMMERS = {"de": "german", "en": "english"}
_HEAP = 30_000_000
_K1 = 1.2
_MAX_TERMS = 200


@dataclass(frozen=True, slots=True)
class Scored:
    """A chunk id and its share of the highest BM25 score that the question could reach, in [0, 1]."""

    id: str
    share: float


class LexicalIndex:
    """Chunks by word.

    Changes are seen after ``commit``; the object sees only what was there when it was made, last
    committed or reloaded.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shards: dict[str, _Shard] = {}
        with self._errors():
            folder.mkdir(parents=True, exist_ok=True)
        self.reload()

    def reload(self) -> None:
        """See what others have committed since; opening anew costs ten times as much."""
        with self._errors():
            for below in sorted(self.folder.iterdir()):
                if below.name in self._shards:
                    self._shards[below.name].reload()
                elif (below / "meta.json").exists():
                    self._shards[below.name] = _Shard(below)

    @property
    def shards(self) -> tuple[str, ...]:
        """The shards there are, by name."""
        return tuple(sorted(self._shards))

    def add(self, shard: str, chunks: Iterable[tuple[str, str, str]]) -> None:
        """Add (chunk id, document id, text), replacing chunks of the same id."""
        with self._errors():
            if shard not in self._shards:
                self._shards[shard] = _Shard(self.folder / shard)
            self._shards[shard].add(chunks)

    def delete(self, shard: str, ids: Iterable[str]) -> None:
        """Remove chunks; unknown ids are passed over."""
        with self._errors():
            if shard in self._shards:
                self._shards[shard].delete(ids)

    def commit(self) -> None:
        """Make all changes visible and durable."""
        with self._errors():
            for shard in self._shards.values():
                shard.commit()

    def search(self, shard: str, question: str, limit: int, documents: Sequence[str] | None = None) -> list[Scored]:
        """Return the best chunks of a shard that share a word with the question, best first.

        ``documents`` restricts the search to chunks of those documents.
        """
        if shard not in self._shards or limit < 1:
            return []
        with self._errors():
            return self._shards[shard].search(question, limit, documents)

    def score(self, shard: str, question: str, ids: Sequence[str]) -> list[Scored]:
        """Return the scores of given chunks; those that share no word with the question are missing."""
        if shard not in self._shards or not ids:
            return []
        with self._errors():
            return self._shards[shard].score(question, ids)

    def ids(self) -> dict[str, str]:
        """Return every chunk id and its shard."""
        with self._errors():
            return {identity: name for name, shard in self._shards.items() for identity in shard.ids()}

    def held(self, documents: Sequence[str]) -> set[tuple[str, str]]:
        """Return the chunks of some documents, each as id and shard."""
        with self._errors():
            return {(identity, name) for name, shard in self._shards.items() for identity in shard.of(documents)}

    def count(self) -> int:
        """Return the number of chunks."""
        return sum(shard.count for shard in self._shards.values())

    @contextmanager
    def _errors(self) -> Generator[None]:
        try:
            yield
        except PermissionError as error:
            raise FixStorage(f"The word index in {self.folder} cannot be used: {error.strerror}.") from error
        except BaseException as error:
            # What Tantivy's own code did not expect of a file is no Exception.
            if not isinstance(error, (OSError, ValueError)) and type(error).__name__ != "PanicException":
                raise
            text = str(error)
            if any(sign in text for sign in ("Permission denied", "Read-only", "No space", "StorageFull")):
                raise FixStorage(
                    f"The word index in {self.folder} cannot be written ({text}).",
                    hint="Check free space and permissions, or choose another place with --index.",
                ) from error
            raise RebuildIndex(
                f"The word index in {self.folder} is damaged: {text}.",
                hint="Make it anew from the catalog: rag doctor --repair",
            ) from error


class _Shard:
    """One Tantivy index with the analyser of its language."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._tantivy = tantivy
        self._query: Any = tantivy.Query
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
        builder.add_text_field("body", tokenizer_name="beleg", index_option="freq")
        self._schema = builder.build()
        folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(self._schema, path=str(folder))
        # Analysers live in the process, not in the files: they are registered at every open.
        self._analyser = _analyser(folder.name)
        # In no language "what is the" is of the rarest words, which would leave little to the others.
        self._tells_nothing = frozenset[str]() if folder.name in _STEMMERS else FUNCTION
        self._index.register_tokenizer("beleg", self._analyser)
        self._folder = folder
        self._writer: Any = None
        self._look()

    def _look(self) -> None:
        """See what is there now."""
        self._searcher = self._index.searcher()
        self._ids: dict[tuple[int, int], str] = {}
        self._last: tuple[str, list[dict[str, int]]] = "", []
        # Tantivy's idf counts deleted chunks until it merges them away; how many those are only the segments' own list tells.
        segments = json.loads((self._folder / "meta.json").read_text(encoding="utf-8"))["segments"]
        self._total = sum(int(segment["max_doc"]) for segment in segments)

    @property
    def count(self) -> int:
        return int(self._searcher.num_docs)

    def add(self, chunks: Iterable[tuple[str, str, str]]) -> None:
        writer = self._writing()
        for identity, document, text in chunks:
            writer.delete_documents_by_term("id", identity)
            writer.add_document(self._tantivy.Document(id=identity, document=document, body=text))

    def delete(self, ids: Iterable[str]) -> None:
        writer = self._writing()
        for identity in ids:
            writer.delete_documents_by_term("id", identity)

    def commit(self) -> None:
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
            self.reload()

    def reload(self) -> None:
        self._index.reload()
        self._look()

    def search(self, question: str, limit: int, documents: Sequence[str] | None) -> list[Scored]:
        chosen = None if documents is None else self._query.term_set_query(self._schema, "document", list(documents))
        return self._best(question, limit, chosen)

    def score(self, question: str, ids: Sequence[str]) -> list[Scored]:
        # A set of terms is looked for in the whole dictionary, which takes three times as long for so few.
        chosen = [self._query.term_query(self._schema, "id", identity, "basic") for identity in ids]
        return self._best(question, len(ids), self._query.disjunction_max_query(chosen))

    def _best(self, question: str, limit: int, among: Any) -> list[Scored]:
        query_of, occur = self._query, self._tantivy.Occur
        words = self._asked(question)
        looked_for = [
            query_of.disjunction_max_query(
                [query_of.term_query(self._schema, "body", term, "freq") for term in spelled]
            )
            for spelled in words
        ]
        query = query_of.boolean_query([(occur.Should, word) for word in looked_for])
        if among is not None:
            query = query_of.boolean_query([(occur.Must, query), (occur.Must, query_of.const_score_query(among, 0.0))])
        # The score of a chunk stuffed with every word of the question; Tantivy's BM25 keeps the factor k1 + 1.
        most = (_K1 + 1) * sum(_idf(self._total, min(spelled.values())) for spelled in words)
        found = self._searcher.search(query, limit, count=False).hits if words else []
        return [Scored(self._id(where), min(score / most, 1.0)) for score, where in found]

    def _id(self, where: Any) -> str:
        """Return the chunk id at an address; the store is compressed in blocks, so each is read once."""
        key = (where.segment_ord, where.doc)
        known = self._ids.get(key)
        if known is None:
            known = self._ids[key] = str(self._searcher.doc(where).get_first("id"))
        return known

    def ids(self) -> list[str]:
        return self._ids_of(self._query.all_query())

    def of(self, documents: Sequence[str]) -> list[str]:
        return self._ids_of(self._query.term_set_query(self._schema, "document", list(documents)))

    def _ids_of(self, query: Any) -> list[str]:
        total = self._searcher.num_docs
        found = self._searcher.search(query, total, count=False).hits if total else []
        return [str(self._searcher.doc(address).get_first("id")) for _, address in found]

    def _asked(self, question: str) -> list[dict[str, int]]:
        """Return the words of a question, which is asked twice of each shard."""
        if self._last[0] != question:
            self._last = question, self._words(question)
        return self._last[1]

    def _words(self, question: str) -> list[dict[str, int]]:
        """Return for each word of the question its terms with the number of chunks that hold them.

        Spellings that no chunk holds are left out, unless none of them occurs.
        """
        words: dict[str, dict[str, int]] = {}
        asked = dict.fromkeys(_splitter().analyze(question))
        for word in [w for w in asked if w.lower() not in self._tells_nothing] or asked:
            for term in self._analyser.analyze(word):
                others = [t for other in spellings(word.lower()) for t in self._analyser.analyze(other)]
                counts = {t: int(self._searcher.doc_freq("body", t)) for t in (term, *others)}
                words.setdefault(term, {t: n for t, n in counts.items() if n} or {term: 0})
        return list(words.values())[:_MAX_TERMS]

    def _writing(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(_HEAP, num_threads=1)
        return self._writer


def analyse(text: str, language: str | None) -> list[str]:
    """Return the terms of a text as the shard of that language would index them."""
    return _analyser(language if language in _STEMMERS else "other").analyze(text)


def discard(folder: Path) -> None:
    """Delete a word index, to make it anew."""
    shutil.rmtree(folder, ignore_errors=True)


def _idf(total: int, containing: int) -> float:
    """BM25's inverse document frequency, ln(1 + (N - n + 0.5) / (n + 0.5)) (Robertson, Zaragoza 2009).

    Both count deleted chunks until Tantivy merges them away.
    """
    return math.log(1 + (total - containing + 0.5) / (containing + 0.5))


@cache
def _splitter() -> Any:
    from tantivy import TextAnalyzerBuilder, Tokenizer

    return TextAnalyzerBuilder(Tokenizer.simple()).build()


@cache
def _analyser(shard: str) -> Any:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(100)).filter(Filter.lowercase())
    if shard in _STEMMERS:
        builder = builder.filter(Filter.stopword(_STEMMERS[shard])).filter(Filter.stemmer(_STEMMERS[shard]))
    return builder.build()
