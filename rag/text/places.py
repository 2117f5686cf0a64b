"""Countries, peoples, continents and cities by any of their names: Wien is Vienna, polnisch is Polish.

The names are those of CLDR, read through Babel (this module is its only importer): territories, the
languages of territories, from which both of ours make their adjectives (Polnisch, Polish), and the
cities that time zones are called after. What CLDR leaves out (short forms, Britain, America) is below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from rag.records import Span
from rag.text.folding import folded

_LOCALES = ("de", "en")
_ALIASES = {
    "US": "us|u.s|usa|u.s.a|vereinigte staaten von amerika|united states of america|us-amerikanisch|amerikanisch|american"
    "|americans|amerika|america|amerikaner",
    "GB": "uk|u.k|gb|großbritannien|grossbritannien|great britain|britain|british|britisch|brite|briten|briton|britons",
    "EU": "eu|e.u|european commission|europäische kommission|european council|europäischer rat",
    "UN": "un|u.n|uno",
    "150": "european|europäisch|europäer|europe|europa",
    "002": "african|afrikanisch",
    "142": "asian|asiatisch",
    "BA": "bosnien-herzegowina|bosnia-herzegovina|bosnia|bosnien|bosnisch|bosnian",
    "MD": "moldau|moldawien|moldova|moldovan|moldauisch",
    "DE": "deutsche|german|germans|deutscher",
    "CH": "schweizer|schweizerisch|swiss",
    "NL": "holland|the netherlands|niederländer",
    "DK": "dane|danes|däne|dänen",
    "FR": "franzose|franzosen|französin",
    "PL": "pole|poles|polin",
    "RU": "russe|russen|russian|russians",
    "GR": "grieche|griechen",
    "TR": "turkey|türkei|türke|türken|turk|turks",
    "CZ": "tschechien|czech republic|tschechische republik|czech|tschechisch",
    "BY": "weißrussland|weissrussland",
    "CN": "volksrepublik china",
    "PT": "portuguese|portugiesisch",
    "ES": "spaniard|spaniards|spanier",
    "IR": "iranisch|iranian",
    "IQ": "irakisch|iraqi",
    "UA": "ukrainisch|ukranisch|ukrainian|ukrainer|ukrainians",
}
# Towns and regions that German and English call by different names; CLDR has those alone that a time zone is called after.
_EXONYMS = """münchen|munich köln|cologne nürnberg|nuremberg hannover|hanover braunschweig|brunswick genf|geneva luzern|lucerne
    basel|basle bern|berne mailand|milan venedig|venice florenz|florence neapel|naples genua|genoa syrakus|syracuse padua|padova
    brügge|bruges antwerpen|antwerp gent|ghent lüttich|liège den_haag|the_hague straßburg|strasbourg
    dünkirchen|dunkirk sevilla|seville saragossa|zaragoza göteborg|gothenburg danzig|gdansk|gdańsk breslau|wroclaw|wrocław
    krakau|krakow|cracow posen|poznan|poznań stettin|szczecin kattowitz|katowice pilsen|plzeň brünn|brno pressburg|bratislava
    lemberg|lviv charkiw|charkow|kharkiv odessa|odesa sankt_petersburg|saint_petersburg|st_petersburg kapstadt|cape_town
    neu-delhi|new_delhi alexandria|alexandrien mekka|mecca saloniki|thessaloniki|thessalonica peking|beijing
    bayern|bavaria sachsen|saxony niedersachsen|lower_saxony hessen|hesse thüringen|thuringia rheinland-pfalz|rhineland-palatinate
    nordrhein-westfalen|north_rhine-westphalia sachsen-anhalt|saxony-anhalt westfalen|westphalia schwaben|swabia
    pommern|pomerania schlesien|silesia preußen|prussia tirol|tyrol kärnten|carinthia steiermark|styria böhmen|bohemia mähren|moravia
    siebenbürgen|transylvania toskana|tuscany sizilien|sicily sardinien|sardinia lombardei|lombardy piemont|piedmont
    katalonien|catalonia baskenland|basque_country andalusien|andalusia kastilien|castile bretagne|brittany burgund|burgundy
    normandie|normandy elsass|alsace lothringen|lorraine flandern|flanders wallonien|wallonia schottland|scotland nordirland|northern_ireland
    kalifornien|california krim|crimea kaukasus|caucasus donbass|donbas"""
# Names of languages that say little about a country, and two of CLDR's that are everyday words.
_NO_ADJECTIVE = frozenset({"en", "pt", "ar", "la", "eo", "yi", "ia"})
_EVERYDAY = frozenset({"welt", "world", "man", "reunion", "troll", "center", "pacific", "eastern", "central"})
_SHORT = 4
_ENDINGS = ("s", "'s", "n", "e", "en", "er", "em", "es", "ern", "ers")
_WORD = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*")
_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A country, people, continent or city named in a text; equal keys mean the same one.

    ``key`` is a territory code of CLDR, or the name of a time zone for a city.
    """

    span: Span
    key: str


def find_places(text: str) -> list[Place]:
    """Return the places named in a text, by nouns or adjectives, in German or English; the longest name wins."""
    return list(_found(text))


@lru_cache(maxsize=8192)
def _folded(word: str) -> str:
    return folded(word)


# The checks of one statement ask again and again for the same few words and clauses.
@lru_cache(maxsize=4096)
def _found(text: str) -> tuple[Place, ...]:
    words = [(m.start(), m.end(), _folded(m[0])) for m in _WORD.finditer(text)]
    found: list[Place] = []
    at = 0
    while at < len(words):
        for count in range(min(_LONGEST, len(words) - at), 0, -1):
            taken = words[at : at + count]
            span = Span(taken[0][0], taken[-1][1])
            key = _lookup([word for _, _, word in taken], span.of(text)) if _joined(text, taken) else None
            if key is not None:
                found.append(Place(span, key))
                at += count - 1
                break
        at += 1
    return tuple(found)


def _joined(text: str, words: list[tuple[int, int, str]]) -> bool:
    """Say whether words stand side by side, with nothing but a blank, a hyphen or an ampersand between them."""
    return all(re.fullmatch(r"\s+|-|\s?&\s?", text[a[1] : b[0]]) is not None for a, b in pairwise(words))


def _lookup(words: list[str], shown: str) -> str | None:
    if len(words) > 1:
        return _table().get(" ".join(_bare(word) for word in words))
    word = words[0]
    # "us" and "turkey" are words of English; only their capitals make them places. German adjectives
    # are written small, and are known by their ending.
    if not shown[:1].isupper() and not re.search(r"(?:isch|deutsch|schweizer)(?:e[rnms]?)?$", word):
        return None
    if len(word.replace(".", "")) < _SHORT and not shown.replace(".", "").isupper():
        return None
    for form in (word, *(word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))):
        if len(form) >= _SHORT or form == word:
            key = _table().get(form)
            if key is not None:
                return key
    return None


def _bare(word: str) -> str:
    """Return a word of a longer name without its inflection."""
    return re.sub(r"(?<=\w{4})(?:e[rnms]?|s|n)$", "", word)


@cache
def _table() -> dict[str, str]:
    """Return folded names, those of several words without inflection, to keys."""
    table: dict[str, str] = {}
    for key, names in _names():
        for name in names:
            plain = folded(name).replace(".", "") if len(name) <= _SHORT else folded(name)
            for form in {plain, folded(name)}:
                words = re.split(r"[\s-]+", form.replace("&", " "))
                words = [word for word in words if word]
                entry = " ".join(map(_bare, words)) if len(words) > 1 else form
                if entry and entry not in _EVERYDAY:
                    table.setdefault(entry, key)
    return table


def _names() -> Iterator[tuple[str, Iterable[str]]]:
    from babel import Locale
    from babel.core import get_global

    yield from ((key, names.split("|")) for key, names in _ALIASES.items())
    likely = get_global("likely_subtags")
    for code in _LOCALES:
        locale = Locale(code)
        for key, name in locale.territories.items():
            yield key, {name, name.replace("&", "and"), name.removeprefix("Republik "), *_adjectives(name, code)}
        for language, name in locale.languages.items():
            territory = str(likely.get(language, "")).rpartition("_")[2]
            if len(name) > _SHORT and language not in _NO_ADJECTIVE and len(territory) == 2:
                yield territory, {name}
    for names in _EXONYMS.split():
        told = [name.replace("_", " ") for name in names.split("|")]
        yield told[-1].title(), told
    german, english = Locale("de").time_zones, Locale("en").time_zones
    for zone, told in german.items():
        if "city" in told:
            own = english.get(zone, {})
            other = own["city"] if "city" in own else zone.rpartition("/")[2].replace("_", " ")
            yield zone, {told["city"], other}


def _adjectives(name: str, code: str) -> Iterator[str]:
    """Yield what the adjective of a country of one word may look like; forms that no text has do no harm."""
    if " " in name or len(name) <= _SHORT:
        return
    if code == "de":
        for ending in ("ien", "land", "en", "a", ""):
            if name.endswith(ending):
                yield f"{name.removesuffix(ending)}isch"
        yield from (f"{name}nisch", f"{name}er")
        for ending in ("en", "ien"):
            if name.endswith(ending):
                yield from (f"{name.removesuffix(ending)}{people}" for people in ("er", "erin", "erinnen"))
    else:
        yield from (f"{name}n", f"{name}ian", f"{name}i", f"{name[:-1]}an", f"{name[:-1]}ian", f"{name[:-1]}ese")
