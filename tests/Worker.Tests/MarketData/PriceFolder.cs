using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.MarketData.Csv;

namespace Coinsphere.Messaging.Worker.Tests.MarketData;

/// <summary>A folder of price files that lives as long as a test.</summary>
internal sealed class PriceFolder : IDisposable
{
    public const string Header = "time,open,high,low,close,volume,market_cap";

    public string Path { get; } = Directory.CreateTempSubdirectory("prices-").FullName;

    public FakeUtcNow Time { get; } = new("2024-01-10T12:00:00Z");

    public ListLogger<CsvPriceSource> Log { get; } = new();

    public CsvPriceSource Source() => new(Path, SymbolCatalog.Default, Time, Log);

    public PriceFolder With(string fileName, params string[] lines)
    {
        File.WriteAllLines(System.IO.Path.Combine(Path, fileName), lines);
        return this;
    }

    /// <summary>A file of valid rows, a day each; the close is the day of the month.</summary>
    public PriceFolder WithDays(string fileName, params string[] days) =>
        With(fileName, [Header, .. days.Select(day => Row(day))]);

    public static string Row(string day, string? close = null, string marketCap = "") =>
        $"{day},1,50,0.5,{close ?? day[8..10]},10,{marketCap}";

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
