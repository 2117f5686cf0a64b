"""Which way a clause points: opposites by axis ("rise" and "fall"), and words that negate.

Each axis is one question to which its two sides answer yes and no; the words of both are listed by stem in
both languages, synonyms together, so that "lehnte ab" is the opposite of "approved" and the same as "voted against".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from rag.checks.wording import Said

_AXES: dict[str, tuple[str, str, str, str]] = {
    # axis: German yes, German no, English yes, English no
    "consent": (
        r"beschloss\w*|beschlossen\w*|verabschied\w*|genehmig\w*|bewillig\w*|billig(?:t|te|ten|en)|gebilligt\w*|erlaub\w*|gestatte\w*|dürfen|darf|durfte\w*|stimm\w+\b.*?\bzu|zugestimmt\w*|zustimm\w*"
        r"|unterstütz\w*|befürwort\w*|akzeptier\w*|annahm\w*|nahm\w*\b.*?\ban|angenommen|für\szulässig|zugelassen\w*|ließ\b.*?\bzu|einverstanden|sprach\w*\s[^.;]*\bfür\b|stimmten?\s[^.;]*\bfür\b|freigegeben\w*|lobte\w*|gelobt\w*|ermöglich\w*",
        r"lehn(?:t|te|ten|en)\b(?=.*\bab\b)|abgelehnt\w*|ablehn\w*|ablehnung|verbiet\w*|verbot\w*|verboten|untersag\w*|stimmten?\s[^.;]*\bgegen\b|sprach\w*\s[^.;]*\b(?:da)?gegen\b|dagegen(?=[.,;]|$)"
        r"|veto\w*|blockier\w*|wies\w*\b.*\bzurück|zurückgewiesen\w*|zurückweis\w*|kritisier\w*|verwarf\w*|verworfen\w*|verhinder\w*|bann|sperr\w*|gegner\w*|widersetz\w*|protestier\w*|schloss\w*\b.*\baus\b|ausgeschlossen\w*|ausschließ\w*",
        r"adopt(?:s|ed)|approv\w*|allow\w*|permit(?:s|ted|ting)?|authoris\w*|authoriz\w*|may|agree[ds]?|accept\w*|back(?:s|ed|ing)|support\w*|favou?r(?!it)\w*|voted?\s[^.;]*\bfor\b|passed|endors\w*|welcom\w*|cleared|prais\w*|let|lets|enabl\w*",
        r"reject\w*|refus\w*(?!\w*\sto)|turn(?:ed|s|ing)?\sdown|ban(?:s|ned|ning)?|prohibit\w*|forb[aiy]\w*|veto\w*|oppos\w*|block(?:s|ed|ing)?|voted?\s[^.;]*\bagainst\b|declin(?:e|ed|es)\sto|criticis\w*|criticiz\w*|bar(?:s|red|ring)?"
        r"|prevent\w*|disapprov\w*|protest\w*|rul\w+\sout|struck\sdown|dismissed\s(?:the|an?)\s(?:appeal|claim|case|complaint)",
    ),
    "amount": (
        r"stieg\w*|steig\w*|gestiegen\w*|erhöh\w*|wuchs\w*|wachs\w*|gewachsen\w*|zunahm\w*|nahm\w*\b.*\bzu|zugenommen\w*|(?<!nicht )(?<!kein )(?<!keine )(?<!keinen )(?<!nichts )mehr(?!\sals\s(?:ein|zwei|drei|\d))|höher\w*|größer\w*|teurer|verteuer\w*|verdoppel\w*|anstieg\w*|hob\b.*\ban|angehoben\w*|aufstock\w*|ausbau\w*|erweiter\w*|ausgeweitet\w*|ausweit\w*|zuwachs|legt\w*\b.*\bzu",
        r"sink\w*|sank\w*|gesunken\w*|senk\w*|gesenkt\w*|fiel\w*(?!\s[^.;]*\b(?:aus|auf)\b)|gefallen|fallen\b.*\bweg|verringer\w*|reduzier\w*|schrumpf\w*|zurückging\w*|ging\w*\b.*\bzurück|zurückgegangen\w*|rückgang\w*|gering\w*|weniger|niedriger\w*"
        r"|kleiner\w*|kürz\w*|gekürzt\w*|strich|strichen|streich\w*|gestrichen\w*|halbier\w*|nahm\w*\b.*\bab|abgenommen\w*|abbau\w*|baut\w*\b.*\bab|billiger",
        r"rise[sn]?|rising|rose|rais\w*|increas\w*|grew|grow\w*|higher|more(?!\sthan\s(?:a|one|two|\d))|doubl\w*|up\sfrom|larger|bigger|expand\w*|climb\w*|gain(?:s|ed)?|dearer",
        r"fall(?:s|en|ing)?|fell|s[iau]nk(?:s|ing)?|drop(?:s|ped|ping)?(?!\s(?:its|his|her|their|the|a)\b)|lower\w*|cut(?:s|ting)?|reduc\w*|decreas\w*|declin\w*(?!\sto)|shr[aiu]nk\w*|fewer|less|smaller|halv\w*|down\sfrom|slump\w*|shed|slash\w*|cheaper|scrapp\w*",
    ),
    "going on": (
        r"bleib\w*|blieb\w*|geblieben|fortsetz\w*|fortgesetzt\w*|(?:setz|führ)\w*\b.*\bfort|fortgeführt\w*|behält|behielt\w*|behalten|beibehalt\w*|h(?:ä|ie)lt\w*\b.*\bfest|festhalten|festgehalten|hielt\w*\b.*\baufrecht|aufrechterhalt\w*|dauer\w+\san|verl[äi]\w*nger\w*|weitermach\w*",
        r"verl(?:ä|ie)(?:sst|ß|ss)\w*|verlassen|endet\w*|beende\w*|aufgab|gab\w*\b.*\bauf|aufgegeben\w*|gib?t\b.*\bauf|hob\w*\b.*\bauf|hebt\b.*\bauf|aufgehoben\w*|aufheb\w*|abgesagt\w*|sag\w*\b.*\bab\b|absag\w*|stopp\w*|einstell(?=ung)|eingestellt\w*|stellt\w*\b.*\bein(?!\w)|"
        r"zurückgetreten\w*|trat\w*\b.*\bzurück|tritt\b.*\bzurück|rücktritt\w*|fällt\b.*\baus|fiel\w*(?:\s\w+){0,3}\saus(?=[.,;]|$)|ausgefallen\w*|abgeschafft\w*|schafft\w*\b.*\bab|kündig\w*\b.*\b(?:vertrag|abkommen)|zog\w*\b.*\b(?:ab|zurück)|abgezogen\w*|(?:zurück|ab)(?:zieh|zog|gezogen)\w*|zieht\b.*\b(?:ab|zurück)|legt\w*\b.*\bnieder|wechselt\w*|scheidet?\b.*\baus",
        r"remain\w*|stay\w*|continu\w*|keep(?:s|ing)?|kept|uph(?:e|o)ld\w*|maintain\w*|prolong\w*|extend\w*|sticks?\sto|stuck\sto",
        r"leav(?:e|es|ing)|left|end(?:s|ed|ing)|stop\w*|quit\w*|give[sn]?\sup|gave\sup|abandon\w*|lift(?:s|ed|ing)?|cancel\w*|call(?:s|ed|ing)?\soff|resign\w*|step(?:s|ped|ping)?\sdown|withdr[ae]w\w*|suspend\w*|abolish\w*|drop(?:s|ped|ping)?\s(?:its|his|her|their|the|a)\b|no\slonger|repeal\w*|discontinu\w*|halt\w*",
    ),
    "open": (
        r"öffne\w*|geöffnet\w*|eröffn\w*|wiedereröff\w*|offen\b|aufgemacht|macht\w*\b.*\bauf",
        r"schließ\w*(?!\w*lich)(?![^.;]*\b(?:ab|aus|ein)\b)|schloss\w*(?![^.;]*\b(?:ab|aus|ein)\b)|geschlossen\w*|dichtgemacht|macht\w*\b.*\bzu\b(?=[.,;]|$)|stillgelegt\w*|schließung\w*",
        r"open(?:s|ed|ing)?|reopen\w*|inaugurat\w*",
        r"clos(?:e|es|ed|ing|ure)|shut\w*",
    ),
    "verdict": (
        r"verurteil\w*|schuldig\w*|bestraft\w*|haft|gefängnis\w*",
        r"freigesprochen\w*|freispr\w*|sprach\w*\b.*\bfrei|unschuldig\w*",
        r"convict\w*|guilty|sentenced|jailed",
        r"acquit\w*|clear(?:s|ed)\sof|clear(?:s|ed)\s(?!the)|innocent",
    ),
    "held": (
        r"festgenommen\w*|nahm\w*\b.*\bfest|nimmt\b.*\bfest|verhafte\w*|inhaftier\w*|gefangen\w*|festnahme\w*",
        r"freigelassen\w*|ließ\w*\b.*\bfrei|lässt\b.*\bfrei|entlassen|freilass\w*|freikam\w*|befrei\w*",
        r"arrest\w*|detain\w*|imprison\w*|captur\w*|jailed",
        r"releas\w*|free[ds]|freed|set\sfree",
    ),
    "truth": (
        r"bestätig\w*|gab\w*\b.*\bzu|zugegeben\w*|gestand\w*|gestanden|räumt\w*\b.*\bein|eingeräumt\w*|bekräftig\w*|versicher(?:t|te)",
        r"bestr(?:ei|i)t\w*|dementier\w*|leugn\w*|wies\w*\b.*\b(?:vorwurf|vorwürfe)\w*\b.*\bzurück|widersprach\w*|widerspr(?:i|o)ch\w*",
        r"confirm\w*|admit\w*|acknowledg\w*|conced\w*|confess\w*",
        r"den(?:y|ies|ied|ying|ial)|contradict\w*|disput(?:ed|es)",
    ),
    "success": (
        r"gewinn\w*|gewann\w*|gewonnen\w*|sieg\w*|gelang\w*|geling\w*|gelungen|erfolgreich\w*|schaffte\w*|bestand\b.*\bprüfung|erreich\w*|einh(?:a|ä|ie)lt\w*|eingehalten|überschuss\w*",
        r"verlor\w*|verlier\w*|verlust\w*|scheiter\w*|gescheitert|missl\w+|verfehl\w*|verpass\w*|unterlag\w*|unterlegen|niederlage\w*|defizit\w*",
        r"win(?:s|ning)?|won|succeed\w*\sin|success\w*|profit\w*|surplus\w*|victor\w*|achiev\w*|managed\sto|me[e]?t(?:s|ing)?\s(?:its|the|their)",
        r"los(?:e|es|t|ing|s|ses)|fail\w*|miss(?:ed|es|ing)|defeat(?:s|ed)?\sby|deficit\w*|could\snot|beaten",
    ),
    "staff": (
        r"einstell(?:en|te|ten)|eingestellt\w*\s(?:wurden?|werden)|ernenn\w*|ernannt\w*|berief\w*|beruf(?:en|t)",
        r"entlass\w*|entließ\w*|feuert\w*|gefeuert\w*",
        r"hir(?:e|ed|es|ing)|appoint\w*|recruit\w*",
        r"dismiss\w*|fir(?:ed|ing)|la(?:y|id|ys|ying)\soff|sack(?:ed|s|ing)?",
    ),
    "life": (
        r"lebend\w*|überleb\w*|unverletzt\w*|wohlbehalten|gerettet\w*|rettet\w*",
        r"tot(?:e[nrms]?)?|töte\w*|getötet\w*|starb\w*|stirbt|gestorben\w*|ums\sleben|tödlich\w*|todesopfer\w*",
        r"alive|surviv\w*|rescu\w*|unhurt|saved",
        r"dead|kill\w*|died|dies|death\w*|fatal\w*",
    ),
    "harm": (
        r"verletz\w*|verwundet\w*",
        r"tot(?:e[nrms]?)?|töte\w*|getötet\w*|starb\w*|stirbt|gestorben\w*|ums\sleben",
        r"injur\w*|wound\w*|hurt",
        r"dead|kill\w*|died|dies",
    ),
    "trust": (
        r"vertrau\w*|zufrieden\w*|einig(?:t|te|ten|en|ten)\b|geeinigt|einigung\w*|optimistisch",
        r"misstrau\w*|unzufrieden\w*|uneinig\w*|zerstritten|enttäusch\w*",
        r"trust\w*|satisf\w*|confident",
        r"distrust\w*|mistrust\w*|dissatisf\w*|disagree\w*|divided|disappoint\w*|frustrat\w*|unhappy",
    ),
    "clear": (
        r"klar|eindeutig\w*|sicher|gewiss|offensichtlich\w*",
        r"unklar\w*|ungewiss\w*|unsicher\w*|fraglich\w*|offen(?=[.,;]|$)",
        r"clear(?!\w|\sof|ed)|certain|obvious",
        r"unclear|uncertain\w*|doubtful",
    ),
    "lawful": (
        r"rechtmäßig\w*|legal\w*|zulässig\w*|verfassungsgemäß\w*",
        r"rechtswidrig\w*|illegal\w*|unzulässig\w*|verfassungswidrig\w*",
        r"lawful|legal|constitutional",
        r"unlawful|illegal\w*|unconstitutional",
    ),
    "alike": (
        r"genauso|ebenso|gleich\w*|wie\sdie",
        r"anders|unterschied\w*|abweich\w*",
        r"same|alike|similar\w*|just\sas",
        r"differ\w*|unlike",
    ),
    "delay": (
        r"vorzeitig|vorgezogen\w*|früher\sals|vor\sdem\szeitplan|pünktlich",
        r"verschob\w*|verschieb\w*|verschoben\w*|verspät\w*|verzöger\w*|vertag\w*|später\sals",
        r"ahead\sof\sschedule|earlier\sthan|early|on\stime|brought\sforward",
        r"postpon\w*|delay\w*|behind\sschedule|later\sthan|put\soff",
    ),
}  # fmt: skip

_NEGATORS = {
    "de": r"nicht|kein\w*|(?<!wie )nie|niemals|niemand\w*|nichts|ohne|weder|nirgends|keineswegs|verzichte\w*|weiger\w*|verweiger\w*|statt|anstatt|anstelle|kaum",
    "en": r"not|\w+n[’']t|cannot|no(?!\sfewer|\sless)|never|none|nobody|nothing|neither|nor|without|instead\sof|rather\sthan|refus\w*\sto|fail\w*\sto|declin\w+\sto|hardly|barely|scarcely",
}
# Words that deny something in themselves: they may stand for a negation, but turn nothing round.
_AFFIXES = {
    "de": r"un(?!d\b|ter|s\b|ser|ion|gar|iver|gefähr|fall|fäll|mittelbar|d\w)[a-zäöü]{4,}|\w+los(?:e[nrms]?)?|miss\w+|rechtswidrig\w*|illegal\w*|verfassungswidrig\w*|wenig\w*|nur|lediglich|fehl\w*|mangel\w*|leer\w*|frei\svon|vermisst\w*|entzog\w*|entzieh\w*|entzogen\w*|sonst|außer|höchstens|sauber\w*|gegen",
    "en": r"un(?!der|til|less|ion|ions|ite|ited|ique|iver|its?\b)[a-z]{4,}|dis(?:agree|approv|continu|like)\w*|il?legal\w*|impossible|in(?:valid|correct|sufficient|complete)\w*|\w+less|few|little|only|lack\w*|empty|missing|against|strip\w*|depriv\w*|clean|shortage\w*|avoid\w*|exempt\w*|except",
}
_REVERSED = {
    "de": r"nur noch|nicht nur|nicht zuletzt|nichts? anderes als",
    "en": r"not only|no doubt|no later than|not least",
}
_REACH = 8


@dataclass(frozen=True, slots=True)
class Polarity:
    """Which way a clause points.

    ``signs`` are the axes on which it takes one side alone, with that side once its negations are counted,
    ``torn`` those on which it takes both;
    ``negated`` says that a negation is left which belongs to no axis, and ``denials`` how many words of it
    deny, lessen or undo without being a negation.
    """

    signs: dict[str, bool]
    torn: frozenset[str]
    negated: bool
    denials: int


@lru_cache(maxsize=4096)
def polarity(clause: Said) -> Polarity:
    """Return which way a clause points; a negation turns the word of an axis that stands nearest to it."""
    language = "de" if clause.language == "de" else "en"
    text = _pattern(f"reversed {language}", _REVERSED[language]).sub(" ", clause.text)
    found = list(_sides(text, language))
    negations = [m.start() for m in _pattern(f"negators {language}", _NEGATORS[language]).finditer(text)]
    turned: set[int] = set()
    left = 0
    for at in negations:
        near = [
            (_words_between(text, at, where), index)
            for index, (_, _, where) in enumerate(found)
            if where != at and _words_between(text, at, where) <= _REACH and index not in turned
        ]
        if near:
            turned.add(min(near)[1])
        else:
            left += 1
    signs = _undone({(axis, side != (index in turned)) for index, (axis, side, _) in enumerate(found)})
    denials = len(_pattern(f"affixes {language}", _AFFIXES[language]).findall(text))
    denials += sum(not s for _, s, _ in found) + len(turned)
    single = {axis: side for axis, side in signs if (axis, not side) not in signs}
    return Polarity(single, frozenset(axis for axis, _ in signs) - single.keys(), left % 2 == 1, denials)


def _undone(signs: set[tuple[str, bool]]) -> set[tuple[str, bool]]:
    """Take back a refusal that was itself ended: to lift a ban is to allow."""
    if ("going on", False) in signs and ("consent", False) in signs and ("consent", True) not in signs:
        return signs - {("consent", False)} | {("consent", True)}
    return signs


def _sides(text: str, language: str) -> Iterator[tuple[str, bool, int]]:
    """Yield the axes that a text takes a side on, the side, and where."""
    for axis, words in _AXES.items():
        yes, no = words[:2] if language == "de" else words[2:]
        for side, pattern in ((True, yes), (False, no)):
            for match in _pattern(f"{axis} {side} {language}", pattern).finditer(text):
                yield axis, side, match.start()


def _words_between(text: str, one: int, other: int) -> int:
    low, high = sorted((one, other))
    return len(text[low:high].split())


@cache
def _pattern(name: str, words: str) -> re.Pattern[str]:
    del name
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
