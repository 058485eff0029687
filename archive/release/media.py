"""The ends of file names: by media type, from a small table, since no part of a name comes from the web."""

from __future__ import annotations

_ENDS = {
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/pjpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/svg+xml": "svg",
    "image/x-icon": "ico",
    "application/pdf": "pdf",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/rtf": "rtf",
    "application/zip": "zip",
    "application/x-zip-compressed": "zip",
    "application/x-rar-compressed": "rar",
    "application/vnd.rar": "rar",
    "application/x-7z-compressed": "7z",
    "text/plain": "txt",
    "text/csv": "csv",
    "text/html": "html",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
}
_PACKED = {"gzip": "gz", "x-gzip": "gz", "br": "br", "deflate": "zz", "zstd": "zst"}


def ending(mime: str | None, encoding: str | None) -> str:
    """`jpg`, `svg.gz`; `bin` for a type that is not known, `bin.packed` for an encoding that is not."""
    end = _ENDS.get((mime or "").lower(), "bin")
    packed = (encoding or "").strip().lower()
    return end if packed in ("", "identity") else f"{end}.{_PACKED.get(packed, 'packed')}"
