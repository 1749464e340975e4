"""Photographs that are made for tests."""

from . import paths


def noise(path, seed, width, height=None):
    """A picture of noise, as nobody else has: it takes width * height * 3 bytes or so as PNG. `path`: a file, or one to write into."""
    import random

    from PIL import Image

    size = width, height or width
    Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3)).save(path, "PNG")
    return path


def taken_at(path, latitude, longitude, altitude=None, sample="coffee.png"):
    """A photograph whose camera knew where it was."""
    from PIL import Image, TiffImagePlugin

    def degrees(value):
        value = abs(value)
        minutes = (value % 1) * 60
        return tuple(TiffImagePlugin.IFDRational(round(part * 10_000), 10_000) for part in (int(value), int(minutes), (minutes % 1) * 60))

    picture = Image.open(paths.sample(sample)).convert("RGB")
    exif = picture.getexif()
    gps = {1: "N" if latitude >= 0 else "S", 2: degrees(latitude), 3: "E" if longitude >= 0 else "W", 4: degrees(longitude)}
    if altitude is not None:
        gps |= {5: b"\0", 6: TiffImagePlugin.IFDRational(altitude, 1)}
    exif[0x8825] = gps
    picture.save(path, "JPEG", exif=exif, quality=90 - len(path.name) % 5)
    return path
