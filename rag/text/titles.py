"""Words that English writes with a capital inside of names and titles, and that have a translation."""

from __future__ import annotations

from rag.text.words import word_set

TRANSLATED = word_set("""president chancellor minister ministers prime foreign defence defense interior finance deputy vice secretary
    general state states chief chairman chairwoman chair head director governor mayor senator judge justice king queen
    prince princess pope bishop professor doctor dr mr mrs ms sir lady lord captain colonel admiral commander inspector
    ambassador spokesman spokeswoman spokesperson commissioner congress senate parliament house white council commission
    committee court supreme high regional district federal national international general assembly government
    administration ministry department office agency bureau authority board bank central union association federation
    league party alliance organisation organization treaty university college school institute academy museum library
    church cathedral hospital station airport port harbour street road square bridge tower castle palace park forest sea
    ocean lake river mountain mountains mount valley island islands coast bay gulf cape north south east west northern
    southern eastern western central middle black red great new old upper lower united republic kingdom democratic people
    army navy air force forces corps guard police intelligence service security war world cold summit conference meeting
    agreement convention protocol act law bill constitution plan fund programme program project award prize cup
    championship olympic games city town county province region village company group bank bakery society club team
    choir orchestra theatre theater opera festival cold peace nations allied allies balkans baltic arctic atlantic
    pacific christmas easter internet bible cyber masterplan gdp dna it tv pc cpu ai id euro euros god kremlin chapter
    article section phase level type class category i archbishop diocese parish catholic protestant orthodox roman jewish
    muslim islamic christian masonic imperial baroque gothic gospel apostle saint sister brother father mother aunt uncle daughter
    duke duchess duchy count countess baron emperor empire crown grand chief executive officer editor trustee trustees member
    members treasurer lieutenant major sergeant sailor pilot admiralty battle battalion brigade division regiment squadron fleet
    rifle rocket riot riots revolution reform treaties stock exchange market common friendship monument memorial peninsula
    alps plain desert canyon falls creek swamp line track flight stadium arena champion champions championships tournament
    season round match race trophy medal triple double first second third fourth fifth baby angel goddess god ghost song
    album single symphony music dance film festival studio press news magazine journal newspaper horticulture
    agriculture engineering science sciences arts medicine law laws history philosophy scholarship faculty campus
    governorate prefecture canton commune borough ward precinct junction crossing gate fort fortress abbey monastery temple
    mosque synagogue chapel cemetery prison asylum clinic garden gardens zoo mill mine factory works railway railroad""")
"""They need not stand in a text of the other language, folded."""
