"""Sets of words, and those that more than one reader of names and phrases needs."""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(words.split())


FUNCTION = word_set(
    """the a an this that these those there here it its he she they we you his her their our i if as in on at by for
    from to of with without after before since until during under over between against about into through while when
    where who what which why how and or but not no none all some any many most more few both each every another other
    only also even last next according among because although despite instead however meanwhile within
    der die das den dem des ein eine einer eines einem einen in im am an auf aus bei beim bis durch für gegen hinter mit
    nach nicht ohne seit seitens statt über um unter vom von vor während wegen zu zum zur zwischen und oder aber auch
    doch noch nur schon so wie wo wer was wann warum weil wenn als ob dass damit denn er sie es wir ihr ihre sein seine
    dieser diese dieses jener jene alle einige mehrere viele beide laut trotz dank neben rund etwa mehr kein keine
    keiner weder dort hier dabei dafür dagegen davon dazu zudem außerdem allerdings jedoch bereits erst insgesamt"""
)
"""German and English words that open a sentence with a capital and are no names."""

MONTHS_AND_DAYS = word_set(
    """january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays januar februar märz
    mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag"""
)
"""Months and weekdays, which both languages write with a capital."""

MEASURES = word_set("""jahr jahre jahren monat monate monaten woche wochen tag tage tagen stunde stunden minute minuten sekunde sekunden
    prozent euro cent dollar pfund franken rubel meter metern kilometer kilometern zentimeter millimeter gramm kilogramm
    kilo tonne tonnen liter litern hektar quadratmeter quadratkilometer kubikmeter grad million millionen milliarde
    milliarden billion billionen mio mrd tausend hundert dutzend anfang mitte ende stück paar prozentpunkte uhr art arten
    sorte herr herrn frau watt kilowatt megawatt gigawatt kilowattstunden stundenkilometer""")
"""German words of measure: behind them a capital makes no name ("zwei Jahre Haft"), and none of them acts."""

LIGHT = word_set("""zahl anzahl höhe länge breite größe dauer alter wert betrag summe menge angaben angabe ansicht meinung wille willen worten
    bericht mitteilung aussage grund folge fall teil teile mehrheit großteil ende anfang beginn zeit zeitraum jahr jahre jahren
    monat monate tag tage woche wochen stunden prozent euro dollar mio mrd millionen milliarden person personen menschen leute
    seite ort stelle lage art weise rahmen zusammenhang gegensatz vergleich plan ziel frage thema sache mal hälfte drittel viertel
    herr frau amt rund hand sicherheit
    number amount height length width size duration age value sum share part parts majority end beginning start time period year
    years month months day days week weeks hours percent people person persons place way kind case result plan goal aim
    question issue matter thing things half third quarter fact reason total order addition return view opinion words account
    report statement lot use rest side""")
"""Nouns that a paraphrase may add without saying anything new."""
