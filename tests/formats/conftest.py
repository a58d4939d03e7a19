"""A builder of odd tables, and one small sample of every format (invented numbers)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

import pytest

Cells = Sequence[str]


def build_table(
    header: Cells,
    rows: Sequence[Cells],
    *,
    separator: str = ";",
    decimal: str = ".",
    newline: str = "\n",
    encoding: str = "utf-8",
    preamble: Sequence[str] = (),
    units: Cells = (),
    footer: Sequence[str] = (),
    quoted: bool = False,
    last_newline: bool = True,
) -> bytes:
    """Bytes of a text table; numbers in ``rows`` are written with a point and get the decimal sign."""

    def cell(text: str) -> str:
        number = text.lstrip("-").replace(".", "", 1).isdigit()
        text = text.replace(".", decimal) if number else text
        needs = separator in text or '"' in text or "\n" in text
        return '"' + text.replace('"', '""') + '"' if quoted or needs else text

    lines = [
        *preamble,
        *(separator.join(map(cell, cells)) for cells in [header, *([units] if units else []), *rows]),
    ]
    text = newline.join([*lines, *footer]) + (newline if last_newline else "")
    return text.encode(encoding)


def build_workbook(sheets: dict[str, Sequence[Cells]]) -> bytes:
    """Bytes of an .xlsx workbook whose cells are texts and numbers (written by hand, from the standard)."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/s{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    types = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    )
    types += '<Default Extension="xml" ContentType="application/xml"/>'
    main = f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types">{types}</Types>')
        book.writestr("_rels/.rels", f'<Relationships xmlns="{package}/relationships">{main}</Relationships>')
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
        )
        book.writestr(
            "xl/workbook.xml", f'<workbook {space} xmlns:r="{office}"><sheets>{listed}</sheets></workbook>'
        )
        for n, rows in enumerate(sheets.values(), 1):
            body = "".join("<row>" + "".join(map(_cell, cells)) + "</row>" for cells in rows)
            book.writestr(
                f"xl/worksheets/s{n}.xml", f"<worksheet {space}><sheetData>{body}</sheetData></worksheet>"
            )
    return out.getvalue()


def _cell(text: str) -> str:
    try:
        float(text)
    except ValueError:
        return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'
    return f"<c><v>{text}</v></c>"


SAMPLES: dict[str, tuple[str, bytes]] = {
    "cumulus": (
        "May24log.txt",
        b"01/05/24,00:10,12.3,61,5.0,3.6,6.1,225,0.0,0.2,1013.2,431.8,20.9,45,4.1,11.9,12.3,0.0,0,0.000,0.000\n"
        b"01/05/24,00:20,12.1,62,5.0,3.4,5.8,220,0.6,0.4,1013.1,432.0,20.9,45,3.1,11.8,12.1,0.0,0,0.000,0.000\n",
    ),
    "sef": (
        "archive_any_town_18860318-18860319_ta.tsv",
        b"SEF\t1.0.0\nID\tany_town\nName\tAnytown\nLat\t58.38\nLon\t26.72\nAlt\t60\nSource\tan archive\nLink\t\n"
        b"Vbl\tta\nStat\tpoint\nUnits\tC\nMeta\t\nYear\tMonth\tDay\tHour\tMinute\tPeriod\tValue\tMeta\n"
        b"1886\t3\t18\t12\t17\t0\t4.3\torig=3.4R\n1886\t3\t18\t22\t17\t0\tNA\t\n",
    ),
    "nasa-power": (
        "POWER_Point_Hourly.csv",
        b"-BEGIN HEADER-\nNASA/POWER CERES/MERRA2 Native Resolution Hourly Data \n"
        b"Dates (month/day/year): 05/01/2024 through 05/01/2024 in UTC\n"
        b"Location: latitude  58.38   longitude 26.72 \n"
        b"elevation from MERRA-2: Average for 0.5 x 0.625 degree lat/lon region = 65.1 meters\n"
        b"parameter(s): \nT2M                   MERRA-2 Temperature at 2 Meters (C) \n"
        b"ALLSKY_SFC_SW_DWN     CERES SYN1deg All Sky Surface Shortwave Downward Irradiance (MJ/hr) \n"
        b"-END HEADER-\nYEAR,MO,DY,HR,T2M,ALLSKY_SFC_SW_DWN\n2024,5,1,10,12.3,0.36\n2024,5,1,11,-999,0.72\n",
    ),
    "cams-radiation": (
        "irradiation.csv",
        b"# Coding: utf-8\n# Latitude (positive North, ISO 19115): 58.3800\n"
        b"# Longitude (positive East, ISO 19115): 26.7200\n# Time reference: Universal time (UT)\n"
        b"# Observation period;TOA;Clear sky GHI;GHI;BHI\n"
        b"2024-05-01T10:00:00.0/2024-05-01T10:15:00.0;250.0;200.0;25.0;1.0\n"
        b"2024-05-01T10:15:00.0/2024-05-01T10:30:00.0;250.0;200.0;50.0;1.0\n",
    ),
    "uk-air": (
        "ANY1_2024.csv",
        b"Data supplied by UK-AIR on 1/6/2024\nAll Data GMT hour ending\n"
        b"Status: R = Ratified / P = Provisional\n,,Anytown Centre,,\n"
        b"Date,time,PM<sub>10</sub> particulate matter (Hourly measured),status,unit\n"
        b"01-05-2024,23:00,12.5,R,ugm-3\n01-05-2024,24:00,13.5,S,ugm-3\n",
    ),
    "meteoswiss": (
        "ogd-smn_xyz_t_now.csv",
        b"station_abbr;reference_timestamp;tre200s0;rre150z0;fkl010z0;fu3010z0\n"
        b"XYZ;01.05.2024 00:10;7.4;0.2;;7.2\nXYZ;01.05.2024 00:20;7.6;0;;3.6\n",
    ),
    "meteo-france": (
        "H_99_latest.csv",
        b"NUM_POSTE;NOM_USUEL;LAT;LON;ALTI;AAAAMMJJHH;RR1;QRR1;T;QT;GLO;QGLO\n"
        b" 99999001;ANYTOWN;58.380;26.720;53;2024050110;0.2;1;12.3;2;36;1\n"
        b" 99999001;ANYTOWN;58.380;26.720;53;2024050111;;;12.9;1;72;1\n",
    ),
    "eccc": (
        "en_climate_hourly_XX_9999999_05-2024_P1H.csv",
        b'"Longitude (x)","Latitude (y)","Station Name","Climate ID","Date/Time (LST)","Year","Month","Day",'
        b'"Time (LST)","Temp (\xc2\xb0C)","Temp Flag","Precip. Amount (mm)","Wind Dir (10s deg)"\n'
        b'"-52.75","47.62","ANYTOWN A","9999999","2024-07-01 10:30","2024","07","01","10:30","12.0","","0.2","27"\n'
        b'"-52.75","47.62","ANYTOWN A","9999999","2024-07-01 11:30","2024","07","01","11:30","12.5","E","0","0"\n',
    ),
    "fmi": (
        "Anytown_2024.csv",
        '"Havaintoasema","Vuosi","Kuukausi","Päivä","Aika [Paikallinen aika]","Lämpötilan keskiarvo [°C]",'
        '"Tunnin sademäärä [mm]"\n"Anytown","2024","7","1","10:00","12.3","-1"\n'
        '"Anytown","2024","7","1","11:00","-","0.4"\n'.encode(),
    ),
    "rp5": (
        "99999.01.05.2024.01.05.2024.1.0.0.ru.utf8.00000000.csv",
        "# Метеостанция Энск, WMO_ID=99999, выборка с 01.05.2024 по 01.05.2024, все дни\n# Кодировка: UTF-8\n"
        '"Местное время в Энске";"T";"Po";"P";"Pa";"U";"DD";"Ff";"ff10";"VV";"RRR";"tR"\n'
        '"01.05.2024 09:00";"7.1";"750.0";"756.0";"0.3";"83";"Ветер, дующий с юго-запада";"2";"";"4.0";"1.2";"12"\n'
        '"01.05.2024 06:00";"6.1";"750.0";"756.0";"";"85";"Штиль, безветрие";"0";"";"10.0 и более";"";""\n'.encode(),
    ),
    "met-norway": (
        "table.csv",
        "Navn;Stasjon;Tid(norsk normaltid);Lufttemperatur;Nedbør (1 t)\n"
        "Anytown;SN99999;01.07.2024 10:00;12,3;0,2\nAnytown;SN99999;01.07.2024 11:00;12,9;-\n"
        "Data er gyldig per 02.07.2024 (CC BY 4.0), Meteorologisk institutt (MET)\n".encode(),
    ),
    "met-eireann": (
        "hly999.csv",
        b"Station Name: ANYTOWN\nStation Height: 71 M \nLatitude:58.380  ,Longitude: 26.720\n\n"
        b"rain:   -  Precipitation Amount (mm)\n\ndate,ind,rain,ind,temp,ind,wetb,dewpt,rhum,msl,ind,wdsp\n"
        b"01-jul-2024 10:00,0,0.1,0,16.8,0,16.4,15.9,94,1004.9,2,10\n"
        b"01-jul-2024 11:00,0,0.2,0,17.0,0,16.5,16.0, ,1004.5,2,12\n",
    ),
    "ghcnh": (
        "GHCNh_XXI0000XXXX_2024.psv",
        b"Station_ID|Station_name|DATE|Year|Month|Day|Hour|Minute|Latitude|Longitude|Elevation|temperature|"
        b"temperature_Measurement_Code|temperature_Quality_Code|wind_speed|wind_speed_Quality_Code\n"
        b"XXI0000XXXX|ANYTOWN|2024-05-01T10:20:00|2024|5|1|10|20|58.380|26.720|40.0|12.3||1|3.1|1\n"
        b"XXI0000XXXX|ANYTOWN|2024-05-01T11:20:00|2024|5|1|11|20|58.380|26.720|40.0|12.9||3|3.6|1\n",
    ),
    "sensor-community": (
        "2024-03-01_sds011_sensor_4711.csv",
        b"sensor_id;sensor_type;location;lat;lon;timestamp;P1;durP1;ratioP1;P2;durP2;ratioP2\n"
        b"4711;SDS011;2300;58.380;26.722;2024-03-01T00:01:12;9.53;;;2.83;;\n"
        b"4711;SDS011;2300;58.380;26.722;2024-03-01T00:01:12;;;;;;\n"
        b"4711;SDS011;2300;58.380;26.722;2024-03-01T00:03:40;9.10;;;2.70;;\n",
    ),
    "madavi": (
        "data-esp8266-1234567-2024-03-19.csv",
        b"Time;durP1;ratioP1;P1;durP2;ratioP2;P2;SDS_P1;SDS_P2;Temp;Humidity;BMP_temperature;BMP_pressure;"
        b"BME280_temperature;BME280_humidity;BME280_pressure;Samples;Min_cycle;Max_cycle;Signal\n"
        b"2024/03/19 00:01:44;;;;;;;12.60;2.90;;;4.30;60.20;;;;;;646383;220;24380;-88\n"
        b"2024/03/19 00:04:13;;;;;;;11.87;2.57;;;4.30;60.10;;;;;;643096;220;24396;-90\n",
    ),
    "luftdaten-push": (
        "data.json",
        b'{"esp8266id": "1234567", "software_version": "NRZ-2020-133",\n "sensordatavalues": [\n'
        b'{"value_type": "SDS_P1", "value": "5.38"}, {"value_type": "SDS_P2", "value": "4.98"},\n'
        b'{"value_type": "BME280_pressure", "value": "101325.00"}, {"value_type": "signal", "value": "-59"}]}',
    ),
    "purpleair": (
        "4711 2024-03-01 10-Minute Average.csv",
        b"time_stamp,sensor_index,pm2.5_alt_a,pm2.5_alt_b,pm2.5_atm_a,pm2.5_atm_b,temperature,humidity,pressure\n"
        b"1709251200,4711,1.10,1.00,0.96,0.81,39,81,1012.576\n"
        b"1709251800,4711,2.80,2.40,3.91,3.05,38.4,80.4,1013.254\n",
    ),
    "aircasting": (
        "school_yard.csv",
        b",,,,,Sensor_Package_Name,Sensor_Package_Name\n,,,,,AirBeam3:0a1b2c3d4e5f,AirBeam3:0a1b2c3d4e5f\n"
        b",,,,,Sensor_Name,Sensor_Name\n,,,,,AirBeam3-F,AirBeam3-PM2.5\n"
        b",,,,,Measurement_Type,Measurement_Type\n,,,,,Temperature,Particulate Matter\n"
        b",,,,,Measurement_Units,Measurement_Units\n,,,,,fahrenheit,microgram per cubic meter\n"
        b"ObjectID,Session_Name,Timestamp,Latitude,Longitude,1:Measurement_Value,2:Measurement_Value\n"
        b"1,School yard,2024-03-01T10:15:19.000,58.380123,26.722123,59.0,6.0\n"
        b"2,School yard,2024-03-01T10:16:19.000,58.380123,26.722123,59.0,6.5\n",
    ),
    "airgradient": (
        "export.csv",
        "\ufeffLocation ID,Location Name,Location Group,Location Type,Sensor ID,Place Open,Local Date/Time,"
        "UTC Date/Time,# of aggregated records,PM2.5 (μg/m³) raw,PM2.5 (μg/m³) corrected,CO2 (ppm) raw,"
        "Temperature (°C) raw,Temperature (°C) corrected,Humidity (%) raw\n"
        "4711,Class 5b,-,Indoor,airgradient:0a1b2c3d4e5f,false,2024-03-01 09:15:00,2024-03-01T07:15:00.000Z,"
        "1,3.8,3.1,596,21.4,20.9,41\n"
        "4711,Class 5b,-,Indoor,airgradient:0a1b2c3d4e5f,false,2024-03-01 09:20:00,2024-03-01T07:20:00.000Z,"
        "1,3.9,3.2,-,21.4,20.9,41\n".encode(),
    ),
    "opensensemap": (
        "opensensemap_PM2.5_2024.csv",
        b'"createdAt","value"\n"2024-05-01T08:06:13.254Z","6.38"\n"2024-05-01T08:07:13.254Z","6.5"\n',
    ),
    "weatherlink": (
        "weatherlink_2024.csv",
        b"time;Barometer;Temp ;High Temp ;Low Temp ;Hum;Dew Point ;Wind Speed ;Wind Direction;Wind Run - km;"
        b"High Wind Speed ;THW Index ;Rain ;Rain Rate \r\n"
        b"02/08/2024   15:30;1015,0;28,9;29,2;28,8;43,0;15,1;16,1;N;4,02;27,4;28,1;0,0;0,0\r\n"
        b"02/08/2024   15:45;1014,9;28,7;29,0;28,5;44,0;15,3;8,0;NNE;2,00;20,9;27,9;0,2;0,8\r\n",
    ),
    "ecowitt": (
        "GW1000.csv",
        "Time,Indoor Temperature(℃),Outdoor Temperature(℃),Outdoor Humidity(%),ABS Pressure(hPa),"
        "Rain Rate(mm/hr),Daily Rain(mm),Soil Moisture CH2(%)\n"
        "2024-05-01 06:05,21.4,8.1,91,1009.2,0.0,0.6,31\n"
        "2024-05-01 06:10,21.4,--,91,1009.2,1.2,0.7,31\n".encode(),
    ),
    "campbell": (
        "roof_Table1.dat",
        b'"TOA5","roof","CR1000X","1234","CR1000X.Std.05","CPU:roof.CR1X","4321","Table1"\r\n'
        b'"TIMESTAMP","RECORD","BattV_Min","AirTC_Avg","RH","Rain_mm_Tot"\r\n'
        b'"TS","RN","Volts","Deg C","%","mm"\r\n"","","Min","Avg","Smp","Tot"\r\n'
        b'"2026-03-01 06:15:00",0,12.9,8.1,91,0.2\r\n"2026-03-01 06:30:00",1,12.9,"NAN",92,0\r\n',
    ),
    "lascar": (
        "EL-USB.txt",
        "Classroom 5,Time,Celsius(°C),Humidity(%rh),Dew Point(°C),Serial Number\r\n"
        "1,13/05/2026 16:00:00,22.5,48.5,11.1,010012345\r\n2,13/05/2026 17:00:00,22.0,48,11.0\r\n".encode(),
    ),
    "hobo": (
        "pond.csv",
        '\ufeffPlot Title: pond,,,\n#,"Date Time, GMT+02:00","Temp, °C (LGR S/N: 1234567, SEN S/N: 7654321)",'
        "Host Connected (LGR S/N: 1234567)\n1,05/01/24 12:00:00 PM,14.62,\n"
        "2,05/01/24 01:00:00 PM,,Logged\n".encode(),
    ),
    "inaturalist": (
        "observations-1.csv",
        b"id,observed_on_string,observed_on,time_observed_at,time_zone,user_id,user_login,quality_grade,license,"
        b"description,latitude,longitude,private_latitude,scientific_name,common_name,taxon_id\n"
        b"1,2024-05-04 7:02:39 PM EEST,2024-05-04,2024-05-04 16:02:39 UTC,Kyiv,7,u7,research,CC-BY,"
        b'"near my ""house"",\nby the pond",58.38,26.72,58.3801,Parus major,Great Tit,203153\n',
    ),
    "met-office": (
        "anytowndata.txt",
        b"Anytown\nLocation 4500E 3000N, Lat 52.000 Lon -1.000, 40 metres amsl\n"
        b"Estimated data is marked with a * after the value.\n"
        b"   yyyy  mm   tmax    tmin      af    rain     sun\n"
        b"              degC    degC    days      mm   hours\n"
        b"   1990   1    8.9     3.3*      4    85.0    41.2\n"
        b"   1990   2    9.4     2.1     ---    60.2    60.0#  Provisional\n",
    ),
    "microbit": (
        "microbit.csv",
        b"Time (seconds),temperature,light\n0.48,21,116\n60.52,21,118\nTime (seconds),temperature,light,sound\n"
        b"0.50,22,97,14\n",
    ),
    "ghcn-daily": (
        "XX000000001.csv",
        b"STATION,DATE,ELEMENT,VALUE,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME\n"
        b"XX000000001,20240501,TMAX,201,,,E,\nXX000000001,20240501,TMIN,98,,I,E,0700\n",
    ),
    "openaq": (
        "location-77-20240501.csv",
        "location_id,sensors_id,location,datetime,lat,lon,parameter,units,value\n"
        "77,501,Anytown-77,2024-05-01T01:00:00+03:00,58.381,26.722,pm10,µg/m³,14.0\n"
        "77,502,Anytown-77,2024-05-01T01:00:00+03:00,58.381,26.722,no2,ppm,0.011\n".encode(),
    ),
    "vernier": (
        "ga.csv",
        "Data Set 1:Time(s),Data Set 1:Temperature(°C),Data Set 2:Time(s),Data Set 2:Temperature(°C)\n"
        "0,21.3,0,20.9\n60,21.4,60,21.1\n120,21.4,,\n".encode(),
    ),
    "globe": (
        "GLOBEMeasurementData.csv",
        b"org_name, site_name, latitude, longitude, elevation, measured_on,air temps:current temp (deg C),"
        b"air temps:userid\nKool,yard,58.380,26.722,60,2024-05-01,14.5,42\nKool,yard,58.380,26.722,60,2024-05-02,"
        b"15.5,42\n",
    ),
    "ebird": (
        "MyEBirdData.csv",
        b"Submission ID,Common Name,Scientific Name,Taxonomic Order,Count,State/Province,County,Location ID,Location,"
        b"Latitude,Longitude,Date,Time,Protocol,Duration (Min),All Obs Reported,Distance Traveled (km),"
        b"Area Covered (ha),Number of Observers,Breeding Code,Observation Details,Checklist Comments\n"
        b"S900000001,Great Tit,Parus major,20862,2,EE-79,,L9000001,our yard,58.380123,26.722456,2024-05-04,"
        b"08:15 AM,eBird - Stationary Count,20,1,,,3,,,sunny\n"
        b"S900000001,gull sp.,Larinae sp.,6000,X,EE-79,,L9000001,our yard,58.380123,26.722456,2024-05-04,"
        b"08:15 AM,eBird - Stationary Count,20,1,,,3,,,sunny\n",
    ),
    "camtrap-dp": (
        "observations.csv",
        b"observationID,deploymentID,eventID,eventStart,eventEnd,observationLevel,observationType,"
        b"scientificName,count,classifiedBy\n"
        b"o1,cam-1,e1,2024-05-04T02:57:37Z,2024-05-04T02:57:44Z,event,animal,Anas platyrhynchos,1,A. B.\n"
        b"o2,cam-1,e2,2024-05-05T20:06:43Z,2024-05-05T20:07:36Z,event,animal,Rattus norvegicus,2,A. B.\n",
    ),
    "wildlife-insights": (
        "images.csv",
        b"project_id,deployment_id,image_id,is_blank,identified_by,wi_taxon_id,class,order,family,genus,species,"
        b"common_name,timestamp,number_of_objects,license\n"
        b"1,cam-1,a1,0,A. B.,u1,Mammalia,Rodentia,Sciuridae,Sciurus,vulgaris,Eurasian Red Squirrel,"
        b"2024-05-04 08:15:11,1,CC-BY\n"
        b"1,cam-1,a2,0,A. B.,u2,Aves,,,,,Bird,2024-05-04 09:15:11,2,CC-BY\n",
    ),
    "gbif": (
        "0000001-240101000000000.csv",
        b"gbifID\tdatasetKey\toccurrenceID\tkingdom\tclass\tscientificName\tlocality\toccurrenceStatus\t"
        b"individualCount\tdecimalLatitude\tdecimalLongitude\teventDate\tday\tmonth\tyear\tlicense\trecordedBy\n"
        b'9000000001\tk-1\tx:1\tAnimalia\tAves\tParus major Linnaeus, 1758\tby the "pond\tPRESENT\t2\t58.38\t'
        b"26.722\t2024-05-04T07:10\t4\t5\t2024\tCC_BY_4_0\tsomebody\n"
        b"9000000002\tk-1\tx:2\tAnimalia\tAves\tPica pica (Linnaeus, 1758)\t\tABSENT\t\t58.38\t"
        b"26.722\t2024-05\t\t5\t2024\tCC_BY_4_0\tsomebody\n",
    ),
    "darwin-core": (
        "occurrences.csv",
        b"occurrenceID,basisOfRecord,eventDate,decimalLatitude,decimalLongitude,scientificName,individualCount\n"
        b"school:1,HumanObservation,2024-05-04,58.38,26.72,Parus major,2\n"
        b"school:2,HumanObservation,2024-05-04,58.38,26.72,Pica pica,1\n",
    ),
    "netatmo": (
        "outdoor.csv",
        b'Name;Long;Lat;ModuleName;ModuleType\n"Pond school";26.722,58.381;;Outdoor\n'
        b'Timestamp;"Timezone : Europe/Tallinn";Temperature;Humidity\n'
        b'1714550402;"2024/05/01 11:00:02";14.2;61\n1714550705;"2024/05/01 11:05:05";14.3;60\n',
    ),
    "wunderground": (
        "ITARTU1.csv",
        b"Time,TemperatureC,PressurehPa,WindDirectionDegrees,WindSpeedKMH,HourlyPrecipMM,dailyrainMM,DateUTC\n"
        b"2024-06-01 00:04:00,11.1,1015.6,270,3.6,0.0,0.0,2024-05-31 21:04:00\n"
        b"2024-06-01 00:09:00,11.0,1015.5,248,7.2,0.2,0.2,2024-05-31 21:09:00\n",
    ),
    "weewx": (
        "archive.csv",
        b"dateTime,usUnits,interval,barometer,pressure,inTemp,outTemp,outHumidity,windSpeed,windDir,rain,"
        b"rainRate\n"
        b"1714550400,17,5,1012.9,1008.1,21.4,14.2,61,2.1,270,0.2,None\n"
        b"1714550700,17,5,1012.9,1008.1,21.4,14.3,60,0.0,None,0.0,None\n",
    ),
    "ambient-weather": (
        "ambient.csv",
        '"Date","Simple Date","Outdoor Temperature (°F)","Feels Like (°F)","Humidity (%)","Rain Rate (in/hr)",'
        '"Daily Rain (in)","Yearly Rain (in)","Ultra-Violet Radiation Index","Max Daily Gust (mph)"\n'
        '"2024-05-01T06:10:00+03:00","2024-05-01 06:10:00","46.8","44.1","91","0.01","0.02","7.31","0","5"\n'
        '"2024-05-01T06:05:00+03:00","2024-05-01 06:05","46.6","44.1","91","0","0.01","7.3","0","5"\n'.encode(),
    ),
    "knmi": (
        "uurgeg_999.txt",
        b"# STN         LON(east)   LAT(north)     ALT(m)  NAME\n"
        b"# 999         4.000       52.000         3.00    Anytown\n"
        b"# STN,YYYYMMDD,   HH,   DD,   FH,   FX,    T,   TD,   RH,    P,    U\n"
        b"  999,20240501,    1,  240,   30,   60,  101,   80,   -1,10132,   87\n"
        b"  999,20240501,    2,  990,   20,   50,   98,   79,    3,10130,     \n",
    ),
    "smhi": (
        "smhi-opendata_1_99999.csv",
        "Stationsnamn;Klimatnummer;Mäthöjd (meter över marken)\nAnytown A;99999;2.0\n\n"
        "Parameternamn;Beskrivning;Enhet\nLufttemperatur;momentanvärde, 1 gång/tim;degree celsius\n\n"
        "Tidsperiod (fr.o.m);Tidsperiod (t.o.m);Höjd (meter över havet);Latitud (decimalgrader);"
        "Longitud (decimalgrader)\n1995-08-01 00:00:00;2024-05-01 00:00:00;45.0;59.900;16.800\n\n"
        "Datum;Tid (UTC);Lufttemperatur;Kvalitet;;Tidsutsnitt:\n"
        "2024-05-01;00:00:00;12.4;G;;Kvalitetskontrollerade historiska data\n"
        "2024-05-01;01:00:00;11.9;Y;;\n".encode(),
    ),
    "isd": (
        "99999099999.csv",
        b'"STATION","DATE","SOURCE","LATITUDE","LONGITUDE","ELEVATION","NAME","REPORT_TYPE","WND","TMP","DEW",'
        b'"SLP","AA1"\n'
        b'"99999099999","2024-05-01T00:00:00","4","58.38","26.72","70.0","ANYTOWN, EN","FM-12","240,1,N,0031,1",'
        b'"+0123,1","+0080,1","10132,1","01,0012,9,1"\n'
        b'"99999099999","2024-05-01T01:00:00","4","58.38","26.72","70.0","ANYTOWN, EN","FM-12","999,9,C,0000,1",'
        b'"-0012,6","+9999,9","99999,9",""\n',
    ),
    "gsod": (
        "99999099999.csv",
        b'"STATION","DATE","LATITUDE","LONGITUDE","ELEVATION","NAME","TEMP","TEMP_ATTRIBUTES","DEWP","SLP",'
        b'"STP","WDSP","MXSPD","GUST","MAX","MIN","PRCP","PRCP_ATTRIBUTES","FRSHTT"\n'
        b'"99999099999","2024-05-01","58.38","26.72","70.0","ANYTOWN, EN","  50.0","24","  41.0"," 999.9",'
        b'"990.2","  10.0"," 25.3","999.9","  59.0","  41.0"," 0.10","G","000000"\n'
        b'"99999099999","2024-05-02","58.38","26.72","70.0","ANYTOWN, EN","  51.8","24","9999.9","9999.9",'
        b'"017.2","  10.0"," 25.3"," 30.0","  59.0","  41.0","99.99"," ","010000"\n',
    ),
    "open-meteo": (
        "open-meteo-58.38N26.75E65m.csv",
        "latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation\n"
        "58.375,26.75,65.0,10800,Europe/Tallinn,EEST\n\n"
        "time,temperature_2m (°C),precipitation (mm)\n"
        "2024-05-01T00:00,7.1,0.00\n2024-05-01T01:00,6.8,0.20\n".encode(),
    ),
    "kit-template": (
        "by-hand.csv",
        "kit:weather,date,time,station,air temperature (°C),rain (mm)\n"
        "example,2026-05-01,14:00,school/roof,12.5,0.4\n"
        ",2026-05-02,14:00,school/roof,13.0,\n,2026-05-03,14:00,school/roof,11.5,2.0\n".encode(),
    ),
    "eea": (
        "EE_8_2024_timeseries.csv",
        "Countrycode,Namespace,AirQualityNetwork,AirQualityStation,AirQualityStationEoICode,SamplingPoint,"
        "SamplingProcess,Sample,AirPollutant,AirPollutantCode,AveragingTime,Concentration,UnitOfMeasurement,"
        "DatetimeBegin,DatetimeEnd,Validity,Verification\n"
        "EE,EE.X,NET-X,STA-X,X,SPO-X,SPP-X,SAM-X,NO2,http://x/8,hour,12.5,µg/m3,2024-05-01 00:00:00 +02:00,"
        "2024-05-01 01:00:00 +02:00,1,1\n"
        "EE,EE.X,NET-X,STA-X,X,SPO-X,SPP-X,SAM-X,NO2,http://x/8,hour,99.5,µg/m3,2024-05-01 01:00:00 +02:00,"
        "2024-05-01 02:00:00 +02:00,-1,3\n".encode(),
    ),
    "dwd": (
        "produkt_klima_tag_20240501_20240502_00999.txt",
        b"STATIONS_ID;MESS_DATUM;QN_3;  FX;  FM;QN_4; RSK;RSKF; SDK;SHK_TAG;  NM; VPM;  PM; TMK; UPM; TXK; TNK;"
        b" TGK;eor\n"
        b"        999;20240501;   10; 9.8; 3.1;    9; 1.2;   6; 4.5;   0; 5.1; 9.0;1002.10;  12.3;  71.00;  17.0;"
        b"   7.9;   5.1;eor\n"
        b"        999;20240502;   10;-999; 3.0;    9; 0.0;   0; 9.5;   0; 2.1; 8.0;1009.80;  13.1;  66.00;  19.2;"
        b"   6.0;   3.3;eor\n",
    ),
    "plain": (
        "ilm.csv",
        "Kuupäev;Kell;Temp (°C);Niiskus (%)\n1.05.2024;10:00;14,2;81\n1.05.2024;11:00;14,9;79\n".encode(),
    ),
}


@pytest.fixture(scope="session")
def table() -> Callable[..., bytes]:
    """The builder of text tables."""
    return build_table


@pytest.fixture(scope="session")
def workbook() -> Callable[..., bytes]:
    """The builder of workbooks."""
    return build_workbook


@pytest.fixture(scope="session")
def samples() -> dict[str, tuple[str, bytes]]:
    """One small file of every format: (name, bytes)."""
    return SAMPLES
