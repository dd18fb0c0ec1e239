namespace Coinsphere.Messaging.Worker.Prices;

/// <summary>Where the columns of a price file are, by the names in its header. Columns with other names are ignored.</summary>
internal sealed record CsvPriceColumns(IReadOnlyList<string> Names, int Time, int Open, int High, int Low, int Close, int Volume)
{
    public static readonly string[] Required = ["time", "open", "high", "low", "close", "volume"];

    public int? MarketCap { get; private init; }

    public int? Change1h { get; private init; }

    public int? Change24h { get; private init; }

    /// <exception cref="PriceDataException">A required column is missing, or one that is read is there twice.</exception>
    public static CsvPriceColumns Find(IEnumerable<string> header, string fileName)
    {
        var names = header.Select(name => name.Trim()).ToArray();
        if (names.Length == 0)
            throw new PriceDataException($"{fileName} line 1: found an empty file, expected the header {string.Join(',', Required)}");

        return new(names, Must("time"), Must("open"), Must("high"), Must("low"), Must("close"), Must("volume"))
        {
            MarketCap = May("market_cap"),
            Change1h = May("change_1h"),
            Change24h = May("change_24h"),
        };

        int Must(string name) => May(name)
            ?? throw new PriceDataException(
                $"{fileName} line 1, column {name}: found no such column in '{Shown(string.Join(',', names))}', expected {string.Join(',', Required)}");

        int? May(string name)
        {
            var index = Array.FindIndex(names, Same);
            if (index != Array.FindLastIndex(names, Same))
                throw new PriceDataException($"{fileName} line 1, column {name}: found it twice, expected it once");
            return index < 0 ? null : index;

            bool Same(string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>A text from a file as a message may carry it: one line, not too long.</summary>
    public static string Shown(string text)
    {
        const int limit = 80;
        var shown = text.Length <= limit ? text : text[..limit] + "…";
        return string.Create(shown.Length, shown, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
                target[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '?' : source[i];
        });
    }
}
