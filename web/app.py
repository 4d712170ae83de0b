"""The application: settings of the web server's inside, and which pages there are."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from bot.channels.twilio_signature import LARGEST_BODY
from bot.service import Service
from bot.settings import Settings
from web import (
    access,
    account,
    alarms,
    call_status,
    concerns,
    context,
    drills,
    emergency_entry,
    errors,
    escalation_acts,
    escalations,
    first_night,
    handover,
    headers,
    health,
    inbox,
    interviews,
    joining,
    ladders,
    layout,
    look_backs,
    marking,
    metrics,
    my_alerts,
    oidc,
    phone,
    presenting,
    reauthentication,
    register,
    requests,
    rota,
    screening_marks,
    second_step,
    senders,
    set_up,
    sign_in,
    staff_invitation,
    staff_pages,
    tasks,
    telegram,
    voice,
    webhooks,
)

PAGES = (
    sign_in,
    second_step,
    set_up,
    account,
    reauthentication,
    staff_invitation,
    oidc,
    webhooks,
    telegram,
    voice,
    call_status,
    health,
    metrics,
    inbox,
    escalations,
    escalation_acts,
    joining,
    look_backs,
    first_night,
    tasks,
    interviews,
    register,
    emergency_entry,
    senders,
    staff_pages,
    rota,
    handover,
    alarms,
    drills,
    ladders,
    my_alerts,
    marking,
    concerns,
    screening_marks,
)


def create_app(service: Service) -> Flask:
    """Make the application around ``service``; nothing is read from the environment.

    Args:
        service: opened for this process; the caller closes it.
    """
    app = Flask(__name__)
    app.config.from_mapping(_config(service.settings))
    # A redirect of Werkzeug's own would be to the address that the request claims to have.
    app.url_map.merge_slashes = False
    context.attach(app, service)
    headers.harden(app)
    requests.log_to(app)
    access.guard(app)
    layout.prepare(app)
    presenting.install(app)
    oidc.attach(app)
    csrf = CSRFProtect(app)
    # The provider signs its requests instead; reading a form here would lose the signed bytes.
    csrf.exempt(webhooks.blueprint)
    csrf.exempt(voice.blueprint)
    csrf.exempt(call_status.blueprint)
    csrf.exempt(telegram.blueprint)
    errors.register(app)
    for module in PAGES:
        app.register_blueprint(module.blueprint)
    if service.settings.is_demo:
        app.register_blueprint(phone.blueprint)
    return app


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LARGEST_BODY,
        "MAX_FORM_PARTS": 100,
        # A name that begins with __Host- is only taken over https, for this host and all paths.
        "SESSION_COOKIE_NAME": "__Host-session" if settings.is_https else "session",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A page may be open for a night before its button is pressed: the token lives as long as
        # the session does.
        "WTF_CSRF_TIME_LIMIT": None,
        # Our pages send no referrer, so it cannot be asked for.
        "WTF_CSRF_SSL_STRICT": False,
    }
