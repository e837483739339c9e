"""Invitations to a telephone number (protocol/13 §2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from local.gateway.judge.pictures import judge_picture
from local.gateway.judge.wording import judge_identifier, judge_ui_text

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields
    from local.gateway.judge.setting import Setting

WITH_IMAGE = "binaryChoice.engage.withImage"
WITHOUT_IMAGE = "binaryChoice.engage.noImage"
MAX_REFERENCE_CHARACTERS = 1_000
LOCALE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


def judge_invitation(content: Fields, _: Setting) -> list[str]:
    """The template with its reference and the brand it shows."""
    template = content.one_of("templateId", (WITH_IMAGE, WITHOUT_IMAGE))
    judge_identifier(content, "referenceId", longest=MAX_REFERENCE_CHARACTERS)
    if "locale" in content and LOCALE.fullmatch(content.text("locale")) is None:
        raise content.wrong("locale", "must be in lower case with a hyphen, such as en-us")
    brand = content.object("parameters")
    judge_ui_text(brand, "brandName")
    violations = content.unknown({"templateId", "referenceId", "locale", "parameters"})
    violations += brand.unknown({"brandName", "brandLogo"})
    if template == WITH_IMAGE:
        return violations + judge_picture(brand, "brandLogo")
    if "brandLogo" in brand:
        raise brand.wrong("brandLogo", f"has no place in {WITHOUT_IMAGE}")
    return violations
