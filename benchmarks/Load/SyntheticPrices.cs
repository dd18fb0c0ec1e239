using System.Globalization;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;

namespace Coinsphere.Messaging.Load;

/// <summary>
/// Price files of the invented series that workers serve where they have no prices, so that these take the same way through the database as real ones.
/// </summary>
internal static class SyntheticPrices
{
    public static void Write(string folder)
    {
        var yesterday = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-1);
        foreach (var symbol in Questions.Symbols)
        {
            var lines = SyntheticSeries.Generate(symbol, yesterday).Select(bar => string.Create(
                CultureInfo.InvariantCulture, $"{bar.Day:yyyy-MM-dd},{bar.Open},{bar.High},{bar.Low},{bar.Close},{bar.Volume},{bar.MarketCap}"));
            File.WriteAllLines(Path.Combine(folder, $"{symbol}.csv"), lines.Prepend("time,open,high,low,close,volume,market_cap"));
        }
    }
}
