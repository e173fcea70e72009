"""Numbers that name people and organisations: ID numbers, credit codes, telephones, bank cards.

Sources: GB 11643-1999 (ID numbers), GB 32100-2015 (credit codes), GB/T 2260 (districts).  Only the
check-digit functions of python-stdnum are used: its ``validate`` also demands that the district
existed in the year of birth, and refuses credit codes that begin with a letter; both refuse real
numbers.

Nothing here repairs a number.  What a spreadsheet destroyed is refused, and the message says how to
get it right.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils import timezone
from stdnum import luhn, numdb
from stdnum.cn import ric, uscc

MALE, FEMALE, SEX_UNKNOWN = "1", "2", "9"  # GB/T 2261.1
OLDEST = 120

#: White space, zero-width characters and the marks that spreadsheets put before text.
_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'’‘`´\"“”]+")
_SCIENTIFIC = re.compile(r"^\d(\.\d+)?E\+?\d+$")
_USCC = re.compile(r"^[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}$")
_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^(0\d{2,3})-?(\d{7,8})(?:-(\d{1,6}))?$")
_LOCAL = re.compile(r"^\d{7,8}$")
_SERVICE = re.compile(r"^([48]00)-?(\d{3})-?(\d{4})$")
_SHORT = frozenset({"12345", "12333", "12315", "12348", "12351", "110", "119", "120"})

EXCEL_LOST = "身份证号末位已被 Excel 变成 0，无法还原。请在原表把该列设为文本后重填"
EXCEL_NUMBER = "身份证号在表里是数字，末位已被 Excel 变成 0，无法还原。请在原表把该列设为文本后重填"


@dataclass(frozen=True)
class IdNumber:
    """A resident ID number that passed the checks, and what it says about its holder."""

    number: str
    birth: date
    sex: str
    region_hint: str
    warnings: tuple[str, ...] = ()


def normalise_code(text: str) -> str:
    """A code as it is compared: NFKC, without spaces and quotation marks, in capitals."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def normalise_id_number(text: str) -> str:
    """An ID number as it is stored: ``normalise_code`` without hyphens."""
    return normalise_code(text).replace("-", "")


def normalise_uscc(text: str) -> str:
    """A credit code as it is stored."""
    return normalise_code(text).replace("-", "")


def check_id_number(text: str, *, today: date | None = None) -> IdNumber:
    """Check an 18-character resident ID number (or a residence permit built like one).

    Hard errors: length, characters, a real date of birth not after ``today`` and at most 120 years
    ago, the check character.  An unknown district is a warning only.  Raises ``ValidationError``
    with code ``empty``, ``excel``, ``length``, ``old``, ``characters``, ``birth`` or ``check``.
    """
    number = normalise_id_number(text)
    _check_shape(number)
    birth = _birth(number[6:14], today or timezone.localdate())
    if ric.calc_check_digit(number) != number[-1]:
        if number.endswith("000"):
            raise ValidationError(EXCEL_LOST, code="excel")
        raise ValidationError("身份证号末位校验不对，请对照证件检查", code="check")
    region, warnings = region_hint(number), []
    if not region:
        warnings.append("身份证号前六位不在区划表里，请对照证件")
    if number.endswith("000"):
        warnings.append("身份证号末三位是 000，请对照证件，确认不是 Excel 改过的")
    sex = MALE if int(number[16]) % 2 else FEMALE
    return IdNumber(number, birth, sex, region, tuple(warnings))


def _check_shape(number: str) -> None:
    if not number:
        raise ValidationError("填写身份证号", code="empty")
    if _SCIENTIFIC.match(number) or (number.count(".") == 1 and number.endswith(".0")):
        raise ValidationError(EXCEL_NUMBER, code="excel")
    if len(number) == 15 and number.isdecimal():
        raise ValidationError(
            "这是 15 位旧号，换算成 18 位是 %(new)s，请对照证件确认后改填",
            code="old",
            params={"new": upgrade_old(number)},
        )
    if len(number) != 18:
        raise ValidationError(
            "身份证号要 18 位，现在是 %(n)s 位", code="length", params={"n": len(number)}
        )
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise ValidationError("身份证号前 17 位是数字，末位是数字或 X", code="characters")


def _birth(digits: str, today: date) -> date:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise ValidationError(
            "身份证号里的出生日期 %(d)s 不存在，请对照证件检查", code="birth", params={"d": digits}
        ) from None
    if birth > today or age_on(birth, today) > OLDEST:
        raise ValidationError(
            "身份证号里的出生日期 %(d)s 不在 120 年之内，请对照证件检查",
            code="birth",
            params={"d": digits},
        )
    return birth


def upgrade_old(number: str) -> str:
    """The 18-character number a 15-digit one became: a suggestion, to be confirmed."""
    stem = f"{number[:6]}19{number[6:]}"
    return stem + str(ric.calc_check_digit(stem + "0"))


def id_check_character(stem: str) -> str:
    """The check character for the first 17 digits (used to build synthetic numbers)."""
    return str(ric.calc_check_digit(stem + "0"))


def region_hint(number: str) -> str:
    """Province and county that the first six digits name, e.g. ``安徽省霍邱县``; empty if unknown.

    Historic codes are included and the years in which they were in use are ignored on purpose:
    people numbered late carry a code that was not yet, or no longer, in use when they were born.
    """
    return _region(number[:6])


@lru_cache(maxsize=8192)
def _region(code: str) -> str:
    """Looking a code up takes a fifth of a millisecond: too long for every row of a sheet."""
    found: dict[str, str] = {}
    for _, properties in numdb.get("cn/loc").info(code):
        found.update(properties)
    county = found.get("county", "").split(",")[-1].rpartition("]")[2]
    return found.get("province", "") + county if county else ""


def age_on(birth: date, on: date) -> int:
    """Full years of age on a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def check_uscc(text: str) -> str:
    """Check a unified social credit code and return it as stored.

    Codes that begin with A, N or Y are real (military, rural collectives, others).  Raises
    ``ValidationError`` with code ``empty``, ``length``, ``characters`` or ``check``.
    """
    code = normalise_uscc(text)
    if not code:
        raise ValidationError("填写统一社会信用代码", code="empty")
    if _SCIENTIFIC.match(code):
        raise ValidationError(
            "统一社会信用代码已被 Excel 变成数字，无法还原。请在原表把该列设为文本后重填",
            code="excel",
        )
    if len(code) != 18:
        raise ValidationError(
            "统一社会信用代码要 18 位，现在是 %(n)s 位。15 位注册号填在“旧注册号”",
            code="length",
            params={"n": len(code)},
        )
    if not _USCC.match(code):
        raise ValidationError(
            "统一社会信用代码里没有字母 I、O、S、V、Z，第 3 至 8 位是数字，请对照营业执照检查",
            code="characters",
        )
    if uscc.calc_check_digit(code[:17]) != code[-1]:
        raise ValidationError("统一社会信用代码末位校验不对，请对照营业执照检查", code="check")
    return code


def uscc_check_character(stem: str) -> str:
    """The check character for the first 17 characters (used to build synthetic codes)."""
    return str(uscc.calc_check_digit(stem))


def normalise_phone(text: str) -> str:
    """A telephone number with the country code, spaces and brackets taken away."""
    number = re.sub(r"[()\s—–_.]", "", normalise_code(text)).replace("−", "-")
    number = re.sub(r"^(\+?0{0,2}86-?)(?=1[3-9]\d|0\d{2})", "", number)
    if re.fullmatch(r"1[\d-]+", number):
        number = number.replace("-", "")
    return number


def check_phone(text: str) -> str:
    """Check one telephone number, mobile or fixed, and return it as stored.

    Raises ``ValidationError`` with code ``empty``, ``excel``, ``length`` or ``characters``.
    """
    number = normalise_phone(text)
    if not number:
        raise ValidationError("填写联系电话", code="empty")
    if "E+" in number or re.match(r"^\dE\d+$", number):
        raise ValidationError(
            "电话已被 Excel 变成科学计数，请在原表把该列设为文本后重填", code="excel"
        )
    if _MOBILE.match(number) or number in _SHORT or _LOCAL.match(number):
        return number
    if match := _LANDLINE.match(number):
        return "-".join(part for part in match.groups() if part)
    if match := _SERVICE.match(number):
        return "-".join(match.groups())
    digits = re.sub(r"\D", "", number)
    if number != digits and re.search(r"[^\d-]", number):
        raise ValidationError("电话只写数字，固定电话写成 0564-1234567", code="characters")
    if digits.startswith("1") and len(digits) != 11:
        raise ValidationError(
            "手机号要 11 位，现在是 %(n)s 位", code="length", params={"n": len(digits)}
        )
    raise ValidationError(
        "电话号码对不上，手机写 11 位，固定电话写成 0564-1234567", code="characters"
    )


def split_phones(text: str) -> list[str]:
    """Every number of a cell such as ``138…/0564-…``, checked, in the order they stand.

    Raises ``ValidationError`` when one of them does not pass.
    """
    whole = unicodedata.normalize("NFKC", text).strip()
    try:
        return [check_phone(whole)]
    except ValidationError:
        parts = [part for part in re.split(r"[/、,;，；|\n]+", whole) if part.strip()]
        if len(parts) == 1:
            parts = whole.split()
        if len(parts) < 2:
            raise
    numbers: list[str] = []
    for part in parts:
        number = check_phone(part)
        if number not in numbers:
            numbers.append(number)
    return numbers


def check_bank_card(text: str) -> tuple[str, tuple[str, ...]]:
    """A bank card number (13 to 19 digits) and warnings; the Luhn digit only warns.

    Raises ``ValidationError`` when it is not a number of that length.
    """
    number = normalise_code(text).replace("-", "")
    if _SCIENTIFIC.match(number):
        raise ValidationError(
            "银行卡号已被 Excel 变成数字，无法还原。请在原表把该列设为文本后重填", code="excel"
        )
    if not re.fullmatch(r"[0-9]{13,19}", number):
        raise ValidationError(
            "银行卡号要 13 至 19 位数字，现在是 %(n)s 位", code="length", params={"n": len(number)}
        )
    return number, () if luhn.is_valid(number) else ("银行卡号末位校验不对，请对照卡面",)


def check_other_document(kind: str, text: str) -> str:
    """Check the number of a travel permit, passport or other document; returns it as stored.

    ``kind`` is a value of ``parties.choices.IdKind``.  Raises ``ValidationError``.
    """
    number = normalise_id_number(text)
    patterns = {
        "hkmo": (r"[HM]\d{8}(\d{2})?", "港澳通行证号是 H 或 M 加 8 位数字"),
        "taiwan": (r"\d{8}(\d{2})?", "台胞证号是 8 位数字"),
        "passport": (r"[A-Z0-9]{5,17}", "护照号是 5 至 17 位字母和数字"),
        "foreign": (r"[A-Z]{3}\d{12}|9\d{16}[0-9X]", "外国人永久居留证号是 15 位或 18 位"),
        "old": (r"\d{15}", "旧身份证号是 15 位数字"),
        "other": (r"[A-Z0-9]{3,30}", "证件号码是 3 至 30 位字母和数字"),
    }
    pattern, message = patterns[kind]
    if not re.fullmatch(pattern, number):
        raise ValidationError(message, code="characters")
    return number


def mask_name(name: str) -> str:
    """姓*名: the first and last characters stay, of two characters only the first."""
    if len(name) < 2:
        return name
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}*{name[-1]}"


def mask_names(names: str) -> str:
    """Each name of ``张三、李四等11人`` masked by itself; how many there are stays."""
    more = re.search(r"等\s*\d+\s*[人名]?$", names)
    listed = names[: more.start()] if more else names
    return "、".join(map(mask_name, listed.split("、"))) + (more[0] if more else "")


def mask_id(number: str, level: str = "list") -> str:
    """An ID number as pages show it: ``list`` last four, ``detail`` district too, else none."""
    if not number or level not in {"list", "detail"}:
        return ""
    keep = 6 if level == "detail" and len(number) >= 15 else 0
    tail = number[-4:] if len(number) >= 8 else number[-2:]
    return number[:keep] + "*" * (len(number) - keep - len(tail)) + tail


def mask_phone(numbers: str) -> str:
    """138****5678; of a fixed line the area code and the last two digits; of several (a/b) each."""
    return "/".join(_masked_phone(one) for one in numbers.split("/"))


def _masked_phone(number: str) -> str:
    if len(number) == 11 and number.isdecimal():
        return f"{number[:3]}****{number[-4:]}"
    return f"{number[: max(len(number) - 6, 0)]}****{number[-2:]}" if number else ""


def mask_card(number: str) -> str:
    """A bank card as a page may show it: the last four digits."""
    return f"**** {number[-4:]}" if number else ""
