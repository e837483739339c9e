"""Rich links (protocol/03 §4, 13 §1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gateway.judge.attachment import judge_key, judge_signature
from local.gateway.judge.pictures import judge_picture
from local.gateway.judge.wording import MAX_URL_BYTES, judge_https, judge_ui_text, judge_url_text

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields
    from local.gateway.judge.setting import Setting


def judge_rich_link(envelope: Fields, _: Setting) -> list[str]:
    """Judge a `richLink`; what a reference stands for is looked up later. Returns violations; raises RefusalError."""
    if envelope.either("richLinkData", "richLinkDataRef") == "richLinkDataRef":
        reference = envelope.object("richLinkDataRef")
        reference.text("url")
        reference.text("owner")
        reference.whole_number("size")
        judge_key(reference)
        judge_signature(reference)
        return []
    link = envelope.object("richLinkData")
    violations = link.unknown({"url", "title", "assets"})
    url = link.text("url")
    if not url.startswith(("https://", "http://")):
        raise link.wrong("url", "must be an http or https URL")
    judge_url_text(link, "url", longest=MAX_URL_BYTES)
    if url.startswith("http://"):
        violations.append(f"{link.path('url')} should be https")
    judge_ui_text(link, "title")
    return violations + _judge_assets(link.object("assets"))


def _judge_assets(assets: Fields) -> list[str]:
    violations = assets.unknown({"image", "video"})
    if "image" not in assets and "video" not in assets:
        raise assets.wrong("image", "or video is needed")
    if "image" in assets:
        violations += _judge_image(assets.object("image"))
    if "video" in assets:
        violations += _judge_video(assets.object("video"))
        if "image" not in assets:
            violations.append("a link with a video should also have an image")
    return violations


def _judge_image(image: Fields) -> list[str]:
    if image.text("mimeType") != "image/png":
        raise image.wrong("mimeType", "must be image/png")
    return judge_picture(image) + image.unknown({"data", "mimeType"})


def _judge_video(video: Fields) -> list[str]:
    judge_https(video, "url")
    if not video.text("mimeType").startswith("video/"):
        raise video.wrong("mimeType", "must be that of a video, such as video/mp4")
    return video.unknown({"url", "mimeType"})
