"""`feedsvc picture`: uploading pictures, and taking them down."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from feedsvc import uploading
from feedsvc.cli.desk import Desk, pass_desk
from feedsvc.cli.printing import json_option, print_json
from feedsvc.pictures import Limits


@click.group()
def picture() -> None:
    """Look after uploaded pictures."""


@picture.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@json_option
@pass_desk
def add(desk: Desk, paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Upload pictures, and print the address of each, for an article's image."""
    limits = Limits(desk.config.media.max_bytes, desk.config.media.max_pixels)
    added = []
    for path in paths:
        # One byte more than is taken: how large it is beyond that is nobody's business.
        with path.open("rb") as file:
            data = file.read(limits.max_bytes + 1)
        image = uploading.upload_picture(
            desk.store, desk.media, desk.site, data, now=desk.now(), limits=limits, name=str(path)
        )
        added.append({"file": str(path)} | {key: value for key, value in asdict(image).items() if value})
        if not as_json:
            click.echo(f"{path}: {image.url}")
    if as_json:
        print_json(added)


@picture.command()
@click.argument("address", metavar="ADDRESS")
@pass_desk
def remove(desk: Desk, address: str) -> None:
    """Take a picture down: ADDRESS, or its end after /media/, answers 410 from now on."""
    name = address.rpartition("/")[2]
    uploading.take_down(desk.store, desk.media, name, now=desk.now())
    click.echo(f"{name} is taken down: here at once, on other hosts within a minute. Caches may keep it longer.")
