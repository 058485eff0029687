"""What others make of a request: run by the Python of their environment, a JSON line in, a JSON line out.

`peer_keys.py pywb|cdxj-indexer` reads `[url, method, content type, Content-Length, body in base64]` and answers
`[key, query]`, or `[null, what went wrong]` where they fail.
"""

from __future__ import annotations

import base64
import io
import json
import sys


def pywb(url: str, method: str, kind: str | None, length: str | None, body: bytes) -> tuple[str, str]:
    """As pywb.indexer.archiveindexer does for a request that is merged with its response."""
    from pywb.utils.canonicalize import canonicalize
    from pywb.warcserver.inputrequest import MethodQueryCanonicalizer

    query = MethodQueryCanonicalizer(method, kind, length, io.BytesIO(body))
    return canonicalize(query.append_query(url).replace("WB_wombat_", "")), query.query or ""


def cdxj_indexer(url: str, method: str, kind: str | None, length: str | None, body: bytes) -> tuple[str, str]:
    """As cdxj_indexer.bufferiter does."""
    import surt
    from cdxj_indexer.postquery import append_method_query

    query, appended = append_method_query(method, kind, length, io.BytesIO(body), url)
    return surt.surt(url + appended), query or ""


def main() -> None:
    """Answers until there are no more lines."""
    ask = {"pywb": pywb, "cdxj-indexer": cdxj_indexer}[sys.argv[1]]
    answers, sys.stdout = sys.stdout, sys.stderr  # they print what they do not like
    for line in sys.stdin:
        *request, body = json.loads(line)
        try:
            answer: tuple[str | None, str] = ask(*request, base64.b64decode(body))
        except Exception as error:  # noqa: BLE001 - whatever stops them is their answer
            answer = (None, repr(error))
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
