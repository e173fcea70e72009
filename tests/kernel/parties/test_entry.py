"""Entry and editing: number first, every error at once, nothing lost when two people edit."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from hrss_portal.access.scope import acting_as
from hrss_portal.parties import synthetic
from hrss_portal.parties.models import Employer, Person
from tests.factories.parties import PersonFactory


def entry(county, fake, **more):
    return {
        "_key": uuid4().hex,
        "id_number": fake.id_number,
        "name": fake.name,
        "phone": fake.phone,
        "town": county.town("城关镇").pk,
        **more,
    }


def test_a_person_is_entered_once_number_first(browse, county, employment_clerk):
    client, fake = browse(employment_clerk), next(synthetic.people(1, seed=71))
    url = reverse("parties:person_add")
    page = client.get(url).content.decode()
    assert page.index('name="id_number"') < page.index('name="name"')
    data = entry(county, fake)
    first, second = client.post(url, data), client.post(url, data)
    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    with acting_as(employment_clerk):
        person = Person.objects.get()
    assert (person.name, person.id_number, person.birth, person.sex) == (
        fake.name,
        fake.id_number,
        fake.birth,
        fake.sex,
    )
    assert (person.created_by, person.unit, person.source) == (
        employment_clerk,
        employment_clerk.unit,
        "form",
    )


@pytest.mark.parametrize("name", ["古丽米热·艾比布力", "㛃𠅤", "字" * 50])
def test_any_name_is_entered_and_shown(browse, county, employment_clerk, name):
    client, fake = browse(employment_clerk), next(synthetic.people(1, seed=72))
    response = client.post(
        reverse("parties:person_add"), entry(county, fake, name=name), follow=True
    )
    assert re.search(rf"<h1>\s*{name}\s*</h1>", response.content.decode())


def test_a_known_number_is_refused_in_words(browse, county, employment_clerk, person):
    fake = synthetic.FakePerson("李四四", person.id_number, "1", person.birth, "13900139000")
    response = browse(employment_clerk).post(reverse("parties:person_add"), entry(county, fake))
    assert response.status_code == 422
    page = response.content.decode()
    assert "这个证件号已经登记过，打开已有的人员办理" in page
    assert 'value="李四四"' in page


def test_choosing_the_known_person_opens_it(browse, county, employment_clerk, person):
    fake = next(synthetic.people(1, seed=73))
    data = entry(county, fake, party_id=person.pk)
    response = browse(employment_clerk).post(reverse("parties:person_add"), data)
    assert response.url == f"/persons/{person.pk}/"


def test_another_person_of_the_same_name_and_birth_needs_a_reason(
    browse, county, employment_clerk, acting
):
    fake = next(synthetic.people(1, seed=75))
    columns = {"name": fake.name, "birth": fake.birth, "unit": county.office("就业股")}
    PersonFactory(id_number="", no_id_reason="旧台账", **columns)
    client, url = browse(employment_clerk), reverse("parties:person_add")
    data = entry(county, fake)
    response = client.post(url, data)
    assert response.status_code == 422
    assert "确实不是同一个的，写明理由后再保存" in response.content.decode()
    assert client.post(url, {**data, "distinct_reason": "双胞胎同名"}).status_code == 302
    acting(employment_clerk)
    assert Person.objects.get(no_id_reason="").remark == "与相近记录不是同一个：双胞胎同名"


def test_every_error_at_once(browse, employment_clerk):
    response = browse(employment_clerk).post(
        reverse("parties:person_add"), {"id_number": "123", "phone": "138"}
    )
    page = response.content.decode()
    for words in (
        "身份证号要 18 位，现在是 3 位",
        "手机号要 11 位，现在是 3 位",
        "填写姓名",
        "选择乡镇（园区）",
    ):
        assert words in page


def test_health_is_for_posts_with_that_class(browse, county, employment_clerk, arbitrator):
    url = reverse("parties:person_add")
    assert 'name="disability"' in browse(employment_clerk).get(url).content.decode()
    assert 'name="disability"' not in browse(arbitrator).get(url).content.decode()


def test_editing_keeps_the_numbers_and_shows_none(browse, county, employment_clerk, person):
    client, url = browse(employment_clerk), reverse("parties:person_edit", args=[person.pk])
    page = client.get(url).content.decode()
    assert person.id_number not in page
    assert "13800138000" not in page
    assert f"现为 {person.masked_id}，留空不改" in page
    data = {
        "name": "张小三",
        "town": county.town("周集镇").pk,
        "sex": person.sex,
        "birth": person.birth.isoformat(),
        "education": "college",
        "version": person.version,
    }
    assert client.post(url, data).status_code == 302
    with acting_as(employment_clerk):
        again = Person.objects.get(pk=person.pk)
    assert (again.id_number, again.phone) == (person.id_number, "13800138000")
    assert (again.education, again.version, again.updated_by) == ("college", 2, employment_clerk)


def test_two_people_edit_and_nothing_is_lost(browse, county, employment_clerk, person):
    client, url = browse(employment_clerk), reverse("parties:person_edit", args=[person.pk])
    data = {"name": "张小三", "town": county.town("周集镇").pk, "version": 1}
    assert client.post(url, {**data, "village": "东村"}).status_code == 302
    response = client.post(url, {**data, "village": "西村"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "已改过这一条，你的修改没有保存" in page
    assert "东村" in page
    assert 'value="西村"' in page
    again = re.search(r'name="version" value="(\d+)"', page).group(1)
    assert client.post(url, {**data, "village": "西村", "version": again}).status_code == 302


def test_an_employer_is_entered_and_edited(browse, county, employment_clerk):
    client, fake = browse(employment_clerk), next(synthetic.employers(1, seed=74))
    data = {
        "_key": uuid4().hex,
        "name": fake.name,
        "uscc": fake.uscc,
        "kind": "company",
        "legal_rep": fake.legal_rep,
        "reg_address": "示例路 1 号",
        "town": county.town("城关镇").pk,
        "industry": "13",
        "contact": fake.legal_rep,
        "contact_phone": fake.phone,
        "revenue": "3.5",
        "headcount": "10",
    }
    assert client.post(reverse("parties:employer_add"), data).status_code == 302
    with acting_as(employment_clerk):
        employer = Employer.objects.get()
    assert (employer.revenue, employer.size) == (35_000, "micro")
    url = reverse("parties:employer_edit", args=[employer.pk])
    assert 'value="3.5"' in client.get(url).content.decode()
    changed = {**data, "version": 1, "name": "新名称有限公司", "size": "small"}
    assert "人工认定规模要写明理由" in client.post(url, changed).content.decode()
    assert client.post(url, {**changed, "size_why": "统计局认定"}).status_code == 302
    with acting_as(employment_clerk):
        employer = Employer.objects.get()
    assert employer.former_names == [fake.name]
    assert (employer.size, employer.size_by_hand) == ("small", True)
