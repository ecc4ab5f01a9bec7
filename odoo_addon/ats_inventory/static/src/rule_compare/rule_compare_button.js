/** @odoo-module */
// Part of Available to Sell. See LICENSE file for full copyright and licensing details.

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** On a rule's form: shows what the rule, as it stands in the form, would change. Nothing is saved by it. */
export class RuleCompareButton extends Component {
    static template = "ats_inventory.RuleCompareButton";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
    }

    async onClick() {
        const { record } = this.props;
        const values = await record.getChanges();
        await this.action.doAction({
            type: "ir.actions.client",
            tag: "ats_rule_compare",
            name: _t("What would this change?"),
            target: "new",
            params: { changes: [{ id: record.resId || false, values }] },
            context: { dialog_size: "extra-large" },
        });
    }
}

registry.category("view_widgets").add("ats_rule_compare", {
    component: RuleCompareButton,
    // What the comparison needs is read with the record, whether the form shows it or not.
    fieldDependencies: [
        { name: "company_id", type: "many2one" },
        { name: "active", type: "boolean" },
        { name: "sequence", type: "integer" },
    ],
});
