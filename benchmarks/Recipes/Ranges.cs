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
    private static readonly double[] Normal =
        [-1.6448536269514722, -1.2815515655446004, -0.6744897501960817, 0, 0.6744897501960817, 1.2815515655446004, 1.6448536269514722];

    public static void Report(IReadOnlyList<BarSeries> histories, IReadOnlyList<int> years)
    {
        var rows = new List<RangeRow>();
        foreach (var year in years)
        {
            var model = VolatilityFit.Of(histories, new DateOnly(year - 1, 12, 31))!;
            Console.WriteLine($"{year}: {model.Garch}; " + string.Join("; ", model.Horizons.Select(h => $"{h.Key}d {h.Value}")));
            rows.AddRange(histories.AsParallel().SelectMany(history => Horizons.All.SelectMany(days =>
                RangeDay.Of(model, history, days, new(year, 1, 1), new(year, 12, 31)).Select(day => RangeRow.Of(history, days, day)))));
        }

        foreach (var report in (Action<List<RangeRow>>[])[Volatility, Intervals, Symbols, Risk])
        {
            Console.WriteLine();
            report(rows);
        }
    }

    private static void Volatility(List<RangeRow> rows)
    {
        Console.WriteLine("| years | horizon | days | QLIKE, of EWMA's | rank correlation | of EWMA |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (years, horizon, part) in Parts(rows))
        {
            var summary = SummaryOf(part, horizon);
            var (mine, theirs) = (RankOf(row => row.Day.Variance), RankOf(row => row.Day.EwmaVariance));
            Print($"| {years} | {horizon} days | {part.Count} | {Share(summary.Qlike, summary.EwmaQlike, summary.QlikeGain)} | {mine:F3} | {theirs:F3} |");

            double RankOf(Func<RangeRow, double> forecast) => Rank(part, forecast, row => row.Day.RealisedVariance);
        }
    }

    private static void Intervals(List<RangeRow> rows)
    {
        Console.WriteLine(
            "| years | horizon | coverage | least symbol | most | calmest fifth | interval score, of EWMA's | of rolling quantiles' | of the former | "
            + "CRPS, of EWMA's | wider than twice the price |");
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
            var wide = all.Average(row => row.Day.Prices![^1] - row.Day.Prices[0] > 2 * row.Day.Close ? 1.0 : 0);
            Print($"| {years} | {horizon} days | {summary.Coverage!.Value:F3} | {bySymbol.Min():F3} | {bySymbol.Max():F3} | {calm:F3} | "
                + $"{Share(summary.IntervalScore, summary.EwmaIntervalScore, summary.IntervalGain)} | {Ratio(rolling, row => row.Rolling!.Value):F3} | "
                + $"{Ratio(former, row => row.Former!.Value):F3} | {crps / ewmaCrps:F3} | {wide:P2} |");
        }

        double Ratio(List<RangeRow> part, Func<RangeRow, PriceBand> other) =>
            part.Average(row => row.Score(row.Day.Prices![0], row.Day.Prices[^1])) / part.Average(row => row.Score(other(row).Low, other(row).High));
    }

    private static void Symbols(List<RangeRow> rows)
    {
        Console.WriteLine("| symbol | 7 days | 14 days | 30 days |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var group in rows.GroupBy(row => row.Symbol).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var inside = Horizons.All.Select(days => group.Where(row => row.Horizon == days).Average(row => row.IsInside));
            Print($"| {group.Key} | {string.Join(" | ", inside.Select(share => share.ToString("F3", CultureInfo.InvariantCulture)))} |");
        }
    }

    private static void Risk(List<RangeRow> rows)
    {
        var first = new DateOnly(rows.Min(row => row.Day.Day.Year), 1, 1).DayNumber;
        var windows = rows.Where(row => row.Horizon == 7 && (row.Day.Day.DayNumber - first) % 7 == 0).GroupBy(row => row.Symbol)
            .Select(group => (Count: group.Count(), Exceeded: group.Count(row => row.Day.Later < row.Day.Prices![0]))).ToList();
        var (count, exceeded) = (windows.Sum(symbol => symbol.Count), windows.Sum(symbol => symbol.Exceeded));
        Print($"VaR 95 % over 7 days, non-overlapping windows: {count}, exceeded {(double)exceeded / count:P2}; Kupiec rejects "
            + $"{windows.Count(symbol => Kupiec(symbol.Count, symbol.Exceeded) > 3.841)} of {windows.Count}");
        var month = rows.Where(row => row.Horizon == 30).ToList();
        Print($"drawdown rank correlation: {Rank(month, row => row.Day.Variance, row => row.Drawdown):F3}");
    }

    private static RangeSummary SummaryOf(List<RangeRow> rows, int horizon) => RangeSummary.Of(rows.ConvertAll(row => row.Day), horizon);

    private static double Kupiec(int n, int x)
    {
        const double p = 0.05;
        var rate = (double)x / n;
        double L(double q) => ((n - x) * Math.Log(1 - q)) + (x == 0 ? 0 : x * Math.Log(q));
        return -2 * (L(p) - (x == n ? 0 : L(rate)));
    }

    private static IEnumerable<(string Years, int Horizon, List<RangeRow> Rows)> Parts(List<RangeRow> rows)
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
    private static double Rank(List<RangeRow> rows, Func<RangeRow, double> forecast, Func<RangeRow, double> actual) => rows
        .GroupBy(row => row.Day.Day).Where(day => day.Count() >= 5)
        .Average(day => RankCorrelation.Of([.. day.Select(forecast)], [.. day.Select(actual)]));

    // A score as a share of another one, with the bounds of their paired difference by day.
    private static string Share(DailyMean? score, DailyMean? other, DailyMean? gain) => FormattableString.Invariant(
        $"{score!.Value / other!.Value:F3} ({1 - (gain!.Bounds!.Value.High / other.Value):F3} to {1 - (gain.Bounds.Value.Low / other.Value):F3})");

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static void Print(string text) => Console.WriteLine(text);
}
