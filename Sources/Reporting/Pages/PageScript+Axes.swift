extension PageScript {
  /// Axes: ranges, places and ticks.
  static let axes = #"""
    // Axes: the range of the values, the place of each on the page, and ticks at round numbers.
    function rangeOf(axis, values, pad) {
      if (axis.limits && axis.limits[0] < axis.limits[1]) return axis.limits;
      const usable = values.filter((value) => value !== null && Number.isFinite(value) && (!axis.log ||
        value > 0));
      if (usable.length === 0) return axis.log ? [0.1, 1] : [0, 1];
      let low = usable[0],
        high = usable[0];
      for (const value of usable) { low = Math.min(low, value);
        high = Math.max(high, value); }
      if (low === high || (axis.log && high < 1.01 * low)) {
        const room = Math.max(Math.abs(low) * 0.05, 1e-6);
        [low, high] = axis.log ? [low / 1.25, high * 1.25] : [low - room, high + room];
      } else if (!axis.log) {
        const room = pad * (high - low);
        [low, high] = [low - room, high + room];
      }
      const [least, most] = axis.bounds ?? [null, null];
      if (least !== null && least !== undefined) low = Math.max(low, least);
      if (most !== null && most !== undefined) high = Math.min(high, most + 0.02 * (high - low));
      return low < high ? [low, high] : [low, low + 1];
    }

    // The means, and bands as far as they lie no farther from those than half of their span.
    function valuesOf(figure, lines) {
      const means = [...lines.flatMap((line) => line.points.map((point) => point.y)),
        ...figure.baselines.map((baseline) => baseline.y)
      ].filter((value) => value !== null);
      let low = Infinity,
        high = -Infinity;
      for (const value of means) { low = Math.min(low, value);
        high = Math.max(high, value); }
      const room = (high - low) / 2;
      const edges = lines.flatMap((line) => line.points.flatMap((point) => [point.low, point.high]))
        .filter((value) => value !== null && value !== undefined);
      return [...means, ...edges.map((value) => Math.min(Math.max(value, low - room), high + room))];
    }

    function scaleOf(axis, [low, high], from, to) {
      const [start, end] = axis.reversed ? [to, from] : [from, to];
      const map = axis.log ? Math.log : (value) => value;
      return {
        low,
        high,
        at(value) {
          if (value === null || value === undefined || !Number.isFinite(value) || (axis.log && value <= 0))
            return null;
          return start + (map(value) - map(low)) / (map(high) - map(low)) * (end - start);
        },
      };
    }

    function roundTicks(axis, { low, high }, count) {
      const ticks = [];
      if (axis.log) {
        for (const factors of [
            [1, 2, 5],
            [1]
          ]) {
          ticks.length = 0;
          for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
            for (const factor of factors) ticks.push(factor * 10 ** power);
          }
          const inside = ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
          if (inside.length <= count || factors.length === 1) return inside;
        }
      }
      for (let power = Math.floor(Math.log10((high - low) / count)) - 1;; power += 1) {
        for (const factor of [1, 2, 5]) {
          const step = factor * 10 ** power;
          const first = Math.ceil(low / step - 1e-9),
            last = Math.floor(high / step + 1e-9);
          if (last - first + 1 > count) continue;
          for (let index = first; index <= last; index += 1) ticks.push(index * step);
          return ticks;
        }
      }
    }

    function tickTexts(axis, values) {
      const seen = values.map((value) => axis.format === "percent" ? value * 100 : value);
      const unit = axis.format === "times" ? "×" : "";
      if (!axis.log && !axis.data && seen.every((value) => Math.abs(value) < 1e4)) {
        let decimals = 0;
        const agrees = (value) => Math.abs(value - Number(value.toFixed(decimals))) < 1e-9 * Math.max(1,
          Math.abs(value));
        while (decimals < 9 && !seen.every(agrees)) decimals += 1;
        return seen.map((value) => fixed(value, decimals) + unit);
      }
      return seen.map((value) => short(value) + unit);
    }

    // Ticks with their labels, as far as those have room side by side.
    function placedTicks(axis, scale, values, room, least) {
      const sorted = [...new Set(values)].filter((value) => scale.at(value) !== null &&
          value >= scale.low * (1 - 1e-9) && value <= scale.high * (1 + 1e-9))
        .sort((a, b) => scale.at(a) - scale.at(b));
      const texts = tickTexts(axis, sorted);
      const ticks = [];
      let end = -Infinity,
        last = -Infinity;
      sorted.forEach((value, index) => {
        const at = scale.at(value);
        if (Math.abs(at - last) < 0.4) return;
        last = at;
        const half = texts[index].length * room / 2;
        const isShown = at - half >= end + least;
        if (isShown) end = at + half;
        ticks.push({ at, text: isShown ? texts[index] : null });
      });
      return ticks;
    }
    """#
}
