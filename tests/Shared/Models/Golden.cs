using System.Globalization;
using System.Text.Json;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Tests;

/// <summary>
/// What the original system was fed and answered, see the files in <c>Shared/Golden/</c>. Its price files name the close <c>price</c>; everything else is a
/// price
/// file of ours.
/// </summary>
internal static class Golden
{
    public const string Alpha = "ALPHA";
    public const string Bravo = "BRAVO";
    public const string Charlie = "CHARLIE";
    public const string Delta = "DELTA";

    public static string[] Names => [Alpha, Bravo, Charlie, Delta];

    /// <summary>The names as the data of a theory.</summary>
    public static TheoryData<string> Each => [.. Names];

    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Golden", file);

    public static string CheckpointPath(string name) => PathOf($"{name}_best.pth");

    public static string OnnxPath(string kind) => PathOf($"{kind}.onnx");

    /// <summary>Header and rows of a price file of ours, one a day.</summary>
    public static string[] PriceLines(string name)
    {
        var lines = File.ReadAllLines(PathOf($"{name}_prices.csv"));
        lines[0] = lines[0].Replace(",price,", ",close,", StringComparison.Ordinal);
        return lines;
    }

    public static string LastDay(string name) => PriceLines(name)[^1].Split(',')[0];

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

    public static double[] Probabilities(string name) => Expected(name).GetProperty("probabilities").Deserialize<double[]>()!;

    private static double Parse(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
