"""How fast Telegram may be written to, for all threads of a process together.

A message a second into one chat, thirty a second in all, and never before Telegram's own
`retry_after` is over (docs/reliability.md F-14). Nobody is made to wait here: whoever comes too
early is told how long, and the outbox comes again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Final

CHAT_EVERY_S: Final = 1.0
MOST_A_SECOND: Final = 30
_FORGET_AT: Final = 10_000
"""So many chats are remembered before those that may be written to again are forgotten."""


class Flood:
    """What was sent when, and what Telegram holds back. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Use a clock that gives seconds and never goes back."""
        self._clock = clock
        self._lock = Lock()
        self._free_at: dict[str, float] = {}
        self._held: dict[str, float] = {}
        self._all_held_until = 0.0
        self._sent: deque[float] = deque()

    def enter(self, chat: str) -> float:
        """Take the next place of a chat, and return 0; or the seconds to wait, taking none."""
        with self._lock:
            now = self._clock()
            wait = max(self._held_for(chat, now), self._free_at.get(chat, 0.0) - now)
            wait = max(wait, self._overall(now))
            if wait > 0:
                return wait
            self._forget(now)
            self._free_at[chat] = now + CHAT_EVERY_S
            self._sent.append(now)
            return 0.0

    def is_held(self, chat: str) -> bool:
        """Whether Telegram has asked for quiet in this chat, or in all of them."""
        with self._lock:
            return self._held_for(chat, self._clock()) > 0

    def hold(self, chat: str | None, seconds: float) -> None:
        """Keep what Telegram asked for: quiet in one chat, or in all of them (None).

        Telegram does not say which of the two it means: when a second chat is refused while another
        one is, it is all of them.
        """
        with self._lock:
            now = self._clock()
            others = {each: until for each, until in self._held.items() if until > now}
            if chat is None or others.keys() - {chat}:
                latest = max([now + seconds, *others.values()])
                self._all_held_until = max(self._all_held_until, latest)
            self._held = others
            if chat is not None:
                self._held[chat] = max(others.get(chat, 0.0), now + seconds)

    def _held_for(self, chat: str, now: float) -> float:
        return max(self._held.get(chat, 0.0), self._all_held_until) - now

    def _overall(self, now: float) -> float:
        while self._sent and self._sent[0] <= now - 1.0:
            self._sent.popleft()
        return self._sent[0] + 1.0 - now if len(self._sent) >= MOST_A_SECOND else 0.0

    def _forget(self, now: float) -> None:
        if len(self._free_at) >= _FORGET_AT:
            self._free_at = {chat: at for chat, at in self._free_at.items() if at > now}
