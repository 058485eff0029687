"""How much an audit can prove, and what it cannot: a level, and one line for each thing that stays open."""

from __future__ import annotations

from archive.audit.chain import Chain

UNSIGNED = "unsigned"
SIGNED = "signed (own clock)"
ANCHORED = "anchored"


def level(chain: Chain) -> str:
    """The level: unsigned; signed by keys that follow one another; or anchored outside, by a timestamp or a published head."""
    if not (chain.signed and chain.sound):
        return UNSIGNED
    return ANCHORED if anchor(chain) else SIGNED


def anchor(chain: Chain) -> int:
    """The newest manifest that something outside of the store vouches for; 0 where nothing does."""
    return max(chain.stamped, chain.named)


def cannot_prove(chain: Chain, trusted: bool) -> tuple[str, ...]:
    """What stays open at this level, as keys of archive.audit.words."""
    found = level(chain)
    out: list[str] = []
    if found == UNSIGNED:
        out.append("rebuilt")
    elif found == SIGNED:
        out.append("holder")
        if not trusted:
            out.append("whose")
    else:
        out.append("after_anchor")
    return (*out, "server")
