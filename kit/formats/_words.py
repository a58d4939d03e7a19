"""Words in the headers of plain tables that say what a column is (English, Estonian, German and some more).

Words of variables are not here: the vocabulary knows them. A name is compared after :func:`plain_name`.
"""

from __future__ import annotations

import re

from kit.model import Role


def plain_name(name: str) -> str:
    """Return a name in lower case, words apart, without brackets and signs.

    >>> plain_name("Station_ID"), plain_name("createdAt"), plain_name("Date/Time (UTC)")
    ('station id', 'created at', 'date time utc')
    """
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[^\w%#]+|_", " ", name).lower().split())


def _any(words: str) -> re.Pattern[str]:
    return re.compile(r"^(?:" + "|".join(word.strip() for word in words.strip().split("\n")) + r")$")


TIME = _any(
    r"""
    (date ?|utc ?|local ?|gmt ?)*time ?(stamp|local|utc|gmt|hour|begin|start|end)?( (utc|gmt|lst|local|hour))*
    date ?time.*|.*time ?stamp.*|(created|recorded|measured|observed|received) (at|on)|event date
    date ?(utc|gmt|local)|(kuupäev|kuupaev) (ja )?(kell|kellaaeg|aeg)|aeg|mõõtmise aeg|mõõteaeg
    zeit ?(stempel|punkt)?|datum (und )?(uhr)?zeit|messzeit.*|fecha (y )?hora|horodat.*|tidpunkt|tid|laiks
    laikas|data e ora|aika|observation time.*|epoch|unix( ?time)?|date (begin|start|end)
    """
)
DATE = _any(
    r"""
    date|day|dates?|kuupäev|kuupaev|kpv|datum|tag|fecha|data|päivä|päivämäärä|dato|datums|date local
    observation date|obs date|year month day|year month|kuu|month|yyyymm(dd)?|waarnemingdatum|.* date|.*kuupäev
    .*datum|(start|begin)dat.*
    """
)
CLOCK = _any(
    r"""
    time|clock|hour|hours|kell|kellaaeg|aeg|tund|uhrzeit|zeit|stunde|hora|heure|klockan|tid|hh|hr
    waarnemingtijd|time .*|.*kellaaeg|.*uhrzeit
    """
)
END = re.compile(r"(^|\s)(end|ends|ende|lõpp|bis|until|to|fin|slut)(\s|$)|date ?time ?end")
NOT_TIME = re.compile(
    r"updated|edited|modified|interpreted|identified|uploaded|deployed|installed|sunrise|sunset|birth|sünni"
)
YEAR = _any(r"year|yr|yyyy|aasta|jahr|año|år|vuosi")
MONTH = _any(r"month|mon|mm|mo|kuu|monat|mes|månad|kuukausi")
DAY = _any(r"day|dd|päev|paev|tag|día|dia|dag|dom|mday")
HOUR = _any(r"hour|hr|hh|h|tund|stunde|hora|timme|tunti")
MINUTE = _any(r"minute|min|mi|minut|minuten|nn")
SECOND = _any(r"second|sec|ss|sekund")

COUNTER = _any(
    r"""
    #|no|nr|n|n º|id|idx|index|row|rows|row names|rownames|row ?number|record|record ?(number|no|id)
    entry ?id|line|jrk( nr)?|lfd nr|unnamed 0|seq
    """
)
STATION = _any(
    r"""
    (station|site|location|place|plot|standort|ort)( ?(id|code|name|nr|number))?|messstelle|messstation
    lokaal|(koht|jaam|seirejaam|mõõtekoht|punkt)( ?(id|kood|nimi|nr))?|origin
    monitor(ing)? ?(site|station|location)|station ?(id|name|code)|box ?id|locality|locality id|location id
    meetpunt identificatie|air quality station|sampling ?point|airport|proovikoht|seirekoht|school|kool
    schule|(vaatlus|leiu|loendus)(koht|ala|punkt)|(transe[ck]t|route)( ?(id|nr|no))?
    (marsruut|section|sektsioon)( ?(id|nr|no))?
    (fund|beobachtungs|zähl)ort|gebiet|(count|survey|observation) ?(site|place|point|area)
    """
)
SENSOR = _any(
    r"""
    sensor|sensor ?(id|name|nr)|sensors id|device|device ?(id|name|nr)|serial|serial ?(no|nr|number)
    logger ?(id)?|seade|andur|gerät|channel|kanal|node ?(id)?|dev ?eui|mac( address)?
    """
)
RUN = _any(
    r"""
    (run|trial|experiment|session|data ?set|repeat)( ?(id|nr|no|number))?
    (katse|kordus|mõõtmine|versuch|durchgang|messung|essai|prueba|försök|koe)( ?(id|nr|no|number))?
    """
)
LATITUDE = _any(r"lat|latitude|decimal ?latitude|laius|laiuskraad|breite|breitengrad|gps lat(itude)?|y wgs84")
LONGITUDE = _any(
    r"""
    lon|long|lng|longitude|decimal ?longitude|pikkus|pikkuskraad|länge|längengrad|gps lon(gitude)?|x wgs84
    """
)
ELEVATION = _any(r"elevation|altitude|alt|elev|height|kõrgus( merepinnast)?|höhe( über nn| ü ?nn)?|masl")
LABEL = _any(
    r"""
    parameter|parameter ?(name|code)|variable|var|varname|phenomenon|phänomen|pollutant|air pollutant
    element|quantity|value type|measurement type|indicator|measure|näitaja|suurus|messgröße
    parameter omschrijving|grootheid omschrijving|observed property|metric|datatype|aine
    """
)
VALUE = _any(
    r"""
    value|values|val|wert|messwert|väärtus|mõõtetulemus|tulemus|concentration|result|measurement|reading
    numeriekewaarde|valor|värde|konzentration
    """
)
UNIT = _any(r"units?|unit ?of ?measure(ment)?|ühik|mõõtühik|einheit|eenheid ?(code)?|unidad|enhet|uom")
COMPASS = re.compile(r"dir|richtung|suund|rumb|compass|kompass|tuul|^wd$|^wdir$|^wd ?10m?$")
PERSONAL = re.compile(
    r"(^| )(user|username|login|e ?mail|mail|phone|tel|telefon|pupils?|students?|teacher|observers?|author"
    r"|(recorded|identified|created|entered|measured|collected) ?by|recorder|collector|contact|address"
    r"|õpilane|õpilased|õpilase nimi|õpetaja|vaatleja|vaatlejad|eesnimi|perenimi|perekonnanimi|e post|mõõtja"
    r"|aadress|isikukood|birth\w*|schüler(in)?|lehrer(in)?|beobachter(in)?|vorname|nachname|ip|surname"
    r"|(first|last|given|full|family) ?name)( |$)"
    r"|^(name|names|nimi|nimed|naam)$"
)
FREE_TEXT = re.compile(
    r"comment|remark|^notes?$|description|details|kommentaar|märkus|kirjeldus|bemerkung|anmerkung|notiz|beschreibung|observación"
)

#: Words of tables of sightings -> (role, column of SIGHTINGS or Darwin Core term).
SIGHTING: tuple[tuple[re.Pattern[str], Role, str], ...] = (
    (_any(
        r"""
        scientific ?name|sci ?name|latin ?(name)?|species latin|ladinakeelne nimi|lad nimi|teaduslik nimi
        wissenschaftlicher name|artname lat|binomial|ladina ?keeles?|ladinakeelne( liigi)?nimi
        lateinischer name
        lateinisch|wiss(enschaftlicher)? ?(art)?name|accepted ?(scientific )?name|teaduslik nimetus|latin name
        """
    ), "taxon", "scientificName"),
    (_any(
        r"""
        common ?name|vernacular ?name|english ?name|eestikeelne nimi|deutscher name|species guess
        preferred common name|eesti ?keeles?|eesti nimi|estonian ?(name)?|german ?(name)?|volksname
        trivialname
        """
    ), "taxon", "vernacularName"),
    (_any(
        r"""
        species|species ?(name|id|code)|taxon|taxon ?name|taxa|liik|liigi nimi|linnuliik|taim|art|artname
        vogelart|pflanzenart|laji|especie|bird|lind|takson|liigid|linnud|linnu ?(nimi|liik|nimetus)|birds
        (bird|butterfly|plant|animal|insect) ?(species|name)|liblikas|liblikaliik|taimeliik|looma?liik|vogel
        vögel
        tierart|schmetterling|arten|what (did )?(you )?s(ee|aw)|mida nägid
        """
    ), "taxon", ""),
    (_any(
        r"""
        count|counts|number|abundance|individual ?count|observation ?count|how many|quantity|arv|arvukus
        isendite arv|isendeid|anzahl|n|no of individuals|individuals|kogus|mitu|palju|hulk
        (lindude|isendite|liblikate|loomade) (arv|hulk)|(number|no) of (birds|animals|butterflies|individuals)
        (total |bird |max )?count|anzahl (der )?(vögel|tiere|individuen|falter|schmetterlinge)|individuen
        exemplare
        """
    ), "count", "individualCount"),
    (_any(
        r"""
        (duration|effort|kestus|kestvus|dauer|time spent)( in)?( ?(min\w*|h|hrs?|hours?|tund\w*|std))?
        dauer (in )?stunden
        effort ?min(utes)?|minutes|minutid|vaatluse kestus.*|hours|effort hrs|aeg min
        survey duration.*|observation duration.*
        beobachtungsdauer.*|minuten|stunden|tunnid|loenduse kestus.*
        (search|survey) (time|effort)( min(utes)?)?
        """
    ), "effort", "effort_minutes"),
    (_any(
        r"""
        (number|no|n) (of )?observers|observers?|vaatlejate arv|vaatlejaid|anzahl (der )?beobachter(innen)?
        party size|(number|no) of (people|pupils|students)|õpilaste arv|loendajate arv|anzahl (der )?schüler
        anzahl (der )?kinder
        """
    ), "effort", "observers"),
    (_any(
        r"""
        survey|survey ?(id|nr|no)|event ?id|sampling event identifier|submission ?id|checklist( id)?|loendus
        vaatlus( id)?|erfassung|visit( id)?|list ?id
        """
    ), "event", "eventID"),
    (_any(r"occurrence ?id|global unique identifier|record ?id|gbif ?id"), "note", "occurrenceID"),
    (_any(
        r"""
        all (species|obs|observations) reported|complete( list| checklist)?|täielik( nimekiri)?
        vollständig( e liste)?|vollständige liste|kõik liigid( kirjas)?|täisnimekiri|complete survey
        alle arten
        all birds (counted|noted)
        """
    ), "note", "complete"),
    (_any(
        r"""
        coordinate ?uncertainty ?in ?meters|accuracy|positional accuracy|täpsus|genauigkeit
        """
    ), "note", "coordinateUncertaintyInMeters"),
    (_any(r"kingdom|riik"), "note", "kingdom"),
    (_any(r"class|klass"), "note", "class"),
    (_any(r"occurrence ?status"), "note", "occurrenceStatus"),
    (_any(
        r"""
        protocol|protocol (type|name)|sampling ?protocol|method|meetod|methode
        """
    ), "note", "samplingProtocol"),
    (_any(r"licen[sc]e|litsents|lizenz"), "note", "license"),
    (_any(
        r"""
        identification ?verification ?status|quality ?grade
        """
    ), "note", "identificationVerificationStatus"),
)  # fmt: skip
