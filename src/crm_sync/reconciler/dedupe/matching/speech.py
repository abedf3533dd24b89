"""The few functions that the questions of matching are written with, spelled out in the engine's SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from crm_sync.mappings.identity import IdentityWords

SHORT: Final = 3  # letters: so short a word that says nothing elsewhere may be a name, or its first letter
LONGEST: Final = 120  # signs of a cell that are looked at: what is longer is a note in the wrong column
BETWEEN: Final = "chr(31)"  # stands between cells: no cell has it
#: Letters that have no accent to take off.
LETTERS: Final = (("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("ø", "o"), ("ł", "l"), ("đ", "d"), ("þ", "th"))
#: At most one letter put in, left out, changed, or swapped with its neighbour: then one half of the word is untouched.
#: Asking that first saves nine of ten distances, which cost most of all comparing.
ONE_EDIT: Final = re.compile(r"\bone_edit\(([\w.]+), ([\w.]+)\)")
EDITED: Final = (
    r"(abs(length(\1) - length(\2)) <= 1 AND (left(\1, length(\1) // 2 - 1) = left(\2, length(\1) // 2 - 1)"
    r" OR right(\1, length(\1) // 2 - 1) = right(\2, length(\1) // 2 - 1)) AND damerau_levenshtein(\1, \2) <= 1)"
)
#: What the address of one record (\1) says of the name in another (\2). What stands in it beside the surname tells
#: another given name (`another`) only where the record itself tells none: else the names are compared themselves.
MAIL_TELLS: Final = re.compile(r"\bmail_tells\((\w), (\w)\)")
TOLD_BY_MAIL: Final = r"""CASE WHEN \1.plain IS NULL OR \2.g IS NULL OR \2.s IS NULL OR \1.free OR \1.role THEN 'na'
      WHEN NOT contains(\1.plain, \2.s) THEN CASE WHEN \1.plain = \2.g THEN 'part' ELSE 'no' END
      WHEN contains(\1.plain, \2.g) THEN CASE WHEN length(\2.g) = 1 THEN 'ini' ELSE 'full' END
      WHEN coalesce(length(\1.g), 1) = 1 AND (
        length(\1.plain) > length(\2.s) AND left(replace(\1.plain, \2.s, ''), 1) <> left(\2.g, 1)
        OR length(\1.plain) > length(\2.s) + 2 AND length(\2.g) > 2
        AND left(replace(\1.plain, \2.s, ''), 3) <> left(\2.g, 3)
      ) THEN 'another'
      WHEN starts_with(\1.plain, left(\2.g, 1)) THEN 'ini' ELSE 'part' END"""
#: The address of one record (\1) is that of the other (\2) with a letter more at its end, as companies tell two of one
#: name apart (`jruizg`): but where that letter completes a name, somebody left it out of the shorter one.
ONE_MORE: Final = re.compile(r"\bone_more\((\w), (\w)\)")
LENGTHENED: Final = r"(\1.local = \2.local || right(\1.local, 1)" + "".join(
    rf" AND coalesce(length({name}) < 2 OR right(\1.local, length({name})) <> {name}, TRUE)"
    for name in (r"\1.g", r"\1.s", r"\2.g", r"\2.s")
) + ")"  # fmt: skip
CALL: Final = re.compile(r"\b(name_words|letters|signs|said|mark|domain_root|legal_forms)\(([^()]*)\)")


def spoken(question: str, words: IdentityWords) -> str:
    """The question as the engine reads it.

    letters(x, y)  a list of them, folded, letters only
    signs(x, y)    a list of them, folded, letters and digits only
    name_words(x)  the words of a name that is folded, without titles and particles; none where x says nothing
    said(x)        nothing where x says nothing
    mark(x)        a number for x, where only equality counts
    domain_root(x) the part of a domain that names somebody: acme of www.acme.com.mx
    legal_forms()  an expression for legal forms at the end of a name
    """
    return CALL.sub(lambda found: written(found[1], found[2], words), question)


def edits(question: str) -> str:
    """The question with `one_edit(x, y)`, `one_more(x, y)` and `mail_tells(x, y)` written out."""
    return MAIL_TELLS.sub(TOLD_BY_MAIL, ONE_MORE.sub(LENGTHENED, ONE_EDIT.sub(EDITED, question)))


def written(function: str, of: str, words: IdentityWords) -> str:
    match function:
        case "name_words":
            idle = texts({"", *words.honorifics, *words.particles})
            nothing = texts(one for one in words.no_values if len(one) > SHORT)
            told = f"CASE WHEN trim({of}) IN ({nothing}) THEN '' ELSE {of} END"
            return f"list_filter(string_split({told}, ' '), lambda word: word NOT IN ({idle}))"
        case "letters":
            return kept(of.split(", "), "L")
        case "signs":
            return kept(of.split(", "), "L", "N")
        case "said":
            return f"CASE WHEN {of} NOT IN ({texts(words.no_values)}) THEN {of} END"
        case "mark":
            return f"CASE WHEN {of} IS NOT NULL THEN hash({of}) END"
        case "domain_root":
            name = f"regexp_replace({of}, '([.](com|co|org|net|edu|gob|gov|ac|or))?[.][^.]+$', '')"
            return f"regexp_replace({name}, '^.*[.]', '')"
        case _:
            return text(f"( ({'|'.join(sorted(words.company_suffixes, key=len, reverse=True))}))+ *$")


def kept(columns: Sequence[str], *classes: str) -> str:
    """Columns without case and accents; anything but signs of these Unicode classes is a blank. All of them in one
    text: an engine builds what looks for such classes anew for each."""
    signs = "".join(f"\\p{{{one}}}" for one in classes)
    cells = ", ".join(f"left(replace(coalesce({column}, ''), {BETWEEN}, ' '), {LONGEST})" for column in columns)
    found = f"strip_accents(lower(concat_ws({BETWEEN}, {cells})))"
    for letter, plain in LETTERS:
        found = f"replace({found}, '{letter}', '{plain}')"
    return f"string_split(regexp_replace({found}, '[^{signs}\\x1f]+', ' ', 'g'), {BETWEEN})"


def texts(words: Iterable[str]) -> str:
    return ", ".join(map(text, sorted(words)))


def text(word: str) -> str:
    """As a literal."""
    return "'" + word.replace("'", "''") + "'"
