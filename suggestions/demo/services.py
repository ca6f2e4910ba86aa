"""What a demo service is made of: its topics, what they ask, and what people in Demostad say about them."""

from dataclasses import dataclass, field

from portal.models import Question, SuggestionKind, Visibility

Texts = dict[str, str]  # by language
PROBLEM, IDEA = SuggestionKind.PROBLEM, SuggestionKind.IDEA


@dataclass(frozen=True)
class Ask:
    """A question of a category, and what a citizen answers to it: a text with variables, or a range of numbers."""

    code: str
    text: Texts
    answer: Question.Answer
    is_required: bool = False
    is_public: bool = True
    options: tuple[tuple[str, Texts], ...] = ()
    says: str = ""
    numbers: tuple[int, int] = (1, 10)


@dataclass(frozen=True)
class Said:
    """Something that a citizen says; the words in braces differ from case to case."""

    kind: SuggestionKind
    lang: str
    title: str
    text: str


@dataclass(frozen=True)
class Topic:
    code: str
    name: Texts
    kinds: tuple[SuggestionKind, ...]
    promise: Texts  # what is promised when it is accepted
    evidence: Texts  # what shows that it was done
    said: tuple[Said, ...]
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True)
class DemoService:
    code: str
    name: Texts
    description: Texts
    topics: tuple[Topic, ...]
    visibility: Visibility = Visibility.PUBLIC
    assets: tuple[tuple[str, str, str], ...] = field(default=())  # code, name, code of its area
