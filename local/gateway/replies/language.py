"""How a device words things in its language: English, German and Japanese; others are taken for English."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

DASH = "\N{EN DASH}"
CURRENCY_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


def language_of(locale: str) -> str:
    """Return `de` or `ja` for such locales, else `en`."""
    language = locale.replace("-", "_").partition("_")[0].lower()
    return language if language in {"de", "ja"} else "en"


def join(titles: list[str], locale: str) -> str:
    """Name several things in a row: `Bell and Basket`."""
    language = language_of(locale)
    if language == "ja":
        return "、".join(titles)
    if len(titles) < 2:
        return "".join(titles)
    joint = " und " if language == "de" else " and " if len(titles) == 2 else ", and "
    return ", ".join(titles[:-1]) + joint + titles[-1]


def moment(start: datetime, *, offset_minutes: int, locale: str) -> str:
    """Write date and time of day as a clock `offset_minutes` from GMT shows them: `Mar 4, 2027 at 10:30 AM`."""
    local = start.astimezone(timezone(timedelta(minutes=offset_minutes)))
    match language_of(locale):
        case "de":
            return f"{local:%d.%m.%Y, %H:%M}"
        case "ja":
            return f"{local:%Y/%m/%d %H:%M}"
        case _:
            return f"{local:%b} {local.day}, {local.year} at {local.hour % 12 or 12}:{local:%M %p}"


def money(amount: str, currency: str, locale: str) -> str:
    """Write an amount with its currency: `€61.00`, in German `61,00 €`."""
    sign = CURRENCY_SIGNS.get(currency)
    if language_of(locale) == "de":
        return f"{amount.replace('.', ',')} {sign or currency}"
    return f"{sign}{amount}" if sign else f"{currency} {amount}"


def paid(amount: str, locale: str) -> str:
    """Word the end of a payment as the bubble's subtitle does."""
    match language_of(locale):
        case "de":
            return f"{amount} mit Apple Pay bezahlt"
        case "ja":
            return f"Apple Payで{amount}を支払いました"
        case _:
            return f"Paid {amount} with Apple Pay"


def not_paid(amount: str, locale: str) -> str:
    """Word a payment that was broken off."""
    match language_of(locale):
        case "de":
            return f"{amount} {DASH} Zahlung nicht abgeschlossen"
        case "ja":
            return f"{amount} {DASH} 支払いは完了していません"
        case _:
            return f"{amount} {DASH} Payment Not Completed"


def yes_or_no(accept: bool, locale: str) -> str:
    """Word the two answers to an invitation."""
    yes, no = {"de": ("Ja", "Nein"), "ja": ("はい", "いいえ")}.get(language_of(locale), ("Yes", "No"))
    return yes if accept else no
