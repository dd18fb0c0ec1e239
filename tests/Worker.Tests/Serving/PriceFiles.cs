using System.Globalization;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

/// <summary>Price files of so many days up to the last one that has closed, the same for the same symbol.</summary>
internal static class PriceFiles
{
    public static readonly DateOnly LastDay = new(2025, 2, 28);

    public static Bar[] Bars(string symbol, int count) => SyntheticSeries.Generate(symbol, LastDay)[^count..];

    public static TestFolder WithBars(this TestFolder folder, string symbol, IEnumerable<Bar> bars) =>
        folder.WithPrices(symbol, ["time,open,high,low,close,volume", .. bars.Select(bar => string.Create(
            CultureInfo.InvariantCulture, $"{bar.Day:yyyy-MM-dd},{bar.Open:R},{bar.High:R},{bar.Low:R},{bar.Close:R},{bar.Volume:R}"))]);

    /// <summary>The bars with another unit before a day.</summary>
    public static Bar[] Divided(this Bar[] bars, DateOnly before, double unit) => [.. bars.Select(bar => bar.Day >= before ? bar : bar with
    {
        Open = bar.Open / unit, High = bar.High / unit, Low = bar.Low / unit, Close = bar.Close / unit,
    })];
}
