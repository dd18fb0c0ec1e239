using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>A <see cref="VolatilityModel"/> as a JSON file. What is wrong in one is named with its place.</summary>
public static class VolatilityFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    private const string Format = "coinsphere-volatility-1";
    private const int MaxSymbols = 10_000;
    private const int MaxText = 64;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The bytes of its file. Equal models give equal bytes.</summary>
    public static byte[] Write(VolatilityModel model) => JsonSerializer.SerializeToUtf8Bytes(ToJson(model), Indented);

    /// <summary>Reads a file.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <exception cref="VolatilityFileException">It is not such a file, or a value is missing or outside its bounds.</exception>
    public static VolatilityModel Read(ReadOnlySpan<byte> content, string name)
    {
        if (!Utf8.IsValid(content))
        {
            throw new VolatilityFileException(name, "file", "it is not UTF-8");
        }

        try
        {
            var reader = new Utf8JsonReader(content);
            var root = new Part(JsonElement.ParseValue(ref reader), name, "");
            if (root.Text("format") is var format && format != Format)
            {
                throw root.Refuse("format", $"'{format}', expected '{Format}'");
            }

            var garch = root.Object("garch");
            var (alpha, beta) = (garch.Number("alpha", 0, 1), garch.Number("beta", 0, 1));
            if (alpha + beta > 0.999)
            {
                throw root.Refuse("garch", string.Create(CultureInfo.InvariantCulture, $"alpha + beta = {alpha + beta}, expected at most 0.999"));
            }

            var horizons = root.Object("horizons");
            return new VolatilityModel(
                root.Text("version"), root.Day("fitted_through"), root.Texts("symbols", MaxSymbols), new Garch(alpha, beta),
                Horizons.All.ToDictionary(days => days, days => Horizon(horizons.Object(Horizons.Name(days)))), Percentiles(root));
        }
        // The second is of an escape that is half a character.
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new VolatilityFileException(name, "file", $"it is not JSON: {fault.Message}");
        }
    }

    internal static string DigestOf(VolatilityModel model) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(ToJson(model))));

    private static HorizonModel Horizon(Part part)
    {
        var har = part.Object("har");
        var moves = part.Object("moves");
        var distribution = new MoveDistribution(
            moves.Number("half", 0.01, 10), moves.Number("eighty", 0.01, 10), moves.Number("ninety", 0.01, 10), moves.Number("tail", 0.01, 20),
            moves.Number("drawdown", 0, 20));
        return distribution.Half <= distribution.Eighty && distribution.Eighty <= distribution.Ninety && distribution.Ninety <= distribution.Tail
            ? new HorizonModel(
                new Har(
                    har.Number("constant", -50, 50), har.Number("day", -5, 5), har.Number("week", -5, 5), har.Number("month", -5, 5),
                    har.Number("long_run", -5, 5)),
                distribution)
            : throw part.Refuse("moves", "half, eighty, ninety and tail, expected in ascending order");
    }

    private static double[] Percentiles(Part root)
    {
        var percentiles = root.Numbers("percentiles", 101, 0, 1000);
        for (var i = 1; i < percentiles.Length; i++)
        {
            if (percentiles[i] < percentiles[i - 1])
            {
                throw root.Refuse("percentiles", $"number {i} is less than the one before, expected them in ascending order");
            }
        }

        return percentiles;
    }

    private static JsonObject ToJson(VolatilityModel model) => new()
    {
        ["format"] = Format,
        ["version"] = model.Version,
        ["fitted_through"] = model.FittedThrough.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["symbols"] = new JsonArray([.. model.Symbols.Select(symbol => (JsonNode?)symbol)]),
        ["garch"] = new JsonObject { ["alpha"] = model.Garch.Alpha, ["beta"] = model.Garch.Beta },
        ["horizons"] = new JsonObject(Horizons.All.Select(days => KeyValuePair.Create(Horizons.Name(days), (JsonNode?)ToJson(model.Horizons[days])))),
        ["percentiles"] = new JsonArray([.. model.Percentiles.Select(number => (JsonNode?)number)]),
    };

    private static JsonObject ToJson(HorizonModel horizon) => new()
    {
        ["har"] = new JsonObject
        {
            ["constant"] = horizon.Har.Constant,
            ["day"] = horizon.Har.Day,
            ["week"] = horizon.Har.Week,
            ["month"] = horizon.Har.Month,
            ["long_run"] = horizon.Har.LongRun,
        },
        ["moves"] = new JsonObject
        {
            ["half"] = horizon.Moves.Half,
            ["eighty"] = horizon.Moves.Eighty,
            ["ninety"] = horizon.Moves.Ninety,
            ["tail"] = horizon.Moves.Tail,
            ["drawdown"] = horizon.Moves.Drawdown,
        },
    };

    // A JSON object and where it stands.
    private sealed record Part(JsonElement Element, string File, string Path)
    {
        public VolatilityFileException Refuse(string name, string detail) => new(File, Path + name, detail);

        public Part Object(string name) => Get(name) is { ValueKind: JsonValueKind.Object } value
            ? new(value, File, $"{Path}{name}.")
            : throw Refuse(name, "it is missing, expected an object");

        public double Number(string name, double least, double most) => InRange(Get(name), name, least, most);

        public double[] Numbers(string name, int count, double least, double most)
        {
            return Get(name) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == count
                ? [.. list.EnumerateArray().Select(value => InRange(value, name, least, most))]
                : throw Refuse(name, $"expected {count} numbers");
        }

        public string Text(string name) => Short(Get(name), name);

        public string[] Texts(string name, int most)
        {
            return Get(name) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() <= most
                ? [.. list.EnumerateArray().Select(value => Short(value, name))]
                : throw Refuse(name, $"expected a list of at most {most} texts");
        }

        public DateOnly Day(string name) => DateOnly.TryParseExact(Text(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw Refuse(name, $"'{Text(name)}', expected a day as YYYY-MM-DD");

        private double InRange(JsonElement? value, string name, double least, double most) =>
            value is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var found) && found >= least && found <= most
                ? found
                : throw Refuse(name, string.Create(CultureInfo.InvariantCulture, $"expected a number from {least} to {most}"));

        private string Short(JsonElement? value, string name) =>
            value is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 and <= MaxText } found && !found.Any(char.IsControl)
                ? found
                : throw Refuse(name, $"expected a text of at most {MaxText} characters");

        private JsonElement? Get(string name) => Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(name, out var value) ? value : null;
    }
}
