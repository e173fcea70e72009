"""The demonstration's people: valid, marked, the same ones again."""

from datetime import date

from hrss_portal.parties import demo, identifiers
from hrss_portal.parties.models import Employer, Person


def test_made_up_rows_are_valid_marked_and_made_once(county, acting):
    acting("demo")
    towns = list(county.towns.values())
    people = demo.make_people(30, unit=county.office("就业股"), towns=towns, seed=5)
    again = demo.make_people(30, unit=county.office("就业股"), towns=towns, seed=5)
    assert people == again
    assert Person.objects.filter(source="demo").count() == 30
    for person in people:
        told = identifiers.check_id_number(person.id_number)
        assert (told.birth, told.sex) == (person.birth, person.sex)
        prefix = "341522" if person.birth >= date(2000, 1, 1) else "342423"
        assert person.id_number.startswith(prefix)
        assert person.birth < date(1999, 1, 1) or prefix == "341522"
    employers = demo.make_employers(30, unit=county.office("就业股"), towns=towns, seed=5)
    assert employers == demo.make_employers(30, unit=county.office("就业股"), towns=towns, seed=5)
    assert Employer.objects.filter(source="demo").count() == 30
    assert {identifiers.check_uscc(one.uscc) for one in employers} == {e.uscc for e in employers}
