/** @odoo-module */
// Part of Available to Sell. See LICENSE file for full copyright and licensing details.

import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Waterfall } from "../waterfall/waterfall";
import { minus } from "../waterfall/waterfall_geometry";

/** *Why this number?*: the page (or dialog) that explains one level. Needs `params.level_id`. */
export class WaterfallAction extends Component {
    static template = "ats_inventory.WaterfallAction";
    static components = { Layout, Waterfall };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.minus = minus;
        this.inDialog = this.props.action.target === "new";
        const { params = {}, context = {} } = this.props.action;
        this.levelId = params.level_id || context.active_id;
        this.state = useState({ explanation: false });
        onWillStart(() => this.load());
    }

    get display() {
        return { controlPanel: !this.inDialog };
    }

    async load() {
        this.state.explanation = await this.orm.call("ats.level", "explain", [this.levelId]);
        if (!this.inDialog) {
            this.env.config.setDisplayName(_t("Why this number?"));
        }
    }

    time(value) {
        return value ? formatDateTime(deserializeDateTime(value)) : "";
    }

    /** What the shop has been told, beside what we computed. */
    get told() {
        const { told, quantity } = this.state.explanation;
        if (!told) {
            return { text: _t("nothing yet"), differs: false };
        }
        return { text: minus(told.quantity), differs: told.quantity !== quantity };
    }

    openLink(link) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: link.name,
            res_model: link.res_model,
            domain: link.domain,
            views: [
                [link.list_view, "list"],
                [false, "form"],
            ],
            context: { create: false },
            target: "current",
        });
    }

    /** The same as a page of its own, so that the way back from a link leads here. */
    openPage() {
        return this.action.doAction({
            type: "ir.actions.client",
            tag: "ats_waterfall",
            name: _t("Why this number?"),
            params: { level_id: this.levelId },
            context: { active_id: this.levelId },
        });
    }
}

registry.category("actions").add("ats_waterfall", WaterfallAction);
