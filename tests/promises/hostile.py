"""Text that has broken feeds: the characters that no document may hold, and what looks like markup and is none."""

from __future__ import annotations

C0 = [chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"]
C1 = [chr(code) for code in range(0x7F, 0xA0)]
NO_CHARACTERS = ["\ufffe", "\uffff"]
LONE_SURROGATES = ["\ud800", "\udbff", "\udc00", "\udfff", "\udc00\ud800"]

CHARACTERS = [*C0, *C1, *NO_CHARACTERS, *LONE_SURROGATES]
"""Each must be taken out, or refused with its field named."""

MARKUP = [
    "]]>",
    "]]]]>>",
    "<![CDATA[",
    "<![CDATA[ x ]]> y ]]>",
    "<!--",
    "-->",
    "--!>",
    "<!-- -- -->",
    "<?xml version='1.0'?>",
    "<?php echo 1 ?>",
    "<!DOCTYPE x [<!ENTITY lol 'lol'>]>&lol;",
    "</item></channel></rss>",
    "</content></entry></feed>",
    '"}]}',
    "</script></title></head>",
    "<script>alert(1)</script>",
    "<b><i><a href='",
    '<img src="x" onerror=',
    "<p title=\"<b>'",
    "<",
    ">",
    "&",
    "<>",
    "</>",
    "< b>",
    "&nbsp;",
    "&bogus;",
    "&#0;",
    "&#1;",
    "&#x1F;",
    "&#xD800;",
    "&#xFFFF;",
    "&#x110000;",
    "&#99999999999;",
    "&amp",
    "\u202e\u2066",
    "\u2028\u2029\u0085",
    "\ufeff",
    "\U0001fffe\U0010ffff",
    "\r\n\r",
    "a\u0301" * 100,
    "{{ 7 * 7 }}{% raw %}",
    "%s%n{0}$HOME`id`",
    "\\u0000\\",
    "<table><tr><td><p><table>",
    "<svg><style><!--</style>--><script>",
    "<math><mtext></p><style><img>",
    "<plaintext>",
    "<textarea>",
    "<noscript><p title='</noscript>",
    "<" * 500,
    "<div>" * 500,
    "</div>" * 500,
    "<a<b<c" * 100,
]
