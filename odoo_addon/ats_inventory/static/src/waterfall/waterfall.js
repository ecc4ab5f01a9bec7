/** @odoo-module */
// Part of Available to Sell. See LICENSE file for full copyright and licensing details.

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { minus, signed, waterfall } from "./waterfall_geometry";

// Height of one row of the drawing, in pixels: a line of text and a bar under it.
const ROW = 44;

/**
 * Draws a level's waterfall: a bar per step and, beside it, the same as a table with links to the records
 * behind each step. Signs and numbers are written out, so colour alone carries nothing.
 */
export class Waterfall extends Component {
    static template = "ats_inventory.Waterfall";
    static components = {};
    static props = {
        explanation: Object,
        openLink: Function,
    };

    setup() {
        this.signed = signed;
        this.minus = minus;
    }

    get steps() {
        return this.props.explanation.steps;
    }

    get drawing() {
        const { zero, bars } = waterfall(this.steps, this.props.explanation.quantity);
        const rows = bars.map((bar, index) => ({
            ...bar,
            key: index,
            top: index * ROW,
            label: index < this.steps.length ? this.steps[index].label : _t("Available to sell"),
            link: index < this.steps.length && this.steps[index].link,
            last: index === bars.length - 1,
        }));
        return { zero, rows, height: rows.length * ROW };
    }

    get summary() {
        const parts = this.steps.map((step) => `${step.label} ${this.signed(step.quantity)}`);
        parts.push(_t("Available to sell %s", this.minus(this.props.explanation.quantity)));
        return parts.join("; ");
    }

    /** What a step is about besides its code: the rule that won, the node or component that limits. */
    details(step) {
        return [step.rule, step.node, step.component].filter(Boolean).join(" · ");
    }

    onClickRow(row) {
        if (row.link) {
            this.props.openLink(row.link);
        }
    }
}
