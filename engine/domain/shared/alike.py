"""Letters of other scripts that are painted like Latin ones, on plates and in print."""

from __future__ import annotations

#: Letters of Greek and Cyrillic beside the Latin one that they are painted like, on plates and in print.
_PAINTED = {
    "\u0391\u0410": "a", "\u0392\u0412": "b", "\u0421\u03f9": "c", "\u0395\u0415": "e", "\u0397\u041d": "h",
    "\u0399\u0406\u04c0": "i", "\u037f\u0408": "j", "\u039a\u041a": "k", "\u039c\u041c": "m", "\u039d": "n",
    "\u039f\u041e": "o", "\u03a1\u0420": "p", "\u0405": "s", "\u03a4\u0422": "t", "\u03a7\u0425": "x",
    "\u03a5\u0423\u04ae": "y", "\u0396": "z",
}  # fmt: skip
_LATIN = str.maketrans({sign: latin for signs, latin in _PAINTED.items() for sign in (signs + signs.lower())})
_LATIN_CAPITALS = str.maketrans({sign: latin.upper() for signs, latin in _PAINTED.items() for sign in signs})


def as_latin(text: str) -> str:
    """*text* with each such letter, large or small, as the small Latin one."""
    return text.translate(_LATIN)


def as_latin_capitals(text: str) -> str:
    """*text* with each such capital as the Latin one."""
    return text.translate(_LATIN_CAPITALS)
