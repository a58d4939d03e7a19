"""Words in the headers of tables of sightings in further languages, and of groups of animals and plants.

``_words`` has English, Estonian and German; here are Finnish, Swedish, Norwegian, Danish, Latvian,
Lithuanian, Russian, Ukrainian, French, Spanish, Dutch, and what the exports of observation platforms call
their columns (Artportalen, Tiira, waarneming.nl, ornitho, BirdTrack, butterfly transects).
"""

from __future__ import annotations

import re
import unicodedata

#: Words of a meaning, one alternative per line (regular expressions, compared in lower case).
SCIENTIFIC = r"""
    vetenskapligt ?(art)?namn|vitenskapelig ?(art)?navn|videnskabeligt navn|tieteellinen nimi
    latinalainen nimi
    zinātniskais nosaukums|latīniskais nosaukums|mokslinis pavadinimas|lotyniškas pavadinimas
    (научное|латинское) (название|имя)|наукова назва|латинська назва|nom scientifique|nombre científico
    wetenschappelijke naam|soort wetenschappelijk|latijnse naam|nome scientifico|nazwa naukowa|latin species
    nom latin|scientific|species scientific|latin
"""
VERNACULAR = r"""
    svenskt namn|norsk navn|dansk navn|suomenkielinen nimi|suom|suomeksi|latviskais nosaukums
    lietuviškas pavadinimas
    русское название|українська назва|nom (commun|français|vernaculaire)|nombre (común|vulgar)
    nederlandse naam
    rahvapärane nimi|name species|local name|popular name
"""
TAXON = r"""
    artnamn|artnavn|fågel(art)?|fugl(art)?|växt(art)?|laji(nimi)?|lintu(laji)?|perhonen|kasvi|suga|putns
    putnu suga
    augs|rūšis|paukštis|paukščio rūšis|augalas|вид(ы)?|вид (птицы|растения|животного|рослини|тварини|птаха)
    птиц[аы]|птах|птахи|растение|рослина|название вида|espèces?|oiseaux?|plante|especies?|aves?|pájaro|planta
    soort|soort ?naam|vogel(soort)?|plant(en)?(soort)?|specie|gatunek|ptak|specia|espécie|espécies
    (\w+ )?species( ?names?)?|(\w+ )?species seen|organism|animal|plant|insect|butterfly|moth|flower
    mushroom|fungus
    tree|tree species|flowering plant|putukas|loom|lill|puu|puuliik|insekt|pilz|baum|liiginimi|liiginimetus
    (bird|plant|animal)s? seen|creature|minibeast|invertebrate
"""
COUNT = r"""
    antal( individer)?|antall( individer)?|määrä|lukumäärä|yksilömäärä|yksilöitä|kpl|skaits|īpatņu skaits
    skaičius
    individų skaičius|количество( особей| птиц)?|число( особей| птиц)?|кол во|кількість( особин| птахів)?
    nombre( d individus)?|effectifs?|número( de individuos)?|cantidad|aantal( exemplaren)?|numero|liczba|ilość
    total ?count|no seen|number seen|how many seen|isendite hulk|arv kokku|abundance count
    num(ber)? individuals|count of sex or stage|count of individuals
    number of objects|group size|individual count
    anzahl individuen|anzahl tiere|stück|stk|tk|loendus(e)? ?tulemus|tally
"""
OBSERVERS = r"""
    vaatlejad|vaatlejaid|lapsi|osalejad|osalejate arv|participants
    (number|no) of (participants|children|counters)
    antal (observatörer|deltagare)|havainnoijien (määrä|lukumäärä)|nombre d observateurs|aantal waarnemers
    количество наблюдателей|число наблюдателей|кількість спостерігачів|novērotāju skaits|stebėtojų skaičius
    beobachter|teilnehmer
"""
EFFORT = r"""
    (havainnointi)?aika min|kesto|varaktighet|längd min|tid min|durée|duration|duración|duur|ilgums|trukmė
    длительность|продолжительность|тривалість|zeitaufwand|zählzeit|loendamise aeg|aeg minutites|minutes spent
    ((camera|trap|net|sampling|survey|trapping|monitoring|effort|active)[ -]?){0,3}(days|nights)
    effort (days|nights|hrs atleast)
    (number|no|n) (of )?((camera|trap|trapping|sampling|survey)[ -]?){0,2}(days|nights)
    (trap|camera|net) ?hours|lõksuöö(d|päevad)|kaamera ?(öö)?päeva(d|de arv)|ööpäevi|fotofallen(tage|nächte)
    fallen(tage|nächte)|kameradygn|fälldygn|jours de piégeage|nuits pi[eè]ges?|noches trampa|días cámara
    фотоловушко ?сут(ки|ок)|ловушко ?сут(ки|ок)
    minuutit|minuutteja|minuter|минут(ы)?|хвилин|minuten|minūtes|minutės|minutos|vaatlusaeg|time spent
"""
CLOCK = r"""
    (start|begin|end|finish|stop)( ?time| ?clock)?|(alguse? ?|lõpu ?)(aeg|kell|kellaaeg)?|lõpp|anfang
    beginn|ende
    (start|end)(zeit|uhrzeit)|(alkamis|päättymis)aika|alku|loppu|(start|slut)tid|heure de (début|fin)|début
    fin
    (hora de )?(inicio|fin)|(время )?(начала|начало|конца|конец|окончания)
    (час )?(початку|початок|кінця|кінець)
    sākums|beigas|pradžia|pabaiga|(begin|eind)tijd|kello hav( [12])?
"""
COMPLETE = r"""
    record type|all species( recorded| counted| listed)?|complete list\w*|kõik liigid loendatud
"""
OCCURRENCE = r"""
    (observation|record) ?(guid|uuid)|observations ?id|occurrence ?guid|obs ?id|vaatluse ?id
    havainnon tunniste
"""
EVENT = r"""
    list ?no|sub ?id|sample( ?(id|nr|no))?|proov( ?(id|nr))?
"""
STATION = r"""
    loc ?id|lokalnamn|lokal(itet)?|gebied|lokalität|vietas nosaukums|havaintopaikka|paikannimi|endroit
    localité
    nom de lieu
    localidad|plek|trap( ?(id|nr|no|name))?|quadrat( ?(id|nr|no))?|lõks|püünis|proovi ?ruut|ruut|falle(n ?nr)?
    feeder|söögimaja|toidumaja|nest ?box|pesakast|pond|tiik|reservoir|transect ?(id|name|nr|no)
    plot ?(id|name|nr|no)
    bird ?feeder|deployment ?id|camera( ?(id|trap|name))?|placename|location ?name|site ?name
"""
ACCURACY = r"""
    (koordinat ?)?noggrannhet( m)?|tarkkuus|nauwkeurigheid|precision|précision
    coordinate ?uncertainty|uncertainty( m)?
    nøyaktighet|koordinaattien tarkkuus( m)?
"""
VERIFIED = r"""
    validation( status)?|valideringsstatus|validation ?statut|statut de validation|review status
    verification( status( 1)?)?
"""
#: Columns that say of each row whether the species was there (cells such as 1, 0, present, absent).
STATUS = r"""
    presence|present|presence ?(or )?absence|detection|detected|detection ?status
    fyndstatus|påträffad|is positive observation|esinemine|esineb|vorkommen|vorhanden|läsnäolo
    présence|presencia
"""
#: Columns that mark rows of what was looked for and not found.
NOT_FOUND = r"""
    (ej|inte) (återfunnen|påträffad|funnen|funnet)|aldrig funnen|(is )?not (re ?)?(discovered|found|seen)
    is (not rediscovered|never found) observation|never found|absence|absent
    zero ?abundance
    ei leitud|puudus|nicht gefunden|ei löytynyt|ikke (funnet|fundet|gjenfunnet|genfundet)
"""
#: Columns that mark names of which the observer is not sure.
UNSURE = r"""
    osäker (art)?bestämning|uncertain ?(identification|determination)|(identification|id) ?uncertain
    usikker (artsbestemmelse|bestemmelse)
"""
#: How many cameras or traps stood there.
TRAPS = r"""
    (number|no|n) (of )?(cameras?|traps?|nets)|(number of )?camera ?traps|cameras|traps|kaameraid
    kaamerate arv
    lõkse|lõksude arv|anzahl (der )?(kameras|fallen)|antal (kameror|fällor)
"""
GENUS = re.compile(
    r"(genus|perekond|gattung|suku|släkte|slekt|slægt|genre|género|genero|geslacht|ģints|gentis|род|рід)$"
)
#: Columns of the groups that a species belongs to, the smallest first.
RANKS = tuple(re.compile(rf"({names})( name)?$") for names in (
    r"genus|perekond|gattung|suku|släkte|slekt|slægt|genre|género|genero|geslacht|ģints|gentis|род|рід|rodzaj",
    r"sub ?family|alamsugukond|unterfamilie", r"family|sugukond|familie|heimo|familj|famille|familia"
    r"|dzimta|šeima"
    r"|семейство|родина|rodzina", r"sub ?order|alamselts|unterordnung",
    r"order|selts|ordnung|lahko|ordning|ordre|orden|kārta|būrys|отряд|rząd",
    r"class|klass|klasse|luokka|classe|clase|klase|klasė|класс|клас|gromada",
))  # fmt: skip
EPITHET = re.compile(
    r"(species|epithet|specific ?epithet|species ?epithet|liik|art|laji|espèce|espece|especie|soort|suga"
    r"|rūšis|вид)( name)?$"
)
#: Columns with the last day or the last minute of what another column begins.
ENDS = re.compile(
    r"(^|[^a-zõäöü])(end|ende|ends|slut|lõpp|lõpu|loppu|fin|until|bis|to|till|eind|beigas|pabaiga|finish"
    r"|stop|päätt|кон(ец|ца)|оконч|кін(ец|ц))|slut"
    r"|[ a-z]2$"
)
#: Lines that are about people or their homes, beside the words in ``_words``.
PERSONAL = (
    r"(^| )(havainnoija\w*|havaitsija\w*|tallentaja\w*|ilmoittaja|määrittäjä|observatör(er)?|rapportör"
    r"|redigeringsansvarig"
    r"|artbestämd av|bekräftad av|medobservatör\w*|observatører|observator(es)?|observateurs?|observadores"
    r"|waarnemers?|determin(ator|er)|verifi(er|ed by)|validator|determined by|gebruiker|beobachter|melder"
    r"|nachname|vorname|surname|novērotāji|stebėtojai"
    r"|наблюдатели|спостерігачі|set ?up by|classified by|photographed by|photographer|recorders|collectors"
    r"|participants?|counters?|loendaja\w*|koguja|määraja|leidja|finder|team members?|owner|submitter"
    r"|submitted by"
    r"|kid|child|children|lapse nimi|lapsed|klassijuhataja)( |$)"
)
FREE_TEXT = (
    r"lisätie(to|do)|huomautus|kommentti|opmerking|toelichting|notities|piezīm|pastab|lisainfo|märkmed"
    r"|täpsustus"
)
#: Coordinates in metres of a country's grid, and grid references: as exact as any other coordinate.
GRID = re.compile(
    r"^(([xy]|[ne])[ -]?(koord\w*|coord\w*)( linnun| l ?est| etrs)?|(ost|nord)(koordinat)?|(rechts|hoch)wert"
    r"|easting|northing|eastings|northings|grid ?ref(erence)?|((original|output) )?map ?ref"
    r"|os ?grid( ref)?|utm ?[xyen]?"
    r"|koord(inaadid)? ?[xy]?"
    r"|l ?est ?97 ?[xy]?|etrs ?\w*|mgrs|coord(inate)?s?|coordinaten|koordinaten|koordinaatit|gps|plus ?code"
    r"|what3words|amersfoort [xy]|ykj|coord [xy])$"
)
#: Words in the names of columns that may hold metres of a map grid: they do if their numbers are so large.
AXIS = re.compile(
    r"^[xyen][ -]?\d{0,5}$|^(x|y|e|n) |east|north|nord|^ost|öst|coord|koord|sweref|utm|l ?est|rt ?90|etrs"
    r"|lks ?9|tm35|gauss|(^| )lat|(^| )lon|breite|länge|laius|pikkus|leveys|pituus|широт|долгот|довгот"
    r"|platum|garums|ilgum"
)
#: Times at which a record was typed in: never when something was seen.
ENTERED = re.compile(
    r"erfass\w*(datum|zeit)|eingabe|insert|tallennus|sisestus|salvestus|lisatud|registrer|saisie|invoer"
    r"|entered"
    r"|entry (date|time)|submi(t|ss)|input|upload|export|bestämning|classification|rapporterings|publi"
)
#: Groups that classes count without knowing the species, each alone as the name of a column.
GROUPS = re.compile(
    r"^(beetles?|spiders?|ants?|woodlice|woodlouse|snails?|slugs?|worms?|earthworms?|centipedes?"
    r"|millipedes?|bees?"
    r"|bumblebees?|honey ?bees?|wasps?|flies|fly|hoverfl(y|ies)|butterfl(y|ies)|moths?|grasshoppers?"
    r"|crickets?|bugs?"
    r"|aphids?|ladybirds?|ladybugs?|dragonfl(y|ies)|damselfl(y|ies)|harvestm[ae]n|mites?|springtails?"
    r"|earwigs?"
    r"|leech(es)?|water (hoglouse|hoglice|boatm[ae]n|beetles?|fleas?|snails?|spiders?|striders?|mites?"
    r"|scorpions?)"
    r"|(freshwater )?shrimps?|mussels?|flatworms?|pond skaters?|(mayfl|stonefl|caddisfl|dragonfl"
    r"|damselfl|alderfl)(y|ies)"
    r"|(mayfly|stonefly|caddisfly|caddis|dragonfly|damselfly|alderfly|midge|mosquito|blackfly|beetle)"
    r" (larvae?|nymphs?|pupae?)|(blood|tubifex) ?worms?|frogs?|toads?|newts?|lizards?|ducks?|gulls?"
    r"|crows?|sparrows?"
    r"|tits?|thrush(es)?|finch(es)?|geese|swans?|pigeons?|doves?|gees|squirrels?|hedgehogs?|hares?|deer"
    r"|foxes|mice"
    r"|mardikad|mardikalised|ämblikud|sipelgad|kakandid|teod|nälkjad|ussid|vihmaussid|sajajalgsed"
    r"|tuhatjalgsed"
    r"|mesilased|kimalased|herilased|kärbsed|liblikad|ööliblikad|tirtsud|ritsikad|lutikad|lehetäid"
    r"|lepatriinud"
    r"|kiilid|koibikud|lestad|hooghännalised|kõrvahargid|kaanid|vesikakandid|kirpvähid|karbid|liuskurid"
    r"|(ühepäevik|ehmestiiva|kevikuli|kiili|sääse|mardika)(liste|te|lase|se)? vastsed|konnad|pardid"
    r"|kajakad|varesed"
    r"|varblased|tihased|rästad|haned|luiged|tuvid|oravad|siilid|jänesed|hiired"
    r"|käfer|spinnen|ameisen|asseln|schnecken|würmer|regenwürmer|hundertfüßer|tausendfüßer|bienen"
    r"|hummeln|wespen"
    r"|fliegen|schmetterlinge|heuschrecken|wanzen|blattläuse|marienkäfer|libellen|weberknechte|milben"
    r"|springschwänze"
    r"|egel|wasserasseln|(bach)?flohkrebse|muscheln|(eintagsfliegen|steinfliegen|köcherfliegen"
    r"|libellen)larven"
    r"|enten|möwen|krähen|spatzen|meisen|drosseln|finken|gänse|schwäne|tauben|eichhörnchen)$"
)


def alternatives(*blocks: str) -> re.Pattern[str]:
    """Return a pattern for whole names out of blocks of alternatives, with and without their accents.

    >>> bool(alternatives("année|an").match("annee")), bool(alternatives("année|an").match("anneau"))
    (True, False)
    """
    words = [line.strip() for block in blocks for line in block.strip().split("\n")]
    return re.compile(r"^(?:" + "|".join(dict.fromkeys([*words, *map(bare, words)])) + r")$")


def bare(text: str) -> str:
    """Return a text without the accents of its Latin letters.

    >>> bare("mõõtja"), bare("année"), bare("край")
    ('mootja', 'annee', 'край')
    """
    apart = (unicodedata.normalize("NFD", sign) for sign in text)
    return "".join(
        sign[0] if "a" <= sign[0].lower() <= "z" else unicodedata.normalize("NFC", sign) for sign in apart
    )


#: Columns that name single plants or animals as often as species.
THINGS = alternatives(
    r"""
    plants?|tree|flower|animal|organism|plante|planta|taim|puu|lill|loom|pflanze|baum|tier|augs|augalas
    kasvi|växt|растение|рослина
    """
)
