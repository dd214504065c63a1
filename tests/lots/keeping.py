"""A sample that is put aside of a lot which was labelled anew."""

from decimal import Decimal as D

from mes.core.work import Work
from mes.lots.sample_queries import lot_of
from mes.lots.sampling import retain_sample, use_sample
from mes.scan.relabelling import label_anew
from tests.conftest import Shop


def keep_a_sample(shop: Shop, code: str) -> str:
    """Keep three kilograms of a lot, label them anew and test some; gives the code of the sample."""

    def deed(work: Work) -> str:
        sample = lot_of(work.session, retain_sample(work, code, D(3), keep_until=work.today, note="입고 시료"))
        label_anew(work, sample.code, None, "라벨 번짐")
        use_sample(work, sample.code, D(1), "고객 불만 재시험", "적합")
        return sample.code

    return shop.do(deed)
