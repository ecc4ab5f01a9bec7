/** @odoo-module */
// Part of Available to Sell. See LICENSE file for full copyright and licensing details.

// Share of the drawing's width that bars may take, in percent; the rest is for the number beside the bar.
export const BAR_SPAN = 82;
// Narrowest bar drawn, in percent: a step of 2 beside 10 000 on hand must still be seen.
export const BAR_MIN = 0.6;

/**
 * Signed text of a decimal string: "20" → "+20", "-20" → "−20" (a real minus sign), "0" → "0".
 * @param {string} quantity
 */
export function signed(quantity) {
    if (quantity.startsWith("-")) {
        return "\u2212" + quantity.slice(1);
    }
    return Number(quantity) === 0 ? quantity : "+" + quantity;
}

/** A decimal string with a real minus sign. */
export function minus(quantity) {
    return quantity.replace("-", "\u2212");
}

/**
 * Place the bars of a waterfall. Positions are percent of the width, rows are counted from 0.
 * Floats place pixels only; every number shown stays the decimal string of the server.
 *
 * @param {{code: string, quantity: string, total: string, flag: boolean}[]} steps
 * @param {string} quantity the level
 * @returns {{zero: number, bars: {kind: "plus"|"minus"|"flag"|"level", x: number, width: number, end: number, text: string}[]}}
 *      one bar per step and a last one, of kind "level"; `end` is where the running total stands
 */
export function waterfall(steps, quantity) {
    const totals = steps.map((step) => Number(step.total));
    const low = Math.min(0, ...totals, Number(quantity));
    const high = Math.max(0, ...totals, Number(quantity));
    const span = high - low || 1;
    const at = (value) => ((value - low) / span) * BAR_SPAN;
    let before = 0;
    const bars = steps.map((step, index) => {
        const bar = place(at(before), at(totals[index]));
        before = totals[index];
        const sign = Number(step.quantity) < 0 ? "minus" : "plus";
        return { ...bar, kind: step.flag ? "flag" : sign, text: step.flag ? "!" : signed(step.quantity) };
    });
    bars.push({ ...place(at(0), at(Number(quantity))), kind: "level", text: minus(quantity) });
    return { zero: at(0), bars };
}

function place(from, to) {
    const x = Math.min(from, to);
    return { x, width: Math.max(Math.abs(to - from), BAR_MIN), end: to };
}
