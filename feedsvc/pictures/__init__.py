"""The files of pictures, piece by piece: one comes out with its pixels as they were and nothing told beside them.

Pure, and it decodes no pixel. Each format is read by a short list of pieces that belong to a picture; whatever is not
on the list (camera, place, time, comments, previews, other files hidden inside) is not in the file that is written.
"""

from feedsvc.pictures.cleaning import EXTENSIONS, Limits, Picture, clean

__all__ = ["EXTENSIONS", "Limits", "Picture", "clean"]
