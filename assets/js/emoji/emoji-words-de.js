// @ts-check
/**
 * The emoji in German: a name for each and more words to find it by, without the emoji, in the order and the form of
 * emoji-data.js. FLAG finds the flags, together with the name of the country.
 */

export const FLAG = "Flagge"

/** @type {Record<string, string>} */
export const WORDS = {
  smileys: `grinsendes Gesicht/grinsen lächeln fröhlich;lachendes Gesicht mit großen Augen/lachen fröhlich;
lachendes Gesicht mit lachenden Augen/lachen freude;strahlendes Gesicht/strahlen grinsen;
lachendes Gesicht mit zugekniffenen Augen/lachen haha xd;lachendes Gesicht mit Schweißtropfen/schwitzen puh nervös;
sich vor Lachen kugeln/lachen rofl lol;Freudentränen/lachen tränen lol haha;leicht lächelndes Gesicht/lächeln;
umgedrehtes Gesicht/ironie kopfüber albern;schmelzendes Gesicht/schmelzen hitze peinlich;
zwinkerndes Gesicht/zwinkern augenzwinkern;verlegen lächelndes Gesicht/lächeln glücklich rot;
Gesicht mit Heiligenschein/engel unschuldig
lächelndes Gesicht mit Herzen/liebe verliebt herz;Gesicht mit Herzaugen/verliebt liebe herz;
Gesicht mit Sternaugen/begeistert wow sterne;Kusshand/kuss küsschen bussi;küssendes Gesicht/kuss;
lächelndes Gesicht/lächeln;küssendes Gesicht mit geschlossenen Augen/kuss;küssendes Gesicht mit lachenden Augen/kuss;
lächelndes Gesicht mit Träne/gerührt
leckeres Essen/lecker schmeckt yummy;herausgestreckte Zunge/zunge frech bäh;
zwinkerndes Gesicht mit Zunge/zunge verrückt frech;verrücktes Gesicht/verrückt durchgeknallt;
Zunge mit zugekniffenen Augen/zunge bäh;Gesicht mit Dollarzeichen/geld reich
Umarmung/umarmen drücken;Hand vor dem Mund/kichern hoppla ups;
erschrockenes Gesicht mit Hand vor dem Mund/schreck staunen;Gesicht, das durch die Finger schaut/schüchtern heimlich;
Pst/leise ruhe psst geheim;nachdenkliches Gesicht/denken überlegen hmm nachdenken;
salutierendes Gesicht/salutieren jawohl respekt
Gesicht mit Reißverschlussmund/schweigen geheim still;hochgezogene Augenbraue/skeptisch zweifel misstrauisch;
neutrales Gesicht/egal neutral;ausdrucksloses Gesicht/naja genervt;Gesicht ohne Mund/sprachlos stumm;
Gesicht aus gestrichelter Linie/unsichtbar;Gesicht in Wolken/benebelt nebel;süffisantes Gesicht/grinsen frech;
missmutiges Gesicht/genervt unzufrieden;Augenrollen/augen genervt egal;Grimasse/peinlich zähne ups;
ausatmendes Gesicht/seufzen puh erleichtert;lügendes Gesicht/lüge pinocchio nase;zitterndes Gesicht/zittern schock
erleichtertes Gesicht/erleichtert entspannt;bedrücktes Gesicht/traurig bedrückt;schläfriges Gesicht/müde schläfrig;
sabberndes Gesicht/sabbern appetit;schlafendes Gesicht/schlafen müde schnarchen
Gesicht mit Maske/krank maske corona;Gesicht mit Fieberthermometer/krank fieber;
Gesicht mit Kopfverband/verletzt kopfschmerzen aua;Gesicht mit Übelkeit/übel schlecht ekel;
sich übergebendes Gesicht/kotzen erbrechen ekel;niesendes Gesicht/niesen schnupfen erkältet gesundheit;
schwitzendes Gesicht/heiß hitze schwitzen;frierendes Gesicht/kalt frieren kälte;benommenes Gesicht/betrunken schwindlig;
Gesicht mit Kreuzaugen/schwindlig tot benommen;Gesicht mit Spiralaugen/schwindlig hypnose;
explodierender Kopf/explosion wow unfassbar krass
Gesicht mit Cowboyhut/cowboy;feierndes Gesicht/party feiern geburtstag;verkleidetes Gesicht/verkleidung tarnung
Gesicht mit Sonnenbrille/cool sonnenbrille lässig;Streber/nerd brille klug;Gesicht mit Monokel/prüfen neugierig
verwirrtes Gesicht/verwirrt;Gesicht mit schiefem Mund/enttäuscht skeptisch;besorgtes Gesicht/besorgt sorge;
leicht trauriges Gesicht/traurig;trauriges Gesicht/traurig;Gesicht mit offenem Mund/wow überrascht oh;
verblüfftes Gesicht/überrascht;erstauntes Gesicht/wow staunen erstaunt;errötetes Gesicht/peinlich rot verlegen;
bettelndes Gesicht/bitte hundeblick bettelblick;Gesicht, das Tränen zurückhält/gerührt tränen dankbar;
entsetztes Gesicht mit offenem Mund/entsetzt;gequältes Gesicht/qual schock;ängstliches Gesicht/angst;
besorgtes Gesicht mit Schweißtropfen/angst nervös angstschweiß;trauriges, aber erleichtertes Gesicht/traurig schweiß;
weinendes Gesicht/weinen träne traurig;heulendes Gesicht/heulen weinen traurig;
vor Angst schreiendes Gesicht/schrei angst panik omg;verstörtes Gesicht/verstört;
entschlossenes Gesicht/anstrengung durchhalten;enttäuschtes Gesicht/enttäuscht traurig;
bedrücktes Gesicht mit Schweißtropfen/schweiß;erschöpftes Gesicht/erschöpft müde;müdes Gesicht/müde fertig;
gähnendes Gesicht/gähnen müde langweilig
schnaubendes Gesicht/stolz dampf wut;wütendes rotes Gesicht/wütend sauer zorn;wütendes Gesicht/wütend sauer böse ärger;
fluchendes Gesicht/fluchen schimpfen wütend;lächelnder Teufel/teufel böse hörner;wütender Teufel/teufel böse;
Totenkopf/tot schädel;Totenkopf mit Knochen/tod gefahr gift pirat
Kothaufen/kacke scheiße haufen mist;Clown/zirkus;Ungeheuer/oger monster;Kobold/tengu;Gespenst/geist halloween buh;
Außerirdischer/alien ufo;Computerspielmonster/alien spiel;Roboter/bot
grinsende Katze/katze;grinsende Katze mit lachenden Augen/katze;Katze mit Freudentränen/katze lachen;
Katze mit Herzaugen/katze verliebt;verwegene Katze/katze;küssende Katze/katze kuss;erschöpfte Katze/katze schreck;
weinende Katze/katze;schmollende Katze/katze böse
Affe, der nichts sieht/affe verlegen;Affe, der nichts hört/affe;Affe, der nichts sagt/affe
Liebesbrief/liebe brief;Herz mit Pfeil/liebe amor;Herz mit Schleife/liebe geschenk;funkelndes Herz/liebe;
wachsendes Herz/liebe;schlagendes Herz/liebe;kreisende Herzen/liebe;zwei Herzen/liebe;Herzdekoration;
Herz als Ausrufezeichen;gebrochenes Herz/liebeskummer traurig;Herz in Flammen/leidenschaft;heilendes Herz/verband;
rotes Herz/herz liebe;rosa Herz/herz pink;orangefarbenes Herz/liebe;gelbes Herz/liebe;grünes Herz/liebe;
blaues Herz/liebe;hellblaues Herz;lila Herz/liebe violett;braunes Herz;schwarzes Herz/liebe;graues Herz;weißes Herz
Kussabdruck/kuss lippen;hundert Punkte/100 hundert volltreffer perfekt;Ärgersymbol/wut;
Zusammenstoß/knall bumm explosion;Schwindelsterne/schwindlig;Schweißtropfen/wasser spritzen;
Staubwolke/schnell sausen pups;Loch;Sprechblase/chat nachricht reden;Auge in Sprechblase;Sprechblase links;Wutblase;
Gedankenblase/denken;Schlafsymbol/zzz schlafen`,
  people: `winkende Hand/winken hallo tschüss hi;erhobene Hand von hinten;gespreizte Finger;
erhobene Hand/stopp halt fünf;vulkanischer Gruß/spock;Hand nach rechts;Hand nach links;Handfläche nach unten;
Handfläche nach oben;Hand drückt nach links;Hand drückt nach rechts
OK-Zeichen/ok okay perfekt prima;zusammengedrückte Finger/italienisch;Finger, die ein bisschen zeigen/bisschen klein;
Siegeszeichen/frieden peace victory;gekreuzte Finger/glück hoffen daumen;Fingerherz/liebe geld;
Ich-liebe-dich-Geste/liebe;Teufelshörner/rock metal;Ruf-mich-an-Geste/anrufen locker
Zeigefinger nach links/links;Zeigefinger nach rechts/rechts;Zeigefinger nach oben/hoch oben;Mittelfinger/stinkefinger;
Zeigefinger nach unten/unten runter;erhobener Zeigefinger/achtung;Zeigefinger auf den Betrachter/du
Daumen hoch/gut ja ok super like;Daumen runter/schlecht nein dislike;erhobene Faust/faust;Faust von vorn/faust schlag;
Faust nach links;Faust nach rechts
klatschende Hände/klatschen applaus bravo beifall;jubelnde Hände/hurra jubel juhu;Herz aus Händen/liebe herz;
offene Hände;nach oben gewandte Handflächen/beten bitten;Händedruck/abgemacht einverstanden handschlag;
gefaltete Hände/bitte danke beten dankeschön namaste
schreibende Hand/schreiben;Nagellack/nägel maniküre;Selfie/foto handy
angespannter Bizeps/stark muskel kraft training;Armprothese;Beinprothese;Bein;Fuß;Ohr/hören;Ohr mit Hörgerät;
Nase/riechen;Gehirn/klug hirn;Herz als Organ/organ;Lunge;Zahn;Knochen;Augen/schauen gucken sehen;Auge;Zunge;Mund/lippen;
Lippenbeißen
Baby/säugling;Kind;Junge;Mädchen;Person/mensch;blonde Person;Mann;Person mit Bart/bart;Mann mit Bart;Frau mit Bart;
Mann mit roten Haaren;Mann mit Locken;Mann mit weißen Haaren;Mann mit Glatze;Frau;Frau mit roten Haaren;
Person mit roten Haaren;Frau mit Locken;Person mit Locken;Frau mit weißen Haaren;Person mit weißen Haaren;
Frau mit Glatze;Person mit Glatze;blonde Frau;blonder Mann;ältere Person;alter Mann/opa;alte Frau/oma
stirnrunzelnde Person;stirnrunzelnder Mann;stirnrunzelnde Frau;schmollende Person;schmollender Mann;schmollende Frau;
Person mit abwehrender Geste/nein stopp;Mann mit abwehrender Geste/nein stopp;Frau mit abwehrender Geste/nein stopp;
Person mit zustimmender Geste/ok;Mann mit zustimmender Geste/ok;Frau mit zustimmender Geste/ok;
Person mit Auskunftsgeste/info;Mann mit Auskunftsgeste/info;Frau mit Auskunftsgeste/info;
Person mit erhobener Hand/melden ich;Mann mit erhobener Hand/melden ich;Frau mit erhobener Hand/melden ich;
gehörlose Person;gehörloser Mann;gehörlose Frau;sich verbeugende Person/entschuldigung;
sich verbeugender Mann/entschuldigung;sich verbeugende Frau/entschuldigung;
Person mit Hand vor dem Gesicht/facepalm peinlich;Mann mit Hand vor dem Gesicht/facepalm peinlich;
Frau mit Hand vor dem Gesicht/facepalm peinlich;schulterzuckende Person/keine ahnung egal;
schulterzuckender Mann/keine ahnung egal;schulterzuckende Frau/keine ahnung egal
Arzt oder Ärztin/doktor pflege;Arzt/doktor pflege;Ärztin/doktor pflege;Student oder Studentin/uni abschluss;
Student/uni abschluss;Studentin/uni abschluss;Lehrkraft/schule;Lehrer/schule;Lehrerin/schule;
Richter oder Richterin/recht;Richter/recht;Richterin/recht;Bauer oder Bäuerin/gärtner;Bauer/gärtner;Bäuerin/gärtner;
Koch oder Köchin/kochen;Koch/kochen;Köchin/kochen;Mechaniker oder Mechanikerin/klempner;Mechaniker/klempner;
Mechanikerin/klempner;Fabrikarbeiter oder Fabrikarbeiterin/schweißer;Fabrikarbeiter/schweißer;
Fabrikarbeiterin/schweißer;Büroangestellte oder Büroangestellter;Büroangestellter;Büroangestellte;
Wissenschaftler oder Wissenschaftlerin/forschung;Wissenschaftler/forschung;Wissenschaftlerin/forschung;
Programmierer oder Programmiererin/entwickler computer;Programmierer/entwickler computer;
Programmiererin/entwickler computer;Sänger oder Sängerin/rockstar;Sänger/rockstar;Sängerin/rockstar;
Künstler oder Künstlerin/maler;Künstler/maler;Künstlerin/maler;Pilot oder Pilotin/flugzeug;Pilot/flugzeug;
Pilotin/flugzeug;Astronaut oder Astronautin/weltraum;Astronaut/weltraum;Astronautin/weltraum;Feuerwehrleute;
Feuerwehrmann;Feuerwehrfrau;Polizeikraft/polizei;Polizist/polizei;Polizistin/polizei;Detektiv oder Detektivin/spion;
Detektiv/spion;Detektivin/spion;Wachperson;Wachmann;Wachfrau;Ninja;Bauarbeiter oder Bauarbeiterin;Bauarbeiter;
Bauarbeiterin;Person mit Krone;Prinz;Prinzessin;Person mit Turban;Mann mit Turban;Frau mit Turban;
Mann mit chinesischer Kappe;Frau mit Kopftuch/hidschab;Person im Smoking;Mann im Smoking;Frau im Smoking;
Person mit Schleier/braut hochzeit;Mann mit Schleier/braut hochzeit;Frau mit Schleier/braut hochzeit;
schwangere Frau/schwanger;schwangerer Mann;schwangere Person;Stillen/baby;Frau mit Babyfläschchen;
Mann mit Babyfläschchen;Person mit Babyfläschchen
Babyengel/engel;Weihnachtsmann/nikolaus weihnachten;Weihnachtsfrau/weihnachten;Weihnachtsperson/weihnachten;
Superheld oder Superheldin/held;Superheld/held;Superheldin/held;Bösewicht;männlicher Bösewicht;weiblicher Bösewicht;
Zauberer oder Zauberin/magie hexe;Zauberer/magie hexe;Zauberin/magie hexe;Märchenfee;männliche Fee;weibliche Fee;
Vampir oder Vampirin;Vampir;Vampirin;Wassermensch;Wassermann;Meerjungfrau;Elf oder Elfe;Elf;Elfe;Flaschengeist;
männlicher Flaschengeist;weiblicher Flaschengeist;Zombie;männlicher Zombie;weiblicher Zombie;Troll
Person bei der Gesichtsmassage/massage;Mann bei der Gesichtsmassage/massage;Frau bei der Gesichtsmassage/massage;
Person beim Haareschneiden/friseur;Mann beim Haareschneiden/friseur;Frau beim Haareschneiden/friseur;
gehende Person/gehen laufen;gehender Mann/gehen laufen;gehende Frau/gehen laufen;stehende Person;stehender Mann;
stehende Frau;kniende Person;kniender Mann;kniende Frau;Person mit Blindenstock;Mann mit Blindenstock;
Frau mit Blindenstock;Person im elektrischen Rollstuhl;Mann im elektrischen Rollstuhl;Frau im elektrischen Rollstuhl;
Person im Rollstuhl;Mann im Rollstuhl;Frau im Rollstuhl;rennende Person/rennen laufen joggen;
rennender Mann/rennen laufen joggen;rennende Frau/rennen laufen joggen;tanzende Frau/tanzen party;
tanzender Mann/tanzen party;schwebende Person im Anzug;Personen mit Hasenohren/party;Männer mit Hasenohren/party;
Frauen mit Hasenohren/party;Person in der Sauna;Mann in der Sauna;Frau in der Sauna;kletternde Person/klettern;
kletternder Mann/klettern;kletternde Frau/klettern
Person beim Fechten;Pferderennen/reiten;Skifahrer/ski;Snowboarder/snowboard;Person beim Golf;Mann beim Golf;
Frau beim Golf;Person beim Surfen/surfer;Mann beim Surfen/surfer;Frau beim Surfen/surfer;Person im Ruderboot/rudern;
Mann im Ruderboot/rudern;Frau im Ruderboot/rudern;Person beim Schwimmen;Mann beim Schwimmen;Frau beim Schwimmen;
Person mit Ball/basketball;Mann mit Ball/basketball;Frau mit Ball/basketball;Person beim Gewichtheben/hantel;
Mann beim Gewichtheben/hantel;Frau beim Gewichtheben/hantel;Person auf dem Fahrrad/radfahren;
Mann auf dem Fahrrad/radfahren;Frau auf dem Fahrrad/radfahren;Person auf dem Mountainbike/radfahren;
Mann auf dem Mountainbike/radfahren;Frau auf dem Mountainbike/radfahren;Person beim Radschlagen/turnen;
Mann beim Radschlagen/turnen;Frau beim Radschlagen/turnen;Personen beim Ringen;Männer beim Ringen;Frauen beim Ringen;
Person beim Wasserball;Mann beim Wasserball;Frau beim Wasserball;Person beim Handball;Mann beim Handball;
Frau beim Handball;Person beim Jonglieren;Mann beim Jonglieren;Frau beim Jonglieren
Person im Lotussitz/yoga meditation;Mann im Lotussitz/yoga meditation;Frau im Lotussitz/yoga meditation;
Person in der Badewanne/baden;Person im Bett/schlafen
Personen, die Händchen halten;Frauen, die Händchen halten;Frau und Mann, die Händchen halten/paar;
Männer, die Händchen halten;sich küssendes Paar/kuss;sich küssendes Paar: Frau, Mann;sich küssendes Paar: Mann, Mann;
sich küssendes Paar: Frau, Frau;Liebespaar/liebe;Liebespaar: Frau, Mann;Liebespaar: Mann, Mann;Liebespaar: Frau, Frau;
Familie/eltern;Familie: Mann, Frau, Junge;Familie: Mann, Frau, Mädchen;Familie: Mann, Frau, Mädchen, Junge;
Familie: Mann, Frau, Junge, Junge;Familie: Mann, Frau, Mädchen, Mädchen;Familie: Mann, Mann, Junge;
Familie: Mann, Mann, Mädchen;Familie: Mann, Mann, Mädchen, Junge;Familie: Mann, Mann, Junge, Junge;
Familie: Mann, Mann, Mädchen, Mädchen;Familie: Frau, Frau, Junge;Familie: Frau, Frau, Mädchen;
Familie: Frau, Frau, Mädchen, Junge;Familie: Frau, Frau, Junge, Junge;Familie: Frau, Frau, Mädchen, Mädchen;
Familie: Mann, Junge;Familie: Mann, Junge, Junge;Familie: Mann, Mädchen;Familie: Mann, Mädchen, Junge;
Familie: Mann, Mädchen, Mädchen;Familie: Frau, Junge;Familie: Frau, Junge, Junge;Familie: Frau, Mädchen;
Familie: Frau, Mädchen, Junge;Familie: Frau, Mädchen, Mädchen
sprechender Kopf;Silhouette einer Person/profil;Silhouette mehrerer Personen/gruppe;sich umarmende Personen/umarmung;
Fußabdrücke`,
  nature: `Affengesicht;Affe;Gorilla;Orang-Utan;Hundegesicht/welpe;Hund/haustier;Blindenhund;Assistenzhund;Pudel;Wolf;
Fuchs;Waschbär;Katzengesicht/kätzchen mieze;Katze/haustier;schwarze Katze;Löwe;Tigergesicht;Tiger;Leopard;Pferdegesicht;
Elch;Esel;Pferd;Einhorn/magie;Zebra;Hirsch/reh;Bison;Kuhgesicht;Ochse/stier;Wasserbüffel;Kuh;Schweinegesicht/ferkel;
Schwein/sau;Wildschwein;Schweinerüssel;Widder;Schaf;Ziege;Dromedar/kamel;Kamel;Lama;Giraffe;Elefant;Mammut;Nashorn;
Nilpferd;Mäusegesicht;Maus;Ratte;Hamster;Hasengesicht/kaninchen;Hase/kaninchen;Streifenhörnchen/eichhörnchen;Biber;Igel;
Fledermaus;Bär/teddy;Eisbär;Koala;Panda;Faultier;Otter;Stinktier;Känguru;Dachs;Pfotenabdrücke/pfoten
Truthahn/pute;Huhn/henne;Hahn;schlüpfendes Küken;Küken;Küken von vorn;Vogel;Pinguin/linux;Taube/frieden;Adler;Ente;
Schwan;Eule;Dodo;Feder;Flamingo;Pfau;Papagei;Flügel;schwarzer Vogel/amsel rabe;Gans
Frosch
Krokodil;Schildkröte/langsam;Eidechse;Schlange;Drachengesicht;Drache;Sauropode/dinosaurier;T-Rex/dinosaurier
blasender Wal;Wal;Delfin;Robbe/seehund;Fisch;tropischer Fisch;Kugelfisch;Hai;Oktopus/krake tintenfisch;
Schneckenhaus/muschel;Koralle;Qualle
Schnecke;Schmetterling;Raupe/wurm;Ameise;Biene/honigbiene hummel;Käfer;Marienkäfer;Grille;Kakerlake/schabe;Spinne;
Spinnennetz;Skorpion;Stechmücke;Fliege;Wurm;Mikrobe/bakterie virus
Blumenstrauß/blumen;Kirschblüte/blüte sakura;weiße Blume;Lotusblüte;Rosette;Rose/blume;welke Blume/verwelkt;Hibiskus;
Sonnenblume/blume;gelbe Blüte/blume;Tulpe/blume;Hyazinthe
Keimling/pflanze wachsen;Topfpflanze;Nadelbaum/tanne;Laubbaum/baum;Palme;Kaktus/wüste;Reisähre;Kräuter;Klee;
Glücksklee/kleeblatt glück;Ahornblatt/herbst;fallendes Laub/herbst blätter;Blätter im Wind;leeres Nest;Nest mit Eiern;
Pilz`,
  food: `Weintrauben/trauben;Honigmelone;Wassermelone;Mandarine/orange;Zitrone;Banane;Ananas;Mango;roter Apfel/apfel;
grüner Apfel;Birne;Pfirsich/po;Kirschen;Erdbeere;Blaubeeren/heidelbeeren;Kiwi;Tomate;Olive;Kokosnuss
Avocado;Aubergine;Kartoffel;Karotte/möhre;Maiskolben;Chilischote/scharf;Paprika;Gurke;Blattgemüse/salat kohl;Brokkoli;
Knoblauch;Zwiebel;Erdnüsse;Bohnen;Kastanie/marone;Ingwer;Erbsenschote
Brot/toast;Croissant;Baguette;Fladenbrot;Brezel;Bagel;Pfannkuchen;Waffel;Käse;Fleisch am Knochen;Hähnchenschenkel/keule;
Stück Fleisch/steak;Speck;Hamburger/burger;Pommes/fritten;Pizza/pizzastück;Hotdog/wurst;Sandwich;Taco;Burrito;Tamale;
gefülltes Fladenbrot/döner;Falafel;Ei;Spiegelei/kochen braten;Pfannengericht/paella;Topf mit Essen/eintopf suppe;
Käsefondue;Schüssel mit Löffel/müsli;grüner Salat;Popcorn/kino;Butter;Salz;Konserve/dose
Bento-Box;Reiscracker;Reisbällchen;gekochter Reis/reis;Reis mit Curry;dampfende Schüssel/nudelsuppe ramen;
Spaghetti/nudeln pasta;geröstete Süßkartoffel;Oden;Sushi/fisch;frittierte Garnele;Fischfrikadelle;Mondkuchen;Dango;
Teigtasche/maultasche;Glückskeks;Essen zum Mitnehmen
Krabbe/krebs;Hummer;Garnele;Tintenfisch;Auster
Softeis/eis;Wassereis;Eisbecher/eis;Donut;Keks/plätzchen;Geburtstagskuchen/geburtstag torte;Tortenstück/kuchen;
Cupcake/muffin;Kuchen;Tafel Schokolade/schokolade;Bonbon/süßigkeit;Lutscher/lolli;Pudding;Honigtopf/honig
Babyflasche/fläschchen;Glas Milch;Heißgetränk/kaffee tee;Teekanne;Teeschale/tee;Sake;
Flasche mit Korken/sekt champagner feiern;Weinglas/wein;Cocktailglas/cocktail;Tropencocktail;Bierkrug/bier;
anstoßende Bierkrüge/prost bier;anstoßende Sektgläser/prost sekt;Whiskyglas/schnaps;Flüssigkeit, die ausgegossen wird;
Becher mit Strohhalm/limo;Bubble Tea;Getränkekarton/saft;Mate-Tee;Eiswürfel
Essstäbchen;Teller mit Messer und Gabel/essen;Messer und Gabel/besteck essen;Löffel;Küchenmesser/messer;Einmachglas;
Amphore`,
  travel: `Erdkugel mit Europa und Afrika/erde welt;Erdkugel mit Amerika/erde welt;
Erdkugel mit Asien und Australien/erde welt;Globus mit Meridianen/internet;Weltkarte;Karte von Japan;Kompass
schneebedeckter Berg/alpen;Berg;Vulkan;Fudschijama;Camping;Strand mit Sonnenschirm/urlaub ferien;Wüste;
einsame Insel/insel;Nationalpark
Stadion;antikes Gebäude;Baustelle mit Kran;Ziegelsteine/mauer;Stein/fels;Holz;Hütte;Häuser;verfallenes Haus;
Haus/zuhause;Haus mit Garten/zuhause;Bürogebäude;japanisches Postamt;Postamt;Krankenhaus/arzt;Bank/geld;Hotel;
Stundenhotel;Minimarkt/laden;Schule;Kaufhaus;Fabrik;japanisches Schloss;Schloss/burg;Hochzeit/heirat;Tokioter Turm;
Freiheitsstatue
Kirche;Moschee;Hindutempel/tempel;Synagoge;Shinto-Schrein;Kaaba/mekka
Springbrunnen;Zelt;neblige Stadt;Sternennacht/nacht;Skyline/stadt;Sonnenaufgang über Bergen;Sonnenaufgang/morgen;
Stadt in der Abenddämmerung/abend;Sonnenuntergang/abend;Brücke bei Nacht;heiße Quellen;Karussell;Rutsche/spielplatz;
Riesenrad;Achterbahn;Barbierstange/friseur;Zirkuszelt
Dampflok/zug;Eisenbahnwagen/waggon;Hochgeschwindigkeitszug/ice;Shinkansen;Zug/bahn;U-Bahn;S-Bahn;Bahnhof;
Tram von vorn/tram;Einschienenbahn;Bergbahn;Straßenbahn/tram;Bus/reise;Bus von vorn;Oberleitungsbus;Kleinbus;
Krankenwagen/rettungswagen;Feuerwehrauto/feuerwehr;Polizeiwagen/polizei;Polizeiwagen von vorn;Taxi;Taxi von vorn;
Auto/fahren;Auto von vorn;Geländewagen;Pick-up;Lieferwagen;Lastwagen/lkw laster;Traktor/trecker;Rennwagen;Motorrad;
Motorroller/roller;Rollstuhl;elektrischer Rollstuhl;Autorikscha;Fahrrad/rad;Tretroller;Skateboard;Rollschuh;
Bushaltestelle;Autobahn;Bahngleis/schienen;Ölfass;Zapfsäule/tanken benzin;Rad/reifen;Blaulicht/alarm;waagerechte Ampel;
Ampel;Stoppschild/stopp halt;Absperrung/baustelle
Anker/schiff;Rettungsring;Segelboot;Kanu;Schnellboot;Passagierschiff/kreuzfahrt;Fähre;Motorboot;Schiff
Flugzeug/fliegen flug reise;kleines Flugzeug;Abflug;Ankunft/landung;Fallschirm;Sitzplatz;Hubschrauber;Schwebebahn;
Seilbahn;Luftseilbahn/gondel;Satellit;Rakete/start weltraum;fliegende Untertasse/ufo
Rezeptionsklingel;Koffer/gepäck
abgelaufene Sanduhr/zeit warten;laufende Sanduhr/zeit warten;Armbanduhr/uhr;Wecker/uhrzeit aufwachen;Stoppuhr;
Kurzzeitwecker;Kaminuhr;zwölf Uhr;halb eins;ein Uhr;halb zwei;zwei Uhr;halb drei;drei Uhr;halb vier;vier Uhr;halb fünf;
fünf Uhr;halb sechs;sechs Uhr;halb sieben;sieben Uhr;halb acht;acht Uhr;halb neun;neun Uhr;halb zehn;zehn Uhr;halb elf;
elf Uhr;halb zwölf
Neumond;zunehmende Mondsichel;zunehmender Halbmond;zunehmender Mond;Vollmond;abnehmender Mond;abnehmender Halbmond;
abnehmende Mondsichel;Mondsichel/mond nacht;Neumond mit Gesicht;Mondsichel mit Gesicht nach links;
Mondsichel mit Gesicht nach rechts;Thermometer/temperatur;Sonne/sonnig wetter;Vollmond mit Gesicht;Sonne mit Gesicht;
Planet mit Ring/saturn;Stern/favorit;funkelnder Stern/stern;Sternschnuppe;Milchstraße;Wolke;Sonne hinter Wolke/wetter;
Gewitterwolke mit Regen/gewitter;Sonne hinter kleiner Wolke;Sonne hinter großer Wolke;Sonne hinter Regenwolke;
Regenwolke/regen;Schneewolke/schnee;Wolke mit Blitz/gewitter;Wirbelsturm/tornado;Nebel;Windgesicht/wind;Wirbel;
Regenbogen;geschlossener Regenschirm;Regenschirm/schirm;Regenschirm im Regen/regen wetter;Sonnenschirm;
Blitz/strom energie schnell;Schneeflocke/schnee kalt winter;Schneemann im Schnee;Schneemann/winter;Komet;
Feuer/heiß flamme;Wassertropfen/tropfen;Welle/meer`,
  activities: `Halloweenkürbis/kürbis;Weihnachtsbaum/weihnachten;Feuerwerk/silvester neujahr;Wunderkerze;
Feuerwerkskörper/böller;Funkeln/glitzer magie neu;Luftballon/geburtstag party;
Konfettibombe/party feiern glückwunsch hurra;Konfettiball/party feiern;Tanabata-Baum;Neujahrsbambus;japanische Puppen;
Karpfenfahnen;Windspiel;Mondfest;roter Umschlag;Schleife;Geschenk/geburtstag präsent;Gedenkschleife;Eintrittskarten;
Ticket
Militärorden;Pokal/sieger gewinner;Sportmedaille;Goldmedaille/gold erster;Silbermedaille/silber zweiter;
Bronzemedaille/bronze dritter
Fußball;Baseball;Softball;Basketball;Volleyball;Football;Rugby;Tennis;Frisbee;Bowling/kegeln;Kricket;Feldhockey;
Eishockey;Lacrosse;Tischtennis;Badminton/federball;Boxhandschuh/boxen;Kampfsportanzug/judo karate;Tor/tornetz;
Golfloch mit Fahne/golf;Schlittschuh;Angel/angeln;Taucherbrille mit Schnorchel/tauchen;Laufshirt;Skier/ski;Schlitten;
Curlingstein
Zielscheibe/ziel treffer;Jo-Jo;Drachen zum Steigenlassen/drachen;Wasserpistole;Billardkugel/billard;Kristallkugel;
Zauberstab/magie;Spielkonsole/zocken spiel;Joystick;Spielautomat;Würfel/spiel;Puzzleteil/puzzle;Teddybär;Piñata;
Discokugel;Matroschka;Pik;Herz als Spielkarte;Karo;Kreuz;Schachfigur/schach bauer;Joker;Mahjong-Stein;
japanische Blumenkarte
Theatermasken/theater;gerahmtes Bild;Farbpalette/malen kunst;Garnrolle/faden;Nadel und Faden/nähen;
Wollknäuel/stricken wolle;Knoten`,
  objects: `Brille;Sonnenbrille;Schutzbrille;Laborkittel;Warnweste;Krawatte/schlips hemd;T-Shirt;Jeans/hose;Schal;
Handschuhe;Mantel;Socken;Kleid;Kimono;Sari;Badeanzug;Unterhose/badehose;kurze Hose/shorts;Bikini;Damenbluse;Faltfächer;
Geldbörse/portemonnaie;Handtasche;Täschchen;Einkaufstüten/einkaufen shoppen;Rucksack/schulranzen;Zehensandale/flipflop;
Herrenschuh/schuh;Turnschuh/sportschuh;Wanderschuh;flacher Schuh;Stöckelschuh;Damensandale;Ballettschuhe;Damenstiefel;
Afrokamm;Krone/könig königin;Damenhut;Zylinder;Doktorhut/abschluss;Schirmmütze/kappe;Militärhelm;Rettungshelm;
Gebetskette;Lippenstift;Ring/heirat verlobung;Edelstein/diamant
Lautsprecher aus/stumm leise;Lautsprecher leise;Lautsprecher mittel;Lautsprecher laut/laut;Lautsprecher;Megafon;
Posthorn;Glocke/benachrichtigung;durchgestrichene Glocke/stumm
Notenblatt;Note/musik lied;Noten/musik lied;Studiomikrofon;Schieberegler;Drehregler;Mikrofon/singen karaoke;
Kopfhörer/musik;Radio
Saxofon;Akkordeon;Gitarre/rock;Klaviatur/klavier;Trompete;Geige/violine;Banjo;Trommel/schlagzeug;lange Trommel;
Maracas/rassel;Flöte
Handy/smartphone telefon;Handy mit Pfeil;Telefon/anrufen;Telefonhörer/anruf;Pager;Faxgerät
Batterie/akku;schwache Batterie;Stecker/strom;Laptop/computer notebook;Desktop-PC/bildschirm monitor computer;Drucker;
Tastatur;Computermaus/maus;Trackball;Minidisc;Diskette/speichern;CD;DVD;Abakus
Filmkamera;Filmstreifen;Filmprojektor;Filmklappe/film;Fernseher/tv;Kamera/foto;Kamera mit Blitz/foto;Videokamera;
Videokassette;Lupe nach links/suchen finden;Lupe nach rechts/suchen;Kerze;Glühbirne/idee licht;Taschenlampe;
rote Papierlaterne;Diya-Lampe/diwali
verziertes Notizbuch;geschlossenes Buch;offenes Buch/lesen;grünes Buch;blaues Buch;orangefarbenes Buch;
Bücher/lesen lernen;Notizbuch/heft;Spiralheft;gewellte Seite;Schriftrolle;Textseite/dokument;Zeitung;gerollte Zeitung;
Registerseiten;Lesezeichen;Etikett
Geldsack/geld reich;Münze;Yen-Banknote;Dollar-Banknote/geld;Euro-Banknote/geld;Pfund-Banknote;Geld mit Flügeln/ausgeben;
Kreditkarte;Beleg/quittung;steigender Trend mit Yen
Briefumschlag/brief mail;E-Mail;eingehender Umschlag;Umschlag mit Pfeil;Postausgang;Posteingang;Paket;
geschlossener Briefkasten mit Post;geschlossener Briefkasten ohne Post;offener Briefkasten mit Post;
offener Briefkasten ohne Post;Briefkasten;Wahlurne/wählen
Bleistift/schreiben;Federspitze;Füller;Kugelschreiber/stift;Pinsel/malen;Wachsmalstift;Notiz/schreiben aufgabe
Aktentasche;Ordner;offener Ordner;Karteireiter;Kalender/datum termin;Abreißkalender;Notizblock;Spiralkalender;
Rolodex/adressen;steigender Trend/wachstum aktien;fallender Trend;Balkendiagramm;Klemmbrett;Reißzwecke/pin;
runde Stecknadel/ort;Büroklammer/anhang;verbundene Büroklammern;Lineal;Zeichendreieck/geodreieck;Schere/schneiden;
Karteikasten;Aktenschrank;Papierkorb/müll löschen
Schloss zu/gesperrt sicher privat;Schloss offen/entsperrt;Schloss mit Füller;Schloss mit Schlüssel;Schlüssel/passwort;
alter Schlüssel
Hammer/werkzeug;Axt/beil;Spitzhacke;Hammer und Pickel;Hammer und Schraubenschlüssel/werkzeug reparieren;Dolch;
gekreuzte Schwerter/kampf;Bombe;Bumerang;Pfeil und Bogen;Schild/schutz;Säge;Schraubenschlüssel/werkzeug;Schraubenzieher;
Mutter und Schraube;Zahnrad/einstellungen;Schraubzwinge;Waage/gerechtigkeit;Blindenstock;Link/verbindung kette;Ketten;
Haken;Werkzeugkasten;Magnet;Leiter
Destillierkolben;Reagenzglas/versuch test;Petrischale;DNA/gene;Mikroskop;Teleskop;Satellitenschüssel
Spritze/impfung;Blutstropfen/blut;Tablette/pille medizin;Pflaster;Krücke;Stethoskop;Röntgenbild
Tür/ausgang;Aufzug/fahrstuhl;Spiegel;Fenster;Bett;Sofa und Lampe;Stuhl;Toilette/klo;Pömpel;Dusche;Badewanne;Mausefalle;
Rasiermesser;Cremeflasche/lotion;Sicherheitsnadel;Besen/putzen;Korb/wäsche;Klopapier;Eimer;Seife;Seifenblasen;
Zahnbürste;Schwamm;Feuerlöscher;Einkaufswagen/einkaufen
Zigarette/rauchen;Sarg;Grabstein;Urne;Nazar-Amulett;Hamsa;Moai-Statue;Protestschild;Ausweis`,
  symbols: `Geldautomat;Abfall in den Mülleimer;Trinkwasser;Rollstuhlsymbol/barrierefrei;Herrentoilette;Damentoilette;
Toiletten;Wickelraum;WC/klo;Passkontrolle;Zoll;Gepäckausgabe;Gepäckaufbewahrung
Warnung/achtung vorsicht;Kinder kreuzen;Einfahrt verboten/stopp;Verboten/nein;Fahrräder verboten;Rauchen verboten;
Müll wegwerfen verboten;kein Trinkwasser;Fußgänger verboten;Handys verboten;unter 18 verboten;radioaktiv;Biogefährdung
Pfeil nach oben/hoch;Pfeil nach rechts oben;Pfeil nach rechts/rechts;Pfeil nach rechts unten;Pfeil nach unten/runter;
Pfeil nach links unten;Pfeil nach links/links;Pfeil nach links oben;Pfeil nach oben und unten;
Pfeil nach links und rechts;Pfeil mit Bogen nach links;Pfeil mit Bogen nach rechts;Pfeil mit Bogen nach oben;
Pfeil mit Bogen nach unten;Pfeile im Uhrzeigersinn;Pfeile gegen den Uhrzeigersinn/neu laden aktualisieren;
Pfeil BACK/zurück;Pfeil END/ende;Pfeil ON;Pfeil SOON/bald;Pfeil TOP
Gebetsort;Atomsymbol/atom;Om;Davidstern;Dharma-Rad;Yin und Yang;christliches Kreuz;orthodoxes Kreuz;
Halbmond mit Stern/islam;Friedenszeichen/frieden;Menora;sechszackiger Stern mit Punkt;Khanda
Widder als Sternzeichen;Stier als Sternzeichen;Zwillinge/sternzeichen;Krebs als Sternzeichen;Löwe als Sternzeichen;
Jungfrau/sternzeichen;Waage als Sternzeichen;Skorpion als Sternzeichen;Schütze/sternzeichen;Steinbock/sternzeichen;
Wassermann als Sternzeichen;Fische/sternzeichen;Schlangenträger
Zufallswiedergabe;Wiederholen;einmal wiederholen;Wiedergabe/start play;Vorspulen;nächster Titel;Wiedergabe oder Pause;
rückwärts;Zurückspulen;vorheriger Titel;Schaltfläche nach oben;Schaltfläche schnell nach oben;Schaltfläche nach unten;
Schaltfläche schnell nach unten;Pause;Stopptaste;Aufnehmen;Auswerfen;Kino;dunkler;heller;Signalbalken/empfang;WLAN;
Vibrationsmodus;Handy aus
Frauensymbol/weiblich;Männersymbol/männlich;Transgender-Symbol
Malzeichen/mal;Pluszeichen/plus;Minuszeichen/minus;Geteiltzeichen/geteilt;Gleichheitszeichen/gleich;Unendlich
doppeltes Ausrufezeichen/wichtig;Ausrufe- und Fragezeichen;rotes Fragezeichen/frage was;weißes Fragezeichen;
weißes Ausrufezeichen;rotes Ausrufezeichen/wichtig achtung;Wellenlinie
Geldwechsel;Dollarzeichen
Äskulapstab/medizin;Recyclingsymbol;Lilie;Dreizack;Namensschild;japanisches Anfängerzeichen;roter Kreis hohl;
weißes Häkchen im grünen Feld/erledigt ja fertig haken;Kästchen mit Häkchen/erledigt;Häkchen/erledigt ja haken;
Kreuzzeichen/falsch nein löschen;Kreuz im grünen Feld;Schleifenlinie;doppelte Schleifenlinie;Wechselzeichen;
achtzackiger Stern als Zeichen;achtzackiger Stern;Glitzerzeichen;Copyright;eingetragene Marke;Markenzeichen
Taste #;Taste *;Taste 0/null;Taste 1/eins;Taste 2/zwei;Taste 3/drei;Taste 4/vier;Taste 5/fünf;Taste 6/sechs;
Taste 7/sieben;Taste 8/acht;Taste 9/neun;Taste 10/zehn
Eingabe Großbuchstaben;Eingabe Kleinbuchstaben;Eingabe Zahlen;Eingabe Symbole;Eingabe Buchstaben;Blutgruppe A;
Blutgruppe AB;Blutgruppe B;Taste CL;Taste COOL;Taste FREE/gratis;Information/info;Taste ID;M im Kreis;Taste NEW/neu;
Taste NG;Blutgruppe 0;Taste OK;Parkplatz/parken;SOS/hilfe notruf;Taste UP;gegen/vs;japanisches Zeichen für „hier“;
japanisches Zeichen für „Bedienungsgeld“;japanisches Zeichen für „Monatsbetrag“;
japanisches Zeichen für „kostenpflichtig“;japanisches Zeichen für „reserviert“;japanisches Zeichen für „Schnäppchen“;
japanisches Zeichen für „Rabatt“;japanisches Zeichen für „gratis“;japanisches Zeichen für „verboten“;
japanisches Zeichen für „akzeptabel“;japanisches Zeichen für „anwenden“;japanisches Zeichen für „bestanden“;
japanisches Zeichen für „Zimmer frei“;japanisches Zeichen für „Gratulation“;japanisches Zeichen für „Geheimnis“;
japanisches Zeichen für „geöffnet“;japanisches Zeichen für „ausgebucht“
roter Kreis;orangefarbener Kreis;gelber Kreis;grüner Kreis;blauer Kreis;lila Kreis;brauner Kreis;schwarzer Kreis;
weißer Kreis;rotes Quadrat;orangefarbenes Quadrat;gelbes Quadrat;grünes Quadrat;blaues Quadrat;lila Quadrat;
braunes Quadrat;großes schwarzes Quadrat;großes weißes Quadrat;mittelgroßes schwarzes Quadrat;
mittelgroßes weißes Quadrat;kleineres schwarzes Quadrat;kleineres weißes Quadrat;kleines schwarzes Quadrat;
kleines weißes Quadrat;große orangefarbene Raute;große blaue Raute;kleine orangefarbene Raute;kleine blaue Raute;
rotes Dreieck nach oben;rotes Dreieck nach unten;Raute mit Punkt;Optionsfeld;weiße quadratische Taste;
schwarze quadratische Taste`,
  flags: `Zielflagge/rennen ziel;rote Dreiecksflagge/warnung;gekreuzte Flaggen;schwarze Flagge;weiße Flagge;
Regenbogenflagge/stolz pride lgbt;Transgender-Flagge;Piratenflagge/pirat
England/flagge;Schottland/flagge;Wales/flagge`,
}
