from io import BytesIO
from time import perf_counter

import pytest
from PIL import Image

from portal.errors import Refused
from suggestions.pictures import LONGEST_SIDE, LONGEST_SIDE_SMALL, MOST_BYTES, NotAPhoto, PhotoTooLarge, make_picture
from tests.suggestions.pictures import NOT_PHOTOS, SCRIPT, a_picture, a_picture_that_tells_where, a_png_that_claims

pytestmark = pytest.mark.filterwarnings("ignore:Image size:PIL.Image.DecompressionBombWarning")


def opened(written: bytes) -> Image.Image:
    image = Image.open(BytesIO(written))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photo_of_each_kind_becomes_a_jpeg_of_our_own_with_a_thumbnail(kind):
    picture = make_picture(a_picture(kind=kind, size=(3000, 1500)))

    large, small = opened(picture.large), opened(picture.small)

    assert (large.format, large.size) == ("JPEG", (LONGEST_SIDE, LONGEST_SIDE // 2))
    assert (small.format, small.size) == ("JPEG", (LONGEST_SIDE_SMALL, LONGEST_SIDE_SMALL // 2))
    assert (picture.width, picture.height) == large.size


def test_small_photo_is_not_blown_up():
    assert opened(make_picture(a_picture(size=(200, 100))).large).size == (200, 100)


def test_nothing_but_the_pixels_is_carried_over():
    sent = a_picture_that_tells_where()

    picture = make_picture(sent)

    assert Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)  # it was in what was sent
    for written in (picture.large, picture.small):
        image = opened(written)
        assert not image.getexif()
        assert b"CANARY" not in written
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_photo_taken_with_the_phone_on_its_side_stands_upright():
    picture = opened(make_picture(a_picture_that_tells_where(orientation=6)).large)

    red, _green, blue = picture.getpixel((picture.width // 2, 10))
    assert picture.size == (400, 600)
    assert red > 200 > blue


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_any_way_to_write_colours_is_read(mode):
    colour = {"RGBA": (255, 0, 0, 0), "LA": (0, 0), "P": 3, "L": 9, "1": 1, "I;16": 4000}[mode]

    assert opened(make_picture(a_picture(kind="PNG", mode=mode, colour=colour)).large).mode == "RGB"


def test_what_is_transparent_becomes_white():
    picture = opened(make_picture(a_picture(kind="PNG", mode="RGBA", colour=(255, 0, 0, 0))).large)

    assert picture.getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize("sent", NOT_PHOTOS.values(), ids=NOT_PHOTOS)
def test_what_is_no_photo_is_refused_with_a_sentence_and_at_once(sent):
    begun = perf_counter()

    with pytest.raises(Refused, match=r"\w+\.$"):
        make_picture(sent)

    assert perf_counter() - begun < 1


def test_picture_with_a_page_behind_it_keeps_only_the_picture():
    picture = make_picture(a_picture() + SCRIPT)

    assert b"script" not in picture.large
    assert picture.large.endswith(b"\xff\xd9")


def test_picture_with_a_page_inside_it_keeps_only_the_picture():
    picture = make_picture(a_picture(comment=b"<script>alert(1)</script>"))

    assert b"script" not in picture.large


def test_file_of_more_bytes_than_allowed_is_not_even_opened():
    with pytest.raises(PhotoTooLarge, match="larger than 10 MB"):
        make_picture(b"\0" * (MOST_BYTES + 1))


def test_bomb_is_refused_by_what_it_claims_and_a_lie_by_what_it_is():
    with pytest.raises(PhotoTooLarge, match="too many pixels"):
        make_picture(a_png_that_claims(10_000, 10_000))
    with pytest.raises(NotAPhoto, match="cannot read"):
        make_picture(a_png_that_claims(3000, 3000))
