// Part of Available to Sell. See LICENSE file for full copyright and licensing details.

import { describe, expect, test } from "@odoo/hoot";
import { BAR_MIN, BAR_SPAN, minus, signed, waterfall } from "@ats_inventory/waterfall/waterfall_geometry";

describe.current.tags("headless");

const step = (quantity, total, flag = false) => ({ code: "x", quantity, total, flag });

test("a step's sign is written out", () => {
    expect(signed("20")).toBe("+20");
    expect(signed("-20")).toBe("\u221220");
    expect(signed("0")).toBe("0");
    expect(minus("-1.5")).toBe("\u22121.5");
});

test("bars start where the step before ended", () => {
    const { zero, bars } = waterfall([step("100", "100"), step("-25", "75")], "75");
    expect(zero).toBe(0);
    expect(bars.map((bar) => bar.kind)).toEqual(["plus", "minus", "level"]);
    expect(bars[0].x).toBe(0);
    expect(bars[0].width).toBe(BAR_SPAN);
    expect(bars[1].x).toBe(BAR_SPAN * 0.75);
    expect(bars[1].end).toBe(bars[2].end);
});

test("a total below zero moves the zero line to the right", () => {
    const { zero, bars } = waterfall([step("-50", "-50"), step("100", "50")], "50");
    expect(zero).toBe(BAR_SPAN / 2);
    expect(bars[0].x).toBe(0);
});

test("a tiny step is still drawn, an empty waterfall too", () => {
    expect(waterfall([step("10000", "10000"), step("-1", "9999")], "9999").bars[1].width).toBe(BAR_MIN);
    expect(waterfall([], "0").bars).toHaveLength(1);
});

test("a flag is marked, not measured", () => {
    const { bars } = waterfall([step("5", "5"), step("0", "5", true)], "5");
    expect(bars[1].kind).toBe("flag");
    expect(bars[1].text).toBe("!");
});
