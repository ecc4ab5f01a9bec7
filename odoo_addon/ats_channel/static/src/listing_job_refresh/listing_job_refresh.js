/** @odoo-module */
// Part of Available to Sell. See LICENSE file for full copyright and licensing details.

import { Component, onMounted, onWillUnmount, xml } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

// Milliseconds between two looks at a job that runs.
const INTERVAL_MS = 2000;

/** Reloads the form of a job while it works, so that its progress moves without a click. */
export class ListingJobRefresh extends Component {
    static template = xml`<span class="visually-hidden" aria-hidden="true"/>`;
    static components = {};
    static props = { ...standardWidgetProps };

    setup() {
        onMounted(() => (this.timer = browser.setInterval(() => this.look(), INTERVAL_MS)));
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    async look() {
        if (["running", "undoing"].includes(this.props.record.data.state)) {
            await this.props.record.load();
        }
    }
}

registry.category("view_widgets").add("ats_listing_job_refresh", { component: ListingJobRefresh });
