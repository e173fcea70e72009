"""Names: how they are tidied, searched by one or two characters, and by pinyin initials.

A trigram index cannot answer a two-character question, the usual one in Chinese.  Names are
therefore indexed as an array of their single characters and pairs (``grams``).  Readings come from
pypinyin with a table of surnames that it reads wrongly (单 is shàn, not dān).
"""

import re
import unicodedata
from functools import lru_cache

from hrss_portal.access.pinyin import library

DOT = "·"
PARTING = re.compile(r"[、,，;；/\n]+")  # between the names of one cell
_DOTS = re.compile(r"[•・‧∙⋅●◦᛫･˙]")
_SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")

_FILLING = re.compile(r"[\s\-—–_.·'’\"*()（）]+")
#: What stands in a cell of names when its columns are shifted by one; the first that fits is told.
_NUMBERS = (
    (re.compile(r"\d{6}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dX]"), "身份证号"),
    (re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}"), "统一社会信用代码"),
    (re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{9,11})(?!\d)"), "电话号码"),
    (re.compile(r"\d{11}"), "一串数字"),
    (re.compile(r"^\d+(?:E\+?\d+)?$"), "数字"),
)

#: Surnames whose reading as a surname differs from the usual reading of the character.
SURNAMES = {
    "仇": "qiu", "区": "ou", "单": "shan", "曾": "zeng", "查": "zha", "解": "xie", "任": "ren",
    "朴": "piao", "盖": "ge", "尉": "wei", "种": "chong", "秘": "bi", "繁": "po", "员": "yun",
    "贠": "yun", "冼": "xian", "洗": "xian", "乐": "yue", "翟": "zhai", "黑": "he", "谌": "chen",
    "逄": "pang", "缪": "miao", "覃": "qin", "纪": "ji", "华": "hua", "那": "na", "哈": "ha",
    "召": "shao", "宓": "mi", "隗": "wei", "折": "she", "过": "guo", "应": "ying", "燕": "yan",
    "晟": "cheng", "车": "che", "令": "ling", "句": "gou", "祭": "zhai", "訾": "zi", "钭": "tou",
    "郗": "xi", "郇": "xun", "佴": "nai", "阚": "kan", "褚": "chu", "柏": "bai", "卜": "bu",
    "幺": "yao", "相": "xiang", "薄": "bo", "重": "chong", "葛": "ge", "翁": "weng",
    "於": "yu", "芮": "rui", "庞": "pang", "鲍": "bao", "牟": "mu", "万": "wan", "石": "shi",
    "瞿": "qu", "沈": "shen", "仉": "zhang", "啜": "chuai", "行": "xing", "都": "du", "尹": "yin",
    "撒": "sa", "宿": "su", "殷": "yin", "闫": "yan", "盛": "sheng", "占": "zhan",
    "曲": "qu", "费": "fei", "贾": "jia", "郝": "hao", "能": "nai", "呙": "guo", "俞": "yu",
    "角": "jue", "炅": "gui", "阙": "que", "藏": "zang",
}  # fmt: skip
COMPOUND_SURNAMES = {
    "欧阳": "ou yang", "上官": "shang guan", "司马": "si ma", "司徒": "si tu", "司空": "si kong",
    "诸葛": "zhu ge", "尉迟": "yu chi", "万俟": "mo qi", "单于": "chan yu", "澹台": "tan tai",
    "长孙": "zhang sun", "令狐": "ling hu", "皇甫": "huang fu", "宇文": "yu wen", "慕容": "mu rong",
    "公孙": "gong sun", "夏侯": "xia hou", "东方": "dong fang", "端木": "duan mu", "百里": "bai li",
    "南宫": "nan gong", "呼延": "hu yan", "鲜于": "xian yu", "亓官": "qi guan", "宰父": "zai fu",
    "赫连": "he lian", "钟离": "zhong li", "申屠": "shen tu", "太史": "tai shi",
    "轩辕": "xuan yuan", "闻人": "wen ren", "濮阳": "pu yang", "淳于": "chun yu",
    "仲孙": "zhong sun", "东郭": "dong guo",
}  # fmt: skip


def tidy_name(text: str) -> str:
    """A personal name as it is stored: no outer spaces, one kind of middle dot, no filling spaces.

    Not NFKC: names may hold compatibility characters that are on the ID card.
    """
    name = _DOTS.sub(DOT, text.strip(" \t\r\n\u3000\u00a0'’"))
    name = re.sub(r"(?<=[^\x00-\x7f])[.．](?=[^\x00-\x7f])", DOT, name)
    name = _SPACES.sub(" ", name).strip()
    name = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", name)
    return re.sub(rf"{DOT}+", DOT, name)


def number_for_name(text: str) -> str:
    """What number stands where the name of a person or an organisation should, ``""`` for a name.

    A number that follows a name counts as well: an identity number is kept sealed, never as text.
    """
    plain = _FILLING.sub("", unicodedata.normalize("NFKC", text)).upper()
    return next((what for shape, what in _NUMBERS if shape.search(plain)), "")


def tidy_organisation(text: str) -> str:
    """An organisation's name as it is stored: no spaces between characters, full-width brackets."""
    name = _SPACES.sub(" ", text.strip()).strip()
    name = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", name)
    return name.replace("(", "（").replace(")", "）")


def match_key(text: str) -> str:
    """A name as it is compared: NFKC, no spaces, dots or brackets, lower case."""
    folded = unicodedata.normalize("NFKC", _DOTS.sub(DOT, text)).casefold()
    return re.sub(r"[\s·.()（）【】\[\]“”\"'\-—_,，、]+", "", folded)


def grams(text: str) -> list[str]:
    """The single characters and the pairs of neighbours of a name, each once, sorted.

    ``grams("张伟明") == ["伟", "伟明", "张", "张伟", "明"]``
    """
    key = match_key(text)
    singles = set(key)
    pairs = {key[i : i + 2] for i in range(len(key) - 1)}
    return sorted(singles | pairs)


def query_grams(text: str) -> list[str]:
    """What a name must hold to be found by ``text``: its pairs, or its one character."""
    key = match_key(text)
    if len(key) < 2:
        return [key] if key else []
    return sorted({key[i : i + 2] for i in range(len(key) - 1)})


@lru_cache(maxsize=32768)
def _reading(character: str) -> str:
    pypinyin = library()
    found = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, errors="ignore")
    if found:
        return str(found[0][0]).replace("ü", "v")
    return character.lower() if character.isascii() and character.isalnum() else ""


def reading(name: str) -> str:
    """The pinyin of a personal name, syllables parted by spaces, the surname read as a surname.

    A character without a known reading is left out; it can still be found by itself.
    """
    name = tidy_name(name)
    if name[:2] in COMPOUND_SURNAMES:
        head, rest = COMPOUND_SURNAMES[name[:2]].split(), name[2:]
    elif name[:1] in SURNAMES and len(name) > 1 and DOT not in name:
        head, rest = [SURNAMES[name[0]]], name[1:]
    else:
        head, rest = [], name
    return " ".join(part for part in [*head, *map(_reading, rest)] if part)


def initials(name: str) -> str:
    """The pinyin initials of a personal name: ``initials("单雄信") == "sxx"``."""
    return "".join(part[0] for part in reading(name).split())


def organisation_reading(name: str) -> str:
    """The pinyin of an organisation's or a place's name, read by phrase (重庆 is chóngqìng)."""
    parts: list[str] = []
    pypinyin = library()
    for part in pypinyin.lazy_pinyin(name, style=pypinyin.Style.NORMAL, errors=list):
        word = re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKC", part).lower())
        if word:
            parts.append(word)
    return " ".join(parts)


def organisation_initials(name: str) -> str:
    """The pinyin initials of an organisation's or a place's name: 城关镇 gives ``cgz``."""
    return "".join(part[0] for part in organisation_reading(name).split())


def looks_like_initials(text: str) -> bool:
    """Whether a search text is pinyin (initials or the beginning of the full reading)."""
    return bool(re.fullmatch(r"[a-zA-Z]{2,40}", text.strip()))


def plain_name(name: str) -> str:
    """A name without the blanks that ledgers put into short ones (孙　正)."""
    return "".join(name.split())
