"""The names of countries, peoples, continents and cities, in German and English, as ``rag/text/places.py`` looks them up.

    python -m evals.bench.place_names > rag/data/places.json        (make docs does so, too)

They are those of CLDR, read through Babel: territories, the languages of territories, from which both of
ours make their adjectives (Polnisch, Polish), and the cities that time zones are called after. What CLDR
leaves out (short forms, Britain, America) is below, and in ``peoples.txt`` who lives there and how it is called
what is theirs: adjectives follow no rule ("libanesisch", "Lebanese"). Read from there, they would cost every question a fifth of a second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rag.text.folding import folded
from rag.text.places import SHORT, bare

_PEOPLES = Path(__file__).with_name("peoples.txt")
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
# Seas, lakes, rivers, mountains, islands and regions, alike; left out is what is a word or a person as well (Maas, Save, Main).
_FEATURES = """ostsee|baltic|baltic_sea nordsee|north_sea mittelmeer|mittelmeerraum|mediterranean_sea|mediterranean schwarzes_meer|black_sea
    rotes_meer|red_sea totes_meer|dead_sea kaspisches_meer|caspian_sea persischer_golf|persian_gulf ägäis|aegean_sea|aegean
    adria|adriatisches_meer|adriatic|adriatic_sea ärmelkanal|english_channel barentssee|barents_sea beringsee|bering_sea
    bosporus|bosphorus arktis|arctic
    bodensee|lake_constance genfer_see|genfersee|lake_geneva vierwaldstättersee|lake_lucerne zürichsee|lake_zurich gardasee|lake_garda
    comer_see|lake_como plattensee|balaton|lake_balaton viktoriasee|lake_victoria baikalsee|lake_baikal tschadsee|lake_chad
    rhein|rhine donau|danube mosel|moselle themse|thames weichsel|vistula etsch|adige memel|neman dnjepr|dnipro|dnieper euphrat|euphrates
    alpine|alpenraum|alpen|alps pyrenäen|pyrenees karpaten|carpathian_mountains|carpathians anden|andes vogesen|vosges
    himalaja|himalayas|himalaya dolomiten|dolomites schwarzwald|black_forest erzgebirge|ore_mountains vesuv|vesuvius ätna|etna
    kreta|crete korfu|corfu korsika|corsica rhodos|rhodes teneriffa|tenerife mallorca|majorca helgoland|heligoland balearen|balearic_islands
    feuerland|tierra_del_fuego lappland|lapland ostpreußen|east_prussia dalmatien|dalmatia apulien|apulia
    kalabrien|calabria savoyen|savoy tschetschenien|chechnya bergkarabach|nagorno-karabakh kaschmir|kashmir sibirien|siberia balkan|balkans"""
# Large towns whose name is the same in both, but those that are also words (Essen, Bergen, Porto, PISA) or people (Washington).
_TOWNS = """aachen augsburg bielefeld bochum bonn bremen bremerhaven chemnitz darmstadt dortmund dresden duisburg düsseldorf erfurt
    frankfurt freiburg göttingen hamburg heidelberg heilbronn ingolstadt innsbruck karlsruhe kassel kiel koblenz leipzig linz
    lübeck ludwigshafen magdeburg mannheim oldenburg osnabrück paderborn potsdam regensburg rostock saarbrücken salzburg
    solingen stuttgart trier tübingen ulm weimar wiesbaden wolfsburg wuppertal würzburg graz lausanne winterthur st._gallen
    amiens bordeaux grenoble lille lyon marseille montpellier nantes rouen toulouse barcelona bilbao málaga valencia bari
    bologna palermo triest rotterdam utrecht eindhoven aarhus malmö uppsala debrecen timișoara łódź
    birmingham bristol cardiff coventry edinburgh glasgow leeds leicester liverpool manchester newcastle nottingham plymouth
    portsmouth sheffield southampton galway atlanta baltimore boston cincinnati cleveland dallas houston memphis miami
    minneapolis new_orleans philadelphia pittsburgh portland san_antonio san_diego san_francisco seattle las_vegas
    montréal ottawa osaka kyoto nagasaki hiroshima mumbai chennai bangalore karatschi rio_de_janeiro medellín haifa aleppo mossul"""
# Whose people and what is theirs are not the name and an ending ("Bremer", but "Hamburger").
_SHORTENED = """bremen|bremer göttingen|göttinger solingen|solinger tübingen|tübinger dresden|dresdner saarbrücken|saarbrücker munich|münchner
    thuringia|thüringer lorraine|lothringer carinthia|kärntner transylvania|siebenbürger"""
# Names of languages that say little about a country, and two of CLDR's that are everyday words.
_NO_ADJECTIVE = frozenset({"en", "pt", "ar", "la", "eo", "yi", "ia"})
_EVERYDAY = frozenset({"welt", "world", "man", "reunion", "troll", "center", "pacific", "eastern", "central"})
# Towns of time zones that are more often people or words.
_NO_TOWN = frozenset(
    {"Regina", "Dawson", "Resolute", "Phoenix", "Creston", "Oral", "Darwin", "Nome", "Adak", "Sofia", "Samara"}
)


def table() -> str:
    """Return, as JSON, folded names (those of several words without inflection) to keys."""
    found: dict[str, str] = {}
    for key, names in _names():
        for name in names:
            plain = folded(name).replace(".", "") if len(name) <= SHORT else folded(name)
            for form in {plain, folded(name)}:
                words = re.split(r"[\s-]+", form.replace("&", " "))
                words = [word for word in words if word]
                entry = " ".join(map(bare, words)) if len(words) > 1 else form
                if entry and entry not in _EVERYDAY:
                    found.setdefault(entry, key)
    return json.dumps(found, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def _names() -> Iterator[tuple[str, Iterable[str]]]:
    from babel import Locale
    from babel.core import get_global

    yield from ((key, names.split("|")) for key, names in _ALIASES.items())
    for line in _PEOPLES.read_text(encoding="utf-8").splitlines()[1:]:
        key, *names = (word.replace("_", " ") for word in line.split())
        yield key, names
    likely = get_global("likely_subtags")
    for code in _LOCALES:
        locale = Locale(code)
        for key, name in locale.territories.items():
            yield key, {name, name.replace("&", "and"), name.removeprefix("Republik "), *_adjectives(name, code)}
        for language, name in locale.languages.items():
            territory = str(likely.get(language, "")).rpartition("_")[2]
            if len(name) > SHORT and language not in _NO_ADJECTIVE and len(territory) == 2:
                yield territory, {name}
    yield from _towns()


def _towns() -> Iterator[tuple[str, Iterable[str]]]:
    from babel import Locale
    from babel.core import get_global

    for names in (*_EXONYMS.split(), *_FEATURES.split()):
        told = [name.replace("_", " ") for name in names.split("|")]
        yield told[-1].title(), told
    for names in _SHORTENED.split():
        town, *others = names.split("|")
        yield town.title(), others
    german, english = Locale("de").time_zones, Locale("en").time_zones
    countries, renamed = get_global("zone_territories"), get_global("zone_aliases")
    for zone, told in german.items():
        if "city" in told:
            own = english.get(zone, {})
            other = own["city"] if "city" in own else zone.rpartition("/")[2].replace("_", " ")
            now = renamed.get(zone, zone)
            yield f"{countries[now]}/{now}" if now in countries else now, {told["city"], other}
    for zone, country in countries.items():
        part, _, town = zone.partition("/")
        if part in ("Africa", "America", "Asia", "Australia", "Europe") and "/" not in town and town not in _NO_TOWN:
            yield f"{country}/{zone}", {town.replace("_", " ")}
    for town in _TOWNS.split():
        yield town.title(), {town.replace("_", " ")}


def _adjectives(name: str, code: str) -> Iterator[str]:
    """Yield what the adjective of a country of one word may look like; forms that no text has do no harm."""
    if " " in name or len(name) <= SHORT:
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


if __name__ == "__main__":
    print(table(), end="")
