"""A story as an EPUB 3 book, readable by machines that read aloud."""

import io
import zipfile
from xml.sax.saxutils import escape

from django.utils import timezone

from stories.lessons.models import Tale

LABEL = "Written by a machine (Storyloom) and reviewed by a teacher."
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf"
 media-type="application/oebps-package+xml"/></rootfiles></container>
"""
PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"
 xml:lang="en"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{id}</dc:identifier><dc:title>{title}</dc:title>
<dc:language>en</dc:language><dc:creator>Storyloom</dc:creator>
<dc:description>{label}</dc:description>
<meta property="dcterms:modified">{modified}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">readingOrder</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Plain text with headings.</meta>
</metadata><manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="story" href="story.xhtml" media-type="application/xhtml+xml"/>
<item id="style" href="style.css" media-type="text/css"/>
</manifest><spine><itemref idref="story"/></spine></package>
"""
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
 lang="en" xml:lang="en"><head><title>{title}</title>
<link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>{body}</body></html>
"""
STYLE = "body { line-height: 1.6; } .label { font-size: 0.85em; }\n"


def book_of(tale: Tale) -> bytes:
    title = escape(tale.title)
    package = PACKAGE.format(
        id=f"urn:storyloom:{tale.lesson_id}:{tale.pk}:{tale.version}",
        title=title,
        label=LABEL,
        modified=timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    contents = (
        f'<nav epub:type="toc"><h1>{title}</h1>'
        f'<ol><li><a href="story.xhtml">{title}</a></li></ol></nav>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as box:
        # The format wants this first, and not compressed.
        box.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        box.writestr("META-INF/container.xml", CONTAINER)
        box.writestr("book/package.opf", package)
        box.writestr("book/nav.xhtml", PAGE.format(title=title, body=contents))
        box.writestr("book/story.xhtml", PAGE.format(title=title, body=body_of(tale)))
        box.writestr("book/style.css", STYLE)
    return packed.getvalue()


def body_of(tale: Tale) -> str:
    parts = [f"<h1>{escape(tale.title)}</h1>", f'<p class="label">{LABEL}</p>']
    parts += [
        f"<p>{escape(' '.join(line['text'] for line in lines))}</p>"
        for lines in tale.paragraphs
    ]
    explained = [entry for entry in tale.glossary if entry["meaning"]]
    if explained:
        rows = "".join(
            f"<dt>{escape(e['word'])}</dt><dd>{escape(e['meaning'])}</dd>"
            for e in explained
        )
        parts.append(f"<section><h2>Words</h2><dl>{rows}</dl></section>")
    return "".join(parts)
