"""Words in the headers of plain tables that say what a column is (English, Estonian, German and some more).

Words of variables are not here: the vocabulary knows them. A name is compared after :func:`plain_name`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kit.formats import _words_nature as nature
from kit.model import Role


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Return a name in lower case, words apart, without brackets and signs.

    >>> plain_name("Station_ID"), plain_name("createdAt"), plain_name("Date/Time (UTC)")
    ('station id', 'created at', 'date time utc')
    """
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[^\w%#]+|_", " ", name).lower().split())


def _any(words: str) -> re.Pattern[str]:
    return nature.alternatives(words)


TIME = _any(
    r"""
    (date ?|utc ?|local ?|gmt ?)*time ?(stamp|local|utc|gmt|hour|begin|start|end)?( (utc|gmt|lst|local|hour))*
    date ?time.*|.*time ?stamp.*|(created|recorded|measured|observed|received) (at|on)|event date
    date ?(utc|gmt|local)|(kuupäev|kuupaev) (ja )?(kell|kellaaeg|aeg)|aeg|mõõtmise aeg|mõõteaeg
    zeit ?(stempel|punkt)?|datum (und )?(uhr)?zeit|messzeit.*|fecha (y )?hora|horodat.*|tidpunkt|tid|laiks
    laikas|data e ora|aika|observation time.*|(.* )?epoch( .*)?|unix( ?time)?|date (begin|start|end)
    ts|dt|last (changed|seen)
    ajankohta|aikaleima|havaintoaika|mittausaika|(datum och|mät|observations)tid|datum och tid|tidsstämpel
    (datums( un)?|mērījuma|novērojuma) laiks|(data( ir)?|matavimo|stebėjimo) laikas
    (дата (и )?|местное )?время( измерения| наблюдения)?|метка времени
    (дата (і |та )?)?час( вимірювання| спостереження)?|мітка часу
    (თარიღი (და )?)?დრო|(tarix (və )?)?vaxt|ölçmə vaxtı|data (și |si )?ora|date (et )?heure|horodatage
    heure de mesure|fecha hora|marca de tiempo|data ora|data (i )?(godzina|czas)
    czas( pomiaru)?|znacznik czasu|datum (en )?tijd|tijdstip|tijdstempel|meettijd|data (e )?hora
    """
)
DATE = _any(
    r"""
    date|day|dates?|kuupäev|kuupaev|kpv|datum|tag|fecha|data|päivä|päivämäärä|dato|datums|date local
    observation date|obs date|year month day|year month|kuu|month|yyyymm(dd)?|waarnemingdatum|.* date
    .*kuupäev
    .*datum|(start|begin)dat.*
    pvm|päiväys|mittauspäivä|(mērījuma|novērojuma) datums|(matavimo|stebėjimo) data
    дата( .*)?|день|თარიღი|tarix|ölçmə tarixi
    data (măsurării|observației|pomiaru|obserwacji|da medição)|date d(e|u) .*|jour|fecha d.*|giorno
    dzień|dia|día
    """
)
CLOCK = nature.alternatives(
    r"""
    time|clock|hour|hours|kell|kellaaeg|aeg|tund|uhrzeit|zeit|stunde|hora|heure|klockan|tid|hh|hr
    waarnemingtijd|time .*|.*kellaaeg|.*uhrzeit
    klo|kello|kellonaika|klockslag|laiks|laikas|valanda|время|часы?|година|საათი|დრო|saat|vaxt|oră?|heures?
    horas?
    godz(ina)?|czas|tijd|uur
    """,
    nature.CLOCK,
)
END = re.compile(
    r"(^|\s)(end|ends|ended|ende|lõpp|lõpeb|bis|until|till|to|fin|slut|eind|einde|tot|fim|koniec|loppu"
    r"|beigas|pabaiga|конец|окончание|кінець|закінчення|hasta|jusqu|off|removed|collected|retrieved)(\s|$)"
    r"|date ?time ?end"
    r"|^(ende?|eind|lõpu|lõpp|slut|loppu|beigu|pabaigos) ?-?(date|datum|time|tijd|zeit|aeg|kuupäev|kell|tid"
    r"|aika|pvm|laiks|datums|data|laikas|päivä)"
)
NOT_TIME = re.compile(
    r"updated|edited|modified|interpreted|identified|uploaded|deployed|installed|sunrise|sunset|birth|sünni"
)
#: Clock times that are not those of the record: of an extreme, of the sun.
NOT_CLOCK = re.compile(
    r"^hora ?t?(min|max|racha)|(time|hour) of (the )?(max|min|gust|high|low)|sunrise|sunset|moonrise|moonset"
    r"|päikese ?(tõus|loojang)"
)
YEAR = _any(
    r"""
    year|yr|yyyy|aasta|jahr|año|år|vuosi
    год|рік|წელი|il|an|anul|année|anno|rok|jaar|ano|gads|metai
    """
)
MONTH = _any(
    r"""
    month|mon|mm|mo|kuu|monat|mes|månad|kuukausi
    месяц|місяць|თვე|ay|lun[aă]|mois|mese|miesiąc|maand|mês|mēnesis|mėnuo|kk
    """
)
DAY = _any(
    r"""
    day|dd|päev|paev|tag|día|dia|dag|dom|mday
    день|число|დღე|gün|zi|ziua|jour|giorno|dzień|diena|päivä|pv
    """
)
HOUR = _any(
    r"""
    hour|hr|hh|h|tund|stunde|hora|timme|tunti
    час|година|საათი|saat|or[aă]|heure|godzina|uur|stunda|valanda
    """
)
MINUTE = _any(
    r"""
    minute|min|mi|minut|minuten|nn
    минут[аы]|мин|хвилина|хв|წუთი|dəqiqə|minuta|minuto|minuutti|minūte|minutė
    """
)
SECOND = _any(
    r"""
    second|sec|ss|sekund
    секунд[аы]|сек|წამი|saniyə|secund[aă]|seconde|segundo|secondo|sekunti|sekunde|sekundė
    """
)

COUNTER = _any(
    r"""
    #|no|nr|n|n º|id|idx|index|row|rows|row names|rownames|row ?number|record|record ?(number|no|id)
    (entry|feed|message|event|reading|measurement|log) ?id|line|jrk( nr)?|lfd nr|unnamed 0|seq
    """
)
STATION = nature.alternatives(
    r"""
    (station|site|location|place|plot|standort|ort)( ?(id|code|name|nr|number))?|messstelle|messstation
    lokaal|(koht|jaam|seirejaam|mõõtekoht|punkt)( ?(id|kood|nimi|nr))?|origin
    observation station|monitor(ing)? ?(site|station|location)|station ?(id|name|code)|box ?id
    locality|locality id|location id|(code|nom) (du )?(site|station)
    meetpunt identificatie|air quality station|sampling ?point|airport|proovikoht|seirekoht|school|kool
    schule|(vaatlus|loendus)(koht|ala|punkt)|(transe[ck]t|route)( ?(id|nr|no))?
    (marsruut|section|sektsioon)( ?(id|nr|no))?
    (beobachtungs|zähl)ort|gebiet|(count|survey|observation) ?(site|place|point|area)
    (sää|mittaus|havainto)?asema|(mittaus|havainto)?paikka|mätstation|mätplats|plats|stacija|vieta|stotis
    vietovė
    (метео)?станция|пост|место( наблюдения| измерения)?|пункт( наблюдения)?
    (метео)?станція|місце( спостереження)?
    სადგური|ადგილი|stansiya|məntəqə|yer|sta[țţ]i[ea]|loc|locul|loca[țţ]i[ea]|lieu|poste|estación|lugar
    sitio|stazione
    luogo|sito|stacja|miejsce|stanowisko|locatie|meetpunt|meetstation|plaats|estação|школа|koulu|skola|mokykla
    სკოლა|məktəb|școala|école|escuela|scuola|szkoła
    """,
    nature.STATION,
)
SENSOR = _any(
    r"""
    sensor|sensor ?(id|name|nr)|sensors id|device|device ?(id|name|nr)|serial|serial ?(no|nr|number)
    logger ?(id)?|seade|andur|gerät|channel|kanal|node ?(id)?|dev ?eui|mac( address)?
    датчик|сенсор|прибор|устройство|пристрій|прилад|სენსორი|მოწყობილობა|cihaz|senzor|dispozitiv|capteur
    appareil
    dispositivo|sensore|czujnik|urządzenie|anturi|laite|givare|ierīce|jutiklis|prietaisas
    """
)
RUN = _any(
    r"""
    (run|trial|experiment|session|data ?set|repeat)( ?(id|nr|no|number))?
    (katse|kordus|mõõtmine|versuch|durchgang|messung|essai|prueba|försök|koe)( ?(id|nr|no|number))?
    """
)
LATITUDE = _any(
    r"""
    (location |geo )?lat(itude)?|decimal ?latitude|laius|laiuskraad|breite|breitengrad|gps lat(itude)?
    y wgs84|wgs ?84 (n|y|lat)
    (lat|latitude|breite|gps breite)( n| y| wgs84| dd| deg| decimal)|coord lat|leveyspiiri|latitud n
    (site|station) lat(itude)?
    широта|leveysaste|latitud|latitudine|(ģeogrāfiskais )?platums|platuma
    szerokość geograficzna|breedtegraad|განედი|enlik
    """
)
LONGITUDE = _any(
    r"""
    (location |geo )?(lon|long|lng|longitude)
    decimal ?longitude|pikkus|pikkuskraad|länge|längengrad|gps lon(gitude)?|x wgs84|wgs ?84 (e|x|lon)
    (lon|long|lng|longitude|länge|gps länge)( e| o| w| x| wgs84| dd| deg| decimal)
    (site|station) lon(gitude)?|coord lo?ng?|pituuspiiri
    longitud e
    долгота|довгота|pituusaste|longitud|longitudine|(ģeogrāfiskais )?garums|ilguma|długość geograficzna
    lengtegraad|გრძედი|uzunluq
    """
)
ELEVATION = _any(
    r"""
    elevation|altitude|alt|elev|height|kõrgus( merepinnast)?|höhe( über nn| ü ?nn)?|masl
    высота( над уровнем моря)?|висота( над рівнем моря)?|korkeus|höjd( över havet)?|augstums|aukštis|სიმაღლე
    hündürlük|altitudine|altitud|wysokość( n p m)?|hoogte
    """
)
LABEL = _any(
    r"""
    entity ?id|statistic ?id|species( ?code)?|polluant|contaminante|inquinante
    parameter|parameter ?(name|code)|variable|var|varname|phenomenon|phänomen|pollutant|air pollutant
    element|quantity|value type|measurement type|indicator|measure|näitaja|suurus|messgröße
    parameter omschrijving|grootheid omschrijving|observed property|metric|datatype|aine
    параметр|показатель|величина|показник|პარამეტრი|göstərici|parametru|paramètre|grandeur|parámetro|parametro
    parametr|suure|storhet|parametrs|rādītājs|rodiklis|parametras
    """
)
VALUE = _any(
    r"""
    state|sample measurement|arithmetic mean
    value|values|val|wert|messwert|väärtus|mõõtetulemus|tulemus|concentration|result|measurement|reading
    numeriekewaarde|valor|värde|konzentration
    значение|результат|показание|значення|მნიშვნელობა|qiymət|valoare|valoarea|valeur|mesure|valore|wartość
    waarde
    arvo|mätvärde|vērtība|reikšmė|vertė
    """
)
UNIT = _any(
    r"""
    units?|units? ?of ?measure(ment)?|unité de mesure|ühik|mõõtühik|einheit|eenheid ?(code)?|unidad|enhet|uom
    единиц[аы]( измерения)?|ед( изм)?|одиниц[яі]( виміру| вимірювання)?|ერთეული
    (ölçü )?vahidi?|unitate|unitatea|unité|unidad de medida|unità|jednostka|yksikkö
    mērvienība|(matavimo )?vienetas
    """
)
#: Numbers that say something about the value beside them or about the file.
MARK = re.compile(r"\w (code|flag|num|qc)$|^(observation|sample) (count|percent)$|^percent complete$")
COMPASS = re.compile(
    r"dir|направл|напрям|румб|suunta|riktning|virzien|krypt|მიმართულ|istiqam|kierun"
    r"|richtung|suund|rumb|compass|kompass|tuul|ветер|вітер|vējš|vėjas|^(wind|vind|vent|viento|vento)$"
    r"|^wd$|^wdir$|^wd ?10m?$"
)
PERSONAL = re.compile(
    r"(^| )(who|user|username|login|e ?mail|mail|phone|tel|telefon|pupils?|students?|teacher|observers?"
    r"|author"
    r"|(recorded|identified|created|entered|measured|collected) ?by|recorder|collector|contact|address"
    r"|õpilane|õpilased|õpilase nimi|õpetaja|vaatleja|vaatlejad|eesnimi|perenimi|perekonnanimi|e post|mõõtja"
    r"|aadress|leiukoht|leiukoha \w+|fundort|isikukood"
    r"|birth\w*|schüler(in)?|lehrer(in)?|beobachter(in)?|vorname|nachname|ip|surname"
    r"|(first|last|given|full|family) ?name"
    r"|имя (ученика|наблюдателя|учителя)|фамилия|отчество|фио|наблюдатель|ученик|ученица|учитель|логин"
    r"|телефон|прізвище|спостерігач|учень|учениця|вчитель|пошта|почта|havaitsija|havainnoija|oppilas"
    r"|opettaja|etunimi"
    r"|sukunimi|sähköposti|puhelin|observatör|lärare|förnamn|efternamn|novērotājs|skolēns|skolotājs|uzvārds"
    r"|stebėtojas|mokinys|mokytojas|pavardė|დამკვირვებელი|მოსწავლე|მასწავლებელი|გვარი|müşahidəçi|şagird"
    r"|müəllim|soyadı?|elevi?|profesor|prenume|observateur|observatrice|élève|professeur|prénom|courriel"
    r"|téléphone|observadora?|alumno|alumna|apellidos?|correo|teléfono|osservatore|alunno|insegnante|cognome"
    r"|obserwator|uczeń|nauczyciel|nazwisko|imię|waarnemer|leerling|leraar|voornaam|achternaam)( |$)"
    r"|^(name|names|nimi|nimed|naam|имя|ім я|nom|nombre|nome|nume|namn|vārds|vardas|სახელი|ad|adı)$"
    r"|" + nature.PERSONAL
)
#: Words of lines below a table that sum it up (compared in lower case).
TOTAL = re.compile(
    r"(?<!\w)(totals?|sum|means?|average|avg|min|max|minimum|maximum|median|st\.? ?dev|std|kokku|summa"
    r"|keskmine|keskm|miinimum|maksimum|mediaan|standardhälve|summe|gesamt|insgesamt|mittel|mittelwert"
    r"|durchschnitt|итого|всего|сумма|среднее|мин|макс|минимум|максимум|медиана|разом|всього|сума|середнє"
    r"|мін|мінімум|yhteensä|keskiarvo|mediaani|minimi|maksimi|medel|medelvärde|totalt|kopā|vidēji|vidējais"
    r"|vidējā|iš viso|vidurkis|suma|cəmi|orta|ortalama|ჯამი|სულ|საშუალო|medie|media|moyenne|somme|promedio"
    r"|média|totale|razem|średnia|gemiddelde|totaal)(?!\w)"
)
FREE_TEXT = re.compile(
    r"comment|remark|^notes?$|description|details|kommentaar|märkus|kirjeldus|bemerkung|anmerkung|notiz"
    r"|beschreibung|observación"
    r"|примечан|комментар|заметк|примітк|коментар|შენიშვნ|^qeyd|^observații|^remarque|commentaire|^notas$"
    r"|^uwagi|opmerking|huomau|kommentti|anmärkning|kommentar|piezīm|pastab"
    r"|" + nature.FREE_TEXT
)

#: Words of tables of sightings -> (role, column of SIGHTINGS or Darwin Core term).
SIGHTING: tuple[tuple[re.Pattern[str], Role, str], ...] = (
    (_any(
        r"""
        scientific ?name|sci ?name|latin ?(name)?|species latin|ladinakeelne nimi|lad nimi|teaduslik nimi
        wissenschaftlicher name|artname lat|binomial|ladina ?keeles?|ladinakeelne( liigi)?nimi
        lateinischer name
        lateinisch|wiss(enschaftlicher)? ?(art)?name|accepted ?(scientific )?name|teaduslik nimetus|latin name
        (научное|латинское) название|латынь|(наукова|латинська) назва|латина
        """
    ), "taxon", "scientificName"),
    (_any(
        r"""
        common ?name|vernacular ?name|english ?name|eestikeelne nimi|deutscher name|species guess
        preferred common name|eesti ?keeles?|eesti nimi|estonian ?(name)?|german ?(name)?|volksname
        trivialname|(русское|народное|обычное) название|(українська|народна) назва
        """
    ), "taxon", "vernacularName"),
    (_any(
        r"""
        species|species ?(name|id|code)|taxon|taxon ?name|taxa|liik|liigi nimi|linnuliik|taim|art|artname
        vogelart|pflanzenart|laji|especie|bird|lind|takson|liigid|linnud|linnu ?(nimi|liik|nimetus)|birds
        (bird|butterfly|plant|animal|insect) ?(species|name)|liblikas|liblikaliik|taimeliik|looma?liik|vogel
        vögel
        tierart|schmetterling|arten|what (did )?(you )?s(ee|aw)|mida nägid
        виды?|вид (птиц(ы|а)?|растени[ей]|растения|бабоч(ек|ки)|насеком(ого|ых)|животн(ого|ых))|птиц[аы]
        таксон|вид (птаха|птахів|рослин[иа]?|метелик(а|ів)|комах[иа]?|тварин[иа]?)|птахи?|название вида
        назва виду
        """
    ), "taxon", ""),
    (_any(
        r"""
        count|counts|number|abundance|individual ?count|observation ?count|how many|quantity|arv|arvukus
        isendite arv|isendeid|anzahl|n|no of individuals|individuals|kogus|mitu|palju|hulk
        (lindude|isendite|liblikate|loomade) (arv|hulk)|(number|no) of (birds|animals|butterflies|individuals)
        (total |bird |max )?count|anzahl (der )?(vögel|tiere|individuen|falter|schmetterlinge)|individuen
        exemplare
        (количество|число)( особей| птиц| экземпляров| животных| бабочек)?|численность|кол во( особей| птиц)?
        (кількість|число)( особин| птахів| екземплярів| тварин| метеликів)?|чисельність|сколько|скільки
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
        минут[аы]?|(длительность|продолжительность)( уч[её]та| наблюдени[яй])?( мин(ут)?)?
        хвилин[аи]?|тривалість( обліку| спостереження)?( хв(илин)?)?
        """
    ), "effort", "effort_minutes"),
    (_any(
        r"""
        (number|no|n) (of )?observers|observers?|vaatlejate arv|vaatlejaid|anzahl (der )?beobachter(innen)?
        party size|(number|no) of (people|pupils|students)|õpilaste arv|loendajate arv|anzahl (der )?schüler
        anzahl (der )?kinder|(число|количество|кол во) (наблюдателей|учеников|участников)
        (число|кількість) (спостерігачів|учнів|учасників)
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
        all birds (counted|noted)|полный( список)?|все виды( записаны)?|повний( список)?|усі види( записано)?
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
    (_any(nature.SCIENTIFIC), "taxon", "scientificName"),
    (_any(nature.VERNACULAR), "taxon", "vernacularName"),
    (_any(nature.TAXON), "taxon", ""),
    (_any(nature.COUNT), "count", "individualCount"),
    (_any(nature.OBSERVERS), "effort", "observers"),
    (_any(nature.EFFORT), "effort", "effort_minutes"),
    (_any(nature.EVENT), "event", "eventID"),
    (_any(nature.COMPLETE), "note", "complete"),
    (_any(nature.OCCURRENCE), "note", "occurrenceID"),
    (_any(nature.STATUS), "note", "occurrenceStatus"),
    (_any(nature.NOT_FOUND), "note", "notFound"),
    (_any(nature.UNSURE), "note", "uncertain"),
    (_any(nature.TRAPS), "effort", "traps"),
    (_any(nature.ACCURACY), "note", "coordinateUncertaintyInMeters"),
    (_any(nature.VERIFIED), "note", "identificationVerificationStatus"),
)  # fmt: skip
