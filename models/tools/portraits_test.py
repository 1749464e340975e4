"""Portraits out of records: names spelled out, pictures as they are, damage said."""

import unittest

import portraits

PICTURE = b"\xff\xd8 a picture \xff\xd9"


def text(value):
    return bytes([0xA0 | len(value)]) + value.encode()


def record(blob=PICTURE, content_type="image/jpeg", before=b""):
    """A record with the picture, and with `before` as the value of another member ahead of it."""
    image = b"\x83" + text("name") + text("x") + text("blob") + b"\xc5" + len(blob).to_bytes(2, "big") + blob
    image += text("contentType") + text(content_type)
    blobs = b"\x81" + text("mainImage") + image
    if not before:
        return b"\x81" + text("blobs") + blobs
    return b"\x82" + text("text") + before + text("blobs") + blobs


class NamesTest(unittest.TestCase):
    def test_spelled_out(self):
        for path, name in {
            "data/presidents/abraham_lincoln.msgpack": "Abraham Lincoln",
            "george_h_w._bush.msgpack": "George H. W. Bush",
            "harry_s_truman.msgpack": "Harry S. Truman",
            "william_mckinley.msgpack": "William McKinley",
        }.items():
            self.assertEqual(portraits.name_of(path), name)


class RecordsTest(unittest.TestCase):
    def test_the_picture_as_it_is(self):
        self.assertEqual(portraits.picture_of(record(), "x"), (PICTURE, ".jpg"))
        self.assertEqual(portraits.picture_of(record(content_type="image/png"), "x"), (PICTURE, ".png"))

    def test_every_other_kind_of_value_is_skipped_over(self):
        for before in (
            b"\xc0",
            b"\xc3",
            b"\x07",
            b"\xff",
            b"\xca" + bytes(4),
            b"\xcb" + bytes(8),
            b"\xd3" + bytes(8),
            b"\xcd" + bytes(2),
            b"\xc4\x03abc",
            b"\xc6\x00\x00\x00\x03abc",
            b"\xd9\x03abc",
            b"\xdb\x00\x00\x00\x03abc",
            b"\x92\x01\xa1a",
            b"\xdc\x00\x02\x01\x02",
            b"\xdf\x00\x00\x00\x01\x01\x02",
        ):
            self.assertEqual(portraits.picture_of(record(before=before), "x"), (PICTURE, ".jpg"), before)

    def test_damage_is_said(self):
        whole = record(before=b"\xcb" + bytes(8))
        for end in range(len(whole)):
            with self.assertRaises(portraits.PortraitError):
                portraits.picture_of(whole[:end], "x")
        for bad in (whole + b"\x00", b"\x80", b"\xc1", record(content_type="text/html"), b"\x91" * 100 + b"\x01"):
            with self.assertRaises(portraits.PortraitError):
                portraits.picture_of(bad, "x")


class CatalogueTest(unittest.TestCase):
    def test_forty_five_presidents_by_45_names(self):
        (presidents,) = portraits.load()
        self.assertEqual(len({portraits.name_of(f.path) for f in presidents.files}), 45)


if __name__ == "__main__":
    unittest.main()
