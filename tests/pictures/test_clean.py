"""A picture comes out with its pixels as they were, and with nothing that was told beside them."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import Invalid
from feedsvc.pictures import Limits, Picture, clean
from tests.pictures.files import (
    JPEG,
    LOSSLESS,
    PROFILE,
    SECRET,
    SIZE,
    WEBP,
    canvas,
    chunk,
    exif,
    extension,
    frame,
    gif,
    jpeg,
    png,
    riff,
    segment,
    webp,
)

LIMITS = Limits()


def cleaned(data: bytes, limits: Limits = LIMITS) -> Picture:
    return clean(data, "photo", limits)


def refused(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Invalid) as raised:
        clean(data, "photo", limits)
    assert raised.value.thing == "photo"
    assert raised.value.fix
    return raised.value.reason


PLAIN = {"JPEG": JPEG, "PNG": png(), "GIF": gif(), "WebP": WEBP, "lossless WebP": LOSSLESS}


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN.keys())
def test_what_tells_nothing_stays_as_it_is(data: bytes) -> None:
    picture = cleaned(data)
    assert picture.body == data
    assert (picture.width, picture.height) == SIZE


TELLING = {
    "JPEG": jpeg(
        segment(0xE1, b"Exif\0\0" + exif(1)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xE2, b"ICC_PROFILE\0\x01\x01" + SECRET),
        segment(0xED, b"Photoshop 3.0\0" + SECRET),
        segment(0xEB, SECRET),
        segment(0xFE, SECRET),
    ),
    "PNG": png(
        chunk(b"tEXt", b"Comment\0" + SECRET),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SECRET)),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET),
        chunk(b"eXIf", exif(1)),
        chunk(b"tIME", b"\x07\xea\x03\x01\x0c\0\0"),
        chunk(b"iCCP", b"x\0\0" + zlib.compress(SECRET)),
        chunk(b"gAMA", SECRET),
        chunk(b"prVt", SECRET),
        after=chunk(b"tEXt", b"Late\0" + SECRET),
    ),
    "GIF": gif(
        extension(0xFE, SECRET),
        extension(0xFF, b"XMP DataXMP", SECRET),
        extension(0x01, bytes(12), SECRET),
        frame(),
        extension(0xFE, SECRET),
    ),
    "WebP": webp(
        canvas(0x2C),
        riff(b"ICCP", SECRET),
        WEBP[12:],
        riff(b"EXIF", exif(6)),
        riff(b"XMP ", SECRET),
        riff(b"????", SECRET),
    ),
}


@pytest.mark.parametrize("data", TELLING.values(), ids=TELLING.keys())
def test_where_when_and_by_whom_is_gone(data: bytes) -> None:
    picture = cleaned(data)
    assert b"SECRET" not in picture.body
    assert b"CAM" not in picture.body
    assert (picture.width, picture.height) == SIZE
    assert cleaned(picture.body) == picture


def test_the_compressed_pixels_are_copied_byte_for_byte() -> None:
    for name, plain in (("JPEG", JPEG), ("PNG", png()), ("GIF", gif())):
        assert cleaned(TELLING[name]).body == plain


def test_behind_the_end_a_preview_or_a_film_is_left_out() -> None:
    for plain in (JPEG, png(), gif(), WEBP):
        for behind in (JPEG, b"\0" * 100, b"\0\0\0\x18ftypmp42" + SECRET, b"\n"):
            assert cleaned(plain + behind).body == plain


def test_which_way_up_stays_and_turns_width_and_height() -> None:
    for order in (">", "<"):
        turned = cleaned(jpeg(segment(0xE1, b"Exif\0\0" + exif(6, order))))
        assert (turned.width, turned.height) == (16, 24)
        assert turned.body == jpeg(
            segment(0xE1, b"Exif\0\0MM\0*" + bytes.fromhex("00000008000101120003000000010006000000000000"))
        )
        assert cleaned(turned.body) == turned
    upside_down = cleaned(png(chunk(b"eXIf", exif(3))))
    assert (upside_down.width, upside_down.height) == SIZE
    assert b"eXIf" in upside_down.body


def test_a_colour_profile_stays_under_no_name_of_its_own() -> None:
    in_parts = jpeg(
        segment(0xE2, b"ICC_PROFILE\0\x02\x02" + PROFILE[90:]), segment(0xE2, b"ICC_PROFILE\0\x01\x02" + PROFILE[:90])
    )
    assert cleaned(in_parts).body == jpeg(segment(0xE2, b"ICC_PROFILE\0\x01\x01" + PROFILE))
    packed = zlib.compress(PROFILE)
    named = png(chunk(b"iCCP", SECRET + b"\0\0" + packed + SECRET))
    assert cleaned(named).body == png(chunk(b"iCCP", b"icc\0\0" + packed))
    assert PROFILE in cleaned(webp(canvas(0x20), riff(b"ICCP", PROFILE), WEBP[12:])).body


def test_an_animation_keeps_its_frames_their_timing_and_its_repetition() -> None:
    timing, repeat = extension(0xF9, b"\0\x0a\0\0"), extension(0xFF, b"NETSCAPE2.0", b"\x01\0\0")
    animated = gif(repeat, timing, frame(), extension(0xFE, SECRET), timing, frame())
    assert cleaned(animated).body == gif(repeat, timing, frame(), timing, frame())
    moving = riff(b"ANMF", bytes(6) + bytes([23, 0, 0, 15, 0, 0]) + bytes(4) + WEBP[12:] + riff(b"????", SECRET))
    assert b"SECRET" not in cleaned(webp(canvas(0x02), riff(b"ANIM", bytes(6)), moving)).body


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN.keys())
def test_a_picture_that_is_cut_off_anywhere_is_refused(data: bytes) -> None:
    for end in range(len(data) - 1):
        assert refused(data[:end])


def test_a_damaged_picture_is_refused() -> None:
    assert "checksum" in refused(png()[:40] + b"\xff" + png()[41:])
    assert "head makes no sense" in refused(
        png().replace(png()[8:33], chunk(b"IHDR", bytes([0, 0, 0, 9, 0, 0, 0, 9, 7, 7, 0, 0, 0])))
    )
    assert "two different sizes" in refused(webp(canvas(0, (9, 9)), WEBP[12:]))
    assert "more than one picture" in refused(jpeg(JPEG[JPEG.index(b"\xff\xc0") :][:19]))
    assert "rare kind" in refused(JPEG.replace(b"\xff\xc0", b"\xff\xc9"))
    assert "between its frames" in refused(gif(b"x"))
    assert "holds no pixels" in refused(gif(extension(0xFE, b"x")))


OTHER_KINDS = {
    "nothing": (b"", "empty"),
    "a page": (b"<!DOCTYPE html><script>alert(1)</script>", "a web page"),
    "SVG": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "SVG"),
    "PDF": (b"%PDF-1.7\n", "a PDF document"),
    "AVIF": (b"\0\0\0\x1cftypavif", "AVIF"),
    "text": (b"GIF88a is no version", "of no known type"),
    "a program": (b"\x7fELF\x02", "of no known type"),
}


@pytest.mark.parametrize(("data", "told"), OTHER_KINDS.values(), ids=OTHER_KINDS.keys())
def test_a_file_of_another_kind_is_refused_whatever_its_name(data: bytes, told: str) -> None:
    assert told in refused(data)


ZIP_END = b"PK\x05\x06" + bytes(18)
POLYGLOTS = {
    "an archive behind a picture": (gif() + b"PK\x03\x04" + bytes(30) + ZIP_END, "a ZIP archive"),
    "an archive behind a preview": (JPEG + JPEG + b"x" * 999 + ZIP_END, "a ZIP archive"),
    "an archive with a comment": (png() + b"x" * 99 + ZIP_END[:-2] + b"\x03\0abc", "a ZIP archive"),
    "a page behind a picture": (JPEG + b"\0" * 9 + b"<html><body onload=alert(1)>", "a web page"),
    "a script far behind it": (png() + b"x" * 5000 + b"<ScRiPt>alert(1)</script>", "a script"),
    "PHP behind it": (gif() + b"<?php system($_GET[0]); ?>", "a PHP script"),
    "a program behind it": (gif() + b"MZ\x90\0", "a program"),
    "PDF in the palette": (gif().replace(bytes(6), b"%PDF-1"), "a PDF document"),
}


@pytest.mark.parametrize(("data", "told"), POLYGLOTS.values(), ids=POLYGLOTS.keys())
def test_a_file_that_is_something_else_as_well_is_refused(data: bytes, told: str) -> None:
    assert told in refused(data)


def test_what_is_hidden_in_notes_never_comes_out() -> None:
    for data in (
        jpeg(segment(0xFE, b"<script>alert(1)</script>%PDF-")),
        png(chunk(b"tEXt", b"a\0<html>%PDF-1.7<?php")),
    ):
        body = cleaned(data).body
        assert not any(sign in body for sign in (b"<script", b"<html", b"%PDF", b"<?php"))


def test_a_file_or_a_picture_over_the_limit_is_refused_before_anything_is_unpacked() -> None:
    assert "bytes; the limit is 50" in refused(png(), Limits(max_bytes=50))
    for data in (
        png(size=(65_535, 65_535), pixels=zlib.compress(b"")),
        gif(frame(), size=(65_535, 65_535)),
        gif(frame((65_535, 65_535))),
        JPEG.replace(bytes([0, 16, 0, 24]), b"\xff\xff\xff\xff"),
        webp(canvas(0, (16_777_216, 16_777_216)), WEBP[12:]),
    ):
        assert "the limit is 50 megapixels" in refused(data)
    assert "no width or no height" in refused(png(size=(0, 5), pixels=zlib.compress(b"")))
    assert "megapixels together" in refused(gif(*[frame((1000, 1000))] * 5), Limits(max_pixels=1_000_000))


def test_pixels_that_unpack_to_more_than_the_head_says_are_refused() -> None:
    bomb = zlib.compress(bytes(200_000_000), 9)
    assert len(bomb) < 200_000
    assert "unpacks to more pixels" in refused(png(pixels=bomb))


def test_bombs_in_notes_are_never_unpacked_and_go() -> None:
    bomb = zlib.compress(bytes(200_000_000), 9)
    data = png(*[chunk(b"zTXt", b"k\0\0" + bomb)] * 40, chunk(b"iCCP", b"x\0\0" + bomb))
    assert cleaned(data).body == png()


def test_scans_without_end_are_refused() -> None:
    scan = JPEG[JPEG.index(b"\xff\xda") : -2]
    assert "more than 200 scans" in refused(JPEG[:-2] + scan * 200 + b"\xff\xd9")


@given(st.sampled_from([JPEG, png(), gif(), WEBP, LOSSLESS, *TELLING.values()]), st.data())
def test_no_damage_makes_more_of_it_than_a_refusal(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + data.draw(st.integers(0, 8)) :]
    try:
        picture = cleaned(damaged)
    except Invalid:
        return
    assert cleaned(picture.body) == picture
