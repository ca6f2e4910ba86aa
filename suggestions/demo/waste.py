"""Waste and cleaning in Demostad: the brisk operator that keeps its days and says little."""

from portal.models import Question
from suggestions.demo.services import IDEA, PROBLEM, Ask, DemoService, Said, Topic

MISSED = Topic(
    code="missed-collection",
    name={"en": "Missed collection", "nl": "Niet opgehaald"},
    kinds=(PROBLEM,),
    asks=(
        Ask(
            "waste",
            {"en": "Which waste?", "nl": "Welk afval?"},
            Question.Answer.CHOICE,
            is_required=True,
            options=(
                ("rest", {"en": "Residual waste", "nl": "Restafval"}),
                ("paper", {"en": "Paper", "nl": "Papier"}),
                ("packaging", {"en": "Packaging", "nl": "Verpakkingen"}),
                ("garden", {"en": "Kitchen and garden", "nl": "Keuken en tuin"}),
            ),
        ),
        Ask("outside-in-time", {"en": "Did it stand outside before 7?", "nl": "Stond het vóór 7 uur buiten?"}, Question.Answer.YES_NO),
    ),
    promise={
        "en": "A second round through {street}",
        "nl": "Een tweede ronde door {street}",
        "fr": "Une deuxième tournée dans {street}",
    },
    evidence={
        "en": "Collected in {street} on {weekday}, round {note}.",
        "nl": "Opgehaald in {street} op {weekday}, ronde {note}.",
        "fr": "Ramassé dans {street}, tournée {note}.",
    },
    said=(
        Said(
            PROBLEM,
            "en",
            "Bins of {street} were not emptied",
            "All of them are still on the pavement. It is {weekday} and the lorry came on no day.",
        ),
        Said(
            PROBLEM, "en", "Paper left behind at {street} {number}", "They took the neighbours' paper and left ours. It was dry and tied."
        ),
        Said(
            PROBLEM, "en", "Lorry stops before the end of {street}", "The last six houses are forgotten each time the road is parked full."
        ),
        Said(PROBLEM, "nl", "Vuilnis in {street} niet opgehaald", "De hele straat staat nog vol. Het stond om half zeven buiten."),
        Said(PROBLEM, "nl", "Papier blijft staan aan {street} {number}", "Bij de buren namen ze het wel mee. Het was droog en gebonden."),
        Said(PROBLEM, "nl", "GFT-bak al twee keer overgeslagen", "In {street}, telkens op {weekday}. Bij dit weer ruikt dat."),
        Said(
            PROBLEM,
            "fr",
            "Les poubelles de {street} n'ont pas été vidées",
            "Elles étaient dehors avant sept heures. Depuis {weekday} rien ne bouge.",
        ),
    ),
)

CONTAINER = Topic(
    code="full-container",
    name={"en": "Full or broken container", "nl": "Volle of kapotte container"},
    kinds=(PROBLEM,),
    asks=(Ask("smell", {"en": "Does it smell?", "nl": "Is er stank?"}, Question.Answer.YES_NO),),
    promise={"en": "An extra emptying of container {container}", "nl": "Container {container} extra geledigd"},
    evidence={
        "en": "Container {container} emptied and its lid repaired, order {note}. The level sensor shows empty.",
        "nl": "Container {container} geledigd en het deksel hersteld, bon {note}. De niveaumeter staat op leeg.",
    },
    said=(
        Said(PROBLEM, "en", "Glass container {container} is full", "Bottles stand beside it, and some are broken. Children play here."),
        Said(
            PROBLEM,
            "en",
            "Lid of container {container} does not open",
            "My card gives a green light, but the drum stays shut. Since {weekday}.",
        ),
        Said(PROBLEM, "nl", "Glasbol {container} zit vol", "Er staan al dozen flessen naast. Gezien op {weekday} om {time}."),
        Said(PROBLEM, "nl", "Container {container} gaat niet open", "De kaart werkt, de klep niet. Mensen zetten de zakken er nu naast."),
    ),
)

LITTER = Topic(
    code="litter",
    name={"en": "Litter and dumping", "nl": "Zwerfvuil en sluikstort"},
    kinds=(PROBLEM, IDEA),
    promise={"en": "A weekly cleaning of {street}", "nl": "Elke week vegen in {street}"},
    evidence={
        "en": "{street} cleaned on {weekday}; photos before and after are in report {note}.",
        "nl": "{street} geveegd op {weekday}; foto's van ervoor en erna in verslag {note}.",
    },
    said=(
        Said(PROBLEM, "en", "Mattress dumped in {street}", "It has been there since {weekday}. Now there is a fridge beside it."),
        Said(PROBLEM, "en", "Litter along the water in {area}", "The bins are too small for a sunny {weekday}."),
        Said(
            IDEA,
            "en",
            "Lend litter grabs at the library of {area}",
            "Our street wants to help once a month, if somebody takes the bags away.",
        ),
        Said(PROBLEM, "nl", "Matras gedumpt in {street}", "Ligt er al sinds {weekday}. Ondertussen staat er ook een frigo bij."),
        Said(PROBLEM, "nl", "Zwerfvuil aan het water in {area}", "Op een zonnige {weekday} zijn de vuilbakken om {time} al vol."),
        Said(
            IDEA, "nl", "Leen grijpers uit in de bibliotheek van {area}", "Onze straat wil elke maand helpen, als iemand de zakken ophaalt."
        ),
    ),
)

NOISE = Topic(
    code="noise",
    name={"en": "Noise of the rounds", "nl": "Lawaai van de rondes"},
    kinds=(PROBLEM,),
    promise={"en": "The round through {street} not before seven", "nl": "De ronde door {street} niet vóór zeven uur"},
    evidence={
        "en": "The round is changed since {weekday}: {street} comes after half past seven. Plan {note} is on the site.",
        "nl": "De ronde is sinds {weekday} aangepast: {street} komt na half acht. Plan {note} staat online.",
    },
    said=(
        Said(PROBLEM, "en", "Glass is emptied at five in {street}", "Every {weekday}. I work nights and sleep then, and so do the babies."),
        Said(PROBLEM, "nl", "Glasbak wordt om vijf uur geleegd in {street}", "Elke {weekday}. Kan dat niet na zeven uur?"),
        Said(PROBLEM, "nl", "Veegwagen keert drie keer in {street}", "Met het piepen erbij is de hele straat wakker om {time}."),
    ),
)

SORTING = Topic(
    code="sorting-and-containers",
    name={"en": "Sorting and new containers", "nl": "Sorteren en nieuwe containers"},
    kinds=(IDEA,),
    asks=(Ask("households", {"en": "For how many households?", "nl": "Voor hoeveel gezinnen?"}, Question.Answer.NUMBER, numbers=(4, 120)),),
    promise={"en": "A trial in {area} for three months", "nl": "Een proef van drie maanden in {area}"},
    evidence={
        "en": "The trial in {area} started on {weekday}; what is weighed each week is in table {note}.",
        "nl": "De proef in {area} begon op {weekday}; wat elke week gewogen wordt staat in tabel {note}.",
    },
    said=(
        Said(IDEA, "en", "A shared compost bin in {area}", "Flats have no garden, but many of us would carry peels to {street}."),
        Said(IDEA, "en", "Open the recycling yard one evening", "I work until {time}. On Saturday the queue is an hour."),
        Said(
            IDEA,
            "en",
            "Pictures instead of words on the bins of {area}",
            "My neighbours speak eleven languages. A picture of a bottle is clear to all.",
        ),
        Said(IDEA, "en", "A swap shelf at the recycling yard", "Half of what I saw in the skip on {weekday} was still good."),
        Said(
            IDEA,
            "nl",
            "Een buurtcompostvat in {area}",
            "Wie in een flat woont heeft geen tuin, maar wil wel naar {street} lopen met de schillen.",
        ),
        Said(IDEA, "nl", "Recyclagepark één avond open", "Ik werk tot {time}. Op zaterdag sta je een uur in de rij."),
        Said(IDEA, "nl", "Ondergrondse container bij {street}", "De zakken op het voetpad maken het onmogelijk voor een rolstoel."),
    ),
)

CONTAINERS_OF = {"oude-haven": 2, "stationsbuurt": 2, "molenkwartier": 2, "parkrand": 1, "kanaalzijde": 2, "hoogveld": 2, "lindenhof": 1}

WASTE = DemoService(
    code="waste",
    name={"en": "Waste and cleaning", "nl": "Afval en netheid"},
    description={
        "en": "Collection at the door, containers in the street, and clean pavements.",
        "nl": "Ophaling aan de deur, containers in de straat en nette stoepen.",
    },
    topics=(MISSED, CONTAINER, LITTER, NOISE, SORTING),
    assets=tuple(
        (f"container-{area}-{number}", f"{area.replace('-', ' ').title()} {number}", area)
        for area, containers in CONTAINERS_OF.items()
        for number in range(1, containers + 1)
    ),
)
