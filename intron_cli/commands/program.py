"""What a command is given: one bag of dependencies, each opened when it is first needed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from intron_cli.core.catalog import CATALOG, Catalog
from intron_cli.core.clock import Clock, SystemClock
from intron_cli.core.errors import Interrupted
from intron_cli.output.terminal import Streams, Terminal

if TYPE_CHECKING:
    from intron_cli.audio.counting import Counter
    from intron_cli.audio.shrinking import Shrinker
    from intron_cli.config.settings import Settings
    from intron_cli.jobs.session import Session
    from intron_cli.output.formats import Formats


def _installed_shrinker() -> "Shrinker | None":
    from intron_cli.audio.shrinking import installed

    return installed()


def _installed_counter() -> "Counter | None":
    from intron_cli.audio.counting import installed

    return installed()


@dataclass
class Program:
    """The world as the program sees it. Tests hand in another one."""

    env: Mapping[str, str]
    streams: Streams
    clock: Clock = field(default_factory=SystemClock)
    catalog: Catalog = CATALOG
    own_formats: "Formats | None" = None
    counter: Callable[[], "Counter | None"] = _installed_counter
    """Who counts packets, if the extra for it is installed."""

    shrinker: Callable[[], "Shrinker | None"] = _installed_shrinker
    """Who makes recordings small, if the extra for it is installed."""

    root_options: dict[str, Any] = field(default_factory=dict)
    debug: bool = False

    @cached_property
    def formats(self) -> "Formats":
        from intron_cli.output.formats import FORMATS  # the forms are of no use to --help and TAB

        return self.own_formats or FORMATS

    @cached_property
    def terminal(self) -> Terminal:
        return Terminal(self.streams, self.env)


class Run:
    """One command's run: the program with the global options applied."""

    def __init__(self, program: Program, options: Mapping[str, Any]) -> None:
        self.program = program
        self.catalog = program.catalog
        self.clock = program.clock
        self.env = program.env
        self.terminal = program.terminal
        self._flags: dict[str, Any] = {"base_url": options.get("base_url")}
        self._profile: str | None = options.get("profile")
        program.debug = bool(options.get("debug"))
        terminal = self.terminal
        terminal.quiet = bool(options.get("quiet"))
        terminal.verbose = bool(options.get("verbose"))
        terminal.no_input = bool(options.get("no_input"))
        terminal.progress = options.get("progress") or "auto"
        terminal.color = options.get("color") or "auto"

    @property
    def formats(self) -> "Formats":
        return self.program.formats

    def settings(self, *, begins_profile: bool = False, **flags: Any) -> "Settings":
        """The settings of this run; ``flags`` are what the command line says."""
        from intron_cli.config.settings import Settings

        settings = Settings(self.env, {**self._flags, **flags}, self._profile, begins_profile=begins_profile)
        settings.layers  # noqa: B018 - read now, so that its warnings come first
        for warning in settings.warnings:
            self.terminal.warn("settings_readable", warning)
        return settings

    @contextmanager
    def session(self, settings: "Settings") -> "Iterator[Session]":
        """Work with the service; an interrupt tells what was under way and how to carry on."""
        from intron_cli.jobs.session import Session  # brings httpx
        from intron_cli.output.progress import reporter_for

        events = reporter_for(self.terminal, self.clock)
        session = Session(settings, self.clock, self.catalog, events, self.program.counter())
        try:
            yield session
        except Interrupted:
            events.closed()
            for line in session.carry_on():
                self.terminal.event("interrupted", line)
            raise
        finally:
            self.terminal.end_warnings()
            session.close()
