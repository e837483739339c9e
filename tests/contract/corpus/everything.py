"""The whole corpus: outgoing messages in Apple's wire JSON that must pass, and that must not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.corpus import (
    apple_pay,
    authentications,
    awkward_values,
    envelopes,
    form_pages,
    forms,
    images_and_bubbles,
    imessage_apps,
    interactive_data,
    invitations,
    list_pickers,
    quick_replies,
    references,
    rich_links,
    several_faults,
    texts,
    time_pickers,
)

if TYPE_CHECKING:
    from tests.contract.corpus.cases import Case

_CASES = (
    *envelopes.ALL,
    *texts.ALL,
    *rich_links.ALL,
    *interactive_data.ALL,
    *images_and_bubbles.ALL,
    *quick_replies.ALL,
    *list_pickers.ALL,
    *time_pickers.ALL,
    *forms.ALL,
    *form_pages.ALL,
    *imessage_apps.ALL,
    *authentications.ALL,
    *apple_pay.ALL,
    *invitations.ALL,
    *references.ALL,
)

GOOD = tuple(case for cases in _CASES for case in cases.goods)
BROKEN = (*(case for cases in _CASES for case in cases.brokens), *several_faults.FAULTY, *awkward_values.BROKEN)
EVERY: tuple[Case, ...] = (*GOOD, *BROKEN)
