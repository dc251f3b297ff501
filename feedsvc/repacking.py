"""Compresses better what was compressed quickly and has stood a while since; nothing else of a document changes.

Renders nothing, and publishes nothing: validators are made of the plain bytes and stay.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from feedsvc import mirroring
from feedsvc.folder import Folder
from feedsvc.folder.coding import gzip_well
from feedsvc.store import Store, publications

# A host that has not done it by then has died over it.
REPACKED_WITHIN: Final = timedelta(minutes=1)
# Plain bytes to compress better in one go: a quarter of a second's work.
ENOUGH_AT_ONCE: Final = 1_500_000


def repack_due(store: Store, folder: Folder, *, now: datetime, limit: int = 50, enough: int = ENOUGH_AT_ONCE) -> int:
    """Compress documents again, and better, that have stood a while; give how many were looked at. One host does each.

    Files follow through the store. No more are begun after `enough` plain bytes.
    """
    with store.reading() as connection:
        due = publications.find_to_repack(connection, now, limit, enough)
    for found in due:
        with store.claiming() as connection:
            mine = publications.claim_to_repack(connection, found, now, now + REPACKED_WITHIN)
        if not mine:
            continue
        better = gzip_well(found.body)
        with store.writing() as connection:
            publications.repack(connection, found, min(better, found.gzip or better, key=len))
    for slug in sorted({found.slug for found in due}):
        mirroring.mirror_feed(store, folder, slug, now=now)
    return len(due)
