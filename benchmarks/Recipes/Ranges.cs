using System.Globalization;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Backtests;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Recipes;

/// <summary>
/// Volatility, ranges and distributions beside what a practitioner would write in one line, walk-forward: each year is scored with a model of the years
/// before it. Prints Markdown tables.
/// </summary>
internal static class Ranges
{
    // A normal distribution's quantiles at PriceQuantiles.Levels.
    private static readonly double[] Normal = [-1.6448536269514722, -1.2815515655446004, -0.6744897501960817, 0, 0.6744897501960817, 1.2815515655446004, 1.6448536269514722];

    public static void Report(IReadOnlyList<BarSeries> histories, IReadOnlyList<int> years)
    {
        var rows = new List<Row>();
        foreach (var year in years)
        {
            var model = VolatilityFit.Of(histories, new DateOnly(year - 1, 12, 31))!;
            Console.WriteLine($"{year}: {model.Garch}; " + string.Join("; ", model.Horizons.Select(h => $"{h.Key}d {h.Value}")));
            rows.AddRange(histories.AsParallel().SelectMany(history => Horizons.All.SelectMany(days =>
                RangeDay.Of(model, history, days, new(year, 1, 1), new(year, 12, 31)).Select(day => Row.Of(history, days, day)))));
        }

        Volatility(rows);
        Intervals(rows);
        Symbols(rows);
        Risk(rows);
    }

    private static void Volatility(List<Row> rows)
    {
        Console.WriteLine("| years | horizon | days | QLIKE, of EWMA's | rank correlation | of EWMA |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (years, horizon, part) in Parts(rows))
        {
            var summary = SummaryOf(part, horizon);
            Print($"| {years} | {horizon} days | {part.Count} | {summary.Qlike!.Value / summary.EwmaQlike!.Value:F3} | {Rank(part, row => row.Day.Variance, row => row.Day.RealisedVariance):F3} | "
                + $"{Rank(part, row => row.Day.EwmaVariance, row => row.Day.RealisedVariance):F3} |");
        }
    }

    private static void Intervals(List<Row> rows)
    {
        Console.WriteLine("| years | horizon | coverage | least symbol | most | calmest fifth | interval score, of EWMA's | of rolling quantiles' | of the former | CRPS, of EWMA's | wider than twice the price |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (years, horizon, part) in Parts(rows))
        {
            var all = part.Where(row => row.Day.Prices is not null).ToList();
            var bySymbol = all.GroupBy(row => row.Symbol).Select(group => group.Average(row => row.IsInside)).ToArray();
            var calm = all.OrderBy(row => row.Day.Variance).Take(all.Count / 5).Average(row => row.IsInside);
            var summary = SummaryOf(all, horizon);
            var rolling = all.Where(row => row.Rolling is not null).ToList();
            var former = all.Where(row => row.Former is not null).ToList();
            var crps = all.Average(row => RangeScores.Distribution(row.Day.Close, row.Day.Prices, row.Day.Later));
            var ewmaCrps = all.Average(row => RangeScores.Distribution(
                row.Day.Close, [.. Normal.Select(z => row.Day.Close * Math.Exp(z * Math.Sqrt(row.Day.EwmaVariance)))], row.Day.Later));
            Print($"| {years} | {horizon} days | {summary.Coverage!.Value:F3} | {bySymbol.Min():F3} | {bySymbol.Max():F3} | {calm:F3} | {summary.IntervalScore!.Value / summary.EwmaIntervalScore!.Value:F3} | "
                + $"{Ratio(rolling, row => row.Rolling!.Value):F3} | {Ratio(former, row => row.Former!.Value):F3} | {crps / ewmaCrps:F3} | "
                + $"{all.Average(row => row.Day.Prices![^1] - row.Day.Prices[0] > 2 * row.Day.Close ? 1.0 : 0):P2} |");
        }

        double Ratio(List<Row> part, Func<Row, PriceBand> other) =>
            part.Average(row => row.Score(row.Day.Prices![0], row.Day.Prices[^1])) / part.Average(row => row.Score(other(row).Low, other(row).High));
    }

    private static void Symbols(List<Row> rows)
    {
        Console.WriteLine("| symbol | 7 days | 14 days | 30 days |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var group in rows.GroupBy(row => row.Symbol).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Print($"| {group.Key} | {string.Join(" | ", Horizons.All.Select(days => group.Where(row => row.Horizon == days).Average(row => row.IsInside).ToString("F3", CultureInfo.InvariantCulture)))} |");
        }
    }

    private static void Risk(List<Row> rows)
    {
        var week = rows.Where(row => row.Horizon == 7).ToList();
        var windows = week.GroupBy(row => row.Symbol).SelectMany(group => group.Where(row => (row.Day.Day.DayNumber - new DateOnly(2022, 1, 1).DayNumber) % 7 == 0)).ToList();
        Print($"VaR 95 % over 7 days, non-overlapping windows: {windows.Count}, exceeded {windows.Average(row => row.Day.Later < row.Day.Prices![0] ? 1.0 : 0):P2}; Kupiec rejects "
            + $"{windows.GroupBy(row => row.Symbol).Count(group => Kupiec(group.Count(), group.Count(row => row.Day.Later < row.Day.Prices![0])) > 3.841)} of {windows.Select(row => row.Symbol).Distinct().Count()}");
        var month = rows.Where(row => row.Horizon == 30).ToList();
        Print($"drawdown rank correlation: {Rank(month, row => row.Day.Variance, row => row.Drawdown):F3}");
    }

    private static RangeSummary SummaryOf(List<Row> rows, int horizon) => RangeSummary.Of(rows.ConvertAll(row => row.Day), horizon);

    private static double Kupiec(int n, int x)
    {
        const double p = 0.05;
        var rate = (double)x / n;
        double L(double q) => ((n - x) * Math.Log(1 - q)) + (x == 0 ? 0 : x * Math.Log(q));
        return -2 * (L(p) - (x == n ? 0 : L(rate)));
    }

    private static IEnumerable<(string Years, int Horizon, List<Row> Rows)> Parts(List<Row> rows)
    {
        foreach (var group in rows.GroupBy(row => row.Day.Day.Year).OrderBy(group => group.Key))
        {
            foreach (var horizon in group.GroupBy(row => row.Horizon).OrderBy(part => part.Key))
            {
                yield return (group.Key.ToString(CultureInfo.InvariantCulture), horizon.Key, [.. horizon]);
            }
        }

        foreach (var horizon in rows.GroupBy(row => row.Horizon).OrderBy(part => part.Key))
        {
            yield return ("all", horizon.Key, [.. horizon]);
        }
    }

    // The mean over days of the rank correlation among the symbols of a day.
    private static double Rank(List<Row> rows, Func<Row, double> forecast, Func<Row, double> actual) => rows
        .GroupBy(row => row.Day.Day).Where(day => day.Count() >= 5)
        .Average(day => Correlation(Ranks([.. day.Select(forecast)]), Ranks([.. day.Select(actual)])));

    private static double[] Ranks(double[] values)
    {
        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        var ranks = new double[values.Length];
        for (var i = 0; i < order.Length; i++)
        {
            ranks[order[i]] = i;
        }

        return ranks;
    }

    private static double Correlation(double[] a, double[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        var (ab, aa, bb) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }

        return ab / Math.Sqrt(aa * bb);
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static void Print(string text) => Console.WriteLine(text);

    private sealed record Row(string Symbol, int Horizon, RangeDay Day, PriceBand? Former, PriceBand? Rolling, double Drawdown)
    {
        public double IsInside => Day.IsInside == true ? 1 : 0;

        public static Row Of(BarSeries history, int days, RangeDay day)
        {
            var known = history.EndingAt(day.Day, VolatilityModel.Bars);
            var after = history.EndingAt(day.Day.AddDays(days), days + 1);
            return new(history.Symbol, days, day, FormerInterval.Of(known, days), RollingQuantiles(known, days), Realised.Drawdown(after.Bars.Span));
        }

        public double Score(double low, double high) => RangeScores.Interval(Day.Close, low, high, Day.Later);

        private static PriceBand? RollingQuantiles(BarSeries known, int days)
        {
            var bars = known.Bars.Span;
            var moves = new List<double>();
            for (var i = Math.Max(0, bars.Length - 365); i + days < bars.Length; i++)
            {
                moves.Add(bars[i + days].Close / bars[i].Close);
            }

            moves.Sort();
            return moves.Count < 60 ? null : new(bars[^1].Close * moves[(int)(0.05 * (moves.Count - 1))], bars[^1].Close * moves[(int)(0.95 * (moves.Count - 1))]);
        }
    }
}
