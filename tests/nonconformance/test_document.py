"""What the papers of a nonconformance say."""

from decimal import Decimal as D

from mes.core.i18n import speaking
from mes.nonconformance.document import by_type
from mes.quality.models import Defect, DefectCode


def test_a_defect_that_was_found_many_times_stands_once_with_its_sum() -> None:
    burr, crack = DefectCode(code="B", name="버"), DefectCode(code="C", name="크랙")
    found = [Defect(type=kind, quantity=D(much)) for kind, much in ((burr, 3), (crack, 1), (burr, 2))]
    with speaking("ko", "Asia/Seoul"):
        assert by_type(found) == {"버": D(5), "크랙": D(1)}
