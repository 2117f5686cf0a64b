"""Each soft check sees what it is for, and nothing is scored outside of [0, 1]."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checks.additions import likeness_of_additions
from rag.checks.alignment import words_have_their_like
from rag.checks.backing import likeness_to_evidence, names_in_evidence
from rag.checks.combined import soft_checks
from rag.checks.exchange import in_their_places
from rag.checks.figures import figure_beside_subject
from rag.checks.negation import negation
from rag.checks.nouns import nouns_in_evidence
from rag.checks.polarity import polarity
from rag.checks.roles import deed_beside_actor, origin_beside_noun, who_did_it
from rag.checks.turned import contrary_of, nearer_than_its_contrary
from rag.checks.wording import Likeness, Said
from rag.embedding import HashedWords

TEXTS = st.text(st.sampled_from("ab Ä.,;:19%\nundnichtvon"), min_size=1, max_size=60).filter(str.strip)


def likeness() -> Likeness:
    return Likeness(HashedWords())


@given(text=TEXTS, quote=TEXTS, language=st.sampled_from(["de", "en", None]))
def test_every_score_is_a_share(text: str, quote: str, language: str | None) -> None:
    verdict = soft_checks(Said(text, language), [Said(quote, "de")], likeness())

    assert all(0 <= score <= 1 for score in (*verdict.scores.values(), verdict.combined))
    assert verdict.weakest in verdict.scores


@pytest.mark.parametrize(
    ("text", "quote", "right"),
    [
        ("Ontario lost 46 percent, Quebec 23.", "Ontario lost 46 percent, Quebec lost 23 percent.", True),
        ("Quebec lost 46 percent.", "Ontario lost 46 percent, Quebec lost 23 percent.", False),
        ("It fell from 9 to 7 euros.", "It rose from 7 to 9 euros.", False),
        ("It costs 7 euros.", "It costs 9 euros instead of 7 euros.", False),
        ("They won by 18 votes to 7.", "The vote was 18 to 7.", True),
        ("They won by 7 votes to 18.", "The vote was 18 to 7.", False),
    ],
)
def test_a_figure_stands_by_its_subject(text: str, quote: str, *, right: bool) -> None:
    assert (figure_beside_subject(Said(text, "en"), [Said(quote, "en")], likeness()) >= 0.51) is right


@pytest.mark.parametrize(
    ("text", "quote", "right"),
    [
        ("Laut Polizei waren es rund 2000 Menschen.", "Laut Polizei waren es 500, laut den Veranstaltern 2000.", False),
        ("Laut Veranstaltern waren es 2000 Menschen.", "Laut Polizei waren es 500, laut den Veranstaltern 2000.", True),
        (
            "Nach Angaben der Polizei kamen rund 2000 Teilnehmer.",
            "Die Polizei sprach von 500, die Veranstalter von 2000.",
            False,
        ),
        ("Im Jahr 2000 kamen Veranstalter.", "Die Polizei zählte 500, im Jahr 2000 die Veranstalter.", True),
    ],
)
def test_a_figure_is_told_by_who_tells_it(text: str, quote: str, *, right: bool) -> None:
    assert (figure_beside_subject(Said(text, "de"), [Said(quote, "de")], likeness()) >= 0.51) is right


@pytest.mark.parametrize(
    ("text", "quote", "right"),
    [
        ("From 1863 to 1866 it lay in Otago.", "Von 1863 bis 1866 lag es in Otago.", True),
        ("From 1866 to 1863 it lay in Otago.", "Von 1863 bis 1866 lag es in Otago.", False),
        ("They won 3 – 1.", "Sie gewannen 3:1.", True),
        ("They won 1 – 3.", "Sie gewannen 3:1.", False),
        ("Lines 14, 16 and 117 held.", "Die Linien 14, 16 und 117 hielten.", True),
    ],
)
def test_a_range_a_score_and_an_enumeration_are_told_in_their_order(text: str, quote: str, *, right: bool) -> None:
    assert (figure_beside_subject(Said(text, "en"), [Said(quote, "de")], likeness()) >= 0.51) is right


@pytest.mark.parametrize(
    ("text", "language", "signs", "negated"),
    [
        ("Sie kamen nicht.", "de", {}, True),
        ("Der Rat lehnte den Plan ab.", "de", {"consent": False}, False),
        ("The council did not reject it.", "en", {"consent": True}, False),
        ("Japan lifted the ban.", "en", {"consent": True, "going on": False}, False),
        ("Die Preise steigen nicht mehr.", "de", {"amount": False}, False),
        ("Not only Poland came.", "en", {}, False),
    ],
)
def test_a_clause_takes_sides(text: str, language: str, signs: dict[str, bool], *, negated: bool) -> None:
    found = polarity(Said(text, language))

    assert (found.signs, found.negated) == (signs, negated)


def test_a_clause_that_takes_both_sides_takes_none() -> None:
    found = polarity(Said("Der Rat lehnte den Bau ab, erlaubte aber den Umbau.", "de"))

    assert (found.signs, found.torn) == ({}, {"consent"})


def test_what_is_denied_is_not_affirmed() -> None:
    quote = [Said("Die Bibliothek bleibt sonntags geschlossen.", "de")]

    assert negation(Said("Die Bibliothek ist sonntags geöffnet.", "de"), quote, likeness()) == 0.0
    assert negation(Said("Die Bibliothek ist sonntags nicht geöffnet.", "de"), quote, likeness()) == 1.0


@pytest.mark.parametrize(
    ("text", "language", "right"),
    [
        ("Schweden wurde von Norwegen besiegt.", "de", True),
        ("Norway defeated Sweden.", "en", True),
        ("Schweden besiegte Norwegen.", "de", False),
        ("Norway was defeated by Sweden.", "en", False),
    ],
)
def test_actors_keep_their_roles_through_passive_and_translation(text: str, language: str, *, right: bool) -> None:
    quote = [Said("Norwegen besiegte Schweden.", "de")]

    assert (who_did_it(Said(text, language), quote) == 1.0) is right


def test_who_loses_to_another_has_not_changed_roles_with_it() -> None:
    assert who_did_it(Said("Schweden unterlag Norwegen.", "de"), [Said("Norwegen besiegte Schweden.", "de")]) == 1.0


@pytest.mark.parametrize("town", ["Berliner", "Lübecker", "Bremer"])
def test_the_adjective_of_a_town_belongs_to_the_noun_behind_it(town: str) -> None:
    quote = [
        Said(f"Gebaut wurde der Kran von der {town} Firma Haltern im Auftrag der norwegischen Hafenbehörde.", "de")
    ]
    turned = Said(f"Die norwegische Hafenbehörde baute den Kran im Auftrag der {town} Firma Haltern.", "de")

    assert who_did_it(turned, quote) == 0.0


@pytest.mark.parametrize(
    ("text", "language", "score"),
    [
        ("Ein Hund biss den Boten.", "de", 0.85),
        ("Der Postbote bellte.", "de", 0.7),
        ("Das Hündchen biss den Briefträger.", "de", 1.0),
        ("The postman barked.", "en", 1.0),
    ],
)
def test_nouns_that_the_evidence_does_not_know_count(text: str, language: str, score: float) -> None:
    quote = Said("Der Hund biss den Träger von Briefen; das Hündchen sah zu.", "de")

    assert nouns_in_evidence(Said(text, language), [quote]) == pytest.approx(score)


def test_a_german_clause_that_begins_with_its_verb_tells_of_who_stands_before_it() -> None:
    quote = [Said("Bürgermeisterin Ruth Okello lehnt neue Straßen ab, will aber die Parks am Fluss erweitern.", "de")]

    assert deed_beside_actor(Said("Okello will die Parks am Fluss erweitern.", "de"), quote, likeness()) >= 0.42


def test_a_deed_stays_with_who_did_it() -> None:
    quote = [Said("Teachers ended their strike after the city had hired nurses.", "en")]

    assert deed_beside_actor(Said("Teachers ended their strike.", "en"), quote, likeness()) >= 0.5
    assert deed_beside_actor(Said("Nurses ended their strike.", "en"), quote, likeness()) == 0.0


def test_a_noun_keeps_its_country() -> None:
    quote = [Said("The Danish brewer Holst was bought by Dutch rival Zwaan.", "en")]

    assert origin_beside_noun(Said("Holst is a Danish brewer.", "en"), quote) == 1.0
    assert origin_beside_noun(Said("The Dutch brewer Holst was bought.", "en"), quote) == 0.0


@pytest.mark.parametrize(
    ("text", "passes"), [("He was born near Genfsee.", True), ("He met Pascoe.", False), ("She met Marti.", True)]
)
def test_across_languages_a_name_may_be_spelled_otherwise(text: str, *, passes: bool) -> None:
    quote = [Said("Er traf Marty am Genfersee.", "de")]

    assert (names_in_evidence(Said(text, "en"), quote) > 0.5) is passes


class Counting(HashedWords):
    """The double, with a count of what it was asked for."""

    asked = 0

    def embed(self, texts, kind, language):  # type: ignore[no-untyped-def]
        self.asked += len(texts)
        return super().embed(texts, kind, language)


def test_a_known_vector_is_not_made_again_and_pieces_only_where_they_are_needed() -> None:
    embedder = Counting()
    known, quote = Likeness(embedder), Said("Norwegen besiegte Schweden, und Finnland sah zu.", "de")
    known.know(quote, embedder.embed([quote.text], "sentence", "de")[0])
    embedder.asked = 0

    assert likeness_to_evidence(Said("Norwegen besiegte Schweden.", "de"), [quote], known, 0.3) >= 0.3
    assert embedder.asked == 1


def test_the_first_check_that_says_no_ends_it() -> None:
    embedder = Counting()
    verdict = soft_checks(Said("Eis schmolz.", "de"), [Said("Der Hund biss den Boten.", "de")], Likeness(embedder))

    assert (verdict.accepts, verdict.weakest, embedder.asked) == (False, "words", 0)


def test_who_uses_the_words_of_the_evidence_needs_no_vector() -> None:
    embedder, quote = Counting(), [Said("Der Hafen von Ohlau wächst seit Mai.", "de")]

    covered = soft_checks(Said("Seit Mai wächst der Hafen von Ohlau.", "de"), quote, Likeness(embedder))
    assert (covered.accepts, embedder.asked) == (True, 0)
    soft_checks(Said("The harbour of Ohlau has been growing since May.", "en"), quote, Likeness(embedder))
    assert embedder.asked > 0


def test_what_evidence_without_a_denial_never_speaks_of_is_not_undone() -> None:
    quote = [Said("Die Genossenschaft will das Kino zu Wohnungen umbauen.", "de")]

    assert negation(Said("Die Genossenschaft gab den Umbau auf.", "de"), quote, likeness()) == 0.0
    assert negation(Said("The cooperative gave up its plan.", "en"), quote, likeness()) == 1.0


@pytest.mark.parametrize(
    ("text", "language", "quote", "of", "right"),
    [
        ("Die Schafe wurden nicht gerissen.", "de", "Die Schafe blieben verschont.", "de", True),
        ("Die Schafe blieben nicht verschont.", "de", "Die Schafe blieben verschont.", "de", False),
        ("Schüler zahlen nichts für die Fahrt.", "de", "Für Schüler ist die Fahrt gebührenfrei.", "de", True),
        ("The flood did not reach the mill.", "en", "The mill escaped the flood.", "en", True),
        ("The mill did not escape the flood.", "en", "The mill escaped the flood.", "en", False),
        ("Die Mühle blieb nicht verschont.", "de", "The mill escaped the flood.", "en", True),
    ],
)
def test_what_was_spared_did_not_happen(text: str, language: str, quote: str, of: str, *, right: bool) -> None:
    assert (negation(Said(text, language), [Said(quote, of)], likeness()) >= 0.46) is right


def test_who_speaks_of_another_clause_is_not_opposed_to_this_one() -> None:
    quote = [Said("Ruth Okello promised small farmers relief, but large estates have to pay more tax.", "en")]

    assert negation(Said("Ruth Okello promised small farmers fewer forms.", "en"), quote, likeness()) >= 0.5
    assert negation(Said("Large estates have to pay less tax.", "en"), quote, likeness()) == 0.0


@pytest.mark.parametrize(
    ("text", "language", "negated"),
    [
        ("Das Treffen fand in Brüssel statt.", "de", False),
        ("Es gab Wasser statt Wein.", "de", True),
        ("It will not open until 2031.", "en", False),
        ("Es kommt nicht vor 2031.", "de", False),
        ("Er sprach nicht vor dem Ausschuss.", "de", True),
    ],
)
def test_not_until_is_later_and_a_particle_is_no_negation(text: str, language: str, *, negated: bool) -> None:
    assert polarity(Said(text, language)).negated is negated


def test_what_a_known_person_is_may_open_a_sentence_in_any_language() -> None:
    quote = [Said("Schulleiterin Amina Sturm darf das nicht mehr.", "de")]

    assert names_in_evidence(Said("Headteacher Amina Sturm may not.", "en"), quote) > 0.5
    assert names_in_evidence(Said("Headteacher Boris Sturm may not.", "en"), quote) == 0.0
    assert names_in_evidence(Said("Boris Sturm may not.", "en"), quote) == 0.0


@pytest.mark.parametrize(
    ("text", "quote", "language", "right"),
    [
        ("He died in Madrid and was buried in Alicante.", "He died in Alicante and was buried in Madrid.", "en", False),
        ("Er starb in Madrid und ruht in Graz.", "Er starb in Graz und ruht in Madrid.", "de", False),
        ("The Neajlov is a tributary of the Olt.", "The Olt is a tributary of the Neajlov.", "en", False),
        ("It has a similar nature and a universal order.", "It has a universal nature and a similar order.", "en", False),
        ("In Alicante he died, in Madrid he lies.", "He died in Alicante and lies in Madrid.", "en", True),
        ("In Alicante he died, and in Madrid he was buried.", "He died in Alicante and was buried in Madrid.", "en", True),
        ("Members were Jules, Anna and Henri.", "Members were Henri, Anna and Jules.", "en", True),
        ("Dale was trained by John.", "John trained Dale.", "en", True),
    ],
)  # fmt: skip
def test_two_words_do_not_change_places(text: str, quote: str, language: str, *, right: bool) -> None:
    assert in_their_places(Said(text, language), [Said(quote, language)]) == float(right)


def test_across_languages_places_are_not_compared() -> None:
    said = Said("Er starb in Madrid und ruht in Graz.", "de")

    assert in_their_places(said, [Said("He died in Graz and rests in Madrid.", "en")]) == 1.0


def test_a_german_noun_that_the_evidence_lacks_is_no_name() -> None:
    quote = [Said("Der Kritiker Anders Bille lobte das Werk von Solberg.", "de")]

    assert names_in_evidence(Said("Nach Angaben der Passagiere lobte Bille die Chöre.", "de"), quote) == 1.0
    assert names_in_evidence(Said("Gelobt wurde Solbergs Oper, sagte Kunstkenner Anders Bille.", "de"), quote) == 1.0
    assert names_in_evidence(Said("Gelobt wurde die Oper, sagte Kunstkenner Anders Wirth.", "de"), quote) == 0.0


@pytest.mark.parametrize(
    ("text", "quote", "right"),
    [
        ("Die Fabrik leitete Abwasser in den Kanal.", "Die Fabrik leitete Abwasser in den Teich.", False),
        ("Die Spiele in Wels begannen im Juli.", "Die Spiele in Passau begannen im Juli.", False),
        ("Die Spiele begannen im Juli am Strand.", "Im Juli begannen die Spiele in Passau.", True),
        ("Im Juli leitete sie Abwasser in den Fluss.", "Die Fabrik leitete Abwasser in die Donau.", True),
    ],
)
def test_a_noun_in_the_place_of_another_is_another(text: str, quote: str, *, right: bool) -> None:
    assert (nouns_in_evidence(Said(text, "de"), [Said(quote, "de")]) >= 0.5) is right


@pytest.mark.parametrize(
    ("text", "quote", "language", "right"),
    [
        ("She ran for mayor in 2019 and won.", "She ran for mayor in 2019.", "en", False),
        ("Er wurde wegen Betrugs und wegen Mordes verurteilt.", "Er wurde wegen Betrugs verurteilt.", "de", False),
        ("Er wurde verurteilt, wegen Mordes.", "Er wurde wegen Betrugs verurteilt.", "de", False),
        ("The firm, a criminal enterprise, runs a mill.", "The firm runs a mill in Ohio.", "en", False),
        ("In Ohio, the firm runs a mill, and so it has been.", "The firm runs a mill in Ohio.", "en", True),
        ("Sie kam 2019, und er 2020.", "Sie kam 2019, er 2020.", "de", True),
    ],
)
def test_what_the_evidence_knows_no_word_of_is_added(text: str, quote: str, language: str, *, right: bool) -> None:
    assert (likeness_of_additions(Said(text, language), [Said(quote, language)], likeness()) >= 0.45) is right


def test_what_is_said_is_nearer_to_the_evidence_than_its_contrary() -> None:
    quote = [Said("Der Hafen wird nicht vertieft.", "de")]

    assert nearer_than_its_contrary(Said("Der Hafen wird nicht vertieft.", "de"), quote, likeness()) > 0.5
    assert nearer_than_its_contrary(Said("Der Hafen wird vertieft.", "de"), quote, likeness()) < 0.5
    assert nearer_than_its_contrary(Said("Le port n'est pas approfondi.", "fr"), quote, likeness()) == 1.0


@pytest.mark.parametrize(
    ("text", "language", "contrary"),
    [
        ("Sie hat die Brücke gebaut.", "de", "Sie hat die Brücke nicht gebaut."),
        ("Sie hat die Brücke nicht gebaut.", "de", "Sie hat die Brücke gebaut."),
        ("Kein Zug fuhr nach Ohlau.", "de", "ein Zug fuhr nach Ohlau."),
        ("The bridge was built.", "en", "The bridge was not built."),
        ("The bridge cannot be crossed.", "en", "The bridge can be crossed."),
        ("It wasn't built in May.", "en", "It was built in May."),
        ("The town of Ohlau sold the harbour.", "en", "The town did not of Ohlau sold the harbour."),
    ],
)
def test_a_contrary_has_a_negation_more_or_less(text: str, language: str, contrary: str) -> None:
    assert contrary_of(Said(text, language)) == Said(contrary, language)


def test_each_word_that_means_something_has_its_like() -> None:
    quote = [Said("Der Hafen wächst.", "de"), Said("Ohlau baut eine Mole.", "de")]

    assert words_have_their_like(Said("In Ohlau wächst der Hafen.", "de"), quote, likeness()) == pytest.approx(1)
    assert words_have_their_like(Said("In Ohlau wächst der Hafen dank Spenden.", "de"), quote, likeness()) < 0.7
    assert words_have_their_like(Said("Er ist es.", "de"), quote, likeness()) == 1.0


def test_where_several_sentences_are_cited_one_may_name_who_did_what_the_other_tells() -> None:
    text = Said("Ilka Brandes reparierte die Orgel.", "de")
    quotes = [Said("Autorin: Ilka Brandes", "de"), Said("Jan Holm half, und ich reparierte die Orgel.", "de")]

    assert "deeds" not in soft_checks(text, quotes, likeness()).scores
    assert "deeds" in soft_checks(text, [Said("Ilka Brandes reparierte die Orgel gern.", "de")], likeness()).scores


def test_sentences_are_like_a_statement_together_that_are_not_one_by_one() -> None:
    quotes = [Said("Der Hafen wächst.", "de"), Said("Ohlau baut eine Mole.", "de")]
    text = Said("Der Hafen wächst, Ohlau baut eine Mole.", "de")

    apart = max(likeness_to_evidence(text, [quote], likeness(), 2) for quote in quotes)
    assert likeness_to_evidence(text, quotes, likeness(), 2) > max(apart, 0.99)
