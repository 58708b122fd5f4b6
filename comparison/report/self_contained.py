"""What makes a page whole by itself: the charts' library in it, and no request ever made."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

#: What of the charts' library the pages' scripts use.
LIBRARY = "window.vegaEmbed = vegaEmbed;"


@cache
def charts_library() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script; making it takes a second."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle(LIBRARY)
    return bundle.replace("</script", "<\\/script")


def policy(scripts: list[str], style: str) -> str:
    """Return a content security policy: these scripts, this style, and no request at all."""
    allowed = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
