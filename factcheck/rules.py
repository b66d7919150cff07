"""Every rule id that a report can name: what it means, an example, and what to do.

Ids are stable: a rule may be retired, and its id is then never used again.
FC1xx is about what the user wrote, FC2xx contradicts, FC3xx supports or leaves
unverified, FC9xx could not be checked.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A stable id with the words that explain it to a reporter."""

    id: str
    name: str
    title: str
    explanation: str
    example: str
    action: str


def _rule(id: str, name: str, title: str, explanation: str, example: str, action: str) -> tuple[str, Rule]:
    return id, Rule(id=id, name=name, title=title, explanation=explanation, example=example, action=action)


_CORRECT = "Correct the claim to what the source says, or cite the source that backs it."
_CITE = "Cite a source that says so, or take the claim out."

RULES: dict[str, Rule] = dict(
    [
        # -- FC1xx: what the user wrote -------------------------------------------------
        _rule(
            "FC101",
            "unreadable-file",
            "A file cannot be read",
            "The file does not exist, is a folder, is too large or may not be read.",
            "claims/jobs.yml: there is no such file; check the path",
            "Check the path and the permissions.",
        ),
        _rule(
            "FC102",
            "malformed-file",
            "A file is not well-formed",
            "The file is not UTF-8, or not the YAML that it should be: a tab, an open quote, a custom tag.",
            "claims/jobs.yaml:3:1: a tab indents this line; indent with spaces; YAML does not allow tabs here",
            "Mend the place that the message names.",
        ),
        _rule(
            "FC103",
            "unknown-key",
            "A key is unknown or given twice",
            "Claims files have a fixed set of keys, so that a typing error is not silently ignored.",
            'claims/jobs.yaml:4:5: unknown key "abuot" in a claim; did you mean "about"?',
            "Correct the key, or delete it.",
        ),
        _rule(
            "FC104",
            "wrong-value",
            "A value has the wrong type or form",
            "A claim is text, a date is written 2019-06-06, sources are a list.",
            'claims/jobs.yaml:5:12: "as_of" must be a date; write it as 2019-06-06',
            "Write the value in the form that the message names.",
        ),
        _rule(
            "FC105",
            "duplicate-id",
            "Two claims have the same id",
            "Ids name a claim in reports and baselines, so each may be used once in a file.",
            'claims/jobs.yaml:9:9: the id "jobs" is already used in line 4; give each claim its own id',
            "Give each claim its own id, or none.",
        ),
        _rule(
            "FC106",
            "nothing-to-check",
            "There is nothing to check",
            "The file, its list of claims or a claim's text is missing or empty.",
            'claims/jobs.yaml:1:9: "claims" is empty; add at least one claim: "- eleven signatories"',
            "Add at least one claim.",
        ),
        _rule(
            "FC107",
            "expectation",
            "A claim's verdict is not the one expected",
            "The claims file says what verdict it expects of this claim, and the verdict is another one.",
            "expect: supported, but the source says twelve",
            "Correct the claim, or its `expect`.",
        ),
        _rule(
            "FC108",
            "unused-ignore",
            "An ignore comment matches nothing",
            "The finding that this comment was to silence no longer occurs there.",
            '<!-- factcheck: ignore[FC201] reason="checked by phone" --> above a sentence without a wrong date',
            "Delete the comment.",
        ),
        _rule(
            "FC109",
            "expired-ignore",
            "An ignore comment has expired",
            "The day in its `until` has passed, so the finding is shown again.",
            "<!-- factcheck: ignore[FC202] until=2020-01-01 -->",
            "Check the claim again, then renew or delete the comment.",
        ),
        _rule(
            "FC110",
            "malformed-ignore",
            "An ignore comment cannot be read",
            "It names no known rule, or a date that is not one; so it silences nothing.",
            "<!-- factcheck: ignore[FC999] -->",
            'Write ignore[FC201] reason="..." until=2030-01-31; `factcheck rule` lists the rules.',
        ),
        _rule(
            "FC111",
            "sent-back",
            "The desk sent the claim back",
            "A person looked at this claim and decided that it needs work, or that it is not so, and that still holds.",
            'the desk sent it back: "the ministry gives 12, not 11"',
            "Change the sentence: the decision then lapses. Or decide anew at the desk.",
        ),
        _rule(
            "FC112",
            "lookalike",
            "The claim is not what it looks like",
            "A word mixes letters of two alphabets that look the same, or holds a character that cannot be seen or "
            "that turns the direction of writing. It is compared as it is written, not as it looks.",
            '"Lіma" is not what it looks like: its "і" is Cyrillic (U+0456).',
            "Write the word anew, with the letters of one alphabet.",
        ),
        # -- FC2xx: contradicted -----------------------------------------------------------
        _rule(
            "FC201",
            "date",
            "The source gives another date",
            "The claim dates an event, and the source gives another day, month or year for the same event. "
            'Relative dates such as "last June" are resolved against the source\'s own date.',
            'claim: "Lima Group founded in 2019" - source: "the Lima Group, formed in 2017"',
            _CORRECT,
        ),
        _rule(
            "FC202",
            "quantity",
            "The source gives another quantity",
            "An amount, measure or share differs from the source's for the same thing, after units are converted.",
            'claim: "a loan of 3 million euros" - source: "lent the town €2.3m"',
            _CORRECT,
        ),
        _rule(
            "FC203",
            "count",
            "The source counts another number",
            "The number of things differs from the source's number, or from the things that it lists by name.",
            'claim: "twelve signatories" - source: a statement signed by eleven named countries',
            _CORRECT,
        ),
        _rule(
            "FC204",
            "name",
            "The source names someone or something else",
            "The same role, act or thing belongs to another person or organisation in the source.",
            'claim: "signed by Ecuador" - source: a list of signatories without Ecuador',
            _CORRECT,
        ),
        _rule(
            "FC205",
            "place",
            "The source gives another place",
            "The same event is set elsewhere in the source.",
            'claim: "the statement was issued in Lima" - source: "after a meeting in Guatemala City"',
            _CORRECT,
        ),
        _rule(
            "FC206",
            "role",
            "The source gives someone another role",
            "The person or organisation holds another office, or another one holds this office.",
            'claim: "Guaidó heads the Supreme Court" - source: "the National Assembly, headed by Juan Guaidó"',
            _CORRECT,
        ),
        _rule(
            "FC207",
            "quotation",
            "The quotation differs from the source",
            "The words between quotation marks are not the words in the source.",
            'claim: "a historic failure" - source: "a historic mistake"',
            "Quote the words as the source has them, or paraphrase without quotation marks.",
        ),
        _rule(
            "FC208",
            "speaker",
            "Someone else said it",
            "The source has these words from another speaker.",
            'claim: the mayor said it was late - source: "It was late," said the treasurer',
            _CORRECT,
        ),
        _rule(
            "FC209",
            "polarity",
            "The source says the opposite",
            "One of the two is negated, or uses the opposite word: rose and fell, accepted and refused.",
            'claim: "accepted the call for elections" - source: "rejected his call for early elections"',
            _CORRECT,
        ),
        _rule(
            "FC210",
            "plan-as-done",
            "A plan is told as done",
            "The source says outright that what the claim tells as done had not happened by then.",
            'claim: "the bridge has opened" - source: "the bridge, which is to open next spring"',
            _CORRECT,
        ),
        _rule(
            "FC211",
            "calculation",
            "The numbers give another value",
            "A sum, difference, share or change that follows from the source's numbers is not the claim's.",
            'claim: "profit doubled" - source: profit of 4 million after 3 million the year before',
            "Correct the value to the one that the explanation works out.",
        ),
        _rule(
            "FC212",
            "order-in-time",
            "The source puts events in another order",
            "The claim says before, after, first, last or still, and the source's dates say otherwise.",
            'claim: "sworn in before the elections" - source: elections in May, sworn in the January after',
            _CORRECT,
        ),
        _rule(
            "FC213",
            "comparison",
            "The comparison does not hold",
            "More, less, highest or lowest: the source's values say otherwise.",
            'claim: "the largest plant" - source: names a larger one',
            _CORRECT,
        ),
        _rule(
            "FC214",
            "who-did-what",
            "The source has the parts the other way round",
            "Who did it and whom it was done to are exchanged, or another one did it.",
            'claim: "the club sued the city" - source: "the city sued the club"',
            _CORRECT,
        ),
        _rule(
            "FC215",
            "scope",
            "The source says it of more or fewer",
            "All, most, some, only, none: the source's reach differs from the claim's.",
            'claim: "all members signed" - source: "most of its members signed"',
            _CORRECT,
        ),
        _rule(
            "FC290",
            "evidence",
            "The evidence as a whole contradicts the claim",
            "No single value differs, but the verdict model reads the passage as saying otherwise.",
            'claim: "the strike is over" - source: "drivers again stayed at home on Monday"',
            _CORRECT,
        ),
        # -- FC3xx: supported, or unverified --------------------------------------------------
        _rule(
            "FC300",
            "supported",
            "The source supports the claim",
            "A passage entails the claim, and every value in the claim is backed by it, as stated or as worked out.",
            'claim: "eleven signatories" - source: eleven countries listed by name',
            "Nothing.",
        ),
        _rule(
            "FC301",
            "no-evidence",
            "No source says anything about it",
            "No passage was found that is about the claim. That is no sign that it is false.",
            'claim: "a headquarters in Bogotá" - no source mentions a headquarters',
            _CITE,
        ),
        _rule(
            "FC302",
            "not-enough-info",
            "The sources do not settle it",
            "Passages are about the same thing, but neither support nor contradict the claim, or not clearly enough: "
            "the explanation then says which way they lean.",
            'claim: "the vote was unanimous" - source: "the council approved the plan"',
            _CITE,
        ),
        _rule(
            "FC303",
            "value-not-backed",
            "A value in the claim is not backed",
            "The rest is supported, but the source gives no date, number, name or place of this kind.",
            'claim: "opened on 4 May" - source: "opened in spring"',
            "Take the value out, or cite a source that gives it.",
        ),
        _rule(
            "FC304",
            "conflicting-sources",
            "The sources disagree",
            "One source supports the claim and another contradicts it; both are quoted.",
            "one report says 40 injured, another says 52",
            "Decide which source to trust, and say in the text that accounts differ.",
        ),
        _rule(
            "FC305",
            "allegation-as-fact",
            "An allegation is told as fact",
            "The source only reports that someone says so.",
            'claim: "the firm bribed officials" - source: "prosecutors allege that the firm bribed officials"',
            "Attribute it: say who alleges it.",
        ),
        _rule(
            "FC306",
            "plan-as-fact",
            "A plan or hope is told as fact",
            "The source only says that it is planned, expected or hoped for.",
            'claim: "the plant will close in May" - source: "the plant may close in May"',
            "Say that it is planned or expected, and by whom.",
        ),
        _rule(
            "FC307",
            "source-missing",
            "A source that the claim names could not be used",
            "It is not in the store, and could not be fetched or read now.",
            'sources: [minutes-2024], and the store has no "minutes-2024"',
            "Add it: factcheck sources add PATH-OR-URL",
        ),
        _rule(
            "FC308",
            "not-told-as-fact",
            "The source does not tell it as fact",
            "It stands there only as a question, a joke, a myth, hearsay, a search term or satire.",
            'claim: "eating snow cures a cold" - source: "Myth: eating snow cures a cold."',
            "Find a source that says so in its own voice.",
        ),
        # -- FC9xx ----------------------------------------------------------------------------------
        _rule(
            "FC901",
            "check-failed",
            "The claim could not be checked",
            "Something went wrong while this claim was judged; the others are not affected. The run counts as incomplete.",
            "the date checker failed: ...",
            "Run it again; if it fails again, report it with the claim and its source.",
        ),
    ]
)


def find_rule(name: str) -> Rule | None:
    """The rule with this id or name, in any case."""
    key = name.strip().upper()
    return RULES.get(key) or next((rule for rule in RULES.values() if rule.name == name.strip().lower()), None)
