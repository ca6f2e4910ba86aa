"""Photos for the demo city, drawn and not taken: a rack of bicycles, containers on a pavement."""

from collections.abc import Callable
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1280, 960)
HORIZON = 560
SKIES = (((120, 168, 205), (214, 229, 238)), ((150, 158, 166), (216, 219, 221)), ((226, 168, 120), (250, 226, 190)))
WALLS = ((168, 92, 72), (196, 170, 132), (138, 142, 148), (206, 198, 186), (122, 78, 66))

Scene = Callable[[ImageDraw.ImageDraw, Random], None]


def draw_photo(service: str, chance: Random) -> bytes:
    """A JPEG as a phone would send it."""
    image = Image.new("RGB", SIZE)
    pen = ImageDraw.Draw(image)
    _street(pen, chance)
    SCENES[service](pen, chance)
    written = BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.8)).save(written, "JPEG", quality=88)
    return written.getvalue()


def _street(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    width, height = SIZE
    above, below = chance.choice(SKIES)
    for line in range(HORIZON):
        share = line / HORIZON
        pen.line([(0, line), (width, line)], fill=tuple(round(a + (b - a) * share) for a, b in zip(above, below, strict=True)))
    left = 0
    while left < width:
        wide, tall = chance.randint(150, 260), chance.randint(240, 430)
        wall = chance.choice(WALLS)
        pen.rectangle([left, HORIZON - tall, left + wide, HORIZON], fill=wall)
        pen.polygon([(left, HORIZON - tall), (left + wide / 2, HORIZON - tall - 70), (left + wide, HORIZON - tall)], fill=(82, 60, 56))
        for across in range(left + 28, left + wide - 40, 66):
            for up in range(HORIZON - tall + 34, HORIZON - 70, 92):
                pen.rectangle([across, up, across + 36, up + 54], fill=(58, 72, 86), outline=(230, 228, 222), width=4)
        left += wide
    pen.rectangle([0, HORIZON, width, HORIZON + 130], fill=(168, 164, 156))
    for across in range(0, width, 64):
        pen.line([(across, HORIZON), (across - 40, HORIZON + 130)], fill=(150, 146, 138), width=2)
    pen.rectangle([0, HORIZON + 130, width, height], fill=(92, 94, 98))
    pen.line([(0, HORIZON + 133), (width, HORIZON + 133)], fill=(206, 204, 198), width=8)


def _bicycles(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    colour = chance.choice([(28, 120, 140), (196, 62, 44), (46, 110, 62)])
    fallen = chance.randrange(4)
    for place in range(4):
        left = 130 + place * 270
        pen.rounded_rectangle([left - 42, HORIZON + 30, left - 22, HORIZON + 250], 8, fill=(52, 56, 60))
        _bicycle(pen, left, HORIZON + 70 + (60 if place == fallen else 0), colour, flat=place == fallen)


def _bicycle(pen: ImageDraw.ImageDraw, left: int, top: int, colour: tuple[int, int, int], *, flat: bool) -> None:
    tall = 96 if flat else 150
    for wheel in (left, left + 160):
        pen.ellipse([wheel, top + 150 - tall + 40, wheel + 130, top + 190], outline=(24, 26, 28), width=11)
    hub, other, crank = (left + 65, top + 115), (left + 225, top + 115), (left + 130, top + 120)
    saddle, bars = (left + 112, top), (left + 204, top - 6)
    for begins, ends in ((hub, saddle), (hub, crank), (crank, saddle), (saddle, bars), (crank, bars), (bars, other)):
        pen.line([begins, ends], fill=colour, width=11)
    pen.rounded_rectangle([saddle[0] - 32, saddle[1] - 16, saddle[0] + 24, saddle[1]], 8, fill=(30, 30, 30))
    pen.line([(bars[0] - 16, bars[1] - 26), (bars[0] + 30, bars[1] - 30)], fill=(30, 30, 30), width=9)


def _containers(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    for place, colour in enumerate([(48, 106, 70), (40, 86, 132), (120, 116, 110)]):
        left = 170 + place * 330
        pen.rounded_rectangle([left, HORIZON - 60, left + 230, HORIZON + 210], 14, fill=colour)
        pen.rounded_rectangle([left - 12, HORIZON - 92, left + 242, HORIZON - 46], 12, fill=tuple(round(part * 0.7) for part in colour))
        pen.ellipse([left + 80, HORIZON + 10, left + 150, HORIZON + 80], fill=(20, 22, 24))
    for _bag in range(chance.randint(3, 7)):
        left, top = chance.randint(90, 1080), HORIZON + chance.randint(150, 240)
        pen.ellipse([left, top, left + 120, top + 96], fill=chance.choice([(34, 36, 40), (222, 222, 214), (176, 40, 36), (64, 92, 150)]))
        pen.polygon([(left + 46, top + 8), (left + 60, top - 24), (left + 74, top + 8)], fill=(40, 42, 46))


SCENES: dict[str, Scene] = {"bicycles": _bicycles, "waste": _containers}
