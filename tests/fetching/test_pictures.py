"""What a picture is: its true type and length, its sides, and what is refused."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import Forbidden, Invalid, Unavailable
from feedsvc.fetching import Fetcher, PictureFacts, measure_picture, read_picture
from tests.fetching.servers import answer, serve

LOCAL = Fetcher(allow_private_hosts=True)


def png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x00\x00\x00;"


def jpeg(width: int, height: int, *segments: bytes, frame: int = 0xC0) -> bytes:
    start = struct.pack(">BBHBHHB", 0xFF, frame, 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + b"".join(segments) + start + b"\xff\xda\x00\x02\xff\xd9"


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def exif(orientation: int, order: str = ">") -> bytes:
    mark = b"MM\x00\x2a" if order == ">" else b"II\x2a\x00"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return segment(0xE1, b"Exif\x00\x00" + mark + struct.pack(f"{order}IH", 8, 1) + entry)


def riff(chunk: bytes, data: bytes) -> bytes:
    body = b"WEBP" + chunk + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def avif(*sizes: tuple[int, int]) -> bytes:
    boxes = b"".join(struct.pack(">I4sIII", 20, b"ispe", 0, width, height) for width, height in sizes)
    return struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"avif", 0, b"mif1", b"avif") + boxes


# A real file of two by three pixels in each lossy and lossless coding, as encoders write it.
LOSSY_WEBP = riff(b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a" + struct.pack("<HH", 320, 200) + bytes(20))
LOSSLESS_WEBP = riff(b"VP8L", b"\x2f" + struct.pack("<I", (320 - 1) | (200 - 1) << 14) + bytes(20))
EXTENDED_WEBP = riff(b"VP8X", bytes(4) + (319).to_bytes(3, "little") + (199).to_bytes(3, "little") + bytes(8))
TINY_GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@pytest.mark.parametrize(
    ("data", "media_type", "width", "height"),
    [
        pytest.param(png(640, 480), "image/png", 640, 480, id="png"),
        pytest.param(gif(32, 16), "image/gif", 32, 16, id="gif"),
        pytest.param(TINY_GIF, "image/gif", 1, 1, id="a gif as encoders write it"),
        pytest.param(jpeg(1200, 800), "image/jpeg", 1200, 800, id="jpeg"),
        pytest.param(jpeg(1200, 800, frame=0xC2), "image/jpeg", 1200, 800, id="progressive jpeg"),
        pytest.param(
            jpeg(9, 7, segment(0xE0, b"JFIF\x00" + bytes(9)), segment(0xC4, bytes(20))), "image/jpeg", 9, 7, id="tables"
        ),
        pytest.param(jpeg(9, 7, b"\xff\xff\xff", segment(0xFE, b"x")), "image/jpeg", 9, 7, id="fill bytes"),
        pytest.param(jpeg(1200, 800, exif(1)), "image/jpeg", 1200, 800, id="upright"),
        pytest.param(jpeg(1200, 800, exif(6)), "image/jpeg", 800, 1200, id="turned by the camera"),
        pytest.param(jpeg(1200, 800, exif(8, "<")), "image/jpeg", 800, 1200, id="turned, little-endian"),
        pytest.param(LOSSY_WEBP, "image/webp", 320, 200, id="lossy webp"),
        pytest.param(LOSSLESS_WEBP, "image/webp", 320, 200, id="lossless webp"),
        pytest.param(EXTENDED_WEBP, "image/webp", 320, 200, id="extended webp"),
        pytest.param(avif((256, 256), (1024, 700), (64, 64)), "image/avif", 1024, 700, id="avif with tiles"),
    ],
)
def test_type_length_and_sides_are_read(data: bytes, media_type: str, width: int, height: int) -> None:
    assert read_picture(data, "a picture") == PictureFacts(media_type, len(data), width, height)


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xd9", riff(b"VP8 ", b""), avif(), png(0, 5)]
)
def test_a_header_without_sides_leaves_them_open(data: bytes) -> None:
    facts = read_picture(data, "a picture")
    assert (facts.width, facts.height, facts.length) == (None, None, len(data))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<!DOCTYPE html><p>Not found", "a web page"),
        (b"BM" + bytes(60), "no known type"),
        (b"%PDF-1.7", "no known type"),
    ],
)
def test_what_is_none_of_the_five_types_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        read_picture(data, "https://example.org/a.jpg")


HEADS = (
    b"",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"\xff\xd8\xff",
    b"\xff\xd8" + exif(6),
    b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    avif(),
)


@given(st.sampled_from(HEADS), st.binary(max_size=200))
def test_no_bytes_break_the_reading(head: bytes, tail: bytes) -> None:
    try:
        facts = read_picture(head + tail, "a picture")
    except Invalid:
        return
    assert facts.length == len(head + tail)
    assert (facts.width is None) == (facts.height is None)
    assert facts.width is None or facts.width > 0


def test_the_type_is_that_of_the_bytes_whatever_the_server_says() -> None:
    with serve(answer(png(3, 2), "Content-Type: image/jpeg")) as server:
        assert measure_picture(server.url("/a.jpg"), LOCAL) == PictureFacts("image/png", len(png(3, 2)), 3, 2)
    assert "accept-encoding: identity" in server.requests[0].lower()


def test_the_length_is_that_of_the_file_even_if_it_comes_coded() -> None:
    coder = zlib.compressobj(wbits=31)
    coded = coder.compress(png(3, 2)) + coder.flush()
    with serve(answer(coded, "Content-Encoding: gzip")) as server:
        assert measure_picture(server.url(), LOCAL).length == len(png(3, 2))


def test_a_missing_picture_is_an_error_with_its_status() -> None:
    with serve(answer(b"no", status="404 Not Found")) as server, pytest.raises(Unavailable, match="answers 404"):
        measure_picture(server.url(), LOCAL)


def test_a_picture_inside_the_own_network_is_refused() -> None:
    with serve(answer(png(1, 1))) as server, pytest.raises(Forbidden):
        measure_picture(server.url(), Fetcher())
