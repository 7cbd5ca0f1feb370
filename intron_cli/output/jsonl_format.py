"""Results as JSON Lines: a record a line, whatever became of it."""

from collections.abc import Sequence
from io import BytesIO

from intron_cli.core.record import Record, to_json_bytes
from intron_cli.output.format import View


class Jsonl:
    name = "jsonl"
    suffix = "jsonl"
    help = "a record a line"
    binary = False
    sections = False
    gathers = True
    lines = True

    def render(self, records: Sequence[Record], view: View) -> bytes:
        page = BytesIO()
        page.writelines(to_json_bytes(record.to_dict()) for record in records)
        return page.getvalue()
