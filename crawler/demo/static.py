"""The demo portal's files: images, documents, the stylesheet; they have validators, as files on IIS have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from crawler.demo.addresses import BARE_RENDITIONS, LINKED_RENDITIONS, guid, image_path, rendition_name, rendition_path
from crawler.demo.answer import Answer
from crawler.demo.texts import load

STYLESHEET = "/Style Library/hanam/portal.css"
BANNER = "/PublishingImages/banner.jpg"
_BUILT = datetime(2015, 8, 3, 2, 14, 9, tzinfo=UTC)
_TYPES = {"css": "text/css", "jpg": "image/jpeg", "pdf": "application/pdf"}


@dataclass(frozen=True)
class StaticFile:
    """One file: `path` as the portal writes it, unquoted; `modified` in UTC."""

    path: str
    file: Traversable
    modified: datetime

    @property
    def etag(self) -> str:
        """The validator as SharePoint writes it: the document's GUID and its version."""
        return f'"{{{guid(self.path).upper()}}},2"'

    @property
    def last_modified(self) -> str:
        """The time of the last change as an HTTP date."""
        return format_datetime(self.modified, usegmt=True)


def _files() -> Iterator[StaticFile]:
    here = files(__package__)
    images, documents = here / "images", here / "documents"
    yield StaticFile(STYLESHEET, here / "portal.css", _BUILT)
    yield StaticFile(BANNER, images / "banner.jpg", _BUILT)
    for text in load():
        changed = text.placed.astimezone(UTC)
        for picture in text.pictures:
            yield StaticFile(image_path(text, picture.file), images / picture.file, changed)
            if text.slug in LINKED_RENDITIONS | BARE_RENDITIONS:
                small = images / "_w" / rendition_name(picture.file)
                yield StaticFile(rendition_path(text, picture.file, "_w"), small, changed)
        if text.pictures:
            first = text.pictures[0].file
            thumbnail = images / "_t" / rendition_name(first)
            yield StaticFile(rendition_path(text, first, "_t"), thumbnail, changed)
        if text.attachment:
            document = text.attachment.file
            yield StaticFile(f"/Documents/{document}", documents / document, changed)


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Every file by its path in lower case."""
    return {file.path.lower(): file for file in _files()}


def _unchanged(file: StaticFile, headers: Mapping[str, str]) -> bool:
    """Whether the client holds the file already; If-None-Match outweighs If-Modified-Since (RFC 9110, 13.2.2)."""
    if tags := headers.get("if-none-match"):
        return tags.strip() == "*" or file.etag in [tag.strip().removeprefix("W/") for tag in _tags(tags)]
    if since := headers.get("if-modified-since"):
        try:
            return parsedate_to_datetime(since) >= file.modified
        except (TypeError, ValueError):
            return False
    return False


def _tags(value: str) -> Iterator[str]:
    """The entity tags of a list; a tag may hold commas (SharePoint's do), so only those outside quotes part them."""
    tag, quoted = "", False
    for character in value:
        if character == "," and not quoted:
            yield tag
            tag = ""
            continue
        quoted ^= character == '"'
        tag += character
    yield tag


def static_answer(file: StaticFile, headers: Mapping[str, str]) -> Answer:
    """The file, or 304 for a client that holds it."""
    validators = (
        ("Last-Modified", file.last_modified),
        ("ETag", file.etag),
        ("Cache-Control", "public, max-age=86400"),
    )
    if _unchanged(file, headers):
        return Answer(304, "NOT MODIFIED", validators)
    body = file.file.read_bytes()
    kind = _TYPES[file.path.rpartition(".")[2]]
    return Answer(200, "OK", (("Content-Type", kind), *validators, ("Content-Length", str(len(body)))), body)
