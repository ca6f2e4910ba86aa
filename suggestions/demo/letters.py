"""What officials and citizens write to each other in the demo, by occasion, tone and language."""

from random import Random

WARM, BRISK, CITY, CITIZEN = "warm", "brisk", "city", "citizen"

LETTERS: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("acknowledgement", WARM): {
        "en": (
            "What a lovely suggestion, thank you so much! We take it with us.",
            "Thank you for thinking along with us. Riders like you make {city} better!",
            "So good that you tell us. Our whole team has read it with a smile.",
        ),
        "nl": (
            "Wat een fijne suggestie, heel erg bedankt! We nemen ze zeker mee.",
            "Dank je wel om met ons mee te denken. Fietsers zoals jij maken {city} mooier!",
        ),
        "fr": ("Quelle belle suggestion, merci beaucoup! Nous la prenons avec nous.",),
    },
    ("acknowledgement", BRISK): {
        "en": ("Received. A planner looks at it.", "Received, and passed to the team of your district."),
        "nl": ("Goed ontvangen. Een planner bekijkt het.", "Ontvangen en doorgegeven aan de ploeg van je wijk."),
        "fr": ("Bien reçu. Un planificateur s'en occupe.",),
    },
    ("acknowledgement", CITY): {
        "en": ("We have read your message. The city must answer, and the date stands above.",),
        "nl": ("We hebben je bericht gelezen. De stad moet antwoorden; de datum staat hierboven.",),
        "fr": ("Nous avons lu votre message. La ville doit répondre; la date est ci-dessus.",),
    },
    ("update", WARM): {
        "en": (
            "We have not forgotten you! Your idea is on the table of our next meeting.",
            "A warm word from us: we are still looking into this and find it really interesting.",
            "Thank you for your patience. It warms our hearts that you care.",
        ),
        "nl": (
            "We zijn je niet vergeten! Je idee ligt op tafel bij ons volgende overleg.",
            "Bedankt voor je geduld. We vinden het nog altijd heel boeiend.",
        ),
        "fr": ("Nous ne vous avons pas oublié! Votre idée est sur notre table.",),
    },
    ("update", BRISK): {
        "en": ("Planned, not yet done.", "Waiting for a part."),
        "nl": ("Gepland, nog niet gedaan.", "We wachten op een onderdeel."),
        "fr": ("Prévu, pas encore fait.",),
    },
    ("update", CITY): {
        "en": ("We spoke with the people who do the work. The decision follows.",),
        "nl": ("We spraken met wie het werk doet. De beslissing volgt.",),
        "fr": ("Nous avons parlé avec ceux qui font le travail. La décision suit.",),
    },
    ("question", WARM): {
        "en": ("Could you tell us a bit more? At what time of day do you notice it most?",),
        "nl": ("Kun je ons nog iets meer vertellen? Op welk moment van de dag merk je het meest?",),
        "fr": ("Pouvez-vous nous en dire plus? À quel moment de la journée?",),
    },
    ("question", BRISK): {
        "en": ("Which side of the street, and at which number?",),
        "nl": ("Aan welke kant van de straat, en bij welk nummer?",),
        "fr": ("De quel côté de la rue, et à quel numéro?",),
    },
    ("question", CITY): {
        "en": ("On which days did it happen? Then we can look it up in the plan.",),
        "nl": ("Op welke dagen was dat? Dan zoeken we het op in het rooster.",),
        "fr": ("Quels jours était-ce? Nous regarderons dans l'horaire.",),
    },
    ("reply", CITIZEN): {
        "en": ("Mostly on {weekday}, around {time}, close to number {number}.",),
        "nl": ("Vooral op {weekday}, rond {time}, ter hoogte van nummer {number}.",),
        "fr": ("Surtout le {weekday}, vers {time}, près du numéro {number}.",),
    },
    ("accepted", WARM): {
        "en": ("You are completely right, and we love it. Yes, we will do this.", "What a good find! We say yes with all our heart."),
        "nl": ("Je hebt helemaal gelijk, en we vinden het geweldig. Ja, dit doen we.",),
        "fr": ("Vous avez tout à fait raison. Oui, nous le ferons.",),
    },
    ("accepted", BRISK): {
        "en": ("Checked on the spot. It is as you say. We do it.", "Accepted. It fits in the round of your district."),
        "nl": ("Ter plaatse bekeken. Het klopt. We doen het.", "Aanvaard. Het past in de ronde van je wijk."),
        "fr": ("Vérifié sur place. C'est exact. Nous le faisons.",),
    },
    ("accepted", CITY): {
        "en": ("You are right, and it can be done with the people we have. This is what we will do.",),
        "nl": ("Je hebt gelijk, en het kan met de mensen die er zijn. Dit gaan we doen.",),
        "fr": ("Vous avez raison, et c'est possible avec les gens que nous avons.",),
    },
    ("partly_accepted", WARM): {
        "en": ("We can do the first half of what you ask, and that is a wonderful start.",),
        "nl": ("De eerste helft kunnen we doen, en dat is een prachtig begin.",),
        "fr": ("Nous pouvons faire la première moitié.",),
    },
    ("partly_accepted", BRISK): {
        "en": ("The spot you name: yes. The whole district: not with the lorries we have.",),
        "nl": ("De plek die je noemt: ja. De hele wijk: niet met de wagens die we hebben.",),
        "fr": ("L'endroit nommé: oui. Tout le quartier: non.",),
    },
    ("partly_accepted", CITY): {
        "en": ("We start with the households that wait longest. For all of them at once there are too few helpers.",),
        "nl": ("We beginnen bij wie het langst wacht. Voor iedereen tegelijk zijn er te weinig helpers.",),
        "fr": ("Nous commençons par ceux qui attendent le plus.",),
    },
    ("declined", WARM): {
        "en": ("No, we will not do this, however much we like the thought. What you can do: ask the city to look at it again.",),
        "nl": ("Nee, dit doen we niet, hoe graag we het ook zouden willen. Je kunt de stad vragen om het opnieuw te bekijken.",),
        "fr": ("Non, nous ne le ferons pas. Vous pouvez demander à la ville de le revoir.",),
    },
    ("declined", BRISK): {
        "en": ("No. We measured it and it does not add up. You may ask for a review.",),
        "nl": ("Nee. We hebben het nagemeten en het klopt niet. Je kunt om een nieuwe beslissing vragen.",),
        "fr": ("Non. Nous l'avons mesuré. Vous pouvez demander une révision.",),
    },
    ("declined", CITY): {
        "en": ("We decided not to do this. The reason is named below. Tell us if something was overlooked.",),
        "nl": ("We hebben beslist om dit niet te doen. De reden staat hieronder. Laat weten of we iets over het hoofd zagen.",),
        "fr": ("Nous avons décidé de ne pas le faire. La raison est nommée plus bas.",),
    },
    ("out_of_scope", WARM): {
        "en": ("We would so much like to help, but our contract stops where your question begins.",),
        "nl": ("We zouden zo graag helpen, maar ons contract stopt waar jouw vraag begint.",),
        "fr": ("Nous aimerions aider, mais notre contrat s'arrête là.",),
    },
    ("out_of_scope", BRISK): {
        "en": ("Not in our contract: this stands on private ground.",),
        "nl": ("Niet in ons contract: dit staat op privégrond.",),
        "fr": ("Pas dans notre contrat: terrain privé.",),
    },
    ("handed_over", WARM): {
        "en": ("This belongs to somebody else, and we are sure that they will love to help you.",),
        "nl": ("Dit hoort bij iemand anders, en die helpt je vast met plezier.",),
        "fr": ("Ceci relève de quelqu'un d'autre.",),
    },
    ("handed_over", BRISK): {
        "en": ("The pavement is the city's.",),
        "nl": ("De stoep is van de stad.",),
        "fr": ("Le trottoir est à la ville.",),
    },
    ("review", WARM): {
        "en": ("You were right to come back to it. I looked at it myself, and we do it again, properly.",),
        "nl": ("Je kwam er terecht op terug. Ik keek zelf, en we doen het opnieuw, en goed.",),
        "fr": ("Vous avez eu raison d'y revenir. Nous le refaisons.",),
    },
    ("review", BRISK): {
        "en": ("Seen again by another planner: the work was not finished. It goes back on the list.",),
        "nl": ("Opnieuw bekeken door een andere planner: het werk was niet af. Het gaat weer op de lijst.",),
        "fr": ("Revu par un autre planificateur: le travail n'était pas fini.",),
    },
    ("review", CITY): {
        "en": ("A colleague looked at it with fresh eyes. You are right: it was not done for everybody.",),
        "nl": ("Een collega keek er met nieuwe ogen naar. Je hebt gelijk: het was niet voor iedereen gedaan.",),
        "fr": ("Un collègue a regardé à nouveau. Vous avez raison.",),
    },
    ("moved", WARM): {
        "en": ("The parts are on a ship. We are so sorry, and so grateful for your patience.", "Our workshop was busier than we dreamed."),
        "nl": ("De onderdelen zitten nog op een schip. Het spijt ons zo.", "Ons atelier had het drukker dan gedacht."),
        "fr": ("Les pièces sont encore en route.",),
    },
    ("moved", BRISK): {
        "en": ("Lorry out of service for two weeks.",),
        "nl": ("Wagen twee weken buiten dienst.",),
        "fr": ("Camion en panne pour deux semaines.",),
    },
    ("moved", CITY): {
        "en": ("Two helpers are ill, and we will not promise what we cannot keep.",),
        "nl": ("Twee helpers zijn ziek, en we beloven niet wat we niet kunnen houden.",),
        "fr": ("Deux aides sont malades.",),
    },
    ("agreed", CITY): {
        "en": ("We read the contract again: the operator is right.",),
        "nl": ("We lazen het contract opnieuw: de operator heeft gelijk.",),
    },
    ("sent back", CITY): {
        "en": ("The contract does cover this: see its first clause. The operator must answer.",),
        "nl": ("Het contract dekt dit wel: zie de eerste clausule. De operator moet antwoorden.",),
    },
    ("in place", CITY): {
        "en": ("The operator did not decide, so the city does. We answer in its place.",),
        "nl": ("De operator besliste niet, dus beslist de stad in zijn plaats.",),
        "fr": ("L'opérateur n'a pas décidé, donc la ville décide à sa place.",),
    },
    ("confirmed", CITIZEN): {
        "en": ("Seen with my own eyes. Thank you.", "It works. That is all I wanted."),
        "nl": ("Met eigen ogen gezien. Bedankt.", "Het werkt. Meer vroeg ik niet."),
        "fr": ("Vu de mes propres yeux. Merci.",),
    },
    ("not done", CITIZEN): {
        "en": ("I went to look on {weekday}: nothing has changed.", "Done for a day, and then it was as before."),
        "nl": ("Ik ging kijken op {weekday}: er is niets veranderd.", "Eén dag goed, daarna weer zoals voordien."),
        "fr": ("Je suis allé voir: rien n'a changé.",),
    },
    ("withdrawn", CITIZEN): {
        "en": ("It solved itself.", "I sent the same thing twice."),
        "nl": ("Het is vanzelf opgelost.", "Ik had dit twee keer gestuurd."),
        "fr": ("C'est résolu.",),
    },
}


ENDINGS = {
    "en": (
        "",
        "It is the third time this month.",
        "My neighbours say the same.",
        "I hope somebody reads this.",
        "I am glad to show you the place.",
        "Last year this went well.",
        "Please tell me when I may expect something.",
        "Whoever walks with a stick has it worst.",
        "Thank you for looking at it.",
    ),
    "nl": (
        "",
        "Het is de derde keer deze maand.",
        "Mijn buren zeggen hetzelfde.",
        "Ik hoop dat iemand dit leest.",
        "Ik wil de plek gerust tonen.",
        "Vorig jaar ging dit goed.",
        "Laat me weten wanneer ik iets mag verwachten.",
        "Wie slecht te been is, heeft er het meeste last van.",
        "Bedankt om ernaar te kijken.",
    ),
    "fr": ("", "C'est la troisième fois ce mois-ci.", "Mes voisins disent la même chose.", "Merci d'y jeter un œil."),
}


def letter(occasion: str, tone: str, lang: str, chance: Random) -> str:
    """One of the texts for the occasion, in the language if there is one; the words in braces are still to be filled."""
    texts = LETTERS[occasion, tone]
    return chance.choice(texts.get(lang) or texts["en"])
