// @ts-check
/**
 * The emoji in Spanish: a name for each and more words to find it by, without the emoji, in the order and the form of
 * emoji-data.js. FLAG finds the flags, together with the name of the country.
 */

export const FLAG = "bandera"

/** @type {Record<string, string>} */
export const WORDS = {
  smileys: `cara sonriendo/sonrisa feliz contento;cara riendo con ojos grandes/risa feliz;
cara riendo con ojos sonrientes/risa alegría;cara radiante/sonrisa dientes;
cara riendo con los ojos cerrados/risa jaja xd;cara riendo con sudor frío/sudor nervioso uf;
partirse de risa/risa rodando carcajada jaja;llorar de risa/risa lágrimas jaja carcajada;
cara sonriendo levemente/sonrisa;cara al revés/ironía tonto;cara derritiéndose/derretir calor vergüenza;
cara guiñando el ojo/guiño;cara sonrojada feliz/sonrisa feliz sonrojo;cara con aureola/ángel inocente santo
cara sonriendo con corazones/amor enamorado corazón;cara con ojos de corazón/enamorado amor corazón;
cara con ojos de estrella/guau emocionado estrellas;cara lanzando un beso/beso besito amor;cara besando/beso;
cara sonriente/sonrisa;cara besando con los ojos cerrados/beso;cara besando con ojos sonrientes/beso;
cara sonriendo con lágrima/emocionado
cara saboreando comida/rico delicioso ñam;cara sacando la lengua/lengua burla;
cara guiñando y sacando la lengua/lengua loco broma;cara de loco/loco chiflado;
cara con lengua y ojos cerrados/lengua puaj;cara con ojos de dinero/dinero rico
abrazo/abrazar;cara con la mano en la boca/risita ups;cara sorprendida con la mano en la boca/susto asombro;
cara mirando entre los dedos/tímido espiar;cara pidiendo silencio/silencio callar secreto;
cara pensativa/pensar duda mmm;cara haciendo saludo militar/saludo señor respeto
cara con boca de cremallera/callado secreto;cara con ceja levantada/duda sospecha escéptico;cara neutral/indiferente;
cara sin expresión/fastidio;cara sin boca/mudo silencio;cara de línea de puntos/invisible;cara en las nubes/despistado;
cara de superioridad/pícaro sonrisa;cara disgustada/molesto harto;ojos en blanco/fastidio cansado;
mueca/incómodo dientes nervioso;cara exhalando/suspiro alivio;cara de mentiroso/mentira pinocho nariz;
cara temblando/temblar
cara aliviada/alivio relajado;cara triste y pensativa/triste pensativo;cara de sueño/sueño cansado;
cara babeando/baba antojo;cara durmiendo/dormir sueño zzz
cara con mascarilla/enfermo mascarilla;cara con termómetro/enfermo fiebre;cara con la cabeza vendada/herido dolor golpe;
cara de náuseas/asco náusea enfermo;cara vomitando/vómito asco enfermo;cara estornudando/estornudo resfriado salud;
cara con calor/calor sudor;cara con frío/frío congelado;cara grogui/borracho mareado;
cara con ojos en cruz/mareado muerto;cara con ojos de espiral/mareado hipnosis;
cabeza explotando/alucinante guau explosión
cara con sombrero de vaquero/vaquero;cara de fiesta/fiesta celebrar cumpleaños;cara disfrazada/disfraz
cara con gafas de sol/genial guay lentes;cara de empollón/nerd gafas listo;cara con monóculo/curioso
cara confundida/confuso;cara con boca torcida/decepción duda;cara preocupada/preocupado;cara ligeramente triste/triste;
cara triste con ceño/triste;cara con la boca abierta/sorpresa guau;cara estupefacta/sorpresa;
cara asombrada/asombro sorpresa;cara ruborizada/vergüenza rojo;cara suplicando/por-favor súplica pena;
cara aguantando las lágrimas/emocionado lágrimas gracias;cara con ceño y boca abierta/disgusto;cara angustiada/angustia;
cara asustada/miedo susto;cara con ansiedad y sudor/nervioso ansiedad;cara triste pero aliviada/triste sudor;
cara llorando/llorar triste lágrima;cara llorando a mares/llorar llanto triste;
cara gritando de miedo/grito miedo terror;cara frustrada/frustración;cara esforzándose/esfuerzo aguantar;
cara decepcionada/decepción triste;cara abatida con sudor/sudor;cara agotada/agotado cansado;cara cansada/cansado harto;
cara bostezando/bostezo sueño aburrido
cara resoplando/orgullo furia;cara roja de enfado/enfadado furioso rabia;cara enfadada/enfado enojado molesto;
cara con símbolos en la boca/insultar palabrotas enfado;diablo sonriente/diablo demonio malo;
diablo enfadado/diablo demonio;calavera/muerto cráneo;calavera y huesos/peligro muerte veneno pirata
caca/mierda popó;payaso/circo;ogro/monstruo;duende japonés/demonio;fantasma/halloween bu;extraterrestre/alienígena ovni;
monstruo de videojuego/alienígena;robot/bot
gato sonriendo/gato;gato riendo con ojos sonrientes/gato;gato llorando de risa/gato risa;
gato con ojos de corazón/gato enamorado;gato con sonrisa pícara/gato;gato besando/gato beso;gato asustado/gato;
gato llorando/gato;gato enfadado/gato
mono que no ve/mono vergüenza;mono que no oye/mono;mono que no habla/mono
carta de amor/amor;corazón con flecha/amor cupido;corazón con lazo/amor regalo;corazón brillante/amor;
corazón creciente/amor;corazón latiendo/amor;corazones girando/amor;dos corazones/amor;adorno de corazón;
exclamación de corazón;corazón roto/desamor triste;corazón en llamas/pasión;corazón curándose/venda;
corazón rojo/corazón amor;corazón rosa;corazón naranja/amor;corazón amarillo/amor;corazón verde/amor;corazón azul/amor;
corazón celeste;corazón morado/amor;corazón marrón;corazón negro/amor;corazón gris;corazón blanco
marca de beso/beso labios;cien puntos/100 cien perfecto;símbolo de enfado;choque/explosión bum;estrellas de mareo/mareo;
gotas de sudor/agua salpicar;nube de polvo/rápido pedo;agujero/hoyo;bocadillo de diálogo/chat mensaje hablar;
ojo en bocadillo;bocadillo izquierdo;bocadillo de enfado;bocadillo de pensamiento/pensar;símbolo de sueño/zzz dormir`,
  people: `mano saludando/hola adiós saludo;dorso de la mano;mano con los dedos abiertos;mano levantada/alto para;
saludo vulcano/spock;mano hacia la derecha;mano hacia la izquierda;mano con la palma hacia abajo;
mano con la palma hacia arriba;mano empujando a la izquierda;mano empujando a la derecha
señal de aprobación/ok vale perfecto;dedos juntos hacia arriba/italiano;pizca con los dedos/poquito pequeño;
señal de victoria/paz victoria;dedos cruzados/suerte ojalá;corazón con los dedos/amor dinero;gesto de te quiero/amor;
mano de cuernos/rock metal;mano de llámame/llamar
dedo señalando a la izquierda/izquierda;dedo señalando a la derecha/derecha;dedo señalando arriba/arriba;
dedo corazón levantado/peineta insulto;dedo señalando abajo/abajo;índice levantado/atención;dedo señalándote/tú
pulgar arriba/bien sí ok me-gusta vale;pulgar abajo/mal no;puño levantado/puño;puño de frente/puño golpe;
puño hacia la izquierda;puño hacia la derecha
aplausos/aplaudir bravo palmas;manos levantadas celebrando/hurra viva bravo;manos en forma de corazón/amor corazón;
manos abiertas;palmas juntas hacia arriba/rezar pedir;apretón de manos/trato acuerdo;
manos juntas/por-favor gracias rezar namaste
mano escribiendo/escribir;esmalte de uñas/uñas manicura;selfi/foto móvil
bíceps/fuerte músculo fuerza gimnasio;brazo mecánico;pierna mecánica;pierna;pie;oreja/oír;oreja con audífono;nariz/oler;
cerebro/listo mente;corazón humano/órgano;pulmones;diente/muela;hueso;ojos/mirar ver;ojo;lengua;boca/labios;
labio mordido
bebé;niño o niña;niño/chico;niña/chica;persona adulta;persona rubia;hombre;persona con barba/barba;hombre con barba;
mujer con barba;hombre pelirrojo;hombre con pelo rizado;hombre con pelo blanco;hombre calvo;mujer;mujer pelirroja;
persona pelirroja;mujer con pelo rizado;persona con pelo rizado;mujer con pelo blanco;persona con pelo blanco;
mujer calva;persona calva;mujer rubia;hombre rubio;persona mayor;hombre mayor/abuelo anciano;mujer mayor/abuela anciana
persona con el ceño fruncido;hombre con el ceño fruncido;mujer con el ceño fruncido;persona haciendo pucheros;
hombre haciendo pucheros;mujer haciendo pucheros;persona diciendo que no/no;hombre diciendo que no/no;
mujer diciendo que no/no;persona diciendo que sí/ok;hombre diciendo que sí/ok;mujer diciendo que sí/ok;
persona dando información;hombre dando información;mujer dando información;persona con la mano levantada/yo;
hombre con la mano levantada/yo;mujer con la mano levantada/yo;persona sorda;hombre sordo;mujer sorda;
persona haciendo una reverencia/perdón;hombre haciendo una reverencia/perdón;mujer haciendo una reverencia/perdón;
persona con la mano en la cara/facepalm vergüenza;hombre con la mano en la cara/facepalm vergüenza;
mujer con la mano en la cara/facepalm vergüenza;persona encogiéndose de hombros/no-sé;
hombre encogiéndose de hombros/no-sé;mujer encogiéndose de hombros/no-sé
profesional sanitario/doctor enfermero salud;médico/doctor enfermero salud;médica/doctor enfermero salud;
estudiante/universidad graduado;alumno/universidad graduado;alumna/universidad graduado;docente/maestro clase;
profesor/maestro clase;profesora/maestro clase;persona de la judicatura/ley;juez/ley;jueza/ley;
persona del campo/granjero;agricultor/granjero;agricultora/granjero;chef/cocinar;cocinero/cocinar;cocinera/cocinar;
persona que repara/fontanero;mecánico/fontanero;mecánica/fontanero;trabajo en fábrica;obrero de fábrica;
obrera de fábrica;oficinista;hombre de oficina;mujer de oficina;persona de ciencia;científico;científica;
persona que programa/informática ordenador;programador/informática ordenador;programadora/informática ordenador;
cantante/estrella;hombre cantante/estrella;mujer cantante/estrella;artista;pintor;pintora;piloto/avión;
hombre piloto/avión;mujer piloto/avión;astronauta/espacio;hombre astronauta/espacio;mujer astronauta/espacio;
persona del cuerpo de bomberos;bombero;bombera;agente de policía;hombre policía;mujer policía;detective/espía;
hombre detective/espía;mujer detective/espía;guardia real;hombre guardia;mujer guardia;ninja;
persona de la construcción/albañil;obrero/albañil;obrera/albañil;persona con corona;príncipe;princesa;
persona con turbante;hombre con turbante;mujer con turbante;hombre con gorro chino;mujer con velo islámico/hiyab;
persona con esmoquin;hombre con esmoquin;mujer con esmoquin;persona con velo de novia/novia boda;
hombre con velo de novia/novia boda;mujer con velo de novia/novia boda;mujer embarazada/embarazo;hombre embarazado;
persona embarazada;lactancia materna/bebé;mujer con biberón;hombre con biberón;persona con biberón
bebé ángel/ángel;Papá Noel/navidad santa;Mamá Noel/navidad;persona vestida de Papá Noel/navidad;
personaje de superhéroe/héroe;superhéroe/héroe;superheroína/héroe;personaje malvado;supervillano;supervillana;
personaje mágico/magia bruja;mago/magia bruja;maga/magia bruja;hada;hombre hada;mujer hada;personaje de vampiro;vampiro;
vampira;criatura marina;tritón;sirena;ser élfico;elfo;elfa;genio;hombre genio;mujer genio;zombi;hombre zombi;
mujer zombi;trol
persona recibiendo un masaje;hombre recibiendo un masaje;mujer recibiendo un masaje;
persona cortándose el pelo/peluquería;hombre cortándose el pelo/peluquería;mujer cortándose el pelo/peluquería;
persona caminando/caminar andar;hombre caminando/caminar andar;mujer caminando/caminar andar;persona de pie;
hombre de pie;mujer de pie;persona de rodillas;hombre de rodillas;mujer de rodillas;persona con bastón blanco;
hombre con bastón blanco;mujer con bastón blanco;persona en silla de ruedas eléctrica;
hombre en silla de ruedas eléctrica;mujer en silla de ruedas eléctrica;persona en silla de ruedas;
hombre en silla de ruedas;mujer en silla de ruedas;persona corriendo/correr;hombre corriendo/correr;
mujer corriendo/correr;mujer bailando/bailar baile fiesta;hombre bailando/bailar baile fiesta;
persona con traje levitando;personas con orejas de conejo/fiesta;hombres con orejas de conejo/fiesta;
mujeres con orejas de conejo/fiesta;persona en una sauna;hombre en una sauna;mujer en una sauna;
persona escalando/escalar;hombre escalando/escalar;mujer escalando/escalar
persona haciendo esgrima;carrera de caballos;esquiador/esquiar nieve;snowboarder/nieve;persona jugando al golf;
hombre jugando al golf;mujer jugando al golf;persona haciendo surf;hombre haciendo surf;mujer haciendo surf;
persona remando/remo;hombre remando/remo;mujer remando/remo;persona nadando/nadar;hombre nadando/nadar;
mujer nadando/nadar;persona botando un balón/baloncesto;hombre botando un balón/baloncesto;
mujer botando un balón/baloncesto;persona levantando pesas;hombre levantando pesas;mujer levantando pesas;
persona en bicicleta;hombre en bicicleta;mujer en bicicleta;persona en bicicleta de montaña;
hombre en bicicleta de montaña;mujer en bicicleta de montaña;persona haciendo la rueda;hombre haciendo la rueda;
mujer haciendo la rueda;personas en lucha libre;hombres en lucha libre;mujeres en lucha libre;
persona jugando al waterpolo;hombre jugando al waterpolo;mujer jugando al waterpolo;persona jugando al balonmano;
hombre jugando al balonmano;mujer jugando al balonmano;persona haciendo malabares;hombre haciendo malabares;
mujer haciendo malabares
persona en posición de loto/yoga meditar;hombre en posición de loto/yoga meditar;mujer en posición de loto/yoga meditar;
persona en la bañera/baño;persona en la cama/dormir
personas de la mano;mujeres de la mano;mujer y hombre de la mano/pareja;hombres de la mano;pareja besándose/beso;
pareja besándose: mujer, hombre;pareja besándose: hombre, hombre;pareja besándose: mujer, mujer;pareja con corazón/amor;
pareja con corazón: mujer, hombre;pareja con corazón: hombre, hombre;pareja con corazón: mujer, mujer;familia/padres;
familia: hombre, mujer, niño;familia: hombre, mujer, niña;familia: hombre, mujer, niña, niño;
familia: hombre, mujer, niño, niño;familia: hombre, mujer, niña, niña;familia: hombre, hombre, niño;
familia: hombre, hombre, niña;familia: hombre, hombre, niña, niño;familia: hombre, hombre, niño, niño;
familia: hombre, hombre, niña, niña;familia: mujer, mujer, niño;familia: mujer, mujer, niña;
familia: mujer, mujer, niña, niño;familia: mujer, mujer, niño, niño;familia: mujer, mujer, niña, niña;
familia: hombre, niño;familia: hombre, niño, niño;familia: hombre, niña;familia: hombre, niña, niño;
familia: hombre, niña, niña;familia: mujer, niño;familia: mujer, niño, niño;familia: mujer, niña;
familia: mujer, niña, niño;familia: mujer, niña, niña
cabeza hablando;silueta de persona/perfil;siluetas de personas/grupo;personas abrazándose/abrazo;huellas de pies`,
  nature: `cara de mono;mono;gorila;orangután;cara de perro/cachorro perrito;perro/mascota;perro guía;
perro de asistencia;caniche;lobo;zorro;mapache;cara de gato/gatito;gato/mascota;gato negro;león;cara de tigre;tigre;
leopardo;cara de caballo;alce;burro;caballo;unicornio/magia;cebra;ciervo;bisonte;cara de vaca;buey/toro;búfalo de agua;
vaca;cara de cerdo/cerdito;cerdo/puerco;jabalí;nariz de cerdo;carnero;oveja;cabra;dromedario;camello;llama;jirafa;
elefante;mamut;rinoceronte;hipopótamo;cara de ratón;ratón;rata;hámster;cara de conejo;conejo;ardilla;castor;erizo;
murciélago;oso;oso polar;koala;panda;perezoso;nutria;mofeta/zorrillo;canguro;tejón;huellas de patas
pavo;gallina/pollo;gallo;pollito rompiendo el cascarón;pollito;pollito de frente;pájaro/ave;pingüino/linux;paloma/paz;
águila;pato;cisne;búho;dodo;pluma;flamenco;pavo real;loro;ala;pájaro negro/cuervo;ganso
rana
cocodrilo;tortuga/lento;lagarto;serpiente;cara de dragón;dragón;saurópodo/dinosaurio;tiranosaurio/dinosaurio
ballena soltando un chorro;ballena;delfín;foca;pez/pescado;pez tropical;pez globo;tiburón;pulpo;caracola/concha;coral;
medusa
caracol;mariposa;oruga/gusano bicho;hormiga;abeja;escarabajo;mariquita;grillo;cucaracha;araña;telaraña;escorpión;
mosquito;mosca;lombriz;microbio/virus bacteria
ramo de flores/flores;flor de cerezo/flor;flor blanca;flor de loto;roseta;rosa/flor;flor marchita;hibisco;girasol/flor;
flor amarilla;tulipán/flor;jacinto
brote/planta crecer;planta en maceta;árbol de hoja perenne/pino;árbol;palmera;cactus/desierto;espiga de arroz;hierba;
trébol;trébol de cuatro hojas/suerte;hoja de arce/otoño;hojas caídas/otoño;hojas al viento;nido vacío;nido con huevos;
seta/hongo champiñón`,
  food: `uvas;melón;sandía;mandarina/naranja;limón;plátano/banana;piña;mango;manzana roja/manzana;manzana verde/manzana;
pera;melocotón/durazno culo;cerezas;fresa/frutilla;arándanos;kiwi;tomate;aceituna;coco
aguacate/palta;berenjena;patata/papa;zanahoria;mazorca de maíz/elote choclo;chile picante/picante ají;pimiento;pepino;
verdura de hoja/lechuga;brócoli;ajo;cebolla;cacahuetes/maní;frijoles/judías;castaña;jengibre;vaina de guisantes/arvejas
pan;cruasán;barra de pan/baguete;pan plano;pretzel;bagel;tortitas/panqueques;gofre/waffle;queso;carne con hueso;
muslo de pollo;corte de carne/filete;beicon/tocino;hamburguesa;patatas fritas/papas;pizza;perrito caliente/hotdog;
sándwich/bocadillo;taco;burrito;tamal;pan pita relleno/kebab;falafel;huevo;huevo frito/cocinar;paella/sartén;
olla de comida/guiso sopa;fondue;cuenco con cuchara/cereales;ensalada verde;palomitas/cine;mantequilla;sal;
comida enlatada/lata
bento;galleta de arroz;bola de arroz;arroz cocido/arroz;arroz con curri;fideos calientes/ramen sopa;espaguetis/pasta;
boniato asado/batata;oden;sushi/pescado;langostino frito;pastel de pescado;pastel de luna;dango;empanadilla/empanada;
galleta de la fortuna;comida para llevar
cangrejo;langosta;gamba/camarón;calamar;ostra
helado cremoso/helado;granizado;copa de helado/helado;dónut/rosquilla;galleta;tarta de cumpleaños/cumpleaños pastel;
trozo de tarta/pastel;magdalena;pastel horneado/tarta;tableta de chocolate/chocolate;caramelo/dulce;piruleta/chupete;
flan;tarro de miel/miel
biberón;vaso de leche;bebida caliente/café té;tetera;taza de té/té;sake;botella descorchada/champán celebrar;
copa de vino/vino;copa de cóctel/cóctel;bebida tropical;jarra de cerveza/cerveza;brindis con cerveza/salud cerveza;
brindis con copas/salud champán;vaso de whisky;líquido vertiéndose;vaso con pajita/refresco;té de burbujas;
brik de bebida/zumo jugo;mate;cubito de hielo
palillos;plato con cuchillo y tenedor/comer;cuchillo y tenedor/cubiertos comer;cuchara;cuchillo de cocina;tarro;ánfora`,
  travel: `globo terráqueo con Europa y África/tierra mundo;globo terráqueo con América/tierra mundo;
globo terráqueo con Asia y Australia/tierra mundo;globo con meridianos/internet;mapa del mundo;mapa de Japón;brújula
montaña nevada/alpes;montaña;volcán;monte Fuji;camping/acampar;playa con sombrilla/vacaciones;desierto;isla desierta;
parque nacional
estadio;edificio clásico;obra con grúa/construcción;ladrillos;roca/piedra;madera;cabaña;casas;casa abandonada;
casa/hogar;casa con jardín/hogar;edificio de oficinas;oficina de correos japonesa;oficina de correos;hospital/médico;
banco/dinero;hotel;hotel del amor;tienda de conveniencia;escuela/colegio;grandes almacenes;fábrica;castillo japonés;
castillo;capilla de boda/boda;Torre de Tokio;Estatua de la Libertad
iglesia;mezquita;templo hindú;sinagoga;santuario sintoísta;Kaaba/meca
fuente;tienda de campaña;ciudad con niebla;noche estrellada/noche;paisaje urbano/ciudad;amanecer en la montaña;
amanecer/mañana;ciudad al atardecer/tarde;puesta de sol/atardecer;puente de noche;aguas termales;carrusel;
tobogán/parque;noria;montaña rusa;poste de barbero/peluquería;carpa de circo
locomotora/tren;vagón;tren de alta velocidad/ave;tren bala;tren;metro;tren ligero;estación;tranvía de frente;monorraíl;
tren de montaña;tranvía;autobús/bus viaje;autobús de frente;trolebús;minibús/furgoneta;ambulancia;camión de bomberos;
coche de policía;coche de policía de frente;taxi;taxi de frente;coche/carro auto conducir;coche de frente;todoterreno;
camioneta;camión de reparto;camión articulado;tractor;coche de carreras;moto/motocicleta;ciclomotor;silla de ruedas;
silla de ruedas eléctrica;mototaxi;bicicleta/bici;patinete;monopatín;patín de ruedas;parada de autobús;
autopista/carretera;vía de tren;barril de petróleo;surtidor de gasolina;rueda;luz de policía/sirena;semáforo horizontal;
semáforo;señal de stop/alto;obras
ancla/barco;flotador salvavidas;velero;canoa;lancha;barco de pasajeros/crucero;ferri;barco a motor;barco
avión/vuelo viaje;avioneta;despegue/salida;aterrizaje/llegada;paracaídas;asiento;helicóptero;tren colgante;
teleférico de montaña;teleférico;satélite;cohete/despegar espacio;platillo volante/ovni
campanilla de recepción;maleta/equipaje
reloj de arena terminado/tiempo esperar;reloj de arena/tiempo esperar;reloj de pulsera/hora;despertador/alarma hora;
cronómetro;temporizador;reloj de mesa;doce en punto;doce y media;una en punto;una y media;dos en punto;dos y media;
tres en punto;tres y media;cuatro en punto;cuatro y media;cinco en punto;cinco y media;seis en punto;seis y media;
siete en punto;siete y media;ocho en punto;ocho y media;nueve en punto;nueve y media;diez en punto;diez y media;
once en punto;once y media
luna nueva;luna creciente;cuarto creciente;luna gibosa creciente;luna llena;luna gibosa menguante;cuarto menguante;
luna menguante;media luna/luna noche;luna nueva con cara;cuarto creciente con cara;cuarto menguante con cara;
termómetro/temperatura;sol/soleado tiempo;luna llena con cara;sol con cara;planeta con anillos/saturno;
estrella/favorito;estrella brillante;estrella fugaz;vía láctea;nube;sol con nube/tiempo;
nube con rayos y lluvia/tormenta;sol con nube pequeña;sol con nube grande;sol con nube de lluvia;
nube con lluvia/lluvia llover;nube con nieve/nieve;nube con rayo/tormenta;tornado;niebla;cara de viento/viento;ciclón;
arcoíris;paraguas cerrado;paraguas;paraguas con lluvia/lluvia tiempo;sombrilla;rayo/electricidad energía rápido;
copo de nieve/nieve frío invierno;muñeco de nieve con copos;muñeco de nieve/invierno;cometa en el cielo;
fuego/llama caliente;gota de agua/gota;ola/mar`,
  activities: `calabaza de Halloween;árbol de Navidad/navidad;fuegos artificiales/año-nuevo;bengala;petardo;
destellos/brillo magia nuevo;globo/cumpleaños fiesta;cañón de confeti/fiesta celebrar felicidades hurra;
bola de confeti/fiesta celebrar;árbol de Tanabata;adorno de pino;muñecas japonesas;banderines de carpas;
campanilla de viento;fiesta de la luna;sobre rojo;lazo;regalo/cumpleaños;lazo conmemorativo;entradas;tique/boleto
medalla militar;trofeo/ganador campeón copa;medalla deportiva;medalla de oro/oro primero;medalla de plata/plata segundo;
medalla de bronce/bronce tercero
balón de fútbol/fútbol;béisbol;sóftbol;baloncesto/básquet;voleibol;fútbol americano;rugby;tenis;disco volador/frisbee;
bolos;críquet;hockey sobre hierba;hockey sobre hielo;lacrosse;ping-pong;bádminton;guante de boxeo/boxeo;
uniforme de artes marciales/judo kárate;portería/gol;banderín de golf/golf;patín de hielo;caña de pescar/pesca;
gafas de buceo/bucear;camiseta de correr;esquís/esquiar;trineo;piedra de curling
diana/objetivo blanco;yoyó;cometa de juguete/volar;pistola de agua;bola de billar/billar;bola de cristal;
varita mágica/magia;mando de videojuegos/videojuego jugar;palanca de juegos;máquina tragaperras;dado/juego;
pieza de puzle/rompecabezas;osito de peluche;piñata;bola de espejos/discoteca;muñecas rusas;palo de picas;
palo de corazones;palo de diamantes;palo de tréboles;peón de ajedrez/ajedrez;comodín;ficha de mahjong;cartas de flores
máscaras de teatro/teatro;cuadro con marco;paleta de pintor/pintar arte;carrete de hilo;aguja de coser;
ovillo de lana/tejer;nudo`,
  objects: `gafas/lentes anteojos;gafas de sol;gafas de protección;bata de laboratorio;chaleco de seguridad;
corbata/camisa;camiseta/playera;vaqueros/pantalón jeans;bufanda;guantes;abrigo;calcetines;vestido;kimono;sari;
bañador de una pieza;calzoncillos;pantalones cortos;bikini;ropa de mujer/blusa;abanico;monedero;bolso;bolso de mano;
bolsas de compra/compras;mochila;chancla/sandalia;zapato de hombre;zapatilla deportiva/tenis;bota de montaña;
zapato plano;zapato de tacón;sandalia de mujer;zapatillas de ballet;bota de mujer;peine afro;corona/rey reina;
sombrero de mujer;sombrero de copa;birrete/graduación;gorra;casco militar;casco de rescate;rosario;pintalabios;
anillo/boda casarse;piedra preciosa/diamante gema
altavoz silenciado/silencio;altavoz con volumen bajo;altavoz con volumen medio;altavoz con volumen alto/ruido;
altavoz de aviso;megáfono;corneta de correos;campana/notificación aviso;campana tachada/silencio
partitura;nota musical/música canción;notas musicales/música canción;micrófono de estudio;control deslizante;
botones de control;micrófono/cantar karaoke;auriculares/música;radio
saxofón;acordeón;guitarra/rock;teclado musical/piano;trompeta;violín;banjo;tambor/batería;tambor largo;maracas;flauta
móvil/celular teléfono;móvil con flecha;teléfono/llamar;auricular de teléfono/llamada;buscapersonas;fax
batería llena/pila;batería baja;enchufe/electricidad;portátil/ordenador computadora;
ordenador de sobremesa/pantalla monitor;impresora;teclado;ratón de ordenador;bola de seguimiento;minidisco;
disquete/guardar;disco óptico/cd;DVD;ábaco
cámara de cine;fotogramas;proyector de cine;claqueta/cine película;televisión/tele;cámara de fotos/foto;
cámara con flash/foto;videocámara;cinta de vídeo;lupa a la izquierda/buscar;lupa a la derecha/buscar;vela;
bombilla/idea luz;linterna;farolillo rojo;lámpara diya/diwali
cuaderno decorado;libro cerrado;libro abierto/leer;libro verde;libro azul;libro naranja;libros/leer estudiar;cuaderno;
libro de cuentas;página doblada;pergamino;página/documento;periódico;periódico enrollado;marcadores;marcapáginas;
etiqueta
bolsa de dinero/dinero rico;moneda;billete de yen;billete de dólar/dinero;billete de euro/dinero;billete de libra;
dinero con alas/gastar;tarjeta de crédito;recibo;gráfica de subida con yen
sobre/carta correo;correo electrónico/email;sobre entrante;sobre con flecha;bandeja de salida;bandeja de entrada;
paquete/caja;buzón cerrado con cartas;buzón cerrado sin cartas;buzón abierto con cartas;buzón abierto sin cartas;buzón;
urna de votación/votar
lápiz/escribir;plumín;pluma estilográfica;bolígrafo;pincel/pintar;cera de colores;nota/escribir tarea
maletín;carpeta;carpeta abierta;separadores;calendario/fecha cita;calendario de hojas;libreta de espiral;
calendario de espiral;fichero giratorio;gráfica de subida/subir crecimiento;gráfica de bajada/bajar;gráfico de barras;
portapapeles;chincheta/pin;alfiler redondo/ubicación lugar;clip/adjunto;clips unidos;regla;escuadra;tijeras/cortar;
caja de fichas;archivador;papelera/basura borrar
candado cerrado/seguro privado;candado abierto/desbloquear;candado con pluma;candado con llave;llave/contraseña;
llave antigua
martillo/herramienta;hacha;pico;martillo y pico;martillo y llave inglesa/herramientas arreglar;puñal;
espadas cruzadas/lucha;bomba;bumerán;arco y flecha;escudo;sierra;llave inglesa/herramienta;destornillador;
tuerca y tornillo;engranaje/ajustes;prensa;balanza/justicia;bastón blanco;enlace/vínculo;cadenas;gancho;
caja de herramientas;imán;escalera
alambique;tubo de ensayo/experimento;placa de Petri;ADN;microscopio;telescopio;antena parabólica
jeringuilla/vacuna;gota de sangre/sangre;pastilla/medicina;tirita/curita;muleta;estetoscopio;radiografía
puerta/salida;ascensor;espejo;ventana;cama;sofá y lámpara;silla;inodoro/váter;desatascador;ducha;bañera;
trampa para ratones;cuchilla de afeitar;bote de crema;imperdible;escoba/limpiar;cesta/canasta;papel higiénico;
cubo/balde;jabón;burbujas;cepillo de dientes;esponja;extintor;carrito de compra/comprar
cigarrillo/fumar;ataúd;lápida;urna funeraria;amuleto nazar;jamsa;moái;pancarta;carné de identidad`,
  symbols: `cajero automático;tirar basura en la papelera;agua potable;símbolo de silla de ruedas/accesible;
baño de hombres;baño de mujeres;baños;cambiador de bebés;aseo/wc;control de pasaportes;aduana;recogida de equipaje;
consigna
advertencia/cuidado atención;niños cruzando;prohibido el paso/stop;prohibido/no;prohibidas las bicicletas;
prohibido fumar;prohibido tirar basura;agua no potable;prohibidos los peatones;prohibidos los móviles;
prohibido a menores de 18;radiactivo;riesgo biológico
flecha arriba/subir;flecha arriba a la derecha;flecha derecha/derecha;flecha abajo a la derecha;flecha abajo/bajar;
flecha abajo a la izquierda;flecha izquierda/izquierda;flecha arriba a la izquierda;flecha arriba y abajo;
flecha izquierda y derecha;flecha curva a la izquierda;flecha curva a la derecha;flecha curva hacia arriba;
flecha curva hacia abajo;flechas en sentido horario;flechas en sentido antihorario/actualizar recargar;
flecha BACK/atrás;flecha END/fin;flecha ON;flecha SOON/pronto;flecha TOP
lugar de oración;símbolo de átomo;om;estrella de David;rueda del dharma;yin y yang;cruz latina;cruz ortodoxa;
media luna y estrella/islam;símbolo de la paz/paz;menorá;estrella de seis puntas con punto;khanda
aries;tauro;géminis;cáncer;leo;virgo;libra;escorpio;sagitario;capricornio;acuario;piscis;ofiuco
reproducción aleatoria;repetir;repetir una vez;reproducir/play;avance rápido;pista siguiente;reproducir o pausa;
hacia atrás;retroceso rápido;pista anterior;botón arriba;botón rápido arriba;botón abajo;botón rápido abajo;pausa;
botón detener/parar;grabar;expulsar;cine;menos brillo;más brillo;barras de señal/cobertura;wifi;modo vibración;
móvil apagado
signo femenino/mujer;signo masculino/hombre;símbolo transgénero
signo de multiplicación/por;signo más/más;signo menos/menos;signo de división/entre;signo igual;infinito
doble exclamación/importante;exclamación e interrogación;interrogación roja/pregunta qué;interrogación blanca;
exclamación blanca;exclamación roja/importante atención;línea ondulada
cambio de divisas;símbolo de dólar
símbolo médico/medicina;símbolo de reciclaje/reciclar;flor de lis;tridente;etiqueta de nombre;
símbolo japonés de principiante;círculo rojo hueco;casilla verde con marca/hecho listo sí bien;casilla con marca/hecho;
marca de verificación/hecho sí bien;cruz roja/no mal error borrar;casilla verde con cruz;bucle;bucle doble;
marca de alternancia;asterisco de ocho puntas;estrella de ocho puntas;chispa;copyright;marca registrada;marca comercial
tecla #;tecla *;tecla 0/cero;tecla 1/uno;tecla 2/dos;tecla 3/tres;tecla 4/cuatro;tecla 5/cinco;tecla 6/seis;
tecla 7/siete;tecla 8/ocho;tecla 9/nueve;tecla 10/diez
letras mayúsculas;letras minúsculas;números;símbolos;letras latinas;grupo sanguíneo A;grupo sanguíneo AB;
grupo sanguíneo B;botón CL;botón COOL;botón FREE/gratis;información;botón ID;M en círculo;botón NEW/nuevo;botón NG;
grupo sanguíneo 0;botón OK;aparcamiento/estacionamiento;SOS/ayuda socorro;botón UP;contra/vs;
ideograma japonés de «aquí»;ideograma japonés de «servicio incluido»;ideograma japonés de «cantidad mensual»;
ideograma japonés de «no gratuito»;ideograma japonés de «reservado»;ideograma japonés de «ganga»;
ideograma japonés de «descuento»;ideograma japonés de «gratis»;ideograma japonés de «prohibido»;
ideograma japonés de «aceptable»;ideograma japonés de «solicitud»;ideograma japonés de «aprobado»;
ideograma japonés de «habitaciones libres»;ideograma japonés de «enhorabuena»;ideograma japonés de «secreto»;
ideograma japonés de «abierto»;ideograma japonés de «completo»
círculo rojo;círculo naranja;círculo amarillo;círculo verde;círculo azul;círculo morado;círculo marrón;círculo negro;
círculo blanco;cuadrado rojo;cuadrado naranja;cuadrado amarillo;cuadrado verde;cuadrado azul;cuadrado morado;
cuadrado marrón;cuadrado negro grande;cuadrado blanco grande;cuadrado negro mediano;cuadrado blanco mediano;
cuadrado negro menor;cuadrado blanco menor;cuadrado negro pequeño;cuadrado blanco pequeño;rombo naranja grande;
rombo azul grande;rombo naranja pequeño;rombo azul pequeño;triángulo rojo hacia arriba;triángulo rojo hacia abajo;
rombo con punto;botón de opción;botón cuadrado blanco;botón cuadrado negro`,
  flags: `bandera a cuadros/carrera meta;bandera triangular/aviso;banderas cruzadas;bandera negra;bandera blanca;
bandera arcoíris/orgullo lgbt;bandera transgénero;bandera pirata
Inglaterra/bandera;Escocia/bandera;Gales/bandera`,
}
