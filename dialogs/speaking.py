"""What is said in one turn, and what has been said before: once-only lines, wording, exposure."""

from __future__ import annotations

from dataclasses import replace

from dialogs.interview import FREE
from dialogs.position import Media, Position, Reply, Situation
from dialogs.texts import reply

PREFACE = {"way": ("m1", "m2"), "safe_now": ("m3", "m3b", "m3c", "m3d", "m3e")}
"""What is explained once, before a question is asked for the first time (PR-19, PR-20)."""

_MEDIA = {"picture": "picture", "voice": "voice", "pin": "pin", "other": "media_other"}


class Speaker:
    """Collects the replies of one turn."""

    def __init__(self, position: Position, situation: Situation) -> None:
        self._position, self._situation = position, situation
        self._told = position.told
        self._goodbye_said = position.goodbye_said
        self._after_end_told = position.after_end_told
        self.replies: list[Reply] = []

    def say(self, key: str, *, again: bool = False, lead: str | None = None) -> None:
        """Say a line; a safety text that also went out last time in its other wording (PR-41)."""
        repeated = key in self._position.last_safety
        facts, language = self._situation.facts, self._situation.language
        self.replies.append(reply(key, facts, language, again=again or repeated, lead=lead))

    def hello(self, *, again: bool = False) -> None:
        """The first text; that texting was agreed is said only when it was."""
        self.say("hello" if self._situation.texting_agreed else "hello_plain", again=again)

    def carry_on(self, *, again: bool = False) -> None:
        """Ask whether to go on; with "the other questions" only if there were any."""
        self.say("carry_on" if "way" in self._told else "carry_on_start", again=again)

    def ask(self, question: str, kind: str | None) -> None:
        """Put a question, after its explanation the first time, else after a word of thanks."""
        preface = () if question in self._told else PREFACE.get(question, ())
        for line in preface:
            self.say(line)
        lead = _lead(kind, to_open_question=self._position.state in FREE)
        self.say(question, lead=None if preface else lead)
        if preface:
            self._told = (*self._told, question)

    def media(self, kinds: tuple[Media, ...], *, safety_follows: bool = False) -> None:
        """Say what cannot be opened (PR-57, PR-58); a safety text says more than a pin's."""
        for kind in dict.fromkeys(kinds):
            if kind != "pin":
                self.say(_MEDIA[kind])
            elif not safety_follows:
                self.say("pin" if self._situation.reachable else "pin_alone")
                if not self._situation.reachable:
                    self.say("no_one_there")

    def goodbye(self, *, after_harm: bool) -> None:
        """The next step and the numbers, once; it never ends on harm (PR-32)."""
        if not self._goodbye_said:
            self.say("goodbye")
            self.say("numbers")
        elif after_harm:
            self.say("thanks_safe")
        else:
            self.say("no_more")
        self._goodbye_said, self._after_end_told = True, False

    def declined(self) -> None:
        """A no is accepted at once (PR-05)."""
        self.say("declined")
        self._after_end_told = False

    def kept_after_end(self, key: str) -> None:
        """One line for texts after the end, then quiet: never a loop (PR-33)."""
        if not self._after_end_told:
            self.say(key)
        self._after_end_told = True

    def forget(self) -> None:
        """Take back everything of this turn."""
        self.replies.clear()
        self._told = self._position.told

    def bland_only(self) -> None:
        """Keep only what anyone may see (PR-12)."""
        self.replies = [text for text in self.replies if text.exposure == "bland"]

    def update(self, position: Position) -> Position:
        """The position with what has been said by now."""
        last = set(position.last_safety)
        safety = {text.key for text in self.replies if text.safety}
        return replace(
            position,
            told=self._told,
            goodbye_said=self._goodbye_said,
            after_end_told=self._after_end_told,
            last_safety=tuple(sorted(last ^ safety)),
        )


def _lead(kind: str | None, *, to_open_question: bool) -> str:
    """Thanks for words, a short one for a plain answer; "dunno" and SKIP are said to be fine."""
    if kind == "unsure" or (to_open_question and kind in ("no", "nothing", "partly")):
        return "lead_ok"
    return "lead_told" if kind == "words" else "lead_thanks"
