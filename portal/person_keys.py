"""Keyed hashes by which one person counts once: of an attribute that the city checked, written in one way however it was typed."""

import hashlib
import hmac
import re
import unicodedata
from datetime import date

DOTS_MEAN_NOTHING = {"gmail.com", "googlemail.com"}
SAME_MAILBOX = {"googlemail.com": "gmail.com"}


def canonical_email(written: str) -> str:
    """The mailbox behind an address: small letters, without a tag after "+", and without dots where its provider ignores them."""
    local, _at, domain = unicodedata.normalize("NFKC", written).strip().casefold().rpartition("@")
    local = local.split("+", 1)[0]
    if domain in DOTS_MEAN_NOTHING:
        local = local.replace(".", "")
    return f"{local}@{SAME_MAILBOX.get(domain, domain)}"


def canonical_declaration(*, name: str, born_on: date, postcode: str) -> str:
    """Name, birth date and postcode in one line, the same from paper, kiosk and web: no accents, no order of names, no spaces."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(letter))
    words = sorted(re.findall(r"\w+", bare))
    return f"{' '.join(words)}|{born_on.isoformat()}|{re.sub(r'[^0-9A-Z]', '', postcode.upper())}"


def key_hash(scheme: str, canonical: str, *, secret: str) -> bytes:
    """32 bytes: HMAC-SHA-256 of the attribute under the city's secret, apart for each scheme."""
    return hmac.digest(secret.encode(), f"{scheme}:{canonical}".encode(), "sha256")


def receipt_key(reference: str) -> bytes:
    """32 bytes that stand for a receipt: they tell it from other receipts, and nobody from anybody."""
    return hashlib.sha256(f"receipt:{reference}".encode()).digest()
