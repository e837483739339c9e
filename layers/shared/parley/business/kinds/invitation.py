"""An invitation: the one message a business may begin with (protocol/13 §2)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from parley.business.kinds.base import BUSINESS_EXTENSION, Build, Mapped, Send
from parley.business.kinds.bubbles import ImageRef  # noqa: TC001  (a field of the model)


class Invitation(Send):
    """Asks a person who has agreed to it, by phone number (`to` is `tel:+…`), whether to begin a conversation."""

    to: Annotated[
        str,
        Field(
            pattern=r"^tel:\+[1-9][0-9]{6,14}$",
            description="The telephone number of somebody who has agreed to be asked.",
            examples=["tel:+15550100"],
        ),
    ]
    type: Literal["invitation"]
    reference_id: str
    brand_name: str
    brand_logo: ImageRef | None = None
    locale: str = "en-us"

    def to_apple(self, build: Build) -> Mapped:
        """`data.notification`, with the header that makes it an invitation."""
        level = "/interactiveData/data/notification"
        build.paths |= {
            level: "",
            f"{level}/referenceId": "/reference_id",
            f"{level}/parameters/brandName": "/brand_name",
        }
        parameters: dict[str, Any] = {"brandName": self.brand_name}
        if self.brand_logo is not None:
            parameters["brandLogo"] = build.base64_png(self.brand_logo, f"{level}/parameters/brandLogo", "/brand_logo")
        template = "withImage" if self.brand_logo else "noImage"
        notification = {
            "templateId": f"binaryChoice.engage.{template}",
            "referenceId": self.reference_id,
            "locale": self.locale,
            "parameters": parameters,
        }
        data = {"version": "1.0", "requestIdentifier": build.request_identifier, "notification": notification}
        return Mapped(
            "interactive",
            {"interactiveData": {"bid": BUSINESS_EXTENSION, "useLiveLayout": True, "data": data}},
            paths=build.paths,
            request_identifier=build.request_identifier,
            reference_id=self.reference_id,
            headers={"message-type": "notification"},
        )
