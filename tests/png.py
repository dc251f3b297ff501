"""Makes pictures of pages small: 256 colours, which is nearly all that a page has, and as little air as possible.

Knows nothing of pages. PNG (Third Edition) with a palette; the browser that took the picture unpacks it.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections import Counter
from typing import Final

import deflate
from playwright.sync_api import Page

_MOST: Final = 256
# No filter: in flat areas and letters of few colours, the same bytes again pack best.
_UNFILTERED: Final = b"\0"
_PIXELS: Final = """async packed => {
  const bytes = Uint8Array.from(atob(packed), one => one.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const {data} = canvas.getImageData(0, 0, picture.width, picture.height);
  let text = "";
  for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
  return btoa(text);
}"""


def shrink(page: Page, png: bytes) -> bytes:
    """Write a picture anew, with the 256 colours that it has most of; `page` is any page of a browser."""
    width, height = struct.unpack(">II", png[16:24])
    pixels = memoryview(base64.b64decode(page.evaluate(_PIXELS, base64.b64encode(png).decode()))).cast("I")
    seen = Counter(pixels).most_common()
    palette = [_rgb(colour) for colour, _ in seen[:_MOST]]
    places = {colour: place for place, (colour, _) in enumerate(seen[:_MOST])}
    places |= {colour: _nearest(_rgb(colour), palette) for colour, _ in seen[_MOST:]}
    lines = (
        _UNFILTERED + bytes(map(places.__getitem__, pixels[top : top + width]))
        for top in range(0, width * height, width)
    )
    return b"".join(
        (
            png[:8],
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(map(bytes, palette))),
            _chunk(b"IDAT", bytes(deflate.zlib_compress(b"".join(lines), 12))),
            _chunk(b"IEND", b""),
        )
    )


def _rgb(pixel: int) -> tuple[int, int, int]:
    # As a machine of this world has it: the first byte, red, stands lowest.
    return pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255


def _nearest(colour: tuple[int, int, int], palette: list[tuple[int, int, int]]) -> int:
    distances = [sum((a - b) ** 2 for a, b in zip(colour, other, strict=True)) for other in palette]
    return distances.index(min(distances))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
