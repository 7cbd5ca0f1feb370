"""What one run holds: settings, ledger and client, each opened when it is first needed."""

import threading
from functools import cached_property

from intron_cli.api.budget import Budget, fingerprint
from intron_cli.api.client import ServiceClient
from intron_cli.audio.counting import Counter
from intron_cli.audio.shrinking import wants_shrinking
from intron_cli.audio.verdict import Judgement, Limits
from intron_cli.config import table
from intron_cli.config.key import read_key
from intron_cli.config.settings import Settings
from intron_cli.config.store import state_path
from intron_cli.core import units
from intron_cli.core.catalog import Catalog
from intron_cli.core.clock import Clock
from intron_cli.jobs.events import Events
from intron_cli.jobs.fitting import Shrinking
from intron_cli.jobs.interruption import interrupted_lines
from intron_cli.jobs.ledger import Ledger
from intron_cli.jobs.ledger_file import LEDGER_FILE
from intron_cli.jobs.supply import Supply


class Session:
    """One run's work with one service, for all its threads.

    ``begun`` (rows of the ledger, in order) and ``awaited`` (file ids) are what an interrupt is told of; ``rehash``
    reads files anew that were hashed before; ``deep`` looks for damage in every row of the ledger;
    ``without_ledger`` keeps one in memory, for this run only.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        catalog: Catalog,
        events: Events,
        counter: Counter | None = None,
        shrinking: Shrinking | None = None,
        supply: Supply | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.catalog = catalog
        self.events = events
        self.counter = counter
        self.shrinking = shrinking
        self.supply = supply
        self.begun: dict[int, None] = {}
        self.awaited: set[str] = set()
        self.rehash = False
        self.deep = False
        self.without_ledger = False
        self._opening = threading.RLock()

    @property
    def ledger(self) -> Ledger:
        with self._opening:
            return self._ledger

    @property
    def client(self) -> ServiceClient:
        with self._opening:
            return self._client

    @property
    def key_print(self) -> str:
        with self._opening:
            return self._key_print

    @cached_property
    def _ledger(self) -> Ledger:
        if self.without_ledger:
            return Ledger(None, self.clock)
        return Ledger(state_path(self.settings.env), self.clock, whole=self.deep)

    @property
    def has_ledger(self) -> bool:
        """Whether there is a ledger to look into; looking makes none."""
        if self.without_ledger:
            return "_ledger" in self.__dict__
        return "_ledger" in self.__dict__ or (state_path(self.settings.env) / LEDGER_FILE).exists()

    @cached_property
    def service(self) -> str:
        """What identifies the service of this run."""
        return units.service(self.settings.base_url)

    @cached_property
    def _key(self) -> str:
        """Read when a request is due: it may take a command to print it."""
        return read_key(self.settings).value

    @cached_property
    def _key_print(self) -> str:
        return fingerprint(self.service, self._key)

    @cached_property
    def _client(self) -> ServiceClient:
        settings = self.settings
        budget = Budget(
            state_path(settings.env),
            self.key_print,
            settings[table.RATE],
            settings[table.STATUS_INTERVAL],
            self.clock,
            {"upload": settings[table.UPLOAD_RATE], "status": settings[table.STATUS_RATE]},
        )
        return ServiceClient(settings.base_url, self._key, budget, self.clock, self.catalog)

    @property
    def requests(self) -> int:
        """How many went out."""
        return self._client.requests if "_client" in self.__dict__ else 0

    def hang_up(self) -> None:
        """Cut what connections there are."""
        if "_client" in self.__dict__:
            self._client.hang_up()

    @cached_property
    def scale(self) -> float:
        """The waiting's times are meant for a quota of a minute; another window scales them."""
        return self.settings[table.RATE].seconds / 60

    @property
    def limits(self) -> Limits:
        return Limits(self.settings[table.MAX_DURATION], self.settings[table.MAX_BYTES], self.counter)

    def shrinks(self, judgement: Judgement) -> bool:
        """Whether a recording is made small before it is sent."""
        return self.shrinking is not None and wants_shrinking(judgement, self.shrinking.mode)

    def close(self) -> None:
        if self.supply:
            self.supply.close()
        for name in ("_client", "_ledger"):
            if opened := self.__dict__.pop(name, None):
                opened.close()

    def carry_on(self) -> list[str]:
        """After an interrupt: what was under way, and the command that carries on with it."""
        return interrupted_lines([self.ledger.attempt(number) for number in self.begun], sorted(self.awaited))
