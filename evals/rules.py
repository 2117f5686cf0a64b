"""The rules that gold must keep, beyond its form. Each broken one is a place and a sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from rag.text.language import detect
from rag.text.match import Wording, says

from .cases import Case, Fact, Place
from .corpus import Corpus

Problem = tuple[Place, str]


def broken_rules(cases: Sequence[Case], corpus: Corpus) -> Iterator[Problem]:
    """Yield every broken rule; that of a fact which cases share comes once for each of them."""
    yield from _unique_ids(cases)
    yield from _languages_owed(cases)
    yield from _one_text_a_name(cases)
    for case in cases:
        whole = corpus.with_overlay(case.overlay)
        for rule in _RULES:
            yield from rule(case, whole)


def _unique_ids(cases: Sequence[Case]) -> Iterator[Problem]:
    counts = Counter(case.id for case in cases)
    yield from (
        (case.place, f"the id {case.id} stands {counts[case.id]} times") for case in cases if counts[case.id] > 1
    )
    for case in cases:
        for group in (case.facts, case.forbidden):
            within = Counter(one.id for one in group)
            yield from (
                (one.place, f"the id {one.id} stands twice in {case.id}") for one in group if within[one.id] > 1
            )


def _languages_owed(cases: Sequence[Case]) -> Iterator[Problem]:
    clusters: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        clusters[case.cluster].append(case)
    for cluster, members in clusters.items():
        missing = {language for case in members for language in case.owes} - {case.language for case in members}
        if missing:
            yield members[0].place, f"the cluster {cluster} owes the language {', '.join(sorted(missing))}"


def _one_text_a_name(cases: Sequence[Case]) -> Iterator[Problem]:
    texts: dict[str, str] = {}
    for case in cases:
        for document in case.overlay:
            if texts.setdefault(document.name, document.text) != document.text:
                yield case.place, f"the overlay {document.name} has another text in another case"


def _kind_and_facts(case: Case, _: Corpus) -> Iterator[Problem]:
    if case.kind == "unanswerable" and case.facts:
        yield case.place, "a question that is unanswerable has no facts"
    if case.expected == "answer" and not case.must:
        yield case.place, f"a question of kind {case.kind} needs a fact that must be said"


def _several_documents(case: Case, _: Corpus) -> Iterator[Problem]:
    if case.kind != "multi_document" or not case.must:
        return
    documents = {span.document for fact in case.facts for spans in fact.evidence for span in spans}
    for document in sorted(documents):
        if all(_within(fact, document) for fact in case.must):
            yield case.place, f"multi_document, but {document} alone holds every fact that must be said"


def _within(fact: Fact, document: str) -> bool:
    return any({span.document for span in spans} == {document} for spans in fact.evidence)


def _fires_on_evidence(case: Case, corpus: Corpus) -> Iterator[Problem]:
    for fact in case.facts:
        for number, wording in enumerate(_wordings(fact, corpus), 1):
            if not fact.inferred and not says(fact.patterns, fact.unless, wording):
                yield fact.place, f"no matcher of {fact.id} fires on its evidence {number}: {wording.text!r}"


def _silent_on_question(case: Case, _: Corpus) -> Iterator[Problem]:
    if case.kind == "conflict" or "either-or" in case.tags:
        return
    question = Wording(case.question, case.language)
    for fact in case.facts:
        if says(fact.patterns, fact.unless, question):
            yield fact.place, f"a matcher of {fact.id} fires on the question of {case.id}: {case.question!r}"


def _forbidden_spares_evidence(case: Case, corpus: Corpus) -> Iterator[Problem]:
    for claim in case.forbidden:
        for fact in case.facts:
            for wording in _wordings(fact, corpus):
                if says(claim.patterns, claim.unless, wording):
                    yield claim.place, f"the forbidden {claim.id} fires on evidence of {fact.id}: {wording.text!r}"


def _wordings(fact: Fact, corpus: Corpus) -> Iterator[Wording]:
    for spans in fact.evidence:
        text = " ".join(corpus.of(span) or "" for span in spans)
        yield Wording(text, _language(corpus.texts[spans[0].document]))


@cache
def _language(text: str) -> str | None:
    return detect(text)


_RULES: tuple[Callable[[Case, Corpus], Iterator[Problem]], ...] = (
    _kind_and_facts,
    _several_documents,
    _fires_on_evidence,
    _silent_on_question,
    _forbidden_spares_evidence,
)
