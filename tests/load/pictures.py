"""Pictures for load tests, made of set-up's freely licensed samples: people, text, a crowd."""

import io
import random

from PIL import Image, ImageDraw, ImageFont

from support import paths

_LINES = ("FRESH BREAD DAILY", "OPEN 7:30 TO 18:00", "Total 48.50 EUR", "Platform 4 closed", "NO PARKING", "Eyrie Street 221")


def _face():
    """The head of the sample portrait."""
    return Image.open(paths.sample("astronaut.png")).convert("RGB").crop((150, 0, 310, 200))


def people_and_text(megabytes=5):
    """A JPEG of 12 megapixels and about `megabytes`: three portraits, a motorcycle, six lines of print."""
    picture = Image.open(paths.sample("motorcycle.png")).convert("RGB").resize((4000, 3000), Image.LANCZOS)
    portrait = Image.open(paths.sample("astronaut.png")).convert("RGB").resize((900, 900), Image.LANCZOS)
    for i in range(3):
        picture.paste(portrait, (200 + i * 1250, 100))
    for i, line in enumerate(_LINES):
        print_line(picture, line, (200 + i % 2 * 1900, 1300 + i // 2 * 500), scale=9)
    return jpeg_of(picture, megabytes)


def crowd(columns=10, rows=10):
    """A JPEG with columns x rows faces."""
    face = _face().resize((176, 220), Image.LANCZOS)
    picture = Image.new("RGB", (columns * 200, rows * 240), (120, 130, 140))
    for i in range(columns * rows):
        picture.paste(face, (i % columns * 200 + 12, i // columns * 240 + 10))
    return jpeg_of(picture, None)


def small_pictures(count=150):
    """JPEGs of coarse noise, 80 pixels a side, with what a camera notes."""
    chance, made = random.Random(7), []
    for i in range(count):
        picture = Image.frombytes("RGB", (8, 8), chance.randbytes(192)).resize((80, 80), Image.NEAREST)
        exif = Image.Exif()
        exif[0x010F], exif[0x0110], exif[0x0132] = "Canon", f"Canon EOS {i % 9}0D", f"2026:11:{i % 28 + 1:02d} 10:00:00"
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=85, exif=exif)
        made.append(out.getvalue())
    return made


def print_line(picture, text, at, scale):
    """Text in Pillow's own bitmap font, made `scale` times as large, dark on light."""
    font = ImageFont.load_default()
    left, top, right, bottom = font.getbbox(text)
    small = Image.new("RGB", (right + 8, bottom + 8), (250, 250, 245))
    ImageDraw.Draw(small).text((4, 4), text, fill=(20, 20, 30), font=font)
    picture.paste(small.resize((small.width * scale, small.height * scale), Image.BICUBIC), at)


def jpeg_of(picture, megabytes):
    """At the quality that comes nearest to the size from below; noise fills what a smooth picture lacks."""
    if megabytes is None:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=92)
        return out.getvalue()
    grain = Image.frombytes("L", picture.size, random.Random(1).randbytes(picture.width * picture.height))
    picture = Image.blend(picture, Image.merge("RGB", (grain,) * 3), 0.06)
    best = b""
    for quality in range(86, 98):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        if len(out.getvalue()) > megabytes * 1_000_000:
            break
        best = out.getvalue()
    return best
