"""Where the holder of each post works."""

from hrss_portal.access.models import Unit
from tests.cast import County

COURT, TOWN = "劳动人事争议仲裁院", "城关镇"
#: Where each post works; the guards sit at the bureau.
HOMES = {
    **dict.fromkeys(("ARB-C", "ARB", "CLK", "MED"), COURT),
    **dict.fromkeys(("INS-C", "INS", "WAG"), "劳动监察大队"),
    **dict.fromkeys(("DIR", "VDIR"), "局领导"),
    **dict.fromkeys(("WIN", "WIN-C"), "政务服务股"),
    **dict.fromkeys(("EMP", "EMP-C"), "就业股"),
    "OFF": "办公室",
    "LEG": "政策法规股",
    "LOAN": "创业贷款担保中心",
    "TRN": "职业能力建设股",
    "TIT": "专业技术人员管理股",
    "INJ": "工伤保险股",
    "LAB": "劳动关系股",
}


def home(county: County, post: str) -> Unit:
    """Where the holder of a post works."""
    if post == "TOWN":
        return county.town(TOWN)
    return county.office(HOMES[post]) if post in HOMES else county.bureau
