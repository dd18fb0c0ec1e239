using System.Text.Json;

namespace Coinsphere.Messaging.Worker.Tests;

/// <summary>Inputs and answers of the original system. Its price files name the close <c>price</c>; everything else is a price file of ours.</summary>
internal static class Golden
{
    public const string Alpha = "ALPHA";
    public const string Bravo = "BRAVO";
    public const string Charlie = "CHARLIE";
    public const string Delta = "DELTA";

    public static string[] Names => [Alpha, Bravo, Charlie, Delta];

    public static string CheckpointPath(string name) => PathOf($"{name}_best.pth");

    public static string OnnxPath(string kind) => PathOf($"{kind}.onnx");

    /// <summary>Header and rows, one a day.</summary>
    public static string[] PriceLines(string name)
    {
        var lines = File.ReadAllLines(PathOf($"{name}_prices.csv"));
        lines[0] = lines[0].Replace(",price,", ",close,", StringComparison.Ordinal);
        return lines;
    }

    public static string LastDay(string name) => PriceLines(name)[^1].Split(',')[0];

    public static JsonElement Expected(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(PathOf($"{name}_expected.json")));
        return document.RootElement.Clone();
    }

    public static double[] Probabilities(string name) => Expected(name).GetProperty("probabilities").Deserialize<double[]>()!;

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Golden", file);
}
