using System.Globalization;
using System.Text.Json;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Tests;

/// <summary>What the original system was fed and answered, see the files in <c>Golden/</c>.</summary>
internal static class GoldenFiles
{
    public static TheoryData<string> Names => ["ALPHA", "BRAVO", "CHARLIE", "DELTA"];

    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Golden", file);

    public static BarSeries Prices(string name)
    {
        var lines = File.ReadAllLines(PathOf($"{name}_prices.csv"));
        var columns = lines[0].Split(',').ToList();
        var (change1h, change24h) = (columns.IndexOf("change_1h"), columns.IndexOf("change_24h"));
        var bars = lines[1..].Select(line => line.Split(',')).Select(cells =>
        {
            double Number(string column) => Parse(cells[columns.IndexOf(column)]);
            double Change(int column) => column < 0 ? double.NaN : Parse(cells[column]);
            var day = DateOnly.Parse(cells[0], CultureInfo.InvariantCulture);
            return new Bar(day, Number("open"), Number("high"), Number("low"), Number("price"), Number("volume"))
            {
                MarketCap = Number("market_cap"),
                Change1h = Change(change1h),
                Change24h = Change(change24h),
            };
        });

        return new BarSeries(name, bars.ToArray(), change1h >= 0, change24h >= 0);
    }

    /// <summary>The expected feature rows: the day and its 20 values.</summary>
    public static (DateOnly Day, double[] Values)[] Features(string name) =>
    [
        .. File.ReadLines(PathOf($"{name}_features.csv")).Skip(1).Select(line => line.Split(',')).Select(cells =>
            (DateOnly.Parse(cells[0], CultureInfo.InvariantCulture), cells[1..].Select(Parse).ToArray())),
    ];

    public static JsonElement Expected(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(PathOf($"{name}_expected.json")));
        return document.RootElement.Clone();
    }

    private static double Parse(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
