"""The forms of a page as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.inside = False
        self.selected: str | None = None  # the name of the list being read
        self.written: str | None = None  # the name of the text area being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(facts.get("action") or self.address, facts.get("method", "get").lower()))
            self.inside = True
        if not self.inside:
            return
        fields, name = self.forms[-1].fields, facts.get("name", "")
        if tag == "input" and name:
            if facts.get("type") not in {"radio", "checkbox", "submit"} or "checked" in facts:
                fields[name] = facts.get("value", "")
            elif facts.get("type") == "radio":
                fields.setdefault(name, "")
        elif tag == "select" and name:
            self.selected = name
            fields[name] = ""
        elif tag == "option" and self.selected and "selected" in facts:
            fields[self.selected] = facts.get("value", "")
        elif tag == "textarea" and name:
            self.written = name
            fields[name] = ""

    def handle_data(self, data: str) -> None:
        if self.written and self.inside:
            self.forms[-1].fields[self.written] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.selected = None
        elif tag == "textarea":
            self.written = None


def forms_of(text: str, address: str) -> list[Form]:
    reader = _Reader(address)
    reader.feed(text)
    return reader.forms
