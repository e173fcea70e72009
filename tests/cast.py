"""The cast: the same few people in all tests.  Names, numbers and places are invented.

One county bureau with its offices and three towns, and a second county whose people must never
see anything of the first.  A fixture brings only whom the test names.
"""

from dataclasses import dataclass, field

import pytest

from hrss_portal.access.models import Unit, User
from hrss_portal.access.scope import acting_as_system
from tests.factories.access import (
    GrantFactory,
    OfficeFactory,
    TownFactory,
    UnitFactory,
    UserFactory,
)

OFFICES = (
    "局领导",
    "办公室",
    "政策法规股",
    "就业股",
    "创业贷款担保中心",
    "职业能力建设股",
    "劳动人事争议仲裁院",
    "劳动监察大队",
    "专业技术人员管理股",
    "工伤保险股",
    "政务服务股",
    "劳动关系股",
)
AREAS = {"劳动人事争议仲裁院": ["arbitration"]}
TOWNS = (("城关镇", "341522100"), ("河口镇", "341522101"), ("周集镇", "341522102"))


@dataclass
class County:
    """A bureau, its offices by name and its towns by name."""

    bureau: Unit
    offices: dict[str, Unit] = field(default_factory=dict)
    towns: dict[str, Unit] = field(default_factory=dict)

    def office(self, name: str) -> Unit:
        """An office by its name."""
        return self.offices[name]

    def town(self, name: str) -> Unit:
        """A town by its name."""
        return self.towns[name]


def person(staff_no: str, name: str, unit: Unit, *posts: str) -> User:
    """A member of staff who holds the posts at the unit."""
    user = UserFactory(staff_no=staff_no, name=name, unit=unit)
    for post in posts:
        GrantFactory(user=user, post=post, unit=unit)
    return user


def first_county() -> County:
    """测试县人社局 with twelve offices and three towns."""
    bureau = UnitFactory(name="测试县人力资源和社会保障局", short_name="测试县人社局")
    offices = {
        name: OfficeFactory(parent=bureau, name=name, areas=AREAS.get(name, [])) for name in OFFICES
    }
    towns = {name: TownFactory(parent=bureau, name=name, code=code) for name, code in TOWNS}
    return County(bureau, offices, towns)


def second_county() -> County:
    """邻县人社局 with one office and one town."""
    bureau = UnitFactory(name="邻县人力资源和社会保障局", region="341523", numbering_prefix="邻")
    office = OfficeFactory(parent=bureau, name="劳动人事争议仲裁院")
    town = TownFactory(parent=bureau, name="邻城镇", code="341523100")
    return County(bureau, {office.name: office}, {town.name: town})


@pytest.fixture
def county(db: None) -> County:
    """测试县人社局 with twelve offices and three towns."""
    return first_county()


@pytest.fixture
def director(county: County) -> User:
    """局长."""
    return person("1001", "章局", county.office("局领导"), "DIR")


@pytest.fixture
def deputy_director(county: County) -> User:
    """The deputy director who leads the arbitration court and the inspection brigade."""
    user = person("1002", "邓副", county.office("局领导"), "VDIR")
    with acting_as_system("test"):
        for name in ("劳动人事争议仲裁院", "劳动监察大队"):
            office = county.office(name)
            office.led_by = user
            office.save()
    return user


@pytest.fixture
def office_clerk(county: County) -> User:
    """办公室 staff: document numbers, reports."""
    return person("1101", "白文", county.office("办公室"), "OFF")


@pytest.fixture
def lawyer(county: County) -> User:
    """法制审核 staff, who confirms rules."""
    return person("1201", "严法", county.office("政策法规股"), "LEG")


@pytest.fixture
def arbitration_head(county: County) -> User:
    """仲裁院院长."""
    return person("1701", "程院", county.office("劳动人事争议仲裁院"), "ARB-C")


@pytest.fixture
def arbitrator(county: County) -> User:
    """仲裁员."""
    return person("1702", "孟仲", county.office("劳动人事争议仲裁院"), "ARB")


@pytest.fixture
def clerk(county: County) -> User:
    """书记员 of the arbitration court."""
    return person("1703", "苏书", county.office("劳动人事争议仲裁院"), "CLK")


@pytest.fixture
def mediator(county: County) -> User:
    """调解员 of the arbitration court."""
    return person("1704", "和解", county.office("劳动人事争议仲裁院"), "MED")


@pytest.fixture
def inspection_head(county: County) -> User:
    """劳动监察大队长."""
    return person("1801", "雷队", county.office("劳动监察大队"), "INS-C")


@pytest.fixture
def inspector(county: County) -> User:
    """劳动监察员."""
    return person("1802", "韩监", county.office("劳动监察大队"), "INS")


@pytest.fixture
def employment_head(county: County) -> User:
    """就业股股长."""
    return person("1401", "岳就", county.office("就业股"), "EMP-C")


@pytest.fixture
def employment_clerk(county: County) -> User:
    """就业股 staff."""
    return person("1402", "庄业", county.office("就业股"), "EMP")


@pytest.fixture
def window_clerk(county: County) -> User:
    """综合窗口 staff."""
    return person("2101", "温窗", county.office("政务服务股"), "WIN")


@pytest.fixture
def town_officer(county: County) -> User:
    """An officer of two of the three towns: 城关镇 and 河口镇."""
    user = person("3101", "田乡", county.town("城关镇"), "TOWN")
    GrantFactory(user=user, post="TOWN", unit=county.town("河口镇"))
    return user


@pytest.fixture
def auditor(county: County) -> User:
    """纪检审计: reads everything, changes nothing."""
    return person("9001", "纪检", county.bureau, "AUD")


@pytest.fixture
def administrator(county: County) -> User:
    """系统管理员: accounts, no business content."""
    return person("9101", "管理", county.bureau, "SYS")


@pytest.fixture
def security_admin(county: County) -> User:
    """安全管理员: confirms grants."""
    return person("9201", "安全", county.bureau, "SEC")


@pytest.fixture
def other_county(db: None) -> County:
    """Another county in the same database."""
    return second_county()


@pytest.fixture
def stranger(other_county: County) -> User:
    """An arbitration head of the other county: many rights, none of them here."""
    return person("8701", "莫生", other_county.office("劳动人事争议仲裁院"), "ARB-C")
