// @ts-check
/**
 * Every emoji of Unicode 15.0 in the order of Unicode's own charts, as compact text; emoji.js reads it.
 * Names are Unicode's short names; words after a slash are ours, for search.
 *
 * GROUPS: category → subgroups, separated by line breaks; a line that ends in ";" goes on in the next one. Entries are
 *   separated by ";": emoji, "+" if it takes a skin tone, space, name, and perhaps "/" and more words to find it by.
 * COUNTRIES: the region codes that have a flag. Their names come from the browser (Intl.DisplayNames).
 * No entry has a skin tone: every browser knows where one goes (Emoji_Modifier_Base).
 *
 * It is a module and not JSON: compressed, both have 16.4 KB. JSON would parse 0.3 ms faster and cost one more request.
 */

/** @type {Record<string, string>} */
export const GROUPS = {
  smileys: `😀 grinning face/smile happy grin;😃 grinning face with big eyes/smiley happy;
😄 grinning face with smiling eyes/smile happy joy;😁 beaming face with smiling eyes/grin beam;
😆 grinning squinting face/laughing haha xd;😅 grinning face with sweat/sweat smile phew nervous;
🤣 rolling on the floor laughing/rofl lol lmao;😂 face with tears of joy/joy lol haha tears;
🙂 slightly smiling face/smile ok;🙃 upside-down face/sarcasm silly;🫠 melting face/melt hot embarrassed;
😉 winking face/wink;😊 smiling face with smiling eyes/blush happy smile;😇 smiling face with halo/angel innocent
🥰 smiling face with hearts/love adore crush;😍 smiling face with heart-eyes/love heart eyes crush;
🤩 star-struck/wow starstruck excited;😘 face blowing a kiss/kiss love;😗 kissing face;☺️ smiling face;
😚 kissing face with closed eyes;😙 kissing face with smiling eyes;🥲 smiling face with tear
😋 face savoring food/yum tasty delicious;😛 face with tongue/tongue playful;😜 winking face with tongue/crazy wink tongue;
🤪 zany face/zany crazy goofy;😝 squinting face with tongue;🤑 money-mouth face/money rich
🤗 smiling face with open hands/hug;🤭 face with hand over mouth/oops giggle;
🫢 face with open eyes and hand over mouth/shock gasp;🫣 face with peeking eye/peek shy;🤫 shushing face/shh quiet secret;
🤔 thinking face/think thinking hmm;🫡 saluting face/salute yes sir respect
🤐 zipper-mouth face/secret mute;🤨 face with raised eyebrow/doubt suspicious;😐 neutral face/meh neutral;
😑 expressionless face/meh;😶 face without mouth/mute speechless;🫥 dotted line face;😶‍🌫️ face in clouds;
😏 smirking face/smirk;😒 unamused face/annoyed unamused;🙄 face with rolling eyes/eyeroll whatever;
😬 grimacing face/grimace awkward;😮‍💨 face exhaling;🤥 lying face/lie pinocchio;🫨 shaking face
😌 relieved face/relief calm;😔 pensive face/sad pensive;😪 sleepy face;🤤 drooling face;😴 sleeping face/sleep tired zzz
😷 face with medical mask/sick mask ill;🤒 face with thermometer/sick ill fever;🤕 face with head-bandage/hurt injury;
🤢 nauseated face/sick gross;🤮 face vomiting/vomit puke sick;🤧 sneezing face/sneeze cold sick;🥵 hot face/hot heat;
🥶 cold face/cold freezing;🥴 woozy face/drunk woozy;😵 face with crossed-out eyes/dizzy dead;😵‍💫 face with spiral eyes;
🤯 exploding head/mind blown wow shocked
🤠 cowboy hat face/cowboy;🥳 partying face/party celebrate birthday;🥸 disguised face/disguise
😎 smiling face with sunglasses/cool sunglasses;🤓 nerd face/nerd geek;🧐 face with monocle
😕 confused face/confused;🫤 face with diagonal mouth;😟 worried face/worried;🙁 slightly frowning face/sad frown;
☹️ frowning face/sad frown;😮 face with open mouth/wow surprised;😯 hushed face;😲 astonished face/wow astonished;
😳 flushed face/flushed embarrassed;🥺 pleading face/please puppy eyes pleading;
🥹 face holding back tears/touched grateful tears;😦 frowning face with open mouth;😧 anguished face;
😨 fearful face/scared fear;😰 anxious face with sweat/anxious nervous;😥 sad but relieved face/sad;
😢 crying face/cry sad tear;😭 loudly crying face/sob cry sad;😱 face screaming in fear/scream scared omg;
😖 confounded face;😣 persevering face;😞 disappointed face/sad disappointed;😓 downcast face with sweat/sweat;
😩 weary face/weary tired;😫 tired face/tired;🥱 yawning face/yawn bored tired
😤 face with steam from nose/triumph proud huff;😡 enraged face/angry mad rage;😠 angry face/angry mad;
🤬 face with symbols on mouth/swear cursing angry;😈 smiling face with horns/devil evil;👿 angry face with horns;
💀 skull/dead skull death;☠️ skull and crossbones/danger death poison
💩 pile of poo/poop shit;🤡 clown face/clown;👹 ogre;👺 goblin;👻 ghost/ghost halloween boo;👽 alien/alien ufo;
👾 alien monster;🤖 robot/robot bot
😺 grinning cat;😸 grinning cat with smiling eyes;😹 cat with tears of joy;😻 smiling cat with heart-eyes;
😼 cat with wry smile;😽 kissing cat;🙀 weary cat;😿 crying cat;😾 pouting cat
🙈 see-no-evil monkey/monkey shy;🙉 hear-no-evil monkey;🙊 speak-no-evil monkey
💌 love letter;💘 heart with arrow;💝 heart with ribbon;💖 sparkling heart/love;💗 growing heart;💓 beating heart;
💞 revolving hearts;💕 two hearts/love;💟 heart decoration;❣️ heart exclamation;💔 broken heart/heartbreak sad;
❤️‍🔥 heart on fire/passion;❤️‍🩹 mending heart;❤️ red heart/heart love red;🩷 pink heart;🧡 orange heart/love;
💛 yellow heart/love;💚 green heart/love;💙 blue heart/love;🩵 light blue heart;💜 purple heart/love;🤎 brown heart;
🖤 black heart/love;🩶 grey heart;🤍 white heart
💋 kiss mark;💯 hundred points/100 hundred perfect score;💢 anger symbol;💥 collision/boom bang explosion;💫 dizzy;
💦 sweat droplets/sweat water splash;💨 dashing away/fast wind;🕳️ hole;💬 speech balloon/chat message talk;
👁️‍🗨️ eye in speech bubble;🗨️ left speech bubble;🗯️ right anger bubble;💭 thought balloon;💤 zzz/zzz sleep`,
  people: `👋+ waving hand/wave hello hi bye goodbye;🤚+ raised back of hand;🖐️+ hand with fingers splayed;
✋+ raised hand/stop high five;🖖+ vulcan salute;🫱+ rightwards hand;🫲+ leftwards hand;🫳+ palm down hand;🫴+ palm up hand;
🫷+ leftwards pushing hand;🫸+ rightwards pushing hand
👌+ ok hand/ok perfect fine;🤌+ pinched fingers/italian;🤏+ pinching hand;✌️+ victory hand/peace victory;
🤞+ crossed fingers/luck hope;🫰+ hand with index finger and thumb crossed/love money;🤟+ love-you gesture/love;
🤘+ sign of the horns/rock metal;🤙+ call me hand/call me hang loose shaka
👈+ backhand index pointing left/left;👉+ backhand index pointing right/right;👆+ backhand index pointing up/up;
🖕+ middle finger/fuck;👇+ backhand index pointing down/down;☝️+ index pointing up;🫵+ index pointing at the viewer
👍+ thumbs up/thumbsup like yes ok +1 good agree;👎+ thumbs down/thumbsdown dislike no -1 bad;✊+ raised fist/fist;
👊+ oncoming fist/punch fist bump;🤛+ left-facing fist;🤜+ right-facing fist
👏+ clapping hands/clap applause bravo well done;🙌+ raising hands/hooray yay praise;🫶+ heart hands/love heart;
👐+ open hands;🤲+ palms up together;🤝+ handshake/deal handshake agree;
🙏+ folded hands/pray please thanks thank you namaste
✍️+ writing hand/write;💅+ nail polish/nails;🤳+ selfie
💪+ flexed biceps/strong muscle flex gym;🦾 mechanical arm;🦿 mechanical leg;🦵+ leg;🦶+ foot;👂+ ear;🦻+ ear with hearing aid;
👃+ nose;🧠 brain/brain smart;🫀 anatomical heart;🫁 lungs;🦷 tooth;🦴 bone;👀 eyes/eyes look see;👁️ eye;👅 tongue;👄 mouth;
🫦 biting lip
👶+ baby;🧒+ child;👦+ boy;👧+ girl;🧑+ person;👱+ person blond hair;👨+ man;🧔+ person beard;🧔‍♂️+ man beard;🧔‍♀️+ woman beard;
👨‍🦰+ man red hair;👨‍🦱+ man curly hair;👨‍🦳+ man white hair;👨‍🦲+ man bald;👩+ woman;👩‍🦰+ woman red hair;
🧑‍🦰+ person red hair;👩‍🦱+ woman curly hair;🧑‍🦱+ person curly hair;👩‍🦳+ woman white hair;🧑‍🦳+ person white hair;
👩‍🦲+ woman bald;🧑‍🦲+ person bald;👱‍♀️+ woman blond hair;👱‍♂️+ man blond hair;🧓+ older person;👴+ old man;👵+ old woman
🙍+ person frowning;🙍‍♂️+ man frowning;🙍‍♀️+ woman frowning;🙎+ person pouting;🙎‍♂️+ man pouting;🙎‍♀️+ woman pouting;
🙅+ person gesturing no/no;🙅‍♂️+ man gesturing no;🙅‍♀️+ woman gesturing no;🙆+ person gesturing ok/ok;
🙆‍♂️+ man gesturing ok;🙆‍♀️+ woman gesturing ok;💁+ person tipping hand;💁‍♂️+ man tipping hand;💁‍♀️+ woman tipping hand;
🙋+ person raising hand/hi question me;🙋‍♂️+ man raising hand;🙋‍♀️+ woman raising hand;🧏+ deaf person;🧏‍♂️+ deaf man;
🧏‍♀️+ deaf woman;🙇+ person bowing;🙇‍♂️+ man bowing;🙇‍♀️+ woman bowing;🤦+ person facepalming/facepalm;
🤦‍♂️+ man facepalming;🤦‍♀️+ woman facepalming;🤷+ person shrugging/shrug dunno whatever;🤷‍♂️+ man shrugging;
🤷‍♀️+ woman shrugging
🧑‍⚕️+ health worker/doctor nurse;👨‍⚕️+ man health worker;👩‍⚕️+ woman health worker;🧑‍🎓+ student/graduate;
👨‍🎓+ man student;👩‍🎓+ woman student;🧑‍🏫+ teacher/professor;👨‍🏫+ man teacher;👩‍🏫+ woman teacher;🧑‍⚖️+ judge/law;
👨‍⚖️+ man judge;👩‍⚖️+ woman judge;🧑‍🌾+ farmer/gardener;👨‍🌾+ man farmer;👩‍🌾+ woman farmer;🧑‍🍳+ cook/chef;👨‍🍳+ man cook;
👩‍🍳+ woman cook;🧑‍🔧+ mechanic/plumber;👨‍🔧+ man mechanic;👩‍🔧+ woman mechanic;🧑‍🏭+ factory worker;👨‍🏭+ man factory worker;
👩‍🏭+ woman factory worker;🧑‍💼+ office worker;👨‍💼+ man office worker;👩‍💼+ woman office worker;🧑‍🔬+ scientist;
👨‍🔬+ man scientist;👩‍🔬+ woman scientist;🧑‍💻+ technologist/developer programmer coder;👨‍💻+ man technologist;
👩‍💻+ woman technologist;🧑‍🎤+ singer;👨‍🎤+ man singer;👩‍🎤+ woman singer;🧑‍🎨+ artist;👨‍🎨+ man artist;👩‍🎨+ woman artist;
🧑‍✈️+ pilot;👨‍✈️+ man pilot;👩‍✈️+ woman pilot;🧑‍🚀+ astronaut;👨‍🚀+ man astronaut;👩‍🚀+ woman astronaut;🧑‍🚒+ firefighter;
👨‍🚒+ man firefighter;👩‍🚒+ woman firefighter;👮+ police officer;👮‍♂️+ man police officer;👮‍♀️+ woman police officer;
🕵️+ detective;🕵️‍♂️+ man detective;🕵️‍♀️+ woman detective;💂+ guard;💂‍♂️+ man guard;💂‍♀️+ woman guard;🥷+ ninja;
👷+ construction worker;👷‍♂️+ man construction worker;👷‍♀️+ woman construction worker;🫅+ person with crown;🤴+ prince;
👸+ princess;👳+ person wearing turban;👳‍♂️+ man wearing turban;👳‍♀️+ woman wearing turban;👲+ person with skullcap;
🧕+ woman with headscarf;🤵+ person in tuxedo;🤵‍♂️+ man in tuxedo;🤵‍♀️+ woman in tuxedo;👰+ person with veil;
👰‍♂️+ man with veil;👰‍♀️+ woman with veil;🤰+ pregnant woman;🫃+ pregnant man;🫄+ pregnant person;🤱+ breast-feeding;
👩‍🍼+ woman feeding baby;👨‍🍼+ man feeding baby;🧑‍🍼+ person feeding baby
👼+ baby angel;🎅+ santa claus/santa christmas;🤶+ mrs. claus;🧑‍🎄+ mx claus;🦸+ superhero/hero;🦸‍♂️+ man superhero;
🦸‍♀️+ woman superhero;🦹+ supervillain;🦹‍♂️+ man supervillain;🦹‍♀️+ woman supervillain;🧙+ mage/wizard witch;
🧙‍♂️+ man mage;🧙‍♀️+ woman mage;🧚+ fairy;🧚‍♂️+ man fairy;🧚‍♀️+ woman fairy;🧛+ vampire;🧛‍♂️+ man vampire;
🧛‍♀️+ woman vampire;🧜+ merperson;🧜‍♂️+ merman;🧜‍♀️+ mermaid;🧝+ elf;🧝‍♂️+ man elf;🧝‍♀️+ woman elf;🧞 genie;🧞‍♂️ man genie;
🧞‍♀️ woman genie;🧟 zombie/undead;🧟‍♂️ man zombie;🧟‍♀️ woman zombie;🧌 troll
💆+ person getting massage;💆‍♂️+ man getting massage;💆‍♀️+ woman getting massage;💇+ person getting haircut;
💇‍♂️+ man getting haircut;💇‍♀️+ woman getting haircut;🚶+ person walking/walk;🚶‍♂️+ man walking;🚶‍♀️+ woman walking;
🧍+ person standing;🧍‍♂️+ man standing;🧍‍♀️+ woman standing;🧎+ person kneeling;🧎‍♂️+ man kneeling;🧎‍♀️+ woman kneeling;
🧑‍🦯+ person with white cane;👨‍🦯+ man with white cane;👩‍🦯+ woman with white cane;🧑‍🦼+ person in motorized wheelchair;
👨‍🦼+ man in motorized wheelchair;👩‍🦼+ woman in motorized wheelchair;🧑‍🦽+ person in manual wheelchair;
👨‍🦽+ man in manual wheelchair;👩‍🦽+ woman in manual wheelchair;🏃+ person running/run;🏃‍♂️+ man running;
🏃‍♀️+ woman running;💃+ woman dancing/dance party;🕺+ man dancing/dance party;🕴️+ person in suit levitating;
👯 people with bunny ears;👯‍♂️ men with bunny ears;👯‍♀️ women with bunny ears;🧖+ person in steamy room;
🧖‍♂️+ man in steamy room;🧖‍♀️+ woman in steamy room;🧗+ person climbing;🧗‍♂️+ man climbing;🧗‍♀️+ woman climbing
🤺 person fencing;🏇+ horse racing;⛷️ skier;🏂+ snowboarder;🏌️+ person golfing;🏌️‍♂️+ man golfing;🏌️‍♀️+ woman golfing;
🏄+ person surfing;🏄‍♂️+ man surfing;🏄‍♀️+ woman surfing;🚣+ person rowing boat;🚣‍♂️+ man rowing boat;
🚣‍♀️+ woman rowing boat;🏊+ person swimming;🏊‍♂️+ man swimming;🏊‍♀️+ woman swimming;⛹️+ person bouncing ball;
⛹️‍♂️+ man bouncing ball;⛹️‍♀️+ woman bouncing ball;🏋️+ person lifting weights;🏋️‍♂️+ man lifting weights;
🏋️‍♀️+ woman lifting weights;🚴+ person biking;🚴‍♂️+ man biking;🚴‍♀️+ woman biking;🚵+ person mountain biking;
🚵‍♂️+ man mountain biking;🚵‍♀️+ woman mountain biking;🤸+ person cartwheeling;🤸‍♂️+ man cartwheeling;
🤸‍♀️+ woman cartwheeling;🤼 people wrestling;🤼‍♂️ men wrestling;🤼‍♀️ women wrestling;🤽+ person playing water polo;
🤽‍♂️+ man playing water polo;🤽‍♀️+ woman playing water polo;🤾+ person playing handball;🤾‍♂️+ man playing handball;
🤾‍♀️+ woman playing handball;🤹+ person juggling;🤹‍♂️+ man juggling;🤹‍♀️+ woman juggling
🧘+ person in lotus position/yoga meditate;🧘‍♂️+ man in lotus position;🧘‍♀️+ woman in lotus position;
🛀+ person taking bath;🛌+ person in bed/sleep bed
🧑‍🤝‍🧑+ people holding hands;👭+ women holding hands;👫+ woman and man holding hands;👬+ men holding hands;💏+ kiss;
👩‍❤️‍💋‍👨+ kiss woman, man;👨‍❤️‍💋‍👨+ kiss man, man;👩‍❤️‍💋‍👩+ kiss woman, woman;💑+ couple with heart;
👩‍❤️‍👨+ couple with heart woman, man;👨‍❤️‍👨+ couple with heart man, man;👩‍❤️‍👩+ couple with heart woman, woman;
👪 family/parents;👨‍👩‍👦 family man, woman, boy;👨‍👩‍👧 family man, woman, girl;👨‍👩‍👧‍👦 family man, woman, girl, boy;
👨‍👩‍👦‍👦 family man, woman, boy, boy;👨‍👩‍👧‍👧 family man, woman, girl, girl;👨‍👨‍👦 family man, man, boy;
👨‍👨‍👧 family man, man, girl;👨‍👨‍👧‍👦 family man, man, girl, boy;👨‍👨‍👦‍👦 family man, man, boy, boy;
👨‍👨‍👧‍👧 family man, man, girl, girl;👩‍👩‍👦 family woman, woman, boy;👩‍👩‍👧 family woman, woman, girl;
👩‍👩‍👧‍👦 family woman, woman, girl, boy;👩‍👩‍👦‍👦 family woman, woman, boy, boy;👩‍👩‍👧‍👧 family woman, woman, girl, girl;
👨‍👦 family man, boy;👨‍👦‍👦 family man, boy, boy;👨‍👧 family man, girl;👨‍👧‍👦 family man, girl, boy;
👨‍👧‍👧 family man, girl, girl;👩‍👦 family woman, boy;👩‍👦‍👦 family woman, boy, boy;👩‍👧 family woman, girl;
👩‍👧‍👦 family woman, girl, boy;👩‍👧‍👧 family woman, girl, girl
🗣️ speaking head;👤 bust in silhouette;👥 busts in silhouette;🫂 people hugging;👣 footprints`,
  nature: `🐵 monkey face;🐒 monkey;🦍 gorilla;🦧 orangutan;🐶 dog face/puppy;🐕 dog/pet;🦮 guide dog;🐕‍🦺 service dog;🐩 poodle;
🐺 wolf;🦊 fox/foxy;🦝 raccoon;🐱 cat face/kitten;🐈 cat/pet;🐈‍⬛ black cat;🦁 lion;🐯 tiger face;🐅 tiger;🐆 leopard;
🐴 horse face;🫎 moose;🫏 donkey;🐎 horse;🦄 unicorn/magic;🦓 zebra;🦌 deer;🦬 bison;🐮 cow face;🐂 ox;🐃 water buffalo;🐄 cow;
🐷 pig face/piggy;🐖 pig;🐗 boar;🐽 pig nose;🐏 ram;🐑 ewe;🐐 goat;🐪 camel;🐫 two-hump camel;🦙 llama;🦒 giraffe;🐘 elephant;
🦣 mammoth;🦏 rhinoceros;🦛 hippopotamus;🐭 mouse face/mice;🐁 mouse;🐀 rat;🐹 hamster;🐰 rabbit face;🐇 rabbit;🐿️ chipmunk;
🦫 beaver;🦔 hedgehog;🦇 bat;🐻 bear/teddy;🐻‍❄️ polar bear;🐨 koala;🐼 panda;🦥 sloth;🦦 otter;🦨 skunk;🦘 kangaroo;🦡 badger;
🐾 paw prints
🦃 turkey;🐔 chicken/hen;🐓 rooster;🐣 hatching chick;🐤 baby chick;🐥 front-facing baby chick;🐦 bird;🐧 penguin/linux;🕊️ dove;
🦅 eagle;🦆 duck;🦢 swan;🦉 owl;🦤 dodo;🪶 feather;🦩 flamingo;🦚 peacock;🦜 parrot;🪽 wing;🐦‍⬛ black bird;🪿 goose
🐸 frog
🐊 crocodile;🐢 turtle/slow;🦎 lizard;🐍 snake/python;🐲 dragon face;🐉 dragon;🦕 sauropod;🦖 t-rex
🐳 spouting whale;🐋 whale;🐬 dolphin;🦭 seal;🐟 fish;🐠 tropical fish;🐡 blowfish;🦈 shark;🐙 octopus;🐚 spiral shell;🪸 coral;
🪼 jellyfish
🐌 snail;🦋 butterfly/pretty;🐛 bug/caterpillar worm;🐜 ant;🐝 honeybee/bee bumblebee;🪲 beetle;🐞 lady beetle/ladybug;
🦗 cricket;🪳 cockroach;🕷️ spider;🕸️ spider web;🦂 scorpion;🦟 mosquito;🪰 fly;🪱 worm;🦠 microbe
💐 bouquet/flowers;🌸 cherry blossom/sakura flower;💮 white flower;🪷 lotus;🏵️ rosette;🌹 rose/flower;🥀 wilted flower;
🌺 hibiscus;🌻 sunflower/flower;🌼 blossom;🌷 tulip;🪻 hyacinth
🌱 seedling/plant grow;🪴 potted plant;🌲 evergreen tree;🌳 deciduous tree;🌴 palm tree;🌵 cactus/desert;🌾 sheaf of rice;
🌿 herb;☘️ shamrock;🍀 four leaf clover/luck clover;🍁 maple leaf/autumn fall;🍂 fallen leaf;🍃 leaf fluttering in wind;
🪹 empty nest;🪺 nest with eggs;🍄 mushroom`,
  food: `🍇 grapes;🍈 melon;🍉 watermelon;🍊 tangerine;🍋 lemon;🍌 banana;🍍 pineapple;🥭 mango;🍎 red apple;🍏 green apple;
🍐 pear;🍑 peach;🍒 cherries;🍓 strawberry;🫐 blueberries;🥝 kiwi fruit;🍅 tomato;🫒 olive;🥥 coconut
🥑 avocado/guacamole;🍆 eggplant/aubergine;🥔 potato;🥕 carrot;🌽 ear of corn;🌶️ hot pepper/spicy chili;🫑 bell pepper;
🥒 cucumber;🥬 leafy green;🥦 broccoli;🧄 garlic;🧅 onion;🥜 peanuts;🫘 beans;🌰 chestnut;🫚 ginger root;🫛 pea pod
🍞 bread/loaf toast;🥐 croissant;🥖 baguette bread;🫓 flatbread;🥨 pretzel;🥯 bagel;🥞 pancakes;🧇 waffle;🧀 cheese wedge/swiss;
🍖 meat on bone;🍗 poultry leg;🥩 cut of meat;🥓 bacon;🍔 hamburger/burger;🍟 french fries/chips;🍕 pizza/pizza slice;
🌭 hot dog;🥪 sandwich;🌮 taco;🌯 burrito;🫔 tamale;🥙 stuffed flatbread;🧆 falafel;🥚 egg;🍳 cooking;🥘 shallow pan of food;
🍲 pot of food;🫕 fondue;🥣 bowl with spoon;🥗 green salad;🍿 popcorn;🧈 butter;🧂 salt;🥫 canned food
🍱 bento box;🍘 rice cracker;🍙 rice ball;🍚 cooked rice;🍛 curry rice/curry;🍜 steaming bowl/ramen noodles;🍝 spaghetti/pasta;
🍠 roasted sweet potato;🍢 oden;🍣 sushi/fish;🍤 fried shrimp;🍥 fish cake with swirl;🥮 moon cake;🍡 dango;🥟 dumpling;
🥠 fortune cookie;🥡 takeout box
🦀 crab/rust ferris;🦞 lobster;🦐 shrimp;🦑 squid;🦪 oyster
🍦 soft ice cream;🍧 shaved ice;🍨 ice cream;🍩 doughnut;🍪 cookie;🎂 birthday cake/birthday cake party;🍰 shortcake;🧁 cupcake;
🥧 pie;🍫 chocolate bar/chocolate;🍬 candy;🍭 lollipop;🍮 custard;🍯 honey pot/honey
🍼 baby bottle;🥛 glass of milk;☕ hot beverage/coffee tea cafe;🫖 teapot/chai;🍵 teacup without handle/tea chai;🍶 sake;
🍾 bottle with popping cork/champagne celebrate;🍷 wine glass/wine;🍸 cocktail glass/drink;🍹 tropical drink;
🍺 beer mug/beer drink;🍻 clinking beer mugs/cheers beer drink;🥂 clinking glasses/cheers champagne toast;🥃 tumbler glass;
🫗 pouring liquid;🥤 cup with straw;🧋 bubble tea;🧃 beverage box;🧉 mate;🧊 ice
🥢 chopsticks;🍽️ fork and knife with plate;🍴 fork and knife/cutlery eat;🥄 spoon;🔪 kitchen knife;🫙 jar;🏺 amphora`,
  travel: `🌍 globe showing europe-africa/world earth planet;🌎 globe showing americas/world earth planet;
🌏 globe showing asia-australia/world earth planet;🌐 globe with meridians;🗺️ world map;🗾 map of japan;🧭 compass
🏔️ snow-capped mountain/alps;⛰️ mountain;🌋 volcano;🗻 mount fuji;🏕️ camping;🏖️ beach with umbrella/holiday vacation;
🏜️ desert;🏝️ desert island;🏞️ national park
🏟️ stadium;🏛️ classical building;🏗️ building construction;🧱 brick;🪨 rock;🪵 wood;🛖 hut;🏘️ houses;🏚️ derelict house;
🏠 house/home;🏡 house with garden/home;🏢 office building;🏣 japanese post office;🏤 post office;🏥 hospital/doctor;🏦 bank;
🏨 hotel;🏩 love hotel;🏪 convenience store;🏫 school/class;🏬 department store;🏭 factory;🏯 japanese castle;🏰 castle;
💒 wedding;🗼 tokyo tower;🗽 statue of liberty
⛪ church/christian;🕌 mosque/islam;🛕 hindu temple/hindu;🕍 synagogue;⛩️ shinto shrine;🕋 kaaba
⛲ fountain;⛺ tent;🌁 foggy;🌃 night with stars/city;🏙️ cityscape;🌄 sunrise over mountains;🌅 sunrise;🌆 cityscape at dusk;
🌇 sunset;🌉 bridge at night;♨️ hot springs;🎠 carousel horse;🛝 playground slide;🎡 ferris wheel;🎢 roller coaster;
💈 barber pole;🎪 circus tent
🚂 locomotive/train;🚃 railway car;🚄 high-speed train;🚅 bullet train;🚆 train;🚇 metro;🚈 light rail;🚉 station;🚊 tram;
🚝 monorail;🚞 mountain railway;🚋 tram car;🚌 bus/travel;🚍 oncoming bus;🚎 trolleybus;🚐 minibus;🚑 ambulance;🚒 fire engine;
🚓 police car;🚔 oncoming police car;🚕 taxi/cab;🚖 oncoming taxi;🚗 automobile/car drive;🚘 oncoming automobile;
🚙 sport utility vehicle;🛻 pickup truck;🚚 delivery truck;🚛 articulated lorry;🚜 tractor;🏎️ racing car;🏍️ motorcycle;
🛵 motor scooter/moped;🦽 manual wheelchair;🦼 motorized wheelchair;🛺 auto rickshaw;🚲 bicycle/bike cycle;🛴 kick scooter;
🛹 skateboard;🛼 roller skate;🚏 bus stop;🛣️ motorway;🛤️ railway track;🛢️ oil drum;⛽ fuel pump/petrol gas;🛞 wheel;
🚨 police car light;🚥 horizontal traffic light;🚦 vertical traffic light/lights;🛑 stop sign;🚧 construction
⚓ anchor/ship;🛟 ring buoy;⛵ sailboat;🛶 canoe;🚤 speedboat;🛳️ passenger ship;⛴️ ferry;🛥️ motor boat;🚢 ship
✈️ airplane/plane flight travel;🛩️ small airplane;🛫 airplane departure;🛬 airplane arrival;🪂 parachute;💺 seat;
🚁 helicopter;🚟 suspension railway;🚠 mountain cableway;🚡 aerial tramway;🛰️ satellite;🚀 rocket/launch ship it space;
🛸 flying saucer/ufo
🛎️ bellhop bell;🧳 luggage
⌛ hourglass done/time wait;⏳ hourglass not done/time wait;⌚ watch;⏰ alarm clock/alarm time wake;⏱️ stopwatch;
⏲️ timer clock;🕰️ mantelpiece clock;🕛 twelve o'clock;🕧 twelve-thirty;🕐 one o'clock;🕜 one-thirty;🕑 two o'clock;
🕝 two-thirty;🕒 three o'clock;🕞 three-thirty;🕓 four o'clock;🕟 four-thirty;🕔 five o'clock;🕠 five-thirty;🕕 six o'clock;
🕡 six-thirty;🕖 seven o'clock;🕢 seven-thirty;🕗 eight o'clock;🕣 eight-thirty;🕘 nine o'clock;🕤 nine-thirty;🕙 ten o'clock;
🕥 ten-thirty;🕚 eleven o'clock;🕦 eleven-thirty
🌑 new moon;🌒 waxing crescent moon;🌓 first quarter moon;🌔 waxing gibbous moon;🌕 full moon;🌖 waning gibbous moon;
🌗 last quarter moon;🌘 waning crescent moon;🌙 crescent moon;🌚 new moon face;🌛 first quarter moon face;
🌜 last quarter moon face;🌡️ thermometer;☀️ sun/sun sunny weather;🌝 full moon face;🌞 sun with face;🪐 ringed planet;
⭐ star/star favourite favorite;🌟 glowing star/star shine;🌠 shooting star;🌌 milky way;☁️ cloud;
⛅ sun behind cloud/weather;⛈️ cloud with lightning and rain;🌤️ sun behind small cloud;🌥️ sun behind large cloud;
🌦️ sun behind rain cloud;🌧️ cloud with rain;🌨️ cloud with snow;🌩️ cloud with lightning;🌪️ tornado;🌫️ fog;🌬️ wind face;
🌀 cyclone;🌈 rainbow/pride;🌂 closed umbrella;☂️ umbrella;☔ umbrella with rain drops/rain weather;⛱️ umbrella on ground;
⚡ high voltage/lightning power fast;❄️ snowflake/snow cold winter;☃️ snowman;⛄ snowman without snow/snowman winter;
☄️ comet;🔥 fire/fire hot lit;💧 droplet/water drop;🌊 water wave/sea ocean`,
  activities: `🎃 jack-o-lantern/halloween pumpkin;🎄 christmas tree/xmas;🎆 fireworks/new year diwali;🎇 sparkler;
🧨 firecracker;✨ sparkles/sparkle magic new shiny;🎈 balloon/birthday party;
🎉 party popper/tada party hooray congratulations celebrate;🎊 confetti ball/party celebrate;🎋 tanabata tree;
🎍 pine decoration;🎎 japanese dolls;🎏 carp streamer;🎐 wind chime;🎑 moon viewing ceremony;🧧 red envelope;🎀 ribbon;
🎁 wrapped gift/present gift birthday;🎗️ reminder ribbon;🎟️ admission tickets;🎫 ticket
🎖️ military medal;🏆 trophy/win winner champion;🏅 sports medal;🥇 1st place medal/first gold winner;🥈 2nd place medal;
🥉 3rd place medal
⚽ soccer ball/football soccer;⚾ baseball;🥎 softball;🏀 basketball;🏐 volleyball;🏈 american football;🏉 rugby football;
🎾 tennis;🥏 flying disc;🎳 bowling;🏏 cricket game/cricket;🏑 field hockey;🏒 ice hockey;🥍 lacrosse;🏓 ping pong;🏸 badminton;
🥊 boxing glove;🥋 martial arts uniform;🥅 goal net;⛳ flag in hole;⛸️ ice skate;🎣 fishing pole;🤿 diving mask;
🎽 running shirt;🎿 skis;🛷 sled;🥌 curling stone
🎯 bullseye/target bullseye goal;🪀 yo-yo;🪁 kite;🔫 water pistol;🎱 pool 8 ball;🔮 crystal ball;🪄 magic wand;
🎮 video game/gaming controller;🕹️ joystick;🎰 slot machine;🎲 game die/dice;🧩 puzzle piece/jigsaw;🧸 teddy bear;🪅 piñata;
🪩 mirror ball;🪆 nesting dolls;♠️ spade suit;♥️ heart suit;♦️ diamond suit;♣️ club suit;♟️ chess pawn;🃏 joker;
🀄 mahjong red dragon;🎴 flower playing cards
🎭 performing arts/theatre theater;🖼️ framed picture;🎨 artist palette/paint art;🧵 thread;🪡 sewing needle;🧶 yarn;🪢 knot`,
  objects: `👓 glasses/spectacles;🕶️ sunglasses;🥽 goggles;🥼 lab coat;🦺 safety vest;👔 necktie;👕 t-shirt/shirt;👖 jeans;
🧣 scarf;🧤 gloves;🧥 coat;🧦 socks;👗 dress;👘 kimono;🥻 sari;🩱 one-piece swimsuit;🩲 briefs;🩳 shorts;👙 bikini;
👚 woman's clothes;🪭 folding hand fan;👛 purse;👜 handbag;👝 clutch bag;🛍️ shopping bags;🎒 backpack;🩴 thong sandal;
👞 man's shoe;👟 running shoe/shoe sneaker;🥾 hiking boot;🥿 flat shoe;👠 high-heeled shoe;👡 woman's sandal;🩰 ballet shoes;
👢 woman's boot;🪮 hair pick;👑 crown/king queen;👒 woman's hat;🎩 top hat;🎓 graduation cap;🧢 billed cap;🪖 military helmet;
⛑️ rescue worker's helmet;📿 prayer beads;💄 lipstick;💍 ring/diamond wedding marry;💎 gem stone/diamond
🔇 muted speaker/mute silent;🔈 speaker low volume;🔉 speaker medium volume;🔊 speaker high volume;📢 loudspeaker;
📣 megaphone;📯 postal horn;🔔 bell/notification;🔕 bell with slash/mute silent
🎼 musical score;🎵 musical note/music song;🎶 musical notes/music song;🎙️ studio microphone;🎚️ level slider;
🎛️ control knobs;🎤 microphone/sing karaoke;🎧 headphone/music;📻 radio
🎷 saxophone;🪗 accordion;🎸 guitar/rock;🎹 musical keyboard;🎺 trumpet;🎻 violin;🪕 banjo;🥁 drum;🪘 long drum;🪇 maracas;🪈 flute
📱 mobile phone/phone smartphone;📲 mobile phone with arrow;☎️ telephone/phone call;📞 telephone receiver;📟 pager;
📠 fax machine
🔋 battery/power;🪫 low battery;🔌 electric plug;💻 laptop/computer laptop;🖥️ desktop computer/screen monitor;🖨️ printer;
⌨️ keyboard;🖱️ computer mouse;🖲️ trackball;💽 computer disk;💾 floppy disk/save disk;💿 optical disk;📀 dvd;🧮 abacus
🎥 movie camera;🎞️ film frames;📽️ film projector;🎬 clapper board/film movie;📺 television/tv;📷 camera/photo picture;
📸 camera with flash;📹 video camera;📼 videocassette;🔍 magnifying glass tilted left/search find;
🔎 magnifying glass tilted right;🕯️ candle;💡 light bulb/idea light;🔦 flashlight;🏮 red paper lantern;🪔 diya lamp/diwali
📔 notebook with decorative cover;📕 closed book;📖 open book/read;📗 green book;📘 blue book;📙 orange book;
📚 books/read study;📓 notebook;📒 ledger;📃 page with curl;📜 scroll;📄 page facing up;📰 newspaper;🗞️ rolled-up newspaper;
📑 bookmark tabs;🔖 bookmark;🏷️ label
💰 money bag/money rich;🪙 coin;💴 yen banknote;💵 dollar banknote;💶 euro banknote;💷 pound banknote;
💸 money with wings/spend;💳 credit card;🧾 receipt;💹 chart increasing with yen
✉️ envelope/mail letter email;📧 e-mail/email;📨 incoming envelope;📩 envelope with arrow;📤 outbox tray;📥 inbox tray;
📦 package/parcel box shipping;📫 closed mailbox with raised flag;📪 closed mailbox with lowered flag;
📬 open mailbox with raised flag;📭 open mailbox with lowered flag;📮 postbox;🗳️ ballot box with ballot
✏️ pencil/write edit;✒️ black nib;🖋️ fountain pen;🖊️ pen;🖌️ paintbrush;🖍️ crayon;📝 memo/note write
💼 briefcase;📁 file folder/folder;📂 open file folder;🗂️ card index dividers;📅 calendar/date schedule;📆 tear-off calendar;
🗒️ spiral notepad;🗓️ spiral calendar;📇 card index;📈 chart increasing/growth stocks up;📉 chart decreasing/down;
📊 bar chart;📋 clipboard;📌 pushpin/pin;📍 round pushpin;📎 paperclip/attachment;🖇️ linked paperclips;📏 straight ruler;
📐 triangular ruler;✂️ scissors/cut;🗃️ card file box;🗄️ file cabinet;🗑️ wastebasket/trash bin delete
🔒 locked/lock secure private;🔓 unlocked/open unlock;🔏 locked with pen;🔐 locked with key;🔑 key/password;🗝️ old key
🔨 hammer/fix tool;🪓 axe;⛏️ pick;⚒️ hammer and pick;🛠️ hammer and wrench/fix tools build;🗡️ dagger;⚔️ crossed swords;
💣 bomb;🪃 boomerang;🏹 bow and arrow;🛡️ shield;🪚 carpentry saw;🔧 wrench;🪛 screwdriver;🔩 nut and bolt;⚙️ gear/settings cog;
🗜️ clamp;⚖️ balance scale;🦯 white cane;🔗 link/url;⛓️ chains;🪝 hook;🧰 toolbox;🧲 magnet;🪜 ladder
⚗️ alembic;🧪 test tube/experiment test;🧫 petri dish;🧬 dna;🔬 microscope;🔭 telescope;📡 satellite antenna
💉 syringe;🩸 drop of blood;💊 pill/medicine drug;🩹 adhesive bandage/bandage plaster;🩼 crutch;🩺 stethoscope;🩻 x-ray
🚪 door/exit;🛗 elevator;🪞 mirror;🪟 window;🛏️ bed;🛋️ couch and lamp;🪑 chair;🚽 toilet;🪠 plunger;🚿 shower/bath;🛁 bathtub;
🪤 mouse trap;🪒 razor;🧴 lotion bottle;🧷 safety pin;🧹 broom;🧺 basket;🧻 roll of paper;🪣 bucket;🧼 soap;🫧 bubbles;
🪥 toothbrush;🧽 sponge;🧯 fire extinguisher;🛒 shopping cart/shop buy
🚬 cigarette;⚰️ coffin;🪦 headstone;⚱️ funeral urn;🧿 nazar amulet;🪬 hamsa;🗿 moai;🪧 placard;🪪 identification card`,
  symbols: `🏧 atm sign;🚮 litter in bin sign;🚰 potable water;♿ wheelchair symbol;🚹 men's room;🚺 women's room;🚻 restroom;
🚼 baby symbol;🚾 water closet;🛂 passport control;🛃 customs;🛄 baggage claim;🛅 left luggage
⚠️ warning/warn caution alert;🚸 children crossing;⛔ no entry/stop forbidden;🚫 prohibited/forbidden no;🚳 no bicycles;
🚭 no smoking;🚯 no littering;🚱 non-potable water;🚷 no pedestrians;📵 no mobile phones;🔞 no one under eighteen;
☢️ radioactive;☣️ biohazard
⬆️ up arrow/up;↗️ up-right arrow;➡️ right arrow/right;↘️ down-right arrow;⬇️ down arrow/down;↙️ down-left arrow;
⬅️ left arrow/left;↖️ up-left arrow;↕️ up-down arrow;↔️ left-right arrow;↩️ right arrow curving left;
↪️ left arrow curving right;⤴️ right arrow curving up;⤵️ right arrow curving down;🔃 clockwise vertical arrows;
🔄 counterclockwise arrows button/refresh reload;🔙 back arrow;🔚 end arrow;🔛 on! arrow;🔜 soon arrow;🔝 top arrow
🛐 place of worship;⚛️ atom symbol;🕉️ om;✡️ star of david;☸️ wheel of dharma;☯️ yin yang;✝️ latin cross;
☦️ orthodox cross;☪️ star and crescent;☮️ peace symbol/hippie;🕎 menorah;🔯 dotted six-pointed star;🪯 khanda
♈ aries;♉ taurus;♊ gemini;♋ cancer;♌ leo;♍ virgo;♎ libra;♏ scorpio;♐ sagittarius;♑ capricorn;♒ aquarius;♓ pisces;
⛎ ophiuchus
🔀 shuffle tracks button;🔁 repeat button;🔂 repeat single button;▶️ play button/start;⏩ fast-forward button;
⏭️ next track button;⏯️ play or pause button;◀️ reverse button;⏪ fast reverse button;⏮️ last track button;
🔼 upwards button;⏫ fast up button;🔽 downwards button;⏬ fast down button;⏸️ pause button/break;⏹️ stop button;
⏺️ record button;⏏️ eject button;🎦 cinema;🔅 dim button;🔆 bright button;📶 antenna bars;🛜 wireless;📳 vibration mode;
📴 mobile phone off
♀️ female sign;♂️ male sign;⚧️ transgender symbol
✖️ multiply/times;➕ plus/add more;➖ minus/less;➗ divide;🟰 heavy equals sign;♾️ infinity
‼️ double exclamation mark/important attention;⁉️ exclamation question mark;❓ red question mark/what why;
❔ white question mark;❕ white exclamation mark;❗ red exclamation mark/important attention;〰️ wavy dash
💱 currency exchange;💲 heavy dollar sign
⚕️ medical symbol;♻️ recycling symbol/recycle green;⚜️ fleur-de-lis;🔱 trident emblem;📛 name badge;
🔰 japanese symbol for beginner;⭕ hollow red circle;✅ check mark button/check done tick yes;
☑️ check box with check/check done tick;✔️ check mark/check done tick yes;❌ cross mark/cross no wrong delete;
❎ cross mark button;➰ curly loop;➿ double curly loop;〽️ part alternation mark;✳️ eight-spoked asterisk;
✴️ eight-pointed star;❇️ sparkle;©️ copyright;®️ registered;™️ trade mark
#️⃣ keycap #;*️⃣ keycap *;0️⃣ keycap 0;1️⃣ keycap 1;2️⃣ keycap 2;3️⃣ keycap 3;4️⃣ keycap 4;5️⃣ keycap 5;6️⃣ keycap 6;
7️⃣ keycap 7;8️⃣ keycap 8;9️⃣ keycap 9;🔟 keycap 10
🔠 input latin uppercase;🔡 input latin lowercase;🔢 input numbers;🔣 input symbols;🔤 input latin letters;
🅰️ a button (blood type);🆎 ab button (blood type);🅱️ b button (blood type);🆑 cl button;🆒 cool button/fresh;
🆓 free button;ℹ️ information;🆔 id button;Ⓜ️ circled m;🆕 new button;🆖 ng button;🅾️ o button (blood type);
🆗 ok button/okay;🅿️ p button;🆘 sos button;🆙 up! button;🆚 vs button;🈁 japanese here button;
🈂️ japanese service charge button;🈷️ japanese monthly amount button;🈶 japanese not free of charge button;
🈯 japanese reserved button;🉐 japanese bargain button;🈹 japanese discount button;🈚 japanese free of charge button;
🈲 japanese prohibited button;🉑 japanese acceptable button;🈸 japanese application button;🈴 japanese passing grade button;
🈳 japanese vacancy button;㊗️ japanese congratulations button;㊙️ japanese secret button;
🈺 japanese open for business button;🈵 japanese no vacancy button
🔴 red circle/dot;🟠 orange circle;🟡 yellow circle;🟢 green circle/dot;🔵 blue circle;🟣 purple circle;🟤 brown circle;
⚫ black circle;⚪ white circle;🟥 red square;🟧 orange square;🟨 yellow square;🟩 green square;🟦 blue square;🟪 purple square;
🟫 brown square;⬛ black large square;⬜ white large square;◼️ black medium square;◻️ white medium square;
◾ black medium-small square;◽ white medium-small square;▪️ black small square;▫️ white small square;
🔶 large orange diamond;🔷 large blue diamond;🔸 small orange diamond;🔹 small blue diamond;🔺 red triangle pointed up;
🔻 red triangle pointed down;💠 diamond with a dot;🔘 radio button;🔳 white square button;🔲 black square button`,
  flags: `🏁 chequered flag/finish race;🚩 triangular flag/flag warning;🎌 crossed flags;🏴 black flag;🏳️ white flag;
🏳️‍🌈 rainbow flag/pride gay lgbt;🏳️‍⚧️ transgender flag/trans pride;🏴‍☠️ pirate flag/pirate
🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag england;🏴󠁧󠁢󠁳󠁣󠁴󠁿 flag scotland;🏴󠁧󠁢󠁷󠁬󠁳󠁿 flag wales`,
}

export const COUNTRIES = `
AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
BZ CA CC CD CF CG CH CI CK CL CM CN CO CP CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA EC EE EG EH ER ES ET EU
FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG
MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL
PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD
TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM UN US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW`
