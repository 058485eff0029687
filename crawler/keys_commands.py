"""`luutru keys`: the key that signs what the archive says of itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from crawler.options import DEFAULT_STORE, ConfigOption, JsonOption, PortalsOption, StoreOption, opened, print_json, say

keys = typer.Typer(no_args_is_help=True, help="The key that signs manifests.", rich_markup_mode=None)

_FOLDER = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config") / "luutru"


@keys.command()
def new(
    to: Annotated[
        Path | None, typer.Option(help="File of the private key; default signing-DIGITS.pem in ~/.config/luutru.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key, readable by you alone, and print its public half and the line for luutru.toml.

    Keep a copy where a lost machine does not take it along, and give the public half to those who are to check.
    """
    import secrets

    from archive.custody.signing import new_key

    path = (to or _FOLDER / f"signing-{secrets.token_hex(4)}.pem").expanduser()
    made = new_key(path)
    if as_json:
        print_json({"private": str(path.absolute()), "public": made.public})
        return
    say(f"private key: {path.absolute()} (for you alone; not in the store)")
    say(f"public key:  {made.public}")
    say(f'in luutru.toml: signing_key = "{path.absolute()}"')
    print(made.public)


@keys.command()
def rotate(
    old: Annotated[Path, typer.Option(help="The key that signed so far.")],
    store: StoreOption = DEFAULT_STORE,
    config: ConfigOption = None,
    _folders: PortalsOption = None,
) -> None:
    """Put into the chain, signed by the old key, that the key which luutru.toml names signs from here on."""
    from archive.custody import manifest
    from archive.custody.signing import read_key
    from archive.errors import BrokenKey
    from archive.moment import iso
    from archive.warc.writer import utc_now
    from crawler import config as configuration
    from crawler.custody import SOFTWARE, signer

    found = opened(store)
    key = signer(configuration.read(config), found)
    if key is None:
        raise BrokenKey("luutru.toml names no key to change to", "luutru keys new makes one, and says the line for it")
    with found.commit_lock():
        told = {"kind": "key", "made_at": iso(utc_now()), "software": SOFTWARE, "new_key": key.public}
        added = manifest.add(found.manifests, told, read_key(old.expanduser()))
    say(f"from here on {key.public} signs; chain head {added.hash}")


@keys.command()
def stamp(store: StoreOption = DEFAULT_STORE, config: ConfigOption = None, _folders: PortalsOption = None) -> None:
    """Have the newest manifest stamped by the authority that luutru.toml names: with it, all that came before."""
    from archive.errors import BrokenStamp, Misuse
    from crawler import config as configuration
    from crawler.custody import stamped

    settings = configuration.read(config)
    if not settings.timestamp_authority:
        raise Misuse("luutru.toml names no timestamp_authority", "Name the address of one (RFC 3161)")
    if trouble := stamped(settings, opened(store)):
        raise BrokenStamp(trouble)
    say("stamped")


@keys.command("list")
def list_(store: StoreOption = DEFAULT_STORE, _folders: PortalsOption = None, as_json: JsonOption = False) -> None:
    """Print which keys have signed manifests of a store, and from when to when."""
    from archive.custody import manifest
    from archive.custody.signing import signed_by

    seen: dict[str, dict[str, object]] = {}
    for one in manifest.every(opened(store).manifests):
        key = signed_by(one.signature, one.data) if one.signature is not None else None
        row = seen.setdefault(key or "", {"key": key, "first": one.told.get("made_at"), "manifests": 0})
        row["last"] = one.told.get("made_at")
        row["manifests"] = int(str(row["manifests"])) + 1
    if as_json:
        print_json(list(seen.values()))
        return
    for row in seen.values():
        print(f"{row['key'] or '(unsigned)'}  {row['manifests']} manifests, {row['first']} to {row['last']}")
