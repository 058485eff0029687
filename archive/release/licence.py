"""The rights of a release as catalogues want them: an identifier where the statement is one that they know."""

from __future__ import annotations

FILE = "LICENSE"

_KNOWN = {
    "cc0-1.0": "CC0-1.0",
    "cc-by-4.0": "CC-BY-4.0",
    "cc-by-sa-4.0": "CC-BY-SA-4.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0",
    "cc-by-nc-sa-4.0": "CC-BY-NC-SA-4.0",
    "cc-by-nd-4.0": "CC-BY-ND-4.0",
    "cc-by-nc-nd-4.0": "CC-BY-NC-ND-4.0",
    "odbl-1.0": "ODbL-1.0",
    "odc-by-1.0": "ODC-By-1.0",
    "pddl-1.0": "PDDL-1.0",
}
_HUB = {"odbl-1.0": "odbl", "odc-by-1.0": "odc-by", "pddl-1.0": "pddl"}


def identifier(rights: str) -> str | None:
    """The SPDX identifier that the statement is; None where it is a sentence."""
    return _KNOWN.get(_key(rights))


def hub(rights: str) -> str:
    """What a dataset card of Hugging Face calls it; `other` where it is a sentence."""
    key = _key(rights)
    return _HUB.get(key, key) if key in _KNOWN else "other"


def _key(rights: str) -> str:
    return rights.strip().lower().replace(" ", "-")
