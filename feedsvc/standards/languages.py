"""Says what is wrong with a language tag (RFC 5646): its form, its language, its region.

The codes are those of ISO 639-1 and ISO 3166-1; three-letter languages are taken as they come.
"""

from __future__ import annotations

import re

_LANGUAGES_WORDS = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji
    jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb
    nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr
    ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_LANGUAGES = frozenset(_LANGUAGES_WORDS.split())
_REGIONS_WORDS = """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz ca
    cc cd cf cg ch ci ck cl cm cn co cp cr cu cv cw cx cy cz de dg dj dk dm do dz ea ec ee eg eh er es et eu ez fi fj fk
    fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu ic id ie il im in io iq ir is it
    je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp
    mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re
    ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz ta tc td tf tg th tj tk tl tm tn to tr tt
    tv tw tz ua ug um un us uy uz va vc ve vg vi vn vu wf ws xk ye yt za zm zw
"""
_REGIONS = frozenset(_REGIONS_WORDS.split())
# RFC 5646 section 2.2.8: whole tags from before the grammar.
_GRANDFATHERED_WORDS = """
    art-lojban cel-gaulish en-gb-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao
    i-tay i-tsu no-bok no-nyn sgn-be-fr sgn-be-nl sgn-ch-de zh-guoyu zh-hakka zh-min zh-min-nan zh-xiang
"""
_GRANDFATHERED = frozenset(_GRANDFATHERED_WORDS.split())
_SUBTAG = re.compile(r"[a-z0-9]{1,8}")
_PRIMARY = re.compile(r"[a-z]{2,3}")
# After the language, in this order: extended language, script, region, variants (RFC 5646 section 2.1).
_ORDER = (
    re.compile(r"[a-z]{3}"),
    re.compile(r"[a-z]{4}"),
    re.compile(r"[a-z]{2}|[0-9]{3}"),
    re.compile(r"[a-z0-9]{5,8}|[0-9][a-z0-9]{3}"),
)
_REGION_STEP = 2
_ONCE = (1, _REGION_STEP)


def fault(tag: str) -> str | None:
    """What is wrong with a language tag, or None."""
    if not tag:
        return "is empty"
    lower = tag.lower()
    if lower in _GRANDFATHERED or lower.startswith("x-"):
        return None
    if "_" in tag:
        return "has an underscore where a hyphen belongs"
    subtags = lower.split("-")
    if not all(_SUBTAG.fullmatch(subtag) for subtag in subtags):
        return "is no language tag"
    return _primary_fault(subtags[0]) or _rest_fault(subtags[1:])


def _primary_fault(primary: str) -> str | None:
    if not _PRIMARY.fullmatch(primary):
        return f"starts with «{primary}», which is no language code of two or three letters"
    if len(primary) == 2 and primary not in _LANGUAGES:  # noqa: PLR2004 - ISO 639-1 codes have two letters
        return f"starts with «{primary}», which is no language of ISO 639-1"
    return None


def _rest_fault(subtags: list[str]) -> str | None:
    step = 0
    for subtag in subtags:
        if len(subtag) == 1:  # what follows a singleton is an extension or private
            return None
        while step < len(_ORDER) and not _ORDER[step].fullmatch(subtag):
            step += 1
        if step == len(_ORDER):
            return f"has the part «{subtag}», which fits no place in a language tag"
        if step == _REGION_STEP and subtag.isalpha() and subtag not in _REGIONS:
            return f"has the region «{subtag.upper()}», which is no country of ISO 3166"
        step += step in _ONCE
    return None
