"""What a WACZ says of itself in words: Markdown, of our own words alone."""

from __future__ import annotations

_BYTES = (
    "The records in archive/ are byte for byte those of the store: what crossed the wire, requests with the cookies that "
    "they were sent with among it. The index carries no cookies."
)
_POSTED = (
    "{posted} of the captures answer a form that was sent back (a listing's next page, say). ReplayWeb.page cuts the address "
    "that it looks such an answer up by at 512 characters, and view states are longer: it may show another page of the same "
    "listing. The captures themselves are whole; pywb replays them."
)
_LOST = (
    "{lost} records that captures in this file repeat were not in the store any more; "
    "those captures cannot be shown in full."
)


def description(what: str, posted: int, lost: int) -> str:
    """The description of a WACZ of `what`, with the limits that it has."""
    parts = [f"{what[:1].upper()}{what[1:]}. {_BYTES}"]
    if posted:
        parts.append(_POSTED.format(posted=posted))
    if lost:
        parts.append(_LOST.format(lost=lost))
    return "\n\n".join(parts)
