"""Pictures over the API: uploading one.

The view is one call; what of a picture is published is decided by `pictures`.
"""

from __future__ import annotations

from http import HTTPStatus

from feedsvc import uploading
from feedsvc.errors import Unavailable
from feedsvc.serving import Answer
from feedsvc.web.api.answers import UploadedForm
from feedsvc.web.api.calls import Call, answer
from feedsvc.web.api.models import Upload
from feedsvc.web.api.queries import NoQuery


def upload_image(call: Call[Upload, NoQuery]) -> Answer:
    """Upload one; the same picture again is the same one."""
    if call.media is None:
        raise Unavailable("pictures", "have no folder here")
    image = uploading.upload_picture(
        call.store, call.media, call.site, call.body.file, now=call.now, limits=call.picture_limits, name="file"
    )
    return answer(call, UploadedForm.of(image), HTTPStatus.CREATED, (("Location", image.url),))
