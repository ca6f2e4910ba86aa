"""Pictures as people send them, and files that only pretend to be one."""

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

from PIL import Image

GHENT = {1: "N", 2: (51.0, 3.0, 15.0), 3: "E", 4: (3.0, 43.0, 30.0)}  # EXIF tags of the GPS directory


def a_picture(*, size=(640, 480), kind="JPEG", colour="steelblue", **wishes) -> bytes:
    written = BytesIO()
    Image.new(wishes.pop("mode", "RGB"), size, colour).save(written, kind, **wishes)
    return written.getvalue()


def a_picture_that_tells_where(*, orientation=1) -> bytes:
    """A JPEG with the place, the camera, a comment and a colour profile in it; its left half is red."""
    image = Image.new("RGB", (600, 400), "blue")
    image.paste("red", (0, 0, 300, 400))
    exif = Image.Exif()
    exif[0x010F] = "CANARYCAMERA"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update(GHENT)
    written = BytesIO()
    image.save(written, "JPEG", exif=exif, comment=b"CANARYCOMMENT", icc_profile=b"CANARYPROFILE" * 20, quality=95)
    return written.getvalue()


def a_moving_picture(kind="WEBP") -> bytes:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "green", "blue")]
    written = BytesIO()
    frames[0].save(written, kind, save_all=True, append_images=frames[1:])
    return written.getvalue()


def a_png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are that large, and would be as much memory."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def a_zip() -> bytes:
    written = BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr("photo.jpg", a_picture())
    return written.getvalue()


SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"

NOT_PHOTOS = {
    "nothing at all": b"",
    "text": b"this is not a photo",
    "page": b"<!doctype html><script>alert(1)</script>",
    "svg with a script": SCRIPT,
    "zip": a_zip(),
    "pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF",
    "gif": a_picture(kind="GIF"),
    "tiff": a_picture(kind="TIFF"),
    "bmp": a_picture(kind="BMP"),
    "only the first bytes of a jpeg": b"\xff\xd8\xff\xe0",
    "jpeg cut short": a_picture(size=(800, 600))[:600],
    "png cut short": a_picture(kind="PNG", size=(800, 600))[:200],
    "png that is 10,000 by 10,000": a_png_that_claims(10_000, 10_000),
    "png that is as large as can be said": a_png_that_claims(2**31 - 1, 2**31 - 1),
    "png with less in it than it says": a_png_that_claims(3000, 3000),
    "png without width": a_png_that_claims(0, 10),
    "moving webp": a_moving_picture("WEBP"),
    "moving png": a_moving_picture("PNG"),
    "one pixel": a_picture(size=(1, 1)),
    "sliver": a_picture(size=(3000, 2)),
}
