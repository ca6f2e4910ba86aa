"""Names for rows that leave the house: references that people write down, phrases that prove a receipt, and ids that sort by time."""

import hashlib
import hmac
import secrets
import time
import uuid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that is read as something else
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
PREFIX = "AN"
RANDOM_CHARACTERS = 8

WORDS = """
acorn anchor apple april arrow autumn badge baker bamboo banjo barn basil basket beach bean bear beetle bell bench berry bird
biscuit blanket blossom boat bonnet book boot bottle bowl branch brass bread brick bridge bronze brook broom brush bucket
butter button cabin cable cactus cake camel camera canal candle canoe canvas carpet carrot castle cedar cello chair chalk
cherry chestnut circle clay cliff clock cloud clover coast cobalt coffee comet compass copper coral cork corner cotton cradle
crane cricket crown crystal cube curtain cushion daisy dance dawn deer desk diamond dinner dolphin domino donkey door dragon
drawer drum duck dune eagle early east echo elbow elm ember engine evening falcon farm feather fern ferry fiddle field finch
flag flame flute forest fork fossil fox frost garden garlic gate ginger giraffe glass globe glove golden goose grain granite
grape grass gravel green guitar hammer harbour harp hazel hedge heron hill honey horse hotel house island ivory ivy jacket
jasmine jelly jewel juniper kettle kite kitten ladder lake lamp lantern laurel lavender leaf lemon letter lily lime linen
lion lobster lotus magnet mango maple marble market meadow melon mill mint mirror moon morning moss mountain mouse museum
needle nest north nutmeg oak oats ocean olive onion orange orchard organ otter owl oyster paddle palm panda paper parrot
peach pearl pebble pencil pepper piano pillow pine planet plum pocket pond poppy potato pumpkin puzzle quartz quilt rabbit
raccoon radio raft rain raven ribbon rice river robin rocket rose rubber saddle saffron sail salmon sand scarf school seal
seven shadow sheep shell ship silk silver sister snow sofa spoon spring squirrel star stone storm straw sugar summer sunday
swan table teapot thistle thunder ticket tiger timber tomato tower train tulip tunnel turtle umbrella valley vanilla velvet
village violet violin walnut water whale wheat willow window winter wolf wool yellow zebra
""".split()  # noqa: SIM905


def check_character(characters: str) -> str:
    """The Luhn mod N check character (ISO/IEC 7812-1 annex B, generalised to 32 characters): finds each single slip and most swaps."""
    size = len(ALPHABET)
    total = 0
    for place, character in enumerate(reversed(characters)):
        addend = ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += addend // size + addend % size
    return ALPHABET[-total % size]


def new_reference() -> str:
    """A random reference such as AN-7Q4K-2M9C-X; its last character checks the eight before."""
    characters = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return _printed(characters)


def read_reference(written: str) -> str | None:
    """The reference that somebody wrote by hand, in its printed form; None when it cannot be one."""
    characters = "".join(character for character in written.upper() if character.isascii() and character.isalnum())
    characters = characters.removeprefix(PREFIX).translate(LOOK_ALIKES)
    if len(characters) != RANDOM_CHARACTERS + 1 or any(character not in ALPHABET for character in characters):
        return None
    random, check = characters[:-1], characters[-1]
    return _printed(random) if check_character(random) == check else None


def _printed(characters: str) -> str:
    return f"{PREFIX}-{characters[:4]}-{characters[4:]}-{check_character(characters)}"


def new_phrase() -> str:
    """Four random words that prove a receipt; shown once, kept only as a keyed slow hash."""
    return " ".join(secrets.choice(WORDS) for _ in range(4))


def phrase_from(key: str, *, secret: str) -> str:
    """The four words that belong to a form's key, so that the same form sent twice gets the same receipt."""
    digest = hmac.digest(secret.encode(), key.encode(), "sha256")
    return " ".join(WORDS[int.from_bytes(digest[place : place + 8], "big") % len(WORDS)] for place in range(0, 32, 8))


def hash_phrase(phrase: str, *, reference: str, secret: str) -> bytes:
    """32 bytes: scrypt (RFC 7914; N 2^14, r 8, p 1) of the phrase, salted by the reference and keyed by the city's secret."""
    words = " ".join(phrase.casefold().replace("-", " ").replace(",", " ").split())
    return hashlib.scrypt(words.encode(), salt=f"{reference}:{secret}".encode(), n=2**14, r=8, p=1, dklen=32)


def uuid7() -> uuid.UUID:
    """A time-ordered id (RFC 9562 version 7); its moment is the machine's clock and carries no meaning of ours."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
