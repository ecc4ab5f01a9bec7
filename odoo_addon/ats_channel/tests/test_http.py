# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo.tests import BaseCase, tagged

from odoo.addons.ats_channel import const, http
from odoo.addons.ats_channel.errors import ChannelMisconfigured, ChannelRefused, ChannelRetry


@tagged("post_install", "-at_install")
class TestHttp(BaseCase):
    def test_no_test_reaches_a_channel(self):
        with self.assertRaisesRegex(RuntimeError, "patch ats_channel.http.call"):
            http.call(http.Request("POST", "https://shop.example/"))

    def test_each_status_says_what_to_do_next(self):
        expected = {
            200: None, 204: None,
            301: ChannelMisconfigured, 401: ChannelMisconfigured, 403: ChannelMisconfigured,
            404: ChannelMisconfigured, 410: ChannelMisconfigured,
            400: ChannelRefused, 409: ChannelRefused, 413: ChannelRefused, 422: ChannelRefused,
            408: ChannelRetry, 429: ChannelRetry, 500: ChannelRetry, 503: ChannelRetry,
        }
        for status, error in expected.items():
            with self.subTest(status=status):
                if error is None:
                    http.raise_for_status(http.Response(status))
                else:
                    with self.assertRaises(error):
                        http.raise_for_status(http.Response(status))

    def test_a_missing_inbox_pauses_a_channel_only_when_it_stays_missing(self):
        for status, patience in ((401, 1), (410, 1), (404, const.WRONG_ADDRESS_PATIENCE), (302, const.WRONG_ADDRESS_PATIENCE)):
            with self.subTest(status=status), self.assertRaises(ChannelMisconfigured) as caught:
                http.raise_for_status(http.Response(status))
            self.assertEqual(caught.exception.patience, patience)

    def test_a_web_page_is_no_answer_of_an_inbox(self):
        for body in (b"<!DOCTYPE html><p>Sign in", b"\n<html><body>Back soon"):
            with self.subTest(body=body), self.assertRaises(ChannelRetry) as caught:
                http.raise_for_status(http.Response(200, {}, body))
            self.assertEqual((caught.exception.code, caught.exception.delivered), ("web_page", False))
        http.raise_for_status(http.Response(200, {"content-type": "text/html"}, b"ok"))

    def test_only_a_limiter_says_for_sure_that_nothing_was_taken(self):
        for status, delivered in ((429, False), (503, None)):
            with self.assertRaises(ChannelRetry) as caught:
                http.raise_for_status(http.Response(status))
            self.assertIs(caught.exception.delivered, delivered)

    def test_addresses_that_can_never_be_called(self):
        for url in ("", "shop", "ftp://shop.example", "http://shop.example", "https://a:b@shop.example",
                    "https://shop.example:8069", "https://shop.example:x", "https://shop.example/a b",
                    "https://shop.example/\u00e4", "https://shop.example/\r\nX: y"):
            with self.subTest(url=url), self.assertRaises(ChannelMisconfigured):
                http.check_url(url)
        self.assertEqual(http.check_url("https://shop.example:8443/x").hostname, "shop.example")
        self.assertEqual(http.check_url("http://shop.lan:8069", frozenset({"shop.lan"})).port, 8069)
        self.assertEqual(http.check_url("http://shop.lan:8069", frozenset({"shop.lan:8069"})).port, 8069)

    def test_a_request_shows_no_headers_or_body_when_printed(self):
        text = repr(http.Request("POST", "https://shop.example", headers={"x": "canary"}, body=b"canary"))
        self.assertNotIn("canary", text)
