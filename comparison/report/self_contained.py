"""A page that is one file: the charts' library is in it, and it makes no request."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from comparison.harmless import in_all_texts

#: Gives the pages' scripts the function of the charts' library that they call.
LIBRARY = "window.vegaEmbed = vegaEmbed;"


@cache
def charts_library() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script; making it takes a second."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle(LIBRARY)
    return bundle.replace("</script", "<\\/script")


def whole_page(
    title: str, body: str, *, style: str, script: str, data: Any, **variables: Any
) -> str:
    """Return a page with its style, scripts and data in it.

    All text is escaped, where it is HTML by the templates and where it is data by
    `for_html`. Beyond that the page's policy lets a browser run only these very
    scripts, by their hashes, and load nothing.

    Parameters
    ----------
    title : str
    body : str
        A Jinja template of the HTML between the tags of the body.
    style, script : str
        The page's own; the charts' library goes before the script.
    data : JSON's types
        The content of the element ``data``, which the script reads.
    **variables
        Of the template.

    Returns
    -------
    str
    """
    import jinja2

    safe = jinja2.utils.markupsafe.Markup
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: in_all_texts(value) if type(value) is str else value,
    )
    library = charts_library()
    page: str = environment.from_string(source(__file__, "self_contained.html")).render(
        title=title,
        policy=_policy([library, script], style),
        style=safe(style),
        body=safe(environment.from_string(body).render(**variables)),
        data=safe(for_html(data)),
        library=safe(library),
        script=safe(script),
    )
    return page


def for_html(data: Any) -> str:
    """Return JSON that a script element can hold: no ``<``, so no end tag and no comment.

    Raises
    ------
    ValueError
        When a number is not finite.
    """
    harmless = in_all_texts(data)
    text = json.dumps(harmless, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def source(module: str, name: str) -> str:
    """Return the text of a file beside a module's."""
    return Path(module).with_name(name).read_text(encoding="utf-8")


def _policy(scripts: list[str], style: str) -> str:
    """Return a content security policy: these scripts, this style, and no request at all."""
    allowed = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
