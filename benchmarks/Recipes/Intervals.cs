using System.Globalization;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Recipes;

/// <summary>How many closes fell into their prediction intervals, each made of the bars that were read on its day. Prints a Markdown table.</summary>
internal static class Intervals
{
    public static void Report(IReadOnlyList<BarSeries> histories, int window)
    {
        Console.WriteLine("| year | horizon | intervals | coverage | least symbol | most | mean width |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        var rows = histories.SelectMany(history => Horizons.All.SelectMany(days => Of(history, days, FeatureEngineer.BarsToFetch(window)))).ToArray();
        foreach (var group in rows.GroupBy(row => (row.Year, row.Days)).OrderBy(group => group.Key))
        {
            Row(group.Key.Year.ToString(System.Globalization.CultureInfo.InvariantCulture), group.Key.Days, [.. group]);
        }

        foreach (var group in rows.Where(row => row.Year is 2023 or 2024).GroupBy(row => row.Days).OrderBy(group => group.Key))
        {
            Row("2023-2024", group.Key, [.. group]);
        }
    }

    private static IEnumerable<(string Symbol, int Year, int Days, bool IsInside, double Width)> Of(BarSeries history, int days, int count)
    {
        var bars = history.Bars;
        for (var last = count - 1; last + days < bars.Length; last++)
        {
            if (ConformalInterval.Of(new BarSeries(history.Symbol, bars.Slice(last + 1 - count, count)), days) is not { } range)
            {
                continue;
            }

            var close = bars.Span[last + days].Close;
            yield return (history.Symbol, bars.Span[last].Day.Year, days, close >= range.Low && close <= range.High, (range.High - range.Low)
                / bars.Span[last].Close);
        }
    }

    private static void Row(string year, int days, (string Symbol, int Year, int Days, bool IsInside, double Width)[] rows)
    {
        var bySymbol = rows.GroupBy(row => row.Symbol).Select(group => group.Average(row => row.IsInside ? 1.0 : 0)).ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {year} | {days} days | {rows.Length} | {rows.Average(row => row.IsInside ? 1.0 : 0):F3} | {bySymbol.Min():F3} | {bySymbol.Max():F3} | "
                + $"{rows.Average(row => row.Width):P0} |"));
    }
}
