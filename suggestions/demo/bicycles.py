"""The shared bicycles of Demostad: the friendly operator that rarely gets things done."""

from portal.models import Question
from suggestions.demo.services import IDEA, PROBLEM, Ask, DemoService, Said, Topic

BIKE = Ask(
    "bike",
    {"en": "Number of the bicycle", "nl": "Nummer van de fiets"},
    Question.Answer.TEXT,
    is_required=True,
    says="{bike}",
)

BRAKES = Topic(
    code="brakes",
    name={"en": "Brakes", "nl": "Remmen"},
    kinds=(PROBLEM,),
    asks=(
        BIKE,
        Ask(
            "which-brake",
            {"en": "Which brake?", "nl": "Welke rem?"},
            Question.Answer.CHOICE,
            options=(
                ("front", {"en": "Front", "nl": "Voor"}),
                ("rear", {"en": "Rear", "nl": "Achter"}),
                ("both", {"en": "Both", "nl": "Allebei"}),
            ),
        ),
    ),
    promise={
        "en": "New brake pads and cables on bicycle {bike}",
        "nl": "Nieuwe remblokken en kabels op fiets {bike}",
        "fr": "De nouveaux patins et câbles de frein sur le vélo {bike}",
    },
    evidence={
        "en": "Bicycle {bike} got new brake pads and was ridden down the slope at {station}. Workshop sheet {note} hangs at the station.",
        "nl": "Fiets {bike} kreeg nieuwe remblokken en is getest op de helling bij {station}. Werkbon {note} hangt aan het station.",
        "fr": "Le vélo {bike} a reçu de nouveaux patins de frein, essayés à la station {station}. Fiche d'atelier {note}.",
    },
    said=(
        Said(
            PROBLEM,
            "en",
            "Brakes of bicycle {bike} hardly grip",
            "I took {bike} at {station} and could not stop at the crossing of {street}. Somebody will get hurt.",
        ),
        Said(
            PROBLEM,
            "en",
            "Squealing brakes on {bike}",
            "All of {street} turned round when I braked. It has been like this since {weekday} at least.",
        ),
        Said(
            PROBLEM,
            "en",
            "Brake lever of {bike} comes off in my hand",
            "At {station}, {weekday} around {time}. I put the bicycle back with its saddle turned.",
        ),
        Said(
            PROBLEM,
            "nl",
            "Remmen van fiets {bike} pakken bijna niet",
            "Ik nam {bike} aan {station} en kon op {street} niet op tijd stoppen.",
        ),
        Said(
            PROBLEM,
            "nl",
            "Achterrem van {bike} is los",
            "De kabel hangt naast het wiel. Ik zag het pas toen ik al reed, {weekday} rond {time}.",
        ),
        Said(PROBLEM, "nl", "Fiets {bike} remt niet in de regen", "Droog gaat het net, nat helemaal niet. Ik durf {street} niet meer af."),
        Said(
            PROBLEM,
            "fr",
            "Les freins du vélo {bike} ne tiennent plus",
            "J'ai pris le vélo à la station {station} et je n'ai pas pu m'arrêter à temps.",
        ),
    ),
)

MECHANICS = Topic(
    code="tyres-chain-lights",
    name={"en": "Tyres, chain, lights, saddle", "nl": "Banden, ketting, licht, zadel"},
    kinds=(PROBLEM,),
    asks=(BIKE,),
    promise={"en": "Bicycle {bike} through the whole check of the workshop", "nl": "Fiets {bike} volledig nagekeken in het atelier"},
    evidence={
        "en": "Bicycle {bike} is back at {station} after the whole check; what was replaced is on workshop sheet {note}.",
        "nl": "Fiets {bike} staat weer aan {station} na een volledige controle; wat vervangen is staat op werkbon {note}.",
    },
    said=(
        Said(
            PROBLEM, "en", "Flat tyre on {bike} at {station}", "It was flat on {weekday} and it still is. The app offers it as available."
        ),
        Said(PROBLEM, "en", "Chain of {bike} jumps off on every hill", "Three times between {station} and {street}. My hands were black."),
        Said(PROBLEM, "en", "No rear light on bicycle {bike}", "I rode home along {street} at {time} and cars did not see me."),
        Said(PROBLEM, "en", "Saddle of {bike} sinks while riding", "The clamp does not hold. I am tall, so I notice."),
        Said(PROBLEM, "nl", "Lekke band op {bike} aan {station}", "Sinds {weekday} al. De app zegt dat hij rijklaar is."),
        Said(
            PROBLEM,
            "nl",
            "Ketting van {bike} loopt eraf",
            "Twee keer op één rit naar {street}. Gelukkig kon ik hem er zelf weer op leggen.",
        ),
        Said(
            PROBLEM,
            "nl",
            "Voorlicht van {bike} flikkert",
            "Op {street} is het donker, en dan valt het licht uit. Gezien op {weekday} om {time}.",
        ),
    ),
)

STATIONS = Topic(
    code="empty-or-full",
    name={"en": "Empty or full station", "nl": "Leeg of vol station"},
    kinds=(PROBLEM, IDEA),
    asks=(Ask("other-station", {"en": "Did another station help?", "nl": "Kon je naar een ander station?"}, Question.Answer.YES_NO),),
    promise={
        "en": "An extra round of the van past {station} before {time}",
        "nl": "Een extra ronde van de wagen langs {station} vóór {time}",
        "fr": "Un passage de plus de la camionnette à {station} avant {time}",
    },
    evidence={
        "en": "The van now stops at {station} every working day; the counts of the first two weeks are in note {note}.",
        "nl": "De wagen stopt nu elke werkdag aan {station}; de tellingen van de eerste twee weken staan in nota {note}.",
        "fr": "La camionnette passe chaque jour ouvrable à {station}; les comptages sont dans la note {note}.",
    },
    said=(
        Said(
            PROBLEM, "en", "{station} is empty every morning", "By {time} the last bicycle is gone, so I miss my train. Every working day."
        ),
        Said(PROBLEM, "en", "No free place at {station} on {weekday}s", "I circled for twenty minutes and paid for the time."),
        Said(IDEA, "en", "Keep three bicycles at {station} for night shifts", "The hospital's shift ends at {time}. Nothing is left then."),
        Said(PROBLEM, "nl", "{station} is elke ochtend leeg", "Om {time} is de laatste fiets weg. Op {weekday} is het het ergst."),
        Said(
            PROBLEM,
            "nl",
            "Nooit plaats aan {station} na de markt",
            "Ik moet dan te voet terug van {street}. Graag meer rekken of een ophaalronde.",
        ),
        Said(
            IDEA, "nl", "Toon op het scherm van {station} waar nog fietsen staan", "Wie geen telefoon heeft, weet niet waar het wel lukt."
        ),
        Said(PROBLEM, "fr", "La station {station} est toujours vide le {weekday}", "À {time} il n'y a plus un seul vélo."),
    ),
)

ACCESS = Topic(
    code="without-a-phone",
    name={"en": "Without a smartphone", "nl": "Zonder smartphone"},
    kinds=(PROBLEM, IDEA),
    promise={
        "en": "A card with which a bicycle can be taken at {station} without a phone",
        "nl": "Een kaart waarmee je aan {station} een fiets neemt zonder telefoon",
    },
    evidence={
        "en": "The reader at {station} takes the card; the desk of the city hands it out since {weekday}. Photo in note {note}.",
        "nl": "De lezer aan {station} aanvaardt de kaart; de stadsbalie geeft ze mee sinds {weekday}. Foto in nota {note}.",
    },
    said=(
        Said(
            PROBLEM,
            "en",
            "I cannot rent a bicycle without an app",
            "I have a card of the library and cash. At {station} neither is any use.",
        ),
        Said(IDEA, "en", "Let the library of {area} lend a key for the bicycles", "They know us there, and they are open until {time}."),
        Said(IDEA, "en", "A phone number on every bicycle", "Somebody without a smartphone should be able to say that {bike} is broken."),
        Said(PROBLEM, "nl", "Zonder app geen fiets", "Ik heb een gewone gsm. Aan {station} kan ik niets. Ik betaal toch ook belasting."),
        Said(
            IDEA, "nl", "Laat de bibliotheek van {area} fietskaarten uitlenen", "Daar kennen ze ons, en ze helpen op {weekday} tot {time}."
        ),
    ),
)

PAYING = Topic(
    code="app-and-paying",
    name={"en": "App and paying", "nl": "App en betalen"},
    kinds=(PROBLEM, IDEA),
    asks=(
        Ask(
            "message", {"en": "What did the screen say?", "nl": "Wat stond er op het scherm?"}, Question.Answer.TEXT, says="Error {number}"
        ),
    ),
    promise={
        "en": "The wrong amount paid back, and the fault in the app repaired",
        "nl": "Het foute bedrag terug, en de fout in de app hersteld",
    },
    evidence={
        "en": "Paid back on {weekday}; the app of this week ends a ride when the lock clicks. What changed is in note {note}.",
        "nl": "Terugbetaald op {weekday}; de app van deze week stopt de rit zodra het slot klikt. De wijziging staat in nota {note}.",
    },
    said=(
        Said(
            PROBLEM, "en", "Ride on {bike} did not end and I paid for a night", "I locked it at {station} at {time}. The app kept counting."
        ),
        Said(
            PROBLEM,
            "en",
            "Charged twice for one ride on {weekday}",
            "Two times the same amount, one minute apart. The help page sends me in circles.",
        ),
        Said(IDEA, "en", "A day ticket for visitors of {area}", "My sister comes twice a year and will not take a subscription."),
        Said(
            PROBLEM,
            "nl",
            "Rit op {bike} bleef doorlopen",
            "Ik zette hem om {time} op slot aan {station}. De teller liep tot de volgende ochtend.",
        ),
        Said(IDEA, "nl", "Korting voor wie om {time} rijdt", "Dan zijn er fietsen genoeg aan {station}, en is de bus vol."),
        Said(
            PROBLEM,
            "nl",
            "De app vraagt elke keer opnieuw mijn wachtwoord",
            "Sinds {weekday}. Met koude vingers aan {station} is dat geen pretje.",
        ),
    ),
)

NEW_STATION = Topic(
    code="new-station",
    name={"en": "New station", "nl": "Nieuw station"},
    kinds=(IDEA,),
    asks=(
        Ask(
            "people",
            {"en": "How many people would use it, do you think?", "nl": "Hoeveel mensen zouden het gebruiken, denk je?"},
            Question.Answer.NUMBER,
            numbers=(5, 80),
        ),
    ),
    promise={"en": "A trial station of eight bicycles near {street}", "nl": "Een proefstation met acht fietsen bij {street}"},
    evidence={
        "en": "The trial station near {street} opened on {weekday} with eight bicycles. Plan and photo are in note {note}.",
        "nl": "Het proefstation bij {street} opende op {weekday} met acht fietsen. Plan en foto staan in nota {note}.",
    },
    said=(
        Said(
            IDEA,
            "en",
            "A station near {street}, please",
            "From here it is fifteen minutes on foot to {station}. Forty families live in between.",
        ),
        Said(
            IDEA,
            "en",
            "Bicycles at the swimming pool of {area}",
            "On {weekday} the car park is full of people who live two kilometres away.",
        ),
        Said(IDEA, "en", "Cargo bicycle at {station}", "For the weekly shopping, or two small children."),
        Said(IDEA, "nl", "Graag een station bij {street}", "Naar {station} is het een kwartier stappen. Er wonen hier veel ouderen."),
        Said(IDEA, "nl", "Bakfiets aan {station}", "Voor de boodschappen, en voor wie twee kleine kinderen heeft."),
        Said(
            IDEA,
            "nl",
            "Fietsen aan de sporthal van {area}",
            "Op {weekday} om {time} staat er een file van auto's die allemaal van dichtbij komen.",
        ),
    ),
)

STATIONS_OF = {
    "oude-haven": ("Havenkom", "Vismijn", "Oude Kraan"),
    "stationsbuurt": ("Station Noord", "Station Zuid", "Postplein"),
    "molenkwartier": ("Windmolen", "Bakkerspad", "Korenmarkt"),
    "parkrand": ("Stadspark", "Kasteeldreef", "Zwembad"),
    "kanaalzijde": ("Sluisbrug", "Jaagpad", "Loskade"),
    "hoogveld": ("Ziekenhuis", "Hogeschool", "Watertoren"),
    "lindenhof": ("Lindeplein", "Tuinwijk"),
}

BICYCLES = DemoService(
    code="bicycles",
    name={"en": "Shared bicycles", "nl": "Deelfietsen"},
    description={
        "en": "Bicycles that you take at one station and leave at another, day and night.",
        "nl": "Fietsen die je aan het ene station neemt en aan het andere achterlaat, dag en nacht.",
    },
    topics=(BRAKES, MECHANICS, STATIONS, ACCESS, PAYING, NEW_STATION),
    assets=tuple(
        (f"station-{number:02}", name, area)
        for number, (area, name) in enumerate(((area, name) for area, names in STATIONS_OF.items() for name in names), start=1)
    ),
)
