# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The door through which channels deliver.

What a sender sees: 200 once its bytes are stored (also when they were stored before), 401 for anything not surely
signed by the channel just now, 413 for more than one mebibyte. 200 says *stored*, never *imported*: what is wrong
with a document is seen in the inbox, since a sender that repeats a refused document helps nobody.
"""

import logging

from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

from odoo import http
from odoo.http import request

from .. import const

_logger = logging.getLogger(__name__)


class AtsWebhook(http.Controller):
    @http.route(
        "/ats/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=const.INBOX_BYTES_MAX,
    )
    def receive(self, token, **_form):
        """Store one signed document; see the module's docstring for the answers."""
        incoming = request.httprequest
        if incoming.content_length is None:
            # A chunked body has no announced size and the WSGI server hands it over without a limit of ours.
            raise LengthRequired()
        if incoming.content_length > const.INBOX_BYTES_MAX:
            raise RequestEntityTooLarge()
        headers = {name.lower(): value for name, value in incoming.headers.items()}
        raw = incoming.get_data(cache=False)
        if request.env["ats.inbox"]._receive(token, headers, raw):
            return self._answer(200, '{"status": "stored"}')
        return self._answer(401, '{"error": "unauthorized"}')

    @staticmethod
    def _answer(status, text):
        return request.make_response(text, headers=[("Content-Type", "application/json")], status=status)
