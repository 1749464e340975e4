"""Forgeries of aws-chunked bodies: of the chunks, their signatures, their trailer."""

import base64
import zlib

from support.forging import Request, SIGNED_CHUNKS, SIGNED_TRAILER, UNSIGNED_TRAILER, Chunk, mac, sha256

from .headers import DENIED, MISMATCH, REQUEST, changed

INCOMPLETE, DIGEST, TRAILER = "IncompleteBody", "BadDigest", "MalformedTrailerError"
PIECES = (b"a" * 9000, b"b" * 9000, b"the rest")
CRC32 = base64.b64encode(zlib.crc32(b"".join(PIECES)).to_bytes(4, "big")).decode()
CHECKSUM = (("x-amz-checksum-crc32", CRC32),)


def swap(r, i, j):
    r.chunks[i], r.chunks[j] = r.chunks[j], r.chunks[i]


def swap_signatures(r, i, j):
    a, b = r.chunks[i], r.chunks[j]
    a.signature, b.signature = b.signature, a.signature


def set_chunk(index, **values):
    def change(r):
        for name, value in values.items():
            setattr(r.chunks[index], name, value(getattr(r.chunks[index], name)) if callable(value) else value)
    return change


def raw(change):
    """A change of the joined body's bytes."""
    def run(r):
        r.join()
        body = change(r.body)
        r.join = lambda: setattr(r, "body", body)
    return run


# What every mode refuses.
COMMON = [
    ("the final chunk missing", INCOMPLETE, lambda r: r.chunks.pop()),
    ("the last line end missing", INCOMPLETE, raw(lambda body: body[:-2])),
    ("cut within a chunk", INCOMPLETE, raw(lambda body: body[:5000])),
    ("cut within a chunk's head", INCOMPLETE, raw(lambda body: body[:2])),
    ("empty", INCOMPLETE, raw(lambda body: b"")),
    ("a size that is too small", (INCOMPLETE, MISMATCH), set_chunk(0, size="2327")),
    ("a size that is no number", INCOMPLETE, set_chunk(0, size="xyz")),
    ("a size with a sign", INCOMPLETE, set_chunk(0, size="+2328")),
    ("a negative size", INCOMPLETE, set_chunk(0, size="-1")),
    ("a size beyond 64 bits", INCOMPLETE, set_chunk(0, size="1ffffffffffffffff")),
    ("a size like 0x2328", INCOMPLETE, set_chunk(0, size="0x2328")),
    ("no line end behind a chunk", INCOMPLETE, set_chunk(0, end=b"")),
    ("no chunks at all", INCOMPLETE, raw(lambda body: b"".join(PIECES))),
    ("bytes behind the end", INCOMPLETE, raw(lambda body: body + b"GET / HTTP/1.1\r\n\r\n")),
    ("a shorter decoded length, signed", INCOMPLETE, None),
    ("a longer decoded length, signed", INCOMPLETE, None),
    ("no decoded length, signed", "MissingContentLength", None),
]

SIGNED = [
    ("two chunks exchanged", MISMATCH, lambda r: swap(r, 0, 1)),
    ("two signatures exchanged", MISMATCH, lambda r: swap_signatures(r, 0, 1)),
    ("the same chunk twice", (MISMATCH, INCOMPLETE), lambda r: r.chunks.insert(1, r.chunks[0])),
    ("a chunk left out", MISMATCH, lambda r: r.chunks.pop(1)),
    ("a byte changed", MISMATCH, set_chunk(1, data=lambda data: b"x" + data[1:])),
    ("a byte changed in the last piece", MISMATCH, set_chunk(2, data=lambda data: data[:-1] + b"!")),
    ("two chunks joined", MISMATCH, lambda r: (set_chunk(0, data=r.chunks[0].data + r.chunks[1].data)(r), r.chunks.pop(1))),
    ("a chunk cut in two", MISMATCH, lambda r: (r.chunks.insert(0, Chunk(r.chunks[0].data[:100], r.chunks[0].signature)),
                                                set_chunk(1, data=r.chunks[1].data[100:])(r))),
    ("a byte moved to the next chunk", MISMATCH, lambda r: (set_chunk(1, data=r.chunks[0].data[-1:] + r.chunks[1].data)(r),
                                                            set_chunk(0, data=r.chunks[0].data[:-1])(r))),
    ("a bit of a signature", MISMATCH, set_chunk(0, signature=lambda s: f"{int(s[0], 16) ^ 1:x}" + s[1:])),
    ("a bit of the last signature", MISMATCH, set_chunk(-1, signature=lambda s: f"{int(s[0], 16) ^ 1:x}" + s[1:])),
    ("signatures of zeros", MISMATCH, lambda r: [setattr(chunk, "signature", "0" * 64) for chunk in r.chunks]),
    ("the seed as signature", MISMATCH, lambda r: setattr(r.chunks[0], "signature", r.seed)),
    ("a signature in upper case", MISMATCH, set_chunk(0, signature=str.upper)),
    ("an empty signature", MISMATCH, set_chunk(0, signature="")),
    ("a signature cut short", MISMATCH, set_chunk(0, signature=lambda s: s[:32])),
    ("a signature and more", MISMATCH, set_chunk(0, signature=lambda s: s + ";x=y")),
    ("no signature", INCOMPLETE, set_chunk(0, extension="")),
    ("another extension", INCOMPLETE, lambda r: setattr(r.chunks[0], "extension", f";signature={r.chunks[0].signature}")),
    ("the extension in upper case", INCOMPLETE, lambda r: setattr(r.chunks[0], "extension", f";CHUNK-SIGNATURE={r.chunks[0].signature}")),
    ("no signature at the end", INCOMPLETE, set_chunk(-1, extension="")),
    ("the seed's signature changed", MISMATCH, lambda r: r.edit_signature(lambda s: s[::-1])),
    ("another decoded length on the way", MISMATCH, lambda r: r.set("x-amz-decoded-content-length", "18007")),
    ("made unsigned on the way", MISMATCH, lambda r: r.set("x-amz-content-sha256", UNSIGNED_TRAILER)),
    ("the body made plain on the way", MISMATCH, lambda r: (r.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
                                                            r.set("content-encoding", "identity"))),
]

# Of a signed trailer.
TRAILERS = [
    ("another checksum", MISMATCH, lambda r: r.trailer.__setitem__(0, "x-amz-checksum-crc32:AAAAAA==")),
    ("another checksum's name", MISMATCH, lambda r: r.trailer.__setitem__(0, f"x-amz-checksum-crc32c:{CRC32}")),
    ("the checksum gone", MISMATCH, lambda r: r.trailer.pop(0)),
    ("the checksum twice", MISMATCH, lambda r: r.trailer.insert(0, r.trailer[0])),
    ("a field more", MISMATCH, lambda r: r.trailer.insert(0, "x-amz-meta-a:b")),
    ("a field behind the signature", TRAILER, lambda r: r.trailer.append("x-amz-meta-a:b")),
    ("the signature gone", MISMATCH, lambda r: r.trailer.pop()),
    ("a bit of the signature", MISMATCH, lambda r: r.trailer.__setitem__(-1, r.trailer[-1][:-1] + f"{int(r.trailer[-1][-1], 16) ^ 1:x}")),
    ("an empty signature", MISMATCH, lambda r: r.trailer.__setitem__(-1, "x-amz-trailer-signature:")),
    ("two signatures", TRAILER, lambda r: r.trailer.append(r.trailer[-1])),
    ("the last chunk's signature", MISMATCH, lambda r: r.trailer.__setitem__(-1, "x-amz-trailer-signature:" + r.chunks[-1].signature)),
    ("no trailer", MISMATCH, lambda r: r.trailer.clear()),
    ("a field without a name", TRAILER, lambda r: r.trailer.insert(0, ":x")),
    ("a field without a colon", TRAILER, lambda r: r.trailer.insert(0, "x")),
    ("an endless field", TRAILER, lambda r: r.trailer.insert(0, "x-a:" + "b" * 10000)),
]

# Of an unsigned trailer: nothing is signed, but the checksum must be right.
UNSIGNED = [
    ("a wrong checksum", DIGEST, lambda r: r.trailer.__setitem__(0, "x-amz-checksum-crc32:AAAAAA==")),
    ("a checksum that is none", REQUEST, lambda r: r.trailer.__setitem__(0, "x-amz-checksum-crc32:abc")),
    ("an empty checksum", REQUEST, lambda r: r.trailer.__setitem__(0, "x-amz-checksum-crc32:")),
    ("another algorithm than told", TRAILER, lambda r: r.trailer.__setitem__(0, f"x-amz-checksum-crc32c:{CRC32}")),
    ("no checksum", TRAILER, lambda r: r.trailer.clear()),
    ("a changed byte", DIGEST, set_chunk(0, data=lambda data: b"x" + data[1:])),
    ("two chunks exchanged", DIGEST, lambda r: swap(r, 0, 1)),
    ("another trailer told on the way", MISMATCH, lambda r: r.set("x-amz-trailer", "x-amz-checksum-sha256")),
    ("no trailer told on the way", MISMATCH, lambda r: r.drop("x-amz-trailer")),
    ("signed chunks claimed on the way", MISMATCH, lambda r: r.set("x-amz-content-sha256", SIGNED_CHUNKS)),
    ("an unsigned header", DENIED, lambda r: r.add("x-amz-meta-a", "b")),
]


def request(site):
    return Request(site, "PUT", "forged/chunked.bin")


def signed(site):
    return request(site).sign_chunks(PIECES)


def with_trailer(site):
    return request(site).sign_chunks(PIECES, mode=SIGNED_TRAILER, trailer=CHECKSUM)


def unsigned(site):
    return request(site).sign_chunks(PIECES, mode=UNSIGNED_TRAILER, trailer=CHECKSUM)


MODES = {"signed chunks": (signed, SIGNED_CHUNKS, ()), "signed trailer": (with_trailer, SIGNED_TRAILER, CHECKSUM),
         "unsigned trailer": (unsigned, UNSIGNED_TRAILER, CHECKSUM)}
CONTROLS = [(name, build) for name, (build, _, _) in MODES.items()]


def resigned(mode, trailer, length):
    """Signed as it stands, with a decoded length that is not the body's."""
    def build(site):
        r = request(site).sign_chunks(PIECES, mode=mode, trailer=trailer)
        r.set("x-amz-decoded-content-length", length) if length else r.drop("x-amz-decoded-content-length")
        body = r.body
        r.drop("authorization")
        r.sign(payload=mode)
        if mode != UNSIGNED_TRAILER:  # the chunks follow the new seed
            chunks = request(site).sign_chunks(PIECES, mode=mode, trailer=trailer)
            body = rechain(r, chunks, mode)
        r.body = body
        return r
    return build


def rechain(r, chunked, mode):
    """The chunks' bytes under the signatures that follow r's seed."""
    previous = r.seed
    for chunk in chunked.chunks:
        text = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", r.stamp, r.scope, previous, sha256(b""), sha256(chunk.data)])
        chunk.signature = previous = mac(r.signing_key, text).hex()
    if mode == SIGNED_TRAILER:
        lines = "".join(line + "\n" for line in chunked.trailer[:-1])
        text = "\n".join(["AWS4-HMAC-SHA256-TRAILER", r.stamp, r.scope, previous, sha256(lines.encode())])
        chunked.trailer[-1] = "x-amz-trailer-signature:" + mac(r.signing_key, text).hex()
    return chunked.join().body


LENGTHS = {"a shorter decoded length, signed": "18000", "a longer decoded length, signed": "18100", "no decoded length, signed": None}


def joined(change):
    return lambda r: (change(r), r.join())


def cases():
    for mode, (build, literal, trailer) in MODES.items():
        for what, code, change in COMMON:
            if change is None:
                yield f"{mode}: {what}", code, resigned(literal, trailer, LENGTHS[what])
            else:
                yield f"{mode}: {what}", code, changed(build, joined(change))
    for what, code, change in SIGNED:
        yield f"signed chunks: {what}", code, changed(signed, joined(change))
        yield f"chunks with a signed trailer: {what}", code, changed(with_trailer, joined(change))
    for what, code, change in TRAILERS:
        yield f"signed trailer: {what}", code, changed(with_trailer, joined(change))
    for what, code, change in UNSIGNED:
        yield f"unsigned trailer: {what}", code, changed(unsigned, joined(change))
