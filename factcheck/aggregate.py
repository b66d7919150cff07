"""From judgements to a verdict: what outweighs what, in one place and by name.

Each source is read on its own first (``Reading``): does it support the claim,
refute it, or neither? Then the sources are weighed against each other. The laws,
each tested: the order of judgements and their repetition change nothing; a neutral
judgement of the model never moves the verdict; a further contradiction never
creates support; without evidence nothing is ever contradicted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from factcheck.domain import (
    DATELINE,
    LISTED,
    Claim,
    Judgement,
    Pair,
    Passage,
    Quote,
    Reason,
    SlotFinding,
    SlotKind,
    SlotState,
    Stance,
    Verdict,
    VerdictLabel,
)

if TYPE_CHECKING:
    from factcheck.clauses import Clause

# What the verdict of one source rests on, as weights of a multinomial logistic decider
# (unverified is the zero) fitted on news_dev and news by ``training/decider.py``. Signs
# are bound in the fit: entailment can only raise support, a conflict only contradiction,
# and both laws of monotony follow.
WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "supported": {
        "": 1.12, "backed": 0.04, "backed_name": 0.19, "backed_quote": 0.55, "backed_speaker": 0.6,
        "conflict": -0.54, "conflict_count": -0.16, "conflict_date": -0.14, "conflict_modality": -0.03,
        "conflict_name": -0.02, "conflict_quote": -0.25, "conflict_speaker": -0.05, "derived": 0.48,
        "derived_count": 0.07, "derived_date": 0.24, "derived_quantity": 0.18, "entailment": 1.12,
        "missing": -0.39, "missing_modality": -0.08, "missing_name": -0.32, "missing_quantity": -0.35,
        "missing_role": -0.09,
    },
    "contradicted": {
        "": 1.08, "backed": -0.01, "backed_count": -0.38, "backed_name": -0.03, "backed_quote": -0.23,
        "backed_scope": -0.93, "backed_speaker": -0.04, "conflict": 1.29, "conflict_count": 0.48,
        "conflict_date": 0.21, "conflict_modality": 0.21, "conflict_quote": 0.29, "conflict_speaker": 0.55,
        "contradiction": 1.08, "derived_count": -0.4, "missing_modality": -0.49, "missing_name": -0.7,
        "missing_scope": -0.1,
    },
}  # fmt: skip
# The model alone supports from this probability, if silence has so much less. Chosen on news_dev, where false support
# comes from contradicted claims, and on FEVER's development pairs, where it comes from silence.
MODEL_SUPPORT, MODEL_MARGIN = 0.53, 0.33
SUPPORT = 0.66  # the decider's probability from which a claim is supported
REFUTE = 0.50  # ... and contradicted, where a checker names a value that differs
ALONE = 0.66  # ... and contradicted, where none does
WHOLE_REFUTE = 0.53  # the model's own probability from which all that there is contradicts
# Whatever the weights say: support needs every slot backed. A checker this sure that a
# slot has another value, or none, keeps the claim from being supported.
CONFLICT = 0.5
MISSING = 0.7
SURE = 0.8  # a checker this sure that a slot has another value decides, whatever the model says
# A calculation this sure that gives the claim's figure lowers the bar, and outweighs a contradiction that names no
# value: small models seldom see that it does. Of 508 such findings on labelled claims 472 were on supported ones.
# So does a list as long as the claim says (all ten so sure were on supported claims), and a report's own dateline, of a
# claim that says hardly more than where its statement was issued.
CALCULATED, CALCULATED_SUPPORT = 0.9, 0.2
VERBATIM, SPOKEN = 0.95, 0.8  # a quotation found word for word, and its speaker
NAMED = 0.3  # a conflict from this confidence is named as the reason of a contradiction
ABSENT = 0.5  # ... or else a figure or date that the source so surely does not have
_FIGURES = (SlotKind.QUANTITY, SlotKind.COUNT, SlotKind.DATE)
UNMET = 2  # no more words of the claim are named that the passages against it do not have
# Of an unverified claim: from this share of "unverified" the passages say nothing of it (true of three in four such
# claims of the development articles, and of one in seven others); this much more for than against is a leaning.
SILENT = 0.4
LEAN = 0.15
_FLOOR = 0.02  # probabilities closer to 0 or 1 say no more than this
QUOTES = 3  # passages quoted of one source


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one source says of the claim, everything considered."""

    pair: Pair
    label: VerdictLabel
    rule: str
    confidence: float
    deciding: tuple[SlotFinding, ...]
    findings: tuple[SlotFinding, ...]
    entailment: float
    contradiction: float
    cut: tuple[str, ...]  # ids of the passages that the model's answer rests on


def decide(claim: Claim, pairs: Sequence[Pair], judgements: Sequence[Judgement]) -> Verdict:
    """The verdict on one claim, from every judgement of its pairs."""
    if not pairs:
        return Verdict(
            claim=claim,
            label=VerdictLabel.UNVERIFIED,
            reason=Reason.NO_EVIDENCE,
            rule="FC301",
            confidence=1.0,
            explanation="No source says anything about it.",
        )
    readings = [
        read(pair, [j for j in judgements if j.source_id == pair.source.id])
        for pair in sorted(pairs, key=lambda p: (-p.retrieval_score, p.source.id))
    ]
    readings = _of_the_same(readings)
    supporting = [r for r in readings if r.label is VerdictLabel.SUPPORTED]
    refuting = [r for r in readings if r.label is VerdictLabel.CONTRADICTED]
    if supporting and refuting:
        return _disagreement(claim, supporting, refuting)
    if supporting:
        best = max(supporting, key=lambda r: r.confidence)
        return _verdict(claim, best, Reason.ENTAILED, [r for r in supporting if r is not best])
    if refuting:
        best = max(refuting, key=lambda r: (bool(r.deciding), r.confidence))
        return _verdict(claim, best, Reason.REFUTED, [r for r in refuting if r is not best])
    # Of several sources that settle nothing, the one that comes closest says best what is missing.
    best = max(readings, key=lambda r: (r.entailment, r.contradiction))
    return _verdict(claim, best, Reason.NOT_ENOUGH_INFO, ())


def model_verdict(probabilities: Sequence[float]) -> VerdictLabel:
    """The verdict that the model alone would give, from its probabilities of support, silence and contradiction.

    It is the model's best label, but support only from ``MODEL_SUPPORT`` and ``MODEL_MARGIN``.
    """
    entailment, neutral, contradiction = probabilities
    if entailment > contradiction and entailment >= MODEL_SUPPORT and entailment - neutral >= MODEL_MARGIN:
        return VerdictLabel.SUPPORTED
    return VerdictLabel.CONTRADICTED if contradiction > max(neutral, entailment) else VerdictLabel.UNVERIFIED


def features(judgements: Sequence[Judgement]) -> dict[str, float]:
    """What the decider sees of one source: log-odds of the model's surest answer, and the checkers' surest findings.

    Maxima only, so that order and repetition change nothing and an answer that says
    nothing moves nothing.
    """
    answer = decisive([j.probabilities for j in judgements if j.probabilities])
    found = {"entailment": _log_odds(answer[0]), "contradiction": _log_odds(answer[2])}
    stated = {_slot(f) for j in judgements for f in j.findings if f.state in _STATED}
    for judgement in judgements:
        for finding in judgement.findings:
            # As in _merge: a slot that is backed anywhere is neither in conflict nor missing.
            if finding.state in _STATED or _slot(finding) not in stated:
                for name in (_STATES[finding.state], f"{_STATES[finding.state]}_{judgement.checker}"):
                    found[name] = max(found.get(name, 0.0), finding.confidence)
    return found


def settled(judgements: Sequence[Judgement]) -> bool:
    """Whether the checkers alone decide what one source says: a value that so surely differs needs no model's word."""
    conflicts = _surest(_merge([f for j in judgements for f in j.findings]), SlotState.CONFLICTING)
    return bool(conflicts) and conflicts[0].confidence >= SURE


_STATED = (SlotState.BACKED, SlotState.DERIVED)
_STATES = {
    SlotState.BACKED: "backed",
    SlotState.DERIVED: "derived",
    SlotState.CONFLICTING: "conflict",
    SlotState.MISSING: "missing",
}


def decisive(answers: Sequence[Sequence[float]]) -> Sequence[float]:
    """The answer that decides most, of the cuts of one source; of equals the one that contradicts more.

    A long cut finds what one sentence does not tell, and a short one is the clearer where
    it tells it: whichever is surer. An answer that says nothing is never the surest.
    """
    return max(answers, key=lambda p: (max(p[0], p[2]), p[2], p[0]), default=(0.0, 1.0, 0.0))


def _log_odds(p: float) -> float:
    p = min(1 - _FLOOR, max(_FLOOR, p))
    return math.log(p / (1 - p))


def probabilities(found: Mapping[str, float]) -> tuple[float, float, float]:
    """The decider's probabilities of supported, unverified and contradicted."""
    z = {label: w[""] + sum(w.get(name, 0.0) * value for name, value in found.items()) for label, w in WEIGHTS.items()}
    most = max(0.0, *z.values())
    supported, contradicted = (math.exp(z[label] - most) for label in ("supported", "contradicted"))
    total = supported + contradicted + math.exp(-most)
    return supported / total, math.exp(-most) / total, contradicted / total


def read(pair: Pair, judgements: Sequence[Judgement]) -> Reading:
    """One source's answer: the decider's, bounded by what the slots of the claim allow."""
    model = [j for j in judgements if j.probabilities is not None]
    entailment, neutral, contradiction = probabilities(features(judgements))
    findings = _merge([f for j in judgements for f in j.findings])
    conflicts = _surest(findings, SlotState.CONFLICTING)
    missing = _surest(findings, SlotState.MISSING)
    doubts = [f for f in conflicts if f.confidence >= CONFLICT] + [f for f in missing if f.confidence >= MISSING]
    label, rule, confidence, deciding = VerdictLabel.UNVERIFIED, "FC302", 0.0, list[SlotFinding]()
    sure = conflicts[0].confidence if conflicts else 0.0
    absent = [f for f in missing if f.confidence >= ABSENT and f.slot.kind in _FIGURES]
    refute = REFUTE if sure >= NAMED else ALONE
    # Who said a sentence word for word is settled by the text: no reading of the model's outweighs that.
    verbatim = _backed(findings, SlotKind.QUOTATION, VERBATIM) and _backed(findings, SlotKind.SPEAKER, SPOKEN)
    worked_out = any(
        f.state is SlotState.DERIVED
        and f.confidence >= CALCULATED
        and (f.rule == "FC211" or f.slot.fills in (DATELINE, LISTED))
        for f in findings
    )
    outweighed = (verbatim or worked_out) and sure < NAMED
    refutes = contradiction >= refute and contradiction > entailment
    supports = entailment >= SUPPORT and entailment > contradiction
    if pair.whole:
        # The decider was fitted to a few passages of an article; where the model has read all that there is, its own
        # bars are the better ones, on every set of pairs.
        told = decisive([j.probabilities for j in model if j.probabilities])
        alone = model_verdict(told)
        supports = alone is VerdictLabel.SUPPORTED
        refutes = (refutes and sure >= NAMED) or (alone is VerdictLabel.CONTRADICTED and told[2] >= WHOLE_REFUTE)
        if sure < NAMED:
            entailment, neutral, contradiction = told
        if not pair.source.title:
            left_out = _left_out(missing)
            doubts = [f for f in doubts if f not in left_out]
    refutes = refutes and not outweighed
    supports = supports or (worked_out and entailment >= CALCULATED_SUPPORT)
    supports = supports or (verbatim and sure < NAMED and _only_said(pair, findings))
    if sure >= SURE or refutes:
        label, confidence = VerdictLabel.CONTRADICTED, max(contradiction, sure if sure >= SURE else 0.0)
        # A figure that stands nowhere in the source is what its contradiction is most likely about.
        named = [f for f in conflicts if f.confidence >= NAMED] or absent
        rule, deciding = (named[0].rule, named[:1]) if named else ("FC290", [])
    elif supports and not doubts:
        label, rule, confidence = VerdictLabel.SUPPORTED, "FC300", max(entailment, SUPPORT)
        deciding = [f for f in findings if f.state is not SlotState.MISSING and f.start is not None]
    else:
        confidence = neutral  # low where the evidence leans one way, but not far enough
        deciding = [f for f in missing if f.confidence >= 0.5]
        if deciding:
            rule = deciding[0].rule if deciding[0].rule in _UNBACKED else "FC303"
    return Reading(
        pair=pair,
        label=label,
        rule=rule,
        confidence=round(min(0.999, max(0.0, confidence)), 4),
        deciding=tuple(deciding),
        findings=findings,
        entailment=entailment,
        contradiction=contradiction,
        cut=_best_cut(model, 2 if label is VerdictLabel.CONTRADICTED else 0),
    )


def _backed(findings: Sequence[SlotFinding], kind: SlotKind, least: float) -> bool:
    """Whether the claim has slots of a kind, and each is backed this surely."""
    of_kind = [f for f in findings if f.slot.kind is kind]
    return bool(of_kind) and all(f.state is SlotState.BACKED and f.confidence >= least for f in of_kind)


def _left_out(missing: Sequence[SlotFinding]) -> list[SlotFinding]:
    """The names that an excerpt without a title may leave to the page that it is of."""
    return [f for f in missing if f.slot.kind in (SlotKind.NAME, SlotKind.PLACE) and f.confidence >= MISSING]


_SAID_OTHERWISE = re.compile(
    r"\b(?:not|never|no|none|nobody|neither|nor|hardly|without|may|might|could|would|should|will|if|whether|unless|than|"
    r"before|after|until|since|only|again|den(?:y|ies|ied|ying))\b|n['’]t\b",
    re.IGNORECASE,
)


def _only_said(pair: Pair, findings: Sequence[SlotFinding]) -> bool:
    """Whether the claim tells no more than who said what it quotes, or what else it tells is told beside it."""
    from factcheck import wording

    text = pair.claim.text
    quoted = [f.slot for f in findings if f.slot.kind in (SlotKind.QUOTATION, SlotKind.SPEAKER)]
    if any(s.kind is SlotKind.SPEAKER and " to " in s.text for s in quoted):
        return False  # to whom it was said is another matter
    if _SAID_OTHERWISE.search(wording.outside_quotations(text)):
        return False
    said = [(s.start, s.end) for s in quoted]
    rest = [
        t
        for t in wording.tokens(text)
        if not any(start <= t.start < end for start, end in said)
        and t.norm not in wording.STOP
        and t.norm not in wording.REPORTING_FORMS
    ]
    told = frozenset().union(*(wording.content(p.text) for p in pair.passages))
    return not any(t.capital and t.start for t in rest) and all(t.stem in told for t in rest)


_UNBACKED = ("FC303", "FC305", "FC306", "FC308")  # rules that say why a claim is unverified


def _surest(findings: Sequence[SlotFinding], state: SlotState) -> list[SlotFinding]:
    return sorted((f for f in findings if f.state is state), key=lambda f: (-f.confidence, f.slot.start, f.rule))


def _merge(findings: Sequence[SlotFinding]) -> tuple[SlotFinding, ...]:
    """What is known of each slot: a slot backed anywhere is backed; else its surest conflict and its surest gap, both.

    Both, because a conflict that nobody is sure of must not make a gap forgotten.
    """
    backed: dict[tuple[str, int, int], SlotFinding] = {}
    open_: dict[tuple[str, int, int, str], SlotFinding] = {}
    for finding in sorted(findings, key=_order):
        slot = _slot(finding)
        if finding.state in _STATED:
            backed.setdefault(slot, finding)
        else:
            open_.setdefault((*slot, str(finding.state)), finding)
    kept = [*backed.values(), *(f for key, f in open_.items() if key[:3] not in backed)]
    return tuple(sorted(kept, key=lambda f: (f.slot.start, f.slot.end, f.slot.kind, f.state)))


def _slot(f: SlotFinding) -> tuple[str, int, int]:
    return str(f.slot.kind), f.slot.start, f.slot.end


def _order(f: SlotFinding) -> tuple[object, ...]:
    """Surest first; the rest only makes the order the same whatever came first."""
    return (-f.confidence, f.state, f.rule, f.start if f.start is not None else -1, f.end or -1, f.found, f.derivation)


def _best_cut(model: Sequence[Judgement], column: int) -> tuple[str, ...]:
    """The shortest cut that says it nearly as strongly as any: a reporter reads one sentence before four."""
    scored = [(j.probabilities[column], j.passage_ids) for j in model if j.probabilities]
    if not scored:
        return ()
    most = max(p for p, _ in scored)
    return min((ids for p, ids in scored if p >= most - 0.1), key=lambda ids: (len(ids), ids))


FURTHER = 0.2  # a source with so much less of the claim's words than another is about something else


def _of_the_same(readings: Sequence[Reading]) -> list[Reading]:
    """The readings without those against the claim that are about something else than a source that is not against it.

    The health minister of one country does not contradict what is told of another's.
    """
    others = [r for r in readings if r.label is not VerdictLabel.CONTRADICTED]
    if not others or len(others) == len(readings):
        return list(readings)
    from factcheck.alignment import view  # here, as most claims need none of it

    def cover(reading: Reading) -> tuple[float, float]:
        """Of all the claim's words, rare ones counting more; and of those that are no names."""
        v = view(reading.pair)
        words = v.claim.content - v.proper
        return max(((s.cover, len(words & s.reading.content)) for s in v.evidence), default=(0.0, 0))

    best, most = max(map(cover, others))

    def of_another(reading: Reading) -> bool:
        told, words = cover(reading)
        return told <= best - FURTHER and words < most  # where only names differ, the sources may well disagree

    return [r for r in readings if r.label is not VerdictLabel.CONTRADICTED or not of_another(r)]


# ---------------------------------------------------------------- several parts

# A clause alone has lost what its sentence says of it: its contradiction counts from here. On 43 claims of several
# parts (news_dev, news, our own) five wrong verdicts were so put right and none was spoilt.
PART_REFUTED = 0.65


def by_parts(verdict: Verdict, parts: Sequence[tuple[Clause, Verdict]]) -> Verdict:
    """The verdict on a claim of several parts: contradicted if one of them is, and what each came to told."""
    refuted = [(part, v) for part, v in parts if v.label is VerdictLabel.CONTRADICTED and v.confidence >= PART_REFUTED]
    failed = [v for _, v in parts if v.reason is Reason.CHECK_FAILED]
    supported = [(part, v) for part, v in parts if v.label is VerdictLabel.SUPPORTED]
    if failed:
        return replace(failed[0], claim=verdict.claim)
    if refuted:
        part, worst = max(refuted, key=lambda r: (r[1].confidence, -r[0].start))
        return replace(
            worst,
            claim=verdict.claim,
            explanation=f"Its part {_said(part)} is contradicted. {worst.explanation}",
            slots=tuple(f for f in (_moved(f, part, verdict.claim) for f in worst.slots) if f),
        )
    if verdict.label is VerdictLabel.SUPPORTED or not supported or verdict.conflict:
        return verdict
    if len(supported) == len(parts):
        return replace(
            min((v for _, v in supported), key=lambda v: v.confidence),
            claim=verdict.claim,
            explanation="Each of its parts is supported: " + " ".join(f"{_said(p)}: {v.explanation}" for p, v in parts),
            evidence=tuple(dict.fromkeys(quote for _, v in supported for quote in v.evidence)),
            slots=tuple(f for p, v in supported for f in (_moved(f, p, verdict.claim) for f in v.slots) if f),
        )
    told = "; ".join(_said(part) for part, _ in supported)
    return replace(verdict, explanation=f"{verdict.explanation} Of its parts only this is supported: {told}.")


def _said(part: Clause) -> str:
    return '"' + part.text.rstrip(".") + '"'


def _moved(finding: SlotFinding, part: Clause, claim: Claim) -> SlotFinding | None:
    """A finding on a part with its slot's place in the whole claim; None where its words are not the claim's."""
    place = part.place(finding.slot.start, finding.slot.end)
    if place is None:
        return None
    start, end = place
    return replace(finding, slot=replace(finding.slot, text=claim.text[start:end], start=start, end=end))


# ---------------------------------------------------------------- several sources

_CORRECTION = re.compile(
    r"\b(?:correction|corrected|corrects|clarification|retract(?:s|ed|ion)|"
    r"earlier (?:report|reports|version|story|figure)|previously reported|"
    r"final (?:report|count|result|tally)|"
    r"official (?:report|inquiry|finding|findings|count|result|results|tally|figure|figures))\b",
    re.IGNORECASE,
)


def _disagreement(claim: Claim, supporting: Sequence[Reading], refuting: Sequence[Reading]) -> Verdict:
    """Sources that disagree leave the claim unverified, unless one of them is a later correction that settles it."""
    settled = _settles(supporting, refuting) or _settles(refuting, supporting)
    if settled:
        reason = Reason.ENTAILED if settled.label is VerdictLabel.SUPPORTED else Reason.REFUTED
        others = [r for r in (*supporting, *refuting) if r is not settled]
        verdict = _verdict(claim, settled, reason, others, conflict=True)
        words = f"{verdict.explanation} Another source differs, but this one is the later and corrects it."
        return replace(verdict, explanation=words)
    yes, no = max(supporting, key=lambda r: r.confidence), max(refuting, key=lambda r: r.confidence)
    against = f": {_difference(no)}" if no.deciding else ""
    return Verdict(
        claim=claim,
        label=VerdictLabel.UNVERIFIED,
        reason=Reason.CONFLICTING_EVIDENCE,
        rule="FC304",
        confidence=round(min(yes.confidence, no.confidence), 4),
        explanation=f"The sources disagree. {_named(yes)} supports it; {_named(no)} contradicts it{against}.",
        evidence=(*_quotes(yes), *_quotes(no)),
        conflict=True,
        slots=(*yes.findings, *no.findings),
    )


def _settles(side: Sequence[Reading], other: Sequence[Reading]) -> Reading | None:
    days = [r.pair.source.published for r in other]
    for reading in side:
        source = reading.pair.source
        opening = " ".join([source.title or "", *(p.text for p in reading.pair.context[:4])])
        later = source.published and all(day and day <= source.published for day in days)
        if later and _CORRECTION.search(opening):
            return reading
    return None


# ---------------------------------------------------------------- words and quotes


def _verdict(
    claim: Claim, reading: Reading, reason: Reason, others: Sequence[Reading], *, conflict: bool = False
) -> Verdict:
    return Verdict(
        claim=claim,
        label=reading.label,
        reason=reason,
        rule=reading.rule,
        confidence=reading.confidence,
        explanation=_explanation(reading),
        evidence=(*_quotes(reading), *(q for other in others for q in _quotes(other)[:1])),
        conflict=conflict,
        slots=reading.findings,
    )


def _named(reading: Reading) -> str:
    source = reading.pair.source
    name = f'"{source.title}"' if source.title else source.id
    return f"{name} ({source.published.day} {source.published:%B %Y})" if source.published else name


def _difference(reading: Reading) -> str:
    finding = reading.deciding[0]
    if finding.derivation:
        return _mid_sentence(finding)
    return f'the claim has "{finding.slot.text}", the source "{finding.found}"'


def _mid_sentence(finding: SlotFinding) -> str:
    """The derivation; a number word that opens the claim without its capital: "four, not six"."""
    figure = finding.slot.text
    if finding.slot.start or finding.slot.kind not in (SlotKind.QUANTITY, SlotKind.COUNT) or not figure[1:2].islower():
        return finding.derivation
    return finding.derivation.replace(figure, figure[0].lower() + figure[1:])


def _explanation(reading: Reading) -> str:
    if reading.label is VerdictLabel.SUPPORTED:
        shown = list(dict.fromkeys(f.derivation for f in reading.deciding if f.derivation))
        work = f": {'; '.join(shown[:4])}" if shown else ""
        unnamed = [f'"{f.slot.text}"' for f in _left_out(reading.findings) if f.state is SlotState.MISSING]
        without = f" It does not name {' or '.join(unnamed)}." if unnamed else ""
        return f"{_named(reading)} says so{work}.{without}"
    if reading.label is VerdictLabel.CONTRADICTED:
        if reading.deciding:
            return f"{_named(reading)} says otherwise: {_difference(reading)}."
        unmet = _unmet(reading)
        without = f" The claim's {unmet} not in it." if unmet else ""
        return (
            f"{_named(reading)} says otherwise; no single value differs, "
            f"but the passage read as a whole contradicts the claim.{without}"
        )
    if reading.deciding:
        finding = reading.deciding[0]
        return f'"{finding.slot.text}" is not backed: {_mid_sentence(finding) or "no passage found says so"}.'
    if 1.0 - reading.entailment - reading.contradiction >= SILENT:
        return "The passages nearest to it neither say it nor rule it out."
    lean = reading.entailment - reading.contradiction
    told = "rather say so" if lean >= LEAN else "rather speak against it" if lean <= -LEAN else "can be read either way"
    return f"The passages nearest to it bear on it and {told}, but not clearly enough to decide: read them."


def _unmet(reading: Reading) -> str:
    """Which one or two words of the claim the passages against it have in no form, for a first look; "" for more."""
    from factcheck import wording  # here, as a run from the cache needs no lists of words

    pair = reading.pair
    known = {p.id: p.text for p in (*pair.context, *pair.passages)}
    read = [known[i] for i in reading.cut if i in known]
    stems = {t.stem for text in (pair.source.title or "", *read) for t in wording.tokens(text)}
    own = [t for t in wording.tokens(pair.claim.text) if t.norm not in wording.STOP and t.norm.isalpha()]
    # A name may well stand there as "the company" or "she".
    names = {w for span in wording.name_spans(pair.claim.text) for w in span.words} - set(own[:1])
    # "Eleven" is met by "11".
    met = [(f.slot.start, f.slot.end) for f in reading.findings if f.state in _STATED]
    told = {t for t in own if any(start <= t.start < end for start, end in met)}
    unmet = list(dict.fromkeys(t.raw for t in own if t.stem not in stems and t not in names and t not in told))
    if not 0 < len(unmet) <= UNMET or len(unmet) == len(own):
        return ""
    return f'word "{unmet[0]}" is' if len(unmet) == 1 else f'words "{unmet[0]}" and "{unmet[1]}" are'


def _telling(pair: Pair, read: Sequence[Passage], chosen: Sequence[Passage]) -> list[Passage]:
    """Of the passages that the model read, nearest first, those with a word of the claim that none before has.

    It reads a few at once, and not each of them is evidence.
    """
    from factcheck import wording

    place = {pair.passages[i].id: n for n, i in enumerate(pair.ranking)}
    wanted = wording.content(pair.claim.text) - {s for p in chosen for s in wording.content(p.text)}
    telling: list[Passage] = []
    for passage in sorted(read, key=lambda p: (place.get(p.id, len(place)), p.ordinal)):
        words = wording.content(passage.text)
        if wanted & words or not (chosen or telling):
            telling.append(passage)
            wanted -= words
    return telling


def _quotes(reading: Reading) -> list[Quote]:
    """The passages that decide, joined where they stand side by side, with the deciding words marked."""
    pair = reading.pair
    source = pair.source
    known = {p.id: p for p in (*pair.context, *pair.passages)}
    found = [(f.slot.kind, f.start, f.end) for f in reading.deciding if f.start is not None and f.end is not None]
    spans = [(start, end) for _, start, end in found]
    # A passage that only names whom the claim names is no evidence beside one that tells what it says of them.
    refuted = reading.label is VerdictLabel.CONTRADICTED
    telling = [(s, e) for kind, s, e in found if refuted or kind not in (SlotKind.NAME, SlotKind.PLACE)]
    holding = [p for p in known.values() if any(p.start < end and start < p.end for start, end in telling)]
    chosen = {p.ordinal: p for p in holding}
    if len(chosen) < QUOTES and (reading.label is not VerdictLabel.CONTRADICTED or not chosen):
        for passage in _telling(pair, [known[i] for i in reading.cut if i in known], [*chosen.values()]):
            if len(chosen) < QUOTES:
                chosen[passage.ordinal] = passage
    if not chosen and pair.passages:
        first = pair.passages[pair.ranking[0] if pair.ranking else 0]
        chosen = {first.ordinal: first}
    stance = {
        VerdictLabel.SUPPORTED: Stance.SUPPORTS,
        VerdictLabel.CONTRADICTED: Stance.REFUTES,
        VerdictLabel.UNVERIFIED: Stance.NEUTRAL,
    }[reading.label]
    quotes = []
    for first, last in _runs(sorted(chosen.values(), key=lambda p: p.ordinal)[: QUOTES + 1]):
        marks = sorted(
            {
                (max(s, first.start) - first.start, min(e, last.end) - first.start)
                for s, e in spans
                if s < last.end and first.start < e
            }
        )
        quotes.append(
            Quote(
                source_id=source.id,
                uri=source.uri,
                title=source.title,
                published=source.published,
                stance=stance,
                quote=source.text[first.start : last.end],
                start=first.start,
                end=last.end,
                confidence=reading.confidence,
                marks=tuple(marks),
            )
        )
    return quotes


def _runs(passages: Sequence[Passage]) -> list[tuple[Passage, Passage]]:
    runs: list[tuple[Passage, Passage]] = []
    for passage in passages:
        if runs and passage.ordinal == runs[-1][1].ordinal + 1 and passage.paragraph == runs[-1][1].paragraph:
            runs[-1] = (runs[-1][0], passage)
        else:
            runs.append((passage, passage))
    return runs
