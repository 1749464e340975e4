"""Photos of persons for tests of face collections: the evaluation images' portraits, and variants of them that show the same face."""

import functools

from . import paths
from .rekognition import encoded


@functools.cache
def _portraits():
    folder = paths.evaluation("faces/verify")
    return sorted(folder.glob("*_0001.jpg"))


def person(number):
    """A portrait of somebody; another number, somebody else."""
    portraits = _portraits()
    # Spread over the alphabet; with room around, since these are cut so close that a face's box would reach beyond.
    portrait = paths.pillow().open(portraits[(number * 37) % len(portraits)]).convert("RGB")
    framed = paths.pillow().new("RGB", (500, 500), (128, 128, 128))
    framed.paste(portrait, (75, 75))
    return framed


def photo(number, take=0):
    """JPEG bytes of a person; each take is another picture of the same moment: other size, light and compression."""
    portrait = person(number)
    if take:
        from PIL import ImageEnhance
        side = 500 - 9 * (take % 12)
        portrait = ImageEnhance.Brightness(portrait.resize((side, side))).enhance(1 + 0.02 * (take % 9 - 4))
    return encoded(portrait, "JPEG", quality=92 - take % 17)


def group(numbers, sizes):
    """JPEG bytes of several persons side by side, each portrait `sizes` pixels wide."""
    picture = paths.pillow().new("RGB", (sum(sizes), max(sizes)), (128, 128, 128))
    left = 0
    for number, size in zip(numbers, sizes):
        picture.paste(person(number).resize((size, size)), (left, 0))
        left += size
    return encoded(picture, "JPEG", quality=92)
