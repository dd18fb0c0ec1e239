using System.Globalization;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>Puts the parts of a series together, such as a file for each month.</summary>
internal static class PriceParts
{
    /// <summary>The days of all parts. A day may be in several of them with the same prices.</summary>
    /// <exception cref="InvalidMarketDataException">Two parts have different prices of a day.</exception>
    public static BarSeries Merge(IReadOnlyList<(string FileName, BarSeries Series)> parts)
    {
        if (parts is [var only])
        {
            return only.Series;
        }

        var days = new SortedDictionary<DateOnly, (Bar Bar, string FileName)>();
        foreach (var (fileName, series) in parts)
        {
            foreach (var bar in series.Bars.Span)
            {
                if (!days.TryAdd(bar.Day, (bar, fileName)) && !IsSame(days[bar.Day].Bar, bar))
                {
                    throw new InvalidMarketDataException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{days[bar.Day].FileName} and {fileName}: found different prices of {bar.Day:yyyy-MM-dd}, ")
                            + "expected parts that agree where they overlap");
                }
            }
        }

        return parts[0].Series with
        {
            Bars = days.Values.Select(day => day.Bar).ToArray(),
            HasChange1h = parts.All(part => part.Series.HasChange1h),
            HasChange24h = parts.All(part => part.Series.HasChange24h),
            IsSynthetic = parts.Any(part => part.Series.IsSynthetic),
        };
    }

    /// <summary>The fault of a symbol with the prices of several sources.</summary>
    public static InvalidMarketDataException Conflict(string symbol, IReadOnlyList<string> fileNames) => new(
        $"{fileNames[0]} and {fileNames[1]}: found two files of {symbol}, expected one of them, or the parts of one series, which differ only in their date "
            + "(BTCUSDT-1d-2024-01.csv, BTCUSDT-1d-2024-02.csv)");

    // The market cap of a part's first days is not known to it.
    private static bool IsSame(in Bar one, in Bar other) =>
        (one.Open, one.High, one.Low, one.Close, one.Volume) == (other.Open, other.High, other.Low, other.Close, other.Volume);
}
