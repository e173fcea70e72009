"""The sheets through the whole import engine: file in, rows landed, file out."""

import io

import openpyxl
import pytest

from hrss_portal.imports import batches, exporting
from hrss_portal.parties import synthetic
from hrss_portal.parties.imports import EMPLOYERS, PERSONS
from hrss_portal.parties.models import Person
from tests.factories.parties import PersonFactory


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_of_people_lands_and_numeric_ids_do_not(
    county, employment_clerk, acting, monkeypatch
):
    people = list(synthetic.people(20, seed=81))
    head = ["序号", "姓名", "身份证号码", "手机号", "乡镇", "学历"]
    rows = [head]
    for number, fake in enumerate(people, 1):
        given = fake.id_number if number <= 15 else float(fake.id_number.replace("X", "0"))
        rows.append([number, fake.name, given, int(fake.phone), "城关", "中专"])
    batch = batches.dry_run("PERSONS", workbook(rows), name="人员.xlsx", by=employment_clerk)
    assert (batch.created, batch.rejected) == (15, 5)
    batch = batches.commit(batch, by=employment_clerk)
    acting(employment_clerk)
    assert Person.objects.count() == 15
    person = Person.objects.named(people[0].name).get(birth=people[0].birth)
    assert (person.id_number, person.education) == (people[0].id_number, "senior")
    batches.undo(batch, by=employment_clerk)
    assert Person.objects.count() == 0


@pytest.mark.parametrize("declared", [PERSONS, EMPLOYERS])
def test_the_samples_of_a_template_are_right(county, declared):
    given = {column.name: column.sample for column in declared.columns if column.sample}
    cleaned = {
        column.name: column.field().clean(given[column.name])
        if column.name in given
        else column.field().to_python(None)
        for column in declared.columns
    }
    assert list(declared.call("check")(cleaned)) == []
    required = {column.name for column in declared.columns if column.field().required}
    assert required <= set(given)


def test_an_export_is_masked_and_narrowed(county, employment_clerk, acting):
    here = PersonFactory(town=county.town("城关镇"), unit=county.office("就业股"))
    PersonFactory(town=county.town("周集镇"), unit=county.office("就业股"))
    acting(employment_clerk)
    stream = io.BytesIO()
    rows = exporting.rows_of(PERSONS, {"town": ["城关"]})
    assert exporting.export_rows(PERSONS, rows, stream, by=employment_clerk, reason="核对") == 1
    sheet = openpyxl.load_workbook(stream)
    text = str([[cell.value for cell in row] for page in sheet for row in page.rows])
    assert here.name in text
    assert here.id_number not in text
    assert here.phone not in text
    with pytest.raises(exporting.UnknownFilter):
        exporting.rows_of(PERSONS, {"id_number": ["3"]})
