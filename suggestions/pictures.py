"""What somebody sends as a photo becomes a picture of our own making: only the pixels are carried over."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from portal.errors import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}  # JPEG is decoded at a smaller scale
READ_AS = ("JPEG", "PNG", "WEBP")  # an MPO, as some phones write it, is a JPEG with more pictures behind the first
WITH_FRAMES = frozenset({"PNG", "WEBP"})  # these may move
LONGEST_SIDE, LONGEST_SIDE_SMALL = 2000, 480
LEAST_SIDE = 16
QUALITY = 82
AT_ONCE = BoundedSemaphore(2)  # a picture may take 200 MB while it is read; the threads of one process take turns


class NotAPhoto(Refused):
    pass


class PhotoTooLarge(Refused):
    pass


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG without any metadata, and its thumbnail."""

    large: bytes
    small: bytes
    width: int
    height: int

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.large).digest()


def make_picture(sent: bytes) -> Picture:
    """Read a JPEG, PNG or WebP by its content and draw it anew; raises NotAPhoto or PhotoTooLarge, whatever was sent."""
    if len(sent) > MOST_BYTES:
        raise too_many_bytes()
    try:
        with AT_ONCE:
            clean = _pixels_of(sent)
        return Picture(_as_jpeg(clean), _as_jpeg(_fitted(clean, LONGEST_SIDE_SMALL)), *clean.size)
    except Refused:
        raise
    except Exception as fault:  # a reader of hostile bytes may stumble in any way; each of them means: not a photo
        raise NotAPhoto(_("We cannot read this file as a photo. Send a JPEG, PNG or WebP picture.")) from fault


def too_many_bytes() -> PhotoTooLarge:
    return PhotoTooLarge(_("This file is larger than 10 MB. Send a smaller photo."))


def _pixels_of(sent: bytes) -> Image.Image:
    """The first picture, upright, on white, in colours; an image that never held anything but these pixels."""
    with Image.open(BytesIO(sent), formats=READ_AS) as image:
        width, height = image.size
        kind = image.format or ""
        if width * height > MOST_PIXELS[kind]:
            raise PhotoTooLarge(_("This picture has too many pixels. Send a smaller photo."))
        if min(width, height) < LEAST_SIDE:
            raise NotAPhoto(_("This picture is too small to see anything on it."))
        if kind in WITH_FRAMES and getattr(image, "n_frames", 1) > 1:
            raise NotAPhoto(_("This picture moves. Send a still photo."))
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        if image.mode in {"RGB", "RGBA", "L", "LA", "CMYK"}:  # a palette cannot be averaged before it is turned into colours
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image)
    seen = upright.convert("RGBA") if "A" in upright.getbands() or "transparency" in upright.info else upright.convert("RGB")
    seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new("RGB", seen.size, "white")
    clean.paste(seen, mask=seen if seen.mode == "RGBA" else None)
    return clean


def _fitted(image: Image.Image, longest: int) -> Image.Image:
    fitted = image.copy()
    fitted.thumbnail((longest, longest))
    return fitted


def _as_jpeg(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
