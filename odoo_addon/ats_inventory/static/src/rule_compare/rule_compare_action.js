/** @odoo-module */
// Part of Available to Sell. See LICENSE file for full copyright and licensing details.

import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { minus, signed } from "../waterfall/waterfall_geometry";

// Milliseconds of quiet at the keyboard before a search is asked for.
const SEARCH_DELAY_MS = 300;

/** The levels that changed rules would change. Needs `params.changes`, see ats.rule.compare_levels. */
export class RuleCompareAction extends Component {
    static template = "ats_inventory.RuleCompareAction";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.minus = minus;
        this.signed = signed;
        this.keepLast = new KeepLast();
        this.changes = this.props.action.params?.changes || [];
        this.state = useState({ answer: false, search: "", loading: false });
        this.searchLater = useDebounced(() => this.load(), SEARCH_DELAY_MS);
        onWillStart(() => this.load());
    }

    async load() {
        this.state.loading = true;
        try {
            this.state.answer = await this.keepLast.add(
                this.orm.call("ats.rule", "compare_levels", [this.changes, this.state.search])
            );
        } finally {
            this.state.loading = false;
        }
    }

    onSearch(event) {
        this.state.search = event.target.value;
        this.searchLater();
    }

    openListing(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "ats.listing",
            res_id: row.listing,
            views: [[false, "form"]],
            target: "current",
        });
    }
}

registry.category("actions").add("ats_rule_compare", RuleCompareAction);
