"""Taking pictures in, giving them out, and taking them down.

Order and transactions, nothing else: what a picture is and what of it is published is decided by `pictures`. The store
is written first; each host's folder gets a picture when it is first needed there.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from feedsvc.errors import Gone, NotFound
from feedsvc.folder.media import MediaFolder, PictureFile, digest_in
from feedsvc.model import Image, Site
from feedsvc.pictures import EXTENSIONS, Limits, Picture, clean
from feedsvc.render.addresses import media_url
from feedsvc.store import Store, media, pictures, retried
from feedsvc.store.media import KeptPicture

# How long after a picture was taken down hosts look whether they still have it: longer than any is away.
LOOK_BACK: Final = timedelta(days=30)


def upload_picture(
    store: Store,
    folder: MediaFolder,
    site: Site,
    data: bytes,
    *,
    now: datetime,
    limits: Limits | None = None,
    alt: str = "",
    caption: str = "",
    credit: str = "",
    name: str = "the picture",
) -> Image:
    """Take a picture in, and give what an article says of it; `name` is what it is called in errors.

    The picture is durable when this returns, and served at the address in it. The address is made of the picture, so
    that another picture never has it, and nobody guesses it before it is published (P10). Its true length, type and
    size stand in the feeds of every article that names the address. Raises Invalid for what may not be published as a
    picture, Unavailable for store or folder.
    """
    picture = clean(data, name, limits or Limits())
    digest = hashlib.sha256(picture.body).hexdigest()
    filename = f"{digest}.{EXTENSIONS[picture.media_type]}"
    url = media_url(site, filename)
    kept = _keep(store, digest, picture, url, now)
    folder.put(filename, picture.body, kept.uploaded_at)
    return Image(
        url=url,
        alt=alt,
        caption=caption,
        credit=credit,
        media_type=kept.media_type,
        length=kept.length,
        width=kept.width,
        height=kept.height,
    )


def find_picture(store: Store, folder: MediaFolder, filename: str) -> PictureFile:
    """Find a picture by its file name, which may be any text; the store is asked only by a host that has it not yet.

    Raises NotFound, Gone for one that was taken down, Unavailable.
    """
    found = folder.find(filename)
    if found is not None:
        return found
    digest = digest_in(filename)
    if digest is None:
        raise NotFound("this address", "is no picture's")
    with store.reading() as connection:
        kept = media.find(connection, digest)
        body = media.read(connection, digest)
    if kept is None or not filename.endswith(f".{EXTENSIONS[kept.media_type]}"):
        raise NotFound("this address", "is no picture's")
    if body is None:
        raise Gone("this picture", "was taken down")
    return folder.put(filename, body, kept.uploaded_at)


@retried
def take_down(store: Store, folder: MediaFolder, filename: str, *, now: datetime) -> None:
    """Take a picture down: its address answers 410 on this host at once, on others within a minute.

    Articles that name it still do. Raises NotFound.
    """
    digest = digest_in(filename)
    with store.writing() as connection:
        kept = media.find(connection, digest) if digest else None
        if kept is None or kept.removed_at is not None:
            raise NotFound(f"picture {filename}", "is not in the store", "Give the end of its address, after /media/")
        media.remove(connection, kept.digest, now)
    folder.remove(filename)


def drop_removed(store: Store, folder: MediaFolder, *, now: datetime) -> int:
    """Take what was taken down out of this host's folder; give how many files went."""
    with store.reading() as connection:
        removed = media.removed_since(connection, now - LOOK_BACK)
    names = [f"{kept.digest}.{EXTENSIONS[kept.media_type]}" for kept in removed]
    there = [name for name in names if folder.find(name) is not None]
    for name in there:
        folder.remove(name)
    return len(there)


@retried
def _keep(store: Store, digest: str, picture: Picture, url: str, now: datetime) -> KeptPicture:
    with store.writing() as connection:
        kept = media.find(connection, digest)
        if kept is None:
            length = len(picture.body)
            kept = KeptPicture(digest, picture.media_type, length, picture.width, picture.height, now)
            media.add(connection, kept, picture.body)
        elif kept.removed_at is not None:
            media.restore(connection, digest, picture.body)
        # Known from here on as if it had been fetched and measured: nobody fetches from himself.
        pictures.expect(connection, url, now)
        pictures.keep_measure(
            connection,
            url,
            media_type=kept.media_type,
            length=kept.length,
            width=kept.width,
            height=kept.height,
            now=now,
        )
    return kept
