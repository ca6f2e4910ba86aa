"""Home care in Demostad: no contract says who owes what, so the city's default rule applies; shown after a check."""

from portal.models import Question, Visibility
from suggestions.demo.services import IDEA, PROBLEM, Ask, DemoService, Said, Topic

VISITS = Topic(
    code="visits",
    name={"en": "Visits and hours", "nl": "Bezoeken en uren"},
    kinds=(PROBLEM, IDEA),
    asks=(
        Ask(
            "file",
            {"en": "The number on the care plan", "nl": "Het nummer op het zorgplan"},
            Question.Answer.TEXT,
            is_public=False,
            says="ZP {note}",
        ),
    ),
    promise={
        "en": "A fixed hour for the visits in {area}, told a week ahead",
        "nl": "Een vast uur voor de bezoeken in {area}, een week vooraf gezegd",
        "fr": "Une heure fixe pour les visites, annoncée une semaine à l'avance",
    },
    evidence={
        "en": "The plan of this month was sent by letter on {weekday}; nineteen of twenty visits came within the hour (note {note}).",
        "nl": "Het rooster van deze maand ging op {weekday} per brief weg; negentien van twintig bezoeken kwamen op tijd (nota {note}).",
        "fr": "L'horaire du mois a été envoyé par lettre; dix-neuf visites sur vingt sont venues à l'heure (note {note}).",
    },
    said=(
        Said(
            PROBLEM, "en", "The morning visit comes at {time}", "My father waits in bed for it. Nobody calls to say that it will be late."
        ),
        Said(PROBLEM, "en", "No help on {weekday} for the third time", "We hear it at the door, when nobody comes."),
        Said(IDEA, "en", "Send the week's plan on paper", "My mother has no mail and no app. A sheet on the fridge is enough."),
        Said(PROBLEM, "nl", "De hulp komt pas om {time}", "Mijn moeder zit dan al uren te wachten op haar ontbijt."),
        Said(PROBLEM, "nl", "Derde keer geen hulp op {weekday}", "Niemand belt. We merken het pas als er niemand aanbelt."),
        Said(IDEA, "nl", "Stuur het weekrooster op papier", "Mijn vader heeft geen mail. Een blad aan de koelkast is genoeg."),
        Said(PROBLEM, "fr", "L'aide arrive toujours après {time}", "Ma mère attend son petit-déjeuner. Personne ne prévient."),
    ),
)

PEOPLE = Topic(
    code="same-faces",
    name={"en": "The same people", "nl": "Dezelfde mensen"},
    kinds=(PROBLEM, IDEA),
    promise={"en": "A team of at most four helpers for each household", "nl": "Een ploeg van hoogstens vier helpers per gezin"},
    evidence={
        "en": "Since {weekday} each household has a card with its four helpers; the list of households is kept at the desk ({note}).",
        "nl": "Sinds {weekday} heeft elk gezin een kaart met zijn vier helpers; de lijst ligt aan de balie ({note}).",
    },
    said=(
        Said(PROBLEM, "en", "Eleven different helpers in one month", "Each one asks where the towels are. My wife no longer lets them in."),
        Said(IDEA, "en", "A photo of who comes tomorrow", "Then my aunt opens the door without fear."),
        Said(PROBLEM, "nl", "Elke keer iemand anders", "In een maand elf verschillende gezichten. Mijn man raakt er in de war van."),
        Said(IDEA, "nl", "Een foto van wie morgen komt", "Dan doet mijn tante de deur open zonder bang te zijn."),
    ),
)

REACHING = Topic(
    code="reaching-somebody",
    name={"en": "Reaching somebody", "nl": "Iemand bereiken"},
    kinds=(PROBLEM, IDEA),
    promise={"en": "A line that a person answers until {time}", "nl": "Een lijn waar tot {time} iemand opneemt"},
    evidence={
        "en": "The line is staffed since {weekday}; how long people waited each day is in table {note}.",
        "nl": "De lijn is sinds {weekday} bemand; hoelang mensen elke dag wachtten staat in tabel {note}.",
    },
    said=(
        Said(PROBLEM, "en", "Forty minutes on hold for home care", "On {weekday}, only to hear that I must use the website."),
        Said(IDEA, "en", "A desk in {area} once a week", "Many of us can walk to {street}, but not take the bus to the town hall."),
        Said(PROBLEM, "nl", "Veertig minuten aan de lijn", "Op {weekday}. Daarna zei een stem dat ik het op de website moest doen."),
        Said(IDEA, "nl", "Een keer per week een balie in {area}", "Naar {street} geraken we nog. Naar het stadhuis niet meer."),
    ),
)

MEALS = Topic(
    code="meals",
    name={"en": "Meals at home", "nl": "Maaltijden aan huis"},
    kinds=(PROBLEM, IDEA),
    promise={"en": "A choice of two meals on {weekday}", "nl": "Keuze uit twee maaltijden op {weekday}"},
    evidence={
        "en": "The menu with two choices is delivered since {weekday}; the first answers are in note {note}.",
        "nl": "Het menu met twee keuzes wordt bezorgd sinds {weekday}; de eerste reacties staan in nota {note}.",
    },
    said=(
        Said(PROBLEM, "en", "Meals arrive cold in {area}", "We are the last stop of the round. By {time} nothing is warm."),
        Said(IDEA, "en", "Eat together once a week", "A shared table in {area} on {weekday}, for who eats alone on all other days."),
        Said(PROBLEM, "nl", "Maaltijden komen koud aan in {area}", "Wij zijn de laatste halte. Om {time} is er niets meer warm."),
        Said(IDEA, "nl", "Eén keer per week samen eten", "Een lange tafel in {area} op {weekday}, voor wie anders alleen eet."),
    ),
)

HOME_CARE = DemoService(
    code="home-care",
    name={"en": "Home care", "nl": "Thuiszorg"},
    description={
        "en": "Help with washing, meals and the household for who cannot do it alone.",
        "nl": "Hulp bij wassen, eten en het huishouden voor wie het niet alleen kan.",
    },
    topics=(VISITS, PEOPLE, REACHING, MEALS),
    visibility=Visibility.AFTER_CHECK,
)
