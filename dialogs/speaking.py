"""What is said in one turn, and what has been said before: once-only lines, wording, exposure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dialogs.interview import FREE
from dialogs.position import Length, Media, Position, Reply, Situation
from dialogs.sms import pieces
from dialogs.texts import DEFAULT_LANGUAGE, reply

TERMS = ("m3", "m3b", "m3c")
"""What becomes of their words, said once before the first question (PR-19, PR-20)."""
PREFACE: Mapping[str, tuple[str, ...]] = {
    "way": ("m1", "m2"),
    "keep_private": ("stay_safe",),
}
"""What is said once before a question is put for the first time; F5 comes before the end."""
WORDINGS: Mapping[tuple[str, Length], str] = {("going_on", "repeat"): "going_on_repeat"}
"""Questions that a child who has had these interviews before is asked in other words."""
MOST_PIECES = 10
"""Longest read-back, in texts."""

_MEDIA = {"picture": "picture", "voice": "voice", "pin": "pin", "other": "media_other"}


class Speaker:
    """Collects the replies of one turn."""

    def __init__(self, position: Position, situation: Situation) -> None:
        self._position, self._situation = position, situation
        self._told = position.told
        self._goodbye_said = position.goodbye_said
        self._after_end_told = position.after_end_told
        self._thanked = False
        self.replies: list[Reply] = []

    def say(
        self,
        key: str,
        *,
        again: bool = False,
        lead: str | None = None,
        counts: Mapping[str, str] | None = None,
    ) -> None:
        """Say a line; a safety text that also went out last time in its other wording (PR-41).

        In a language that no person has reviewed, English goes beside a safety text (PR-34).
        """
        repeated = key in self._position.last_safety
        facts = {**self._situation.facts, **(counts or {})}
        language, again = self._situation.language, again or repeated
        said = reply(key, facts, language, again=again, lead=lead)
        self.replies.append(said)
        if said.safety and language != DEFAULT_LANGUAGE and not self._situation.reviewed:
            english = reply(key, facts, DEFAULT_LANGUAGE, again=again, lead=lead)
            if english.body != said.body:
                self.replies.append(replace(english, asks=None))

    def hello(self, *, again: bool = False) -> None:
        """The first text; that texting was agreed is said only when it was."""
        self.say("hello" if self._situation.texting_agreed else "hello_plain", again=again)

    def carry_on(self, *, again: bool = False) -> None:
        """Ask whether to go on; with "something else" only if there were questions."""
        self.say("carry_on" if "way" in self._told else "carry_on_start", again=again)

    def ask(
        self, question: str, kind: str | None, length: Length, *, left: int, first: int = 0
    ) -> None:
        """Put a question, after its explanation the first time, else after a word of thanks.

        Args:
            question: the state that asks.
            kind: what the answer before it was.
            length: of the interview.
            left: how many questions are planned after this one.
            first: at the very first question, how many come before they choose whether to go on.
        """
        prefaced = False
        for line in PREFACE.get(question, ()):
            prefaced = self._once(line) or prefaced
        lead = None if self._thanked else self._lead(kind)
        if prefaced and question == "way":
            lead = None
        elif first:
            lead = "first"
        elif question == "keep_private_who":
            lead = None
        elif left == 0:
            lead = "lead_last"
        counts = {"first": str(first)} if first else None
        self.say(self._wording(question, length), lead=lead, counts=counts)
        if question == "way":
            self.mark(question)

    def _lead(self, kind: str | None) -> str:
        """Thanks for words, never the same twice running; "dunno" and SKIP are said to be fine."""
        to_open_question = self._position.state in FREE
        if kind == "unsure" or (to_open_question and kind in ("no", "nothing", "partly")):
            return "lead_ok"
        if kind != "words":
            return "lead_thanks"
        return "lead_told" if len(self._position.asked) % 2 == 0 else "lead_kept"

    def terms(self) -> bool:
        """What becomes of their words, before the first question; whether it was said now."""
        if "safe_now" in self._told or "terms" in self._told:
            return False
        for line in TERMS:
            self.say(line)
        self.mark("terms")
        return True

    def halfway(self, left: int, *, may_choose: bool) -> bool:
        """After the minimum: how many are left and, if they may, what they can choose.

        Said once, honestly (PR-31). Returns whether a choice was offered.
        """
        if "halfway" in self._told or left < 2:
            return False
        self.say("halfway" if may_choose else "halfway_short", counts={"left": str(left)})
        self.mark("halfway")
        self._thanked = True
        return may_choose

    def choices(self, left: int) -> None:
        """Which part of the interview to talk about."""
        self.say("choices", counts={"left": str(left)} if left > 1 else None)

    def _wording(self, question: str, length: Length) -> str:
        if question == "way" and self._situation.person_first:
            return "way_person"
        return WORDINGS.get((question, length), question)

    def _once(self, line: str) -> bool:
        if line in self._told or (line in ("m1", "m2") and "way" in self._told):
            return False
        self.say(line)
        self.mark(line)
        return True

    def mark(self, key: str) -> None:
        """Remember that something was said or asked."""
        if key not in self._told:
            self._told = (*self._told, key)

    def media(self, kinds: tuple[Media, ...], *, safety_follows: bool = False) -> None:
        """Say what cannot be opened (PR-57, PR-58); a safety text says more than a pin's."""
        for kind in dict.fromkeys(kinds):
            if kind != "pin":
                self.say(_MEDIA[kind])
            elif not safety_follows:
                self.say("pin" if self._situation.reachable else "pin_alone")
                if not self._situation.reachable:
                    self.say("no_one_there")

    def read_back(self) -> None:
        """Their own sentences of this session, unedited, in texts (docs/practice.md, rule 4)."""
        self.say("read_back_start")
        own = list(pieces(self._situation.said))
        for piece in own[:MOST_PIECES]:
            self.replies.append(Reply("own_words", piece, "case", readback=True))
        if len(own) > MOST_PIECES:
            self.say("read_back_part")
        self.say("read_back")

    def news(self) -> None:
        """What a person wrote for them to hear; it is theirs, so a case text."""
        if self._situation.news:
            self.replies.append(Reply("own_news", self._situation.news, "case"))

    def goodbye(self, *, after_harm: bool, choices: bool) -> None:
        """The next step and the numbers, once; it never ends on harm (PR-32).

        Args:
            after_harm: they have just told of harm, and said that they are safe.
            choices: something was asked in this session, so that there is something to see or copy.
        """
        if not self._goodbye_said:
            self.say("goodbye")
            if choices and not after_harm:
                self.say("options")
                self.mark("options")
            self.say("numbers")
        elif after_harm:
            self.say("thanks_safe")
        else:
            self.say("no_more")
        self._goodbye_said, self._after_end_told = True, False

    def declined(self, *, kept: bool) -> None:
        """A no is accepted at once (PR-05); what they wrote before it is kept."""
        self.say("declined_kept" if kept else "declined")
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
