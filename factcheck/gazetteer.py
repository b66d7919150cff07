"""Countries, their adjectives, peoples and capitals, and places with two names, folded for comparison.

Lets "the French minister" back a claim about "France's minister", and tells which
names are places at all. A fixed table: no library gives countries, adjectives and
capitals together in a form that loads in a millisecond.
"""

from __future__ import annotations

from functools import lru_cache

from factcheck.wording import fold

# country (with aliases) | adjectives and peoples | capital (with aliases)
_COUNTRIES = """
Afghanistan|Afghan,Afghans|Kabul
Albania|Albanian,Albanians|Tirana
Algeria|Algerian,Algerians|Algiers
Andorra|Andorran,Andorrans|Andorra la Vella
Angola|Angolan,Angolans|Luanda
Argentina|Argentine,Argentines,Argentinian,Argentinians|Buenos Aires
Armenia|Armenian,Armenians|Yerevan
Australia|Australian,Australians|Canberra
Austria|Austrian,Austrians|Vienna
Azerbaijan|Azerbaijani,Azerbaijanis,Azeri,Azeris|Baku
Bahamas|Bahamian,Bahamians|Nassau
Bahrain|Bahraini,Bahrainis|Manama
Bangladesh|Bangladeshi,Bangladeshis|Dhaka
Barbados|Barbadian,Barbadians|Bridgetown
Belarus|Belarusian,Belarusians|Minsk
Belgium|Belgian,Belgians|Brussels
Belize|Belizean,Belizeans|Belmopan
Benin|Beninese|Porto-Novo
Bhutan|Bhutanese|Thimphu
Bolivia|Bolivian,Bolivians|La Paz,Sucre
Bosnia and Herzegovina,Bosnia|Bosnian,Bosnians|Sarajevo
Botswana|Motswana,Batswana|Gaborone
Brazil|Brazilian,Brazilians|Brasília
Britain,United Kingdom,UK,U.K.,Great Britain|British,Britons,Briton,Brit,Brits|London
Brunei|Bruneian,Bruneians|Bandar Seri Begawan
Bulgaria|Bulgarian,Bulgarians|Sofia
Burkina Faso|Burkinabe|Ouagadougou
Burundi|Burundian,Burundians|Bujumbura,Gitega
Cambodia|Cambodian,Cambodians|Phnom Penh
Cameroon|Cameroonian,Cameroonians|Yaoundé
Canada|Canadian,Canadians|Ottawa
Cape Verde|Cape Verdean,Cape Verdeans|Praia
Central African Republic|Central African|Bangui
Chad|Chadian,Chadians|N'Djamena
Chile|Chilean,Chileans|Santiago
China|Chinese|Beijing,Peking
Colombia|Colombian,Colombians|Bogotá
Comoros|Comorian,Comorians|Moroni
Congo,Democratic Republic of the Congo,DRC|Congolese|Kinshasa,Brazzaville
Costa Rica|Costa Rican,Costa Ricans|San José
Croatia|Croatian,Croatians,Croat,Croats|Zagreb
Cuba|Cuban,Cubans|Havana
Cyprus|Cypriot,Cypriots|Nicosia
Czech Republic,Czechia|Czech,Czechs|Prague
Denmark|Danish,Dane,Danes|Copenhagen
Djibouti|Djiboutian,Djiboutians|Djibouti
Dominica|Dominican|Roseau
Dominican Republic|Dominican,Dominicans|Santo Domingo
East Timor,Timor-Leste|Timorese|Dili
Ecuador|Ecuadorian,Ecuadorians,Ecuadoran,Ecuadorans,Ecuadorean|Quito
Egypt|Egyptian,Egyptians|Cairo
El Salvador|Salvadoran,Salvadorans,Salvadorean|San Salvador
England|English,Englishman,Englishwoman,Englishmen|London
Equatorial Guinea|Equatoguinean|Malabo
Eritrea|Eritrean,Eritreans|Asmara
Estonia|Estonian,Estonians|Tallinn
Eswatini,Swaziland|Swazi,Swazis|Mbabane
Ethiopia|Ethiopian,Ethiopians|Addis Ababa
European Union,EU,E.U.|European|Brussels
Faroe Islands,Faroes|Faroese|Tórshavn
Fiji|Fijian,Fijians|Suva
Finland|Finnish,Finn,Finns|Helsinki
France|French,Frenchman,Frenchwoman,Frenchmen|Paris
Gabon|Gabonese|Libreville
Gambia|Gambian,Gambians|Banjul
Georgia|Georgian,Georgians|Tbilisi
Germany,West Germany,East Germany|German,Germans|Berlin
Ghana|Ghanaian,Ghanaians|Accra
Greece|Greek,Greeks|Athens
Greenland|Greenlandic,Greenlander,Greenlanders|Nuuk
Grenada|Grenadian,Grenadians|St George's
Guatemala|Guatemalan,Guatemalans|Guatemala City
Guinea|Guinean,Guineans|Conakry
Guinea-Bissau|Bissau-Guinean|Bissau
Guyana|Guyanese|Georgetown
Haiti|Haitian,Haitians|Port-au-Prince
Honduras|Honduran,Hondurans|Tegucigalpa
Hong Kong|Hongkonger,Hongkongers|Hong Kong
Hungary|Hungarian,Hungarians|Budapest
Iceland|Icelandic,Icelander,Icelanders|Reykjavik
India|Indian,Indians|New Delhi,Delhi
Indonesia|Indonesian,Indonesians|Jakarta
Iran|Iranian,Iranians|Tehran,Teheran
Iraq|Iraqi,Iraqis|Baghdad
Ireland|Irish,Irishman,Irishwoman,Irishmen|Dublin
Israel|Israeli,Israelis|Jerusalem
Italy|Italian,Italians|Rome
Ivory Coast,Côte d'Ivoire|Ivorian,Ivorians|Yamoussoukro,Abidjan
Jamaica|Jamaican,Jamaicans|Kingston
Japan|Japanese|Tokyo
Jordan|Jordanian,Jordanians|Amman
Kazakhstan|Kazakh,Kazakhs,Kazakhstani|Astana,Nur-Sultan
Kenya|Kenyan,Kenyans|Nairobi
Kosovo|Kosovar,Kosovars,Kosovan|Pristina
Kuwait|Kuwaiti,Kuwaitis|Kuwait City
Kyrgyzstan|Kyrgyz|Bishkek
Laos|Lao,Laotian,Laotians|Vientiane
Latvia|Latvian,Latvians|Riga
Lebanon|Lebanese|Beirut
Lesotho|Basotho|Maseru
Liberia|Liberian,Liberians|Monrovia
Libya|Libyan,Libyans|Tripoli
Liechtenstein|Liechtensteiner|Vaduz
Lithuania|Lithuanian,Lithuanians|Vilnius
Luxembourg|Luxembourger,Luxembourgish|Luxembourg
Madagascar|Malagasy,Madagascan|Antananarivo
Malawi|Malawian,Malawians|Lilongwe
Malaysia|Malaysian,Malaysians|Kuala Lumpur
Maldives|Maldivian,Maldivians|Malé
Mali|Malian,Malians|Bamako
Malta|Maltese|Valletta
Mauritania|Mauritanian,Mauritanians|Nouakchott
Mauritius|Mauritian,Mauritians|Port Louis
Mexico|Mexican,Mexicans|Mexico City
Moldova|Moldovan,Moldovans|Chisinau,Chișinău
Monaco|Monegasque|Monaco
Mongolia|Mongolian,Mongolians|Ulaanbaatar,Ulan Bator
Montenegro|Montenegrin,Montenegrins|Podgorica
Morocco|Moroccan,Moroccans|Rabat
Mozambique|Mozambican,Mozambicans|Maputo
Myanmar,Burma|Burmese|Naypyidaw
Namibia|Namibian,Namibians|Windhoek
Nepal|Nepali,Nepalis,Nepalese|Kathmandu
Netherlands,Holland|Dutch,Dutchman,Dutchwoman,Netherlandish|Amsterdam,The Hague
New Zealand|New Zealander,New Zealanders,Kiwi,Kiwis|Wellington
Nicaragua|Nicaraguan,Nicaraguans|Managua
Niger|Nigerien,Nigeriens|Niamey
Nigeria|Nigerian,Nigerians|Abuja
North Korea|North Korean,North Koreans|Pyongyang
North Macedonia,Macedonia|Macedonian,Macedonians|Skopje
Northern Ireland|Northern Irish|Belfast
Norway|Norwegian,Norwegians|Oslo
Oman|Omani,Omanis|Muscat
Pakistan|Pakistani,Pakistanis|Islamabad
Palestine,Gaza|Palestinian,Palestinians|Ramallah
Panama|Panamanian,Panamanians|Panama City
Papua New Guinea|Papua New Guinean|Port Moresby
Paraguay|Paraguayan,Paraguayans|Asunción
Peru|Peruvian,Peruvians|Lima
Philippines|Philippine,Filipino,Filipinos,Filipina|Manila
Poland|Polish,Pole,Poles|Warsaw
Portugal|Portuguese|Lisbon
Puerto Rico|Puerto Rican,Puerto Ricans|San Juan
Qatar|Qatari,Qataris|Doha
Romania|Romanian,Romanians|Bucharest
Russia,Soviet Union|Russian,Russians,Soviet|Moscow
Rwanda|Rwandan,Rwandans|Kigali
Samoa|Samoan,Samoans|Apia
Saudi Arabia|Saudi,Saudis|Riyadh
Scotland|Scottish,Scot,Scots,Scotsman,Scotswoman|Edinburgh
Senegal|Senegalese|Dakar
Serbia|Serbian,Serbians,Serb,Serbs|Belgrade
Seychelles|Seychellois|Victoria
Sierra Leone|Sierra Leonean,Sierra Leoneans|Freetown
Singapore|Singaporean,Singaporeans|Singapore
Slovakia|Slovak,Slovaks,Slovakian|Bratislava
Slovenia|Slovenian,Slovenians,Slovene,Slovenes|Ljubljana
Somalia|Somali,Somalis|Mogadishu
South Africa|South African,South Africans|Pretoria
South Korea|South Korean,South Koreans|Seoul
South Sudan|South Sudanese|Juba
Spain|Spanish,Spaniard,Spaniards|Madrid
Sri Lanka|Sri Lankan,Sri Lankans|Colombo
Sudan|Sudanese|Khartoum
Suriname|Surinamese|Paramaribo
Sweden|Swedish,Swede,Swedes|Stockholm
Switzerland|Swiss|Bern,Berne
Syria|Syrian,Syrians|Damascus
Taiwan|Taiwanese|Taipei
Tajikistan|Tajik,Tajiks|Dushanbe
Tanzania|Tanzanian,Tanzanians|Dodoma,Dar es Salaam
Thailand|Thai,Thais|Bangkok
Togo|Togolese|Lomé
Tonga|Tongan,Tongans|Nuku'alofa
Trinidad and Tobago,Trinidad|Trinidadian,Trinidadians|Port of Spain
Tunisia|Tunisian,Tunisians|Tunis
Turkey,Türkiye|Turkish,Turk,Turks|Ankara
Turkmenistan|Turkmen|Ashgabat
Uganda|Ugandan,Ugandans|Kampala
Ukraine|Ukrainian,Ukrainians|Kyiv,Kiev
United Arab Emirates,UAE,Emirates|Emirati,Emiratis|Abu Dhabi
United Nations,UN,U.N.||New York
United States,US,U.S.,USA,U.S.A.,America|American,Americans|Washington
Uruguay|Uruguayan,Uruguayans|Montevideo
Uzbekistan|Uzbek,Uzbeks|Tashkent
Vanuatu|Ni-Vanuatu|Port Vila
Venezuela|Venezuelan,Venezuelans|Caracas
Vietnam|Vietnamese|Hanoi
Wales|Welsh,Welshman,Welshwoman|Cardiff
Yemen|Yemeni,Yemenis|Sanaa
Zambia|Zambian,Zambians|Lusaka
Zimbabwe|Zimbabwean,Zimbabweans|Harare
Africa|African,Africans|
Asia|Asian,Asians|
Europe|European,Europeans|
Bavaria|Bavarian,Bavarians|Munich
Catalonia|Catalan,Catalans|Barcelona
Flanders|Flemish|
Sicily|Sicilian,Sicilians|Palermo
Sardinia|Sardinian,Sardinians|Cagliari
Tuscany|Tuscan,Tuscans|Florence
Quebec|Quebecer,Quebecers,Quebecois|Quebec City
Texas,Tex.|Texan,Texans|Austin
California,Calif.|Californian,Californians|Sacramento
Paris|Parisian,Parisians|
Naples|Neapolitan,Neapolitans|
Venice|Venetian,Venetians|
Rome|Roman,Romans|
Vienna|Viennese|
Bern,Berne|Bernese|
Zurich|Zuricher|
London|Londoner,Londoners|
Glasgow|Glaswegian,Glaswegians|
Liverpool|Liverpudlian,Liverpudlians|
Manchester|Mancunian,Mancunians|
Sydney|Sydneysider,Sydneysiders|
Cornwall|Cornish|
Ohio|Ohioan,Ohioans|Columbus
Hamburg|Hamburger|
"""

# Places known under two names or spellings.
_SAME_PLACE = """
Kyiv,Kiev|Beijing,Peking|Mumbai,Bombay|Kolkata,Calcutta|Chennai,Madras|Odesa,Odessa|Lviv,Lvov|Kharkiv,Kharkov|
Myanmar,Burma|Yangon,Rangoon|Ho Chi Minh City,Saigon|Istanbul,Constantinople|St Petersburg,Leningrad|Gdansk,Danzig|
Bern,Berne|Basel,Basle|Lyon,Lyons|Marseille,Marseilles|Antwerp,Antwerpen|The Hague,Den Haag|Cologne,Köln|Munich,München|
Turin,Torino|Milan,Milano|Florence,Firenze|Prague,Praha|Warsaw,Warszawa|Lisbon,Lisboa|Seville,Sevilla|Geneva,Genève|
Cape Town,Kaapstad|Bucharest,Bucuresti|Belgrade,Beograd|Mecca,Makkah|Aleppo,Halab|Derry,Londonderry|Brasilia,Brasília|
Antarctica,Antarctic
"""

_US_STATES = """Ala.:Alabama Ariz.:Arizona Ark.:Arkansas Calif.:California Colo.:Colorado Conn.:Connecticut
Del.:Delaware Fla.:Florida Ga.:Georgia Ill.:Illinois Ind.:Indiana Kan.:Kansas Ky.:Kentucky
La.:Louisiana Mass.:Massachusetts
Md.:Maryland
Mich.:Michigan Minn.:Minnesota Miss.:Mississippi Mo.:Missouri Mont.:Montana Neb.:Nebraska Nev.:Nevada N.H.:New_Hampshire
N.J.:New_Jersey N.M.:New_Mexico N.Y.:New_York N.C.:North_Carolina N.D.:North_Dakota Okla.:Oklahoma Ore.:Oregon
Pa.:Pennsylvania R.I.:Rhode_Island S.C.:South_Carolina S.D.:South_Dakota Tenn.:Tennessee Tex.:Texas Vt.:Vermont
Va.:Virginia
Wash.:Washington W.Va.:West_Virginia Wis.:Wisconsin Wyo.:Wyoming Ont.:Ontario Que.:Quebec B.C.:British_Columbia
Alta.:Alberta Sask.:Saskatchewan Man.:Manitoba"""


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]], dict[str, str], frozenset[str]]:
    same: dict[str, set[str]] = {}
    capitals: dict[str, set[str]] = {}
    adjectives: dict[str, str] = {}
    places: set[str] = set()
    for line in _COUNTRIES.strip().splitlines():
        names, people, capital = line.split("|")
        forms = [fold(n) for n in names.split(",")]
        nationals = [fold(n) for n in people.split(",") if n]
        group = set(forms) | set(nationals)
        for form in group:
            same.setdefault(form, set()).update(group)
        for adjective in nationals:
            adjectives.setdefault(adjective, forms[0])
        places.update(forms)
        for city in capital.split(","):
            if city:
                places.add(fold(city))
                capitals.setdefault(fold(city), set()).update(group)
                for form in group:
                    capitals.setdefault(form, set()).add(fold(city))
    for pair in _SAME_PLACE.replace("\n", "").split("|"):
        group = {fold(n) for n in pair.split(",")}
        for form in group:
            same.setdefault(form, set()).update(group)
            places.add(form)
    for item in _US_STATES.split():
        short, long = item.split(":")
        group = {fold(short), short.casefold().rstrip("."), fold(long.replace("_", " "))}
        for form in group:
            same.setdefault(form, set()).update(group)
        places.add(fold(long.replace("_", " ")))
    return (
        {k: frozenset(v) for k, v in same.items()},
        {k: frozenset(v) for k, v in capitals.items()},
        adjectives,
        frozenset(places),
    )


def same_place(name: str) -> frozenset[str]:
    """Other folded names of the same country or place: "France" gives "french", "frenchman" ..."""
    return _tables()[0].get(fold(name), frozenset())


def capital_or_country(name: str) -> frozenset[str]:
    """For a capital its country's names, for a country its capital: "Yerevan" may speak for "Armenia"."""
    return _tables()[1].get(fold(name), frozenset())


def is_nationality(word: str) -> bool:
    """True for "French", "Kenyans" and the like."""
    return fold(word) in _tables()[2]


def country_of(word: str) -> str:
    """The folded country of an adjective or country name, or ""."""
    key = fold(word)
    tables = _tables()
    if key in tables[2]:
        return tables[2][key]
    return key if key in tables[3] else ""


def is_place(name: str) -> bool:
    """True for a country, capital or US state in the table; most places are not in it."""
    return fold(name) in _tables()[3]


# Large towns and regions by the country that they lie in; none whose name is as well another place's, or a common word.
_TOWNS = """
Argentina|Mendoza,Rosario,Patagonia
Australia|Sydney,Melbourne,Brisbane,Adelaide,Tasmania,Hobart,Queensland,New South Wales,Western Australia,
South Australia
Austria|Salzburg,Graz,Linz,Innsbruck,Tyrol,Carinthia,Styria
Bangladesh|Chittagong,Chattogram,Sylhet,Khulna
Belgium|Antwerp,Ghent,Bruges,Liège,Leuven,Flanders,Wallonia,Charleroi
Brazil|São Paulo,Rio de Janeiro,Recife,Fortaleza,Belo Horizonte,Porto Alegre,Manaus,Curitiba,Bahia
Canada|Toronto,Montreal,Vancouver,Calgary,Edmonton,Winnipeg,Nova Scotia,New Brunswick,Newfoundland,Quebec,
Ontario,Alberta,Manitoba,Saskatchewan,British Columbia,Yukon,Nunavut
Chile|Valparaíso,Antofagasta,Atacama
China|Shanghai,Guangzhou,Shenzhen,Chongqing,Wuhan,Chengdu,Tianjin,Xinjiang,Sichuan,Guangdong,Hubei,Hunan,
Yunnan,Zhejiang
Colombia|Medellín,Cali,Barranquilla
Croatia|Dubrovnik,Rijeka,Dalmatia,Istria
Czech Republic|Brno,Ostrava,Plzeň,Pilsen,Moravia,Bohemia
Denmark|Aarhus,Odense,Aalborg,Jutland,Funen,Zealand
Ecuador|Guayaquil,Galápagos
Egypt|Alexandria,Giza,Luxor,Aswan,Port Said
England|Manchester,Liverpool,Leeds,Sheffield,Bristol,Nottingham,Yorkshire,Cornwall,Devon,Kent,Norfolk,
Suffolk,Essex,Sussex,Lancashire,Cumbria,Northumberland,Somerset,Dorset,Hampshire,Leicester,Coventry,
Bradford,Newcastle upon Tyne
Britain|Manchester,Liverpool,Leeds,Sheffield,Bristol,Nottingham,Yorkshire,Cornwall,Devon,Glasgow,Edinburgh,
Aberdeen,Dundee,Cardiff,Swansea,Belfast,Scotland,Wales,England,Northern Ireland,Lancashire,Cumbria,
Leicester,Coventry,Bradford
Ethiopia|Tigray,Oromia,Amhara,Dire Dawa
Finland|Tampere,Turku,Oulu,Espoo,Lapland
France|Marseille,Lyon,Toulouse,Nantes,Strasbourg,Bordeaux,Lille,Rennes,Brittany,Normandy,Provence,Burgundy,
Alsace
Germany|Munich,Hamburg,Cologne,Frankfurt,Stuttgart,Düsseldorf,Leipzig,Dresden,Bremen,Hanover,Nuremberg,
Bavaria,Saxony,Hesse,Thuringia,Brandenburg,Lower Saxony,Rostock,Kiel,Dortmund
Ghana|Kumasi,Tamale,Takoradi
Greece|Thessaloniki,Piraeus,Crete,Patras,Heraklion,Rhodes,Corfu,Lesbos,Peloponnese
Hungary|Debrecen,Szeged,Pécs,Miskolc
India|Mumbai,Bombay,Kolkata,Calcutta,Chennai,Madras,Bengaluru,Bangalore,Hyderabad,Pune,Ahmedabad,Jaipur,
Lucknow,Kerala,Gujarat,Maharashtra,Tamil Nadu,Karnataka,Assam,Bihar,Uttar Pradesh,West Bengal,Rajasthan,
Odisha
Indonesia|Surabaya,Bandung,Medan,Bali,Java,Sumatra,Sulawesi,Aceh
Iran|Isfahan,Mashhad,Shiraz,Tabriz
Iraq|Basra,Mosul,Kirkuk,Erbil
Ireland|Galway,Limerick,Waterford,Connemara,Donegal,Kerry,Munster,Leinster,Connacht
Israel|Tel Aviv,Haifa,Beersheba
Italy|Milan,Naples,Turin,Palermo,Genoa,Bologna,Florence,Venice,Verona,Trieste,Sicily,Sardinia,Lombardy,
Tuscany,Piedmont,Calabria,Puglia,Umbria,Veneto
Ivory Coast|Abidjan,Bouaké
Japan|Osaka,Kyoto,Yokohama,Nagoya,Sapporo,Fukuoka,Kobe,Hiroshima,Nagasaki,Hokkaido,Okinawa,Kyushu,
Fukushima
Kenya|Mombasa,Kisumu,Nakuru,Eldoret
Mexico|Guadalajara,Monterrey,Tijuana,Puebla,Oaxaca,Veracruz,Chiapas,Yucatán,Cancún,Acapulco
Morocco|Casablanca,Marrakesh,Tangier,Agadir
Mozambique|Beira,Nampula,Cabo Delgado
Netherlands|Rotterdam,Utrecht,Eindhoven,Groningen,Maastricht,The Hague,Friesland,Zeeland,Delft,Leiden
New Zealand|Auckland,Christchurch,Dunedin,Otago
Nigeria|Lagos,Kano,Ibadan,Port Harcourt,Kaduna,Maiduguri,Borno
Norway|Bergen,Trondheim,Stavanger,Tromsø,Svalbard,Bodø
Pakistan|Karachi,Lahore,Peshawar,Quetta,Rawalpindi,Sindh,Balochistan
Peru|Cusco,Arequipa,Trujillo,Iquitos
Philippines|Cebu,Davao,Mindanao,Luzon
Poland|Kraków,Krakow,Gdańsk,Gdansk,Wrocław,Wroclaw,Poznań,Poznan,Łódź,Lodz,Szczecin,Lublin,Silesia,
Katowice
Portugal|Oporto,Coimbra,Braga,Algarve,Madeira,Azores
Romania|Cluj-Napoca,Timișoara,Timisoara,Iași,Constanța,Transylvania
Russia|St Petersburg,Novosibirsk,Yekaterinburg,Vladivostok,Siberia,Kamchatka,Chechnya,Rostov-on-Don,Murmansk
Scotland|Glasgow,Edinburgh,Aberdeen,Dundee,Inverness,Orkney,Shetland,Skye,Fife
South Africa|Johannesburg,Cape Town,Durban,Port Elizabeth,Gqeberha,Soweto,KwaZulu-Natal,Gauteng,Limpopo
South Korea|Busan,Incheon,Daegu,Daejeon,Gwangju,Jeju
Spain|Barcelona,Valencia,Seville,Bilbao,Málaga,Zaragoza,Catalonia,Andalusia,Galicia,Asturias,Majorca,
Mallorca,Ibiza,Tenerife
Sweden|Gothenburg,Malmö,Uppsala,Umeå,Kiruna,Gotland,Skåne
Switzerland|Zurich,Zürich,Geneva,Basel,Lausanne,Lucerne,Valais,Ticino,Lugano
Tanzania|Dar es Salaam,Zanzibar,Arusha,Mwanza
Turkey|Istanbul,Izmir,Antalya,Bursa,Adana,Gaziantep,Diyarbakir,Anatolia
Uganda|Gulu,Jinja,Mbarara
Ukraine|Kharkiv,Odesa,Odessa,Lviv,Dnipro,Zaporizhzhia,Mariupol,Kherson,Crimea,Donbas
United States|Los Angeles,Chicago,Houston,Philadelphia,Seattle,Detroit,Dallas,Miami,Atlanta,San Francisco,
Boston,Texas,California,Florida,Ohio,Michigan,Illinois,Oregon,Alaska,Hawaii,Minnesota,Wisconsin,
Pennsylvania,Arizona,Colorado,New York
Venezuela|Maracaibo,Barquisimeto,Zulia
Vietnam|Ho Chi Minh City,Saigon,Da Nang,Haiphong,Hue
Wales|Cardiff,Swansea,Wrexham,Snowdonia,Gwynedd,Pembrokeshire,Anglesey,Powys,Ceredigion
Zambia|Ndola,Kitwe
Zimbabwe|Bulawayo,Mutare
"""

_LIES_IN = """
Africa|Algeria,Angola,Benin,Botswana,Burkina Faso,Burundi,Cameroon,Cape Verde,Central African Republic,Chad,Comoros,
Congo,Djibouti,Egypt,Equatorial Guinea,Eritrea,Eswatini,Ethiopia,Gabon,Gambia,Ghana,Guinea,Guinea-Bissau,Ivory Coast,
Kenya,Lesotho,Liberia,Libya,Madagascar,Malawi,Mali,Mauritania,Mauritius,Morocco,Mozambique,Namibia,Niger,Nigeria,
Rwanda,Senegal,Seychelles,Sierra Leone,Somalia,South Africa,South Sudan,Sudan,Tanzania,Togo,Tunisia,Uganda,Zambia,
Zimbabwe
Europe|Albania,Andorra,Austria,Belarus,Belgium,Bosnia and Herzegovina,Britain,Bulgaria,Croatia,Cyprus,Czech Republic,
Denmark,England,Estonia,Faroe Islands,Finland,France,Germany,Greece,Hungary,Iceland,Ireland,Italy,Kosovo,Latvia,
Liechtenstein,Lithuania,Luxembourg,Malta,Moldova,Monaco,Montenegro,Netherlands,North Macedonia,Northern Ireland,
Norway,Poland,Portugal,Romania,Scotland,Serbia,Slovakia,Slovenia,Spain,Sweden,Switzerland,Ukraine,Wales
Asia|Afghanistan,Bahrain,Bangladesh,Bhutan,Brunei,Cambodia,China,East Timor,Hong Kong,India,Indonesia,Iran,Iraq,
Israel,Japan,Jordan,Kazakhstan,Kuwait,Kyrgyzstan,Laos,Lebanon,Malaysia,Maldives,Mongolia,Myanmar,Nepal,North Korea,
Oman,Pakistan,Palestine,Philippines,Qatar,Saudi Arabia,Singapore,South Korea,Sri Lanka,Syria,Taiwan,Tajikistan,
Thailand,Turkmenistan,United Arab Emirates,Uzbekistan,Vietnam,Yemen
North America|Canada,United States,Mexico,Greenland
Central America|Belize,Costa Rica,El Salvador,Guatemala,Honduras,Nicaragua,Panama
South America|Argentina,Bolivia,Brazil,Chile,Colombia,Ecuador,Guyana,Paraguay,Peru,Suriname,Uruguay,Venezuela
Latin America|Argentina,Bolivia,Brazil,Chile,Colombia,Costa Rica,Cuba,Dominican Republic,Ecuador,El Salvador,
Guatemala,Honduras,Mexico,Nicaragua,Panama,Paraguay,Peru,Uruguay,Venezuela
Caribbean|Bahamas,Barbados,Cuba,Dominica,Dominican Republic,Grenada,Haiti,Jamaica,Puerto Rico,Trinidad and Tobago
Scandinavia|Denmark,Norway,Sweden
Middle East|Bahrain,Egypt,Iran,Iraq,Israel,Jordan,Kuwait,Lebanon,Oman,Palestine,Qatar,Saudi Arabia,Syria,
United Arab Emirates,Yemen
Southeast Asia|Brunei,Cambodia,East Timor,Indonesia,Laos,Malaysia,Myanmar,Philippines,Singapore,Thailand,Vietnam
"""


_UNLISTED = frozenset(("america", "antarctica", "balkans", "oceania"))  # parts of the world without a line above


def _wholes(table: str) -> dict[str, frozenset[str]]:
    """A table of "whole|part,part", whose lines may go on behind a comma, folded."""
    lines = table.strip().replace(",\n", ",").splitlines()
    return {
        fold(whole): frozenset(fold(part) for part in parts.split(","))
        for whole, parts in (line.split("|") for line in lines)
    }


@lru_cache(maxsize=1)
def _parts_of_the_world() -> dict[str, frozenset[str]]:
    return _wholes(_LIES_IN)


def countries_in(part: str) -> frozenset[str]:
    """The folded countries that lie wholly in a part of the world ("Europe"), none for anything else."""
    return _parts_of_the_world().get(fold(part), frozenset())


@lru_cache(maxsize=1)
def _lie_in() -> dict[str, frozenset[str]]:
    found = _wholes(_TOWNS)
    for line in _COUNTRIES.strip().splitlines():
        names, _, capital = line.split("|")
        country = fold(names.split(",")[0])
        found[country] = found.get(country, frozenset()) | {fold(town) for town in capital.split(",") if town}
    return found


def towns_in(country: str) -> frozenset[str]:
    """Folded towns and regions that lie in a country, which may be given by its adjective: "Lisbon" in "Portuguese"."""
    # Two countries may share an adjective: a town of either will do, whatever order a set has.
    return frozenset().union(*(_lie_in().get(form, frozenset()) for form in {fold(country), *same_place(country)}))


def is_continent(name: str) -> bool:
    """True for a part of the world in which countries lie."""
    return bool(countries_in(name)) or fold(name) in _UNLISTED


def is_wide(name: str) -> bool:
    """True for a country or US state: a town may lie in it."""
    return any(is_nationality(form) or form.endswith(".") for form in same_place(name))
