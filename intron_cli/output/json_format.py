"""Results as JSON: the record itself, an array of them where there can be several."""

from collections.abc import Sequence

from intron_cli.core.record import Record, to_json_bytes
from intron_cli.output.format import View


class Json:
    name = "json"
    suffix = "json"
    help = "the record, an array where there are several"
    binary = False
    sections = False
    gathers = False
    lines = False

    def render(self, records: Sequence[Record], view: View) -> bytes:
        values = [record.to_dict() for record in records]
        return to_json_bytes(values if view.several or len(values) != 1 else values[0], indent=2)
