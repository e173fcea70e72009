"""A small sheet for tests of the engine: people, with every kind of column."""

from django import forms

from hrss_portal.areas import Column, Sheet
from hrss_portal.parties.fields import DateField, IdNumberField, MoneyField, NameField, PhoneField

TOWNS = {"城关镇": "01", "河口镇": "02", "周集镇": "03"}


def town_field() -> forms.Field:
    return forms.TypedChoiceField(choices=[(name, name) for name in TOWNS], required=False)


PEOPLE = Sheet(
    code="T01",
    title="测试人员台账",
    columns=(
        Column(name="town", heading="乡镇", field=town_field, fill_down=True, sample="城关镇"),
        Column(name="name", heading="姓名", field=NameField, sample="张测试", personal="P1"),
        Column(name="id_no", heading="身份证号码", field=IdNumberField, key=True, personal="P2"),
        Column(
            name="phone",
            heading="联系电话",
            field=lambda: PhoneField(required=False),
            sample="13800000000",
            personal="P1",
        ),
        Column(
            name="on",
            heading="登记时间",
            field=lambda: DateField(required=False, label="登记时间"),
            sample="2023-11-16",
        ),
        Column(
            name="amount",
            heading="贷款金额（万元）",
            field=lambda: MoneyField("万元", required=False),
            sample="10",
        ),
        Column(name="note", heading="备注", field=lambda: forms.CharField(required=False)),
    ),
    commit="tests.kernel.imports.doors.commit",
    undo="tests.kernel.imports.doors.undo",
    check="tests.kernel.imports.doors.check",
    export="tests.kernel.imports.doors.export",
    row_of="tests.kernel.imports.doors.row_of",
    policy="imports.batch.add",
    notes=("身份证号码一列请设为文本格式",),
)
HEADINGS = [column.heading for column in PEOPLE.columns]
