"""Messages as Twilio posts them, read as the webhook reads them."""

from collections.abc import Mapping
from urllib.parse import urlencode

from bot.channels import Inbound
from bot.channels.twilio_signature import CONTENT_TYPE, verify
from bot.channels.twilio_webhook import read_message
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, PHONE, message_address, sign

PUBLIC_URL = "https://texts.example.org"
WHATSAPP = {
    "From": f"whatsapp:{PHONE}",
    "To": "whatsapp:+447700900999",
    "ProfileName": "Amina",
    "WaId": PHONE[1:],
    "MessageType": "text",
    "ReferralNumMedia": "0",
    "ChannelMetadata": '{"type":"whatsapp","data":{"context":{"ProfileName":"Amina"}}}',
    "FromCity": None,
    "FromCountry": None,
    "FromState": None,
    "FromZip": None,
    "ToCity": None,
    "ToCountry": None,
    "ToState": None,
    "ToZip": None,
}
ONE_PICTURE = {
    "NumMedia": "1",
    "MediaContentType0": "image/jpeg",
    "MediaUrl0": "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM0/Media/ME0",
}


def receive(
    form: Mapping[str, str],
    public_url: str = PUBLIC_URL,
    signature: str | None = None,
    token: str | tuple[str, ...] = AUTH_TOKEN,
    body: bytes | None = None,
    content_type: str | None = CONTENT_TYPE,
    account_sid: str = ACCOUNT_SID,
) -> Inbound:
    if signature is None:
        signature = sign(message_address(public_url), form)
    if body is None:
        body = urlencode(form).encode()
    return read_message(verify(token, public_url, body, signature, content_type), account_sid)
