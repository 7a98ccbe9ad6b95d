"""Planted faults follow the code that they are planted in; planting them takes a while."""

import pytest

from tests.house.source import ROOT
from tests.mutants.faults import FAULTS


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_has_its_places_and_its_test(fault):
    assert list(fault.misplaced(ROOT)) == [], "follow the code, in tests/mutants"
    assert all(old != new for _, old, new in fault.changes)
    file, name = fault.test.partition("[")[0].split("::")
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), fault.test
