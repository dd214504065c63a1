"""What the material handler did by midday: something picked, something being loaded, a count that is going on."""

from decimal import Decimal

from mes.core.work import Work
from mes.equipment.service import add_location
from mes.lots.service import receive_lots
from mes.warehouse import count_queries
from mes.warehouse.count_models import CountScope
from mes.warehouse.counting import begin_count, record_count
from mes.warehouse.loading import begin_loading, load
from mes.warehouse.moving import pick
from tests.midday.measured import Known
from tests.station.floor import Floor

D = Decimal


def store(floor: Floor, running: str, cake: str) -> Known:
    """Film is picked for the running order, cakes are being loaded, one shelf is being counted."""

    def deed(work: Work) -> Known:
        shelf = add_location(work, code="SH", name="선반", name_en="Shelf")
        film, big = receive_lots(work, item=floor.film, quantities=[D(40), D(900)], location=shelf)
        pick(work, running, film.code)
        loading = begin_loading(work, floor.market, "PO-1")
        line = load(work, loading.id, cake, D(2)).line
        work.session.flush()
        count = begin_count(work, name="월말 실사", scope=CountScope.PLACES, places=[shelf])
        place = count_queries.find_place(work.session, count.id, shelf.id)
        assert place is not None
        record_count(work, count.code, place.id, big.code, D(899))
        return {
            "loading": [loading.id],
            "loaded line": [line.id],
            "count": [count.code],
            "counted place": [place.id],
            "counted lot": [big.code],
        }

    return floor.shop.do(deed)
